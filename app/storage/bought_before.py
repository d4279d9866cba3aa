"""What a person bought here before, read from sales, their returns and their prescriptions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row, and_, bindparam, or_, select

from app.domain.clock import from_micros, micros
from app.domain.money import Quantity, UnitPrice
from app.domain.prescription import Prescription
from app.domain.return_states import ReturnState
from app.domain.rx_case import BoughtBefore
from app.domain.sale import SoldItem
from app.domain.sale_states import SaleState
from app.storage.codec import from_text, shared_value
from app.storage.hot import Hot
from app.storage.session import Session
from app.storage.tables import SALE, SALE_LINE, SALE_RETURN

_UNCOVERED = frozenset({"otc_a", "otc_b", "none"})
"""Classes that need no prescription: paid by the person, no prescription covers such a line."""

_SINCE: BindParameter[int] = bindparam("b_since")
_LINES_OF = Hot(
    select(SALE, *(each.label(f"line_{each.name}") for each in SALE_LINE.c))
    .join(SALE_LINE, SALE_LINE.c.sale_id == SALE.c.id)
    .where(
        SALE.c.person_id == bindparam("b_person"),
        SALE.c.done_at >= _SINCE,
        SALE.c.store_id == bindparam("b_store"),
        or_(SALE.c.state == SaleState.DONE.value, SALE.c.state == SaleState.UNDOING.value),
        or_(SALE.c.replaces == "", SALE.c.opened_at >= _SINCE),
    )
    .order_by(SALE.c.id, SALE_LINE.c.no)
)


def bought_by(session: Session, person_id: str, since: datetime) -> list[BoughtBefore]:
    """Lines of the person's done sales at this store since a moment, newest first.

    A whole return leaves the sale undone: nothing of it counts. A return of single boxes leaves
    the sale of the remainder, which counts as of the day of the first one. While a return is
    under way, what the customer keeps still counts and what comes back does not.
    """
    if not person_id:
        return []
    asked = {"b_person": person_id, "b_since": micros(since), "b_store": session.store_id}
    rows = session.hot(_LINES_OF, asked)
    undoing = {row.id for row in rows if row.state == SaleState.UNDOING.value}
    back = _coming_back(session, undoing)
    lines = list(_lines(session, rows, back))
    # Stable: lines of one sale stay in the order of the slip.
    return sorted(lines, key=lambda one: one.at, reverse=True)


def _coming_back(session: Session, sale_ids: set[str]) -> Mapping[str, Mapping[int, Quantity]]:
    """How much of which line comes back, for sales with a return under way."""
    if not sale_ids:
        return {}
    found: dict[str, dict[int, Quantity]] = defaultdict(dict)
    query = select(SALE_RETURN.c.sale_id, SALE_RETURN.c.quantities).where(
        and_(
            SALE_RETURN.c.sale_id.in_(sorted(sale_ids)),
            SALE_RETURN.c.state != ReturnState.DROPPED.value,
        )
    )
    for row in session.run(query):
        for no, quantity in from_text(tuple[tuple[int, Quantity], ...], row.quantities):
            found[row.sale_id][no] = found[row.sale_id].get(no, Quantity(0)) + quantity
    return found


def _lines(
    session: Session, rows: Sequence[Row[Any]], back: Mapping[str, Mapping[int, Quantity]]
) -> Iterator[BoughtBefore]:
    days: dict[str, int] = {}
    for row in rows:
        if row.state == SaleState.UNDOING.value and row.id not in back:
            continue
        kept = Quantity(row.line_quantity) - back.get(row.id, {}).get(row.line_no, Quantity(0))
        if kept <= Quantity(0):
            continue
        if row.id not in days:
            days[row.id] = _days_of(session, row)
        yield _bought(row, kept, days[row.id])


def _days_of(session: Session, row: Row[Any]) -> int:
    place = f"sale|{row.id}|prescription"
    text = session.unseal("prescription", row.sealed_prescription, place)
    return from_text(Prescription, text).days_supply if text else 0


def _bought(row: Row[Any], kept: Quantity, days: int) -> BoughtBefore:
    item = shared_value(SoldItem, row.line_item)
    insured = row.line_settlement_type not in ("", "self_paid")
    covered = insured or item.sale_class not in _UNCOVERED
    return BoughtBefore(
        sale_id=row.id,
        at=from_micros(row.opened_at if row.replaces else row.done_at),
        medicine_id=item.medicine_id,
        name=item.name,
        generic_name=item.generic_name,
        national_code=item.national_code,
        quantity=kept,
        unit=item.unit,
        amount=UnitPrice(row.line_price).times(kept),
        supply_days=days if covered else 0,
        ephedrine=item.ephedrine,
    )
