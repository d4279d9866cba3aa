"""What baskets hold of lots: rows that stand while a basket lives, and no longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, or_, select, update

from app.domain.clock import from_micros, micros
from app.domain.line_stock import NEVER, Hold
from app.domain.lot_states import LotState
from app.domain.money import Quantity
from app.domain.sale_states import SaleState
from app.storage.books_sale import AT_REST, moment
from app.storage.hot import Hot, HotList
from app.storage.session import Session
from app.storage.tables import SALE
from app.storage.tables_stock import STOCK_HOLD, STOCK_LOT

_HOLDS = select(STOCK_HOLD, SALE.c.held_at).outerjoin(SALE, SALE.c.id == STOCK_HOLD.c.sale_id)
_ON_DRUGS = HotList(
    STOCK_LOT.c.medicine_id,
    lambda of_drugs: _HOLDS.join(STOCK_LOT, STOCK_LOT.c.id == STOCK_HOLD.c.lot_id).where(of_drugs),
)
_OWN = Hot(
    select(STOCK_HOLD)
    .where(STOCK_HOLD.c.sale_id == bindparam("b_sale"))
    .order_by(STOCK_HOLD.c.line_no, STOCK_HOLD.c.seq)
)
_INSERT = Hot(insert(STOCK_HOLD))
_FREE = Hot(delete(STOCK_HOLD).where(STOCK_HOLD.c.sale_id == bindparam("b_sale")))
_KEEP = Hot(
    update(STOCK_HOLD)
    .where(STOCK_HOLD.c.sale_id == bindparam("b_sale"))
    .values(until=bindparam("b_until"))
)
_HELD = Hot(
    select(STOCK_LOT.c.id, STOCK_LOT.c.state, STOCK_LOT.c.expires_on)
    .join(STOCK_HOLD, STOCK_HOLD.c.lot_id == STOCK_LOT.c.id)
    .where(STOCK_HOLD.c.sale_id == bindparam("b_sale"))
    .order_by(STOCK_LOT.c.id)
    # Whoever locks or recalls the lot now waits until this unit ends: what was looked at is what
    # leaves. SQLite has one writer anyway. In the order of :meth:`Holds.lock`.
    .with_for_update(of=STOCK_LOT, key_share=True)
)


class Holds:
    """:class:`app.ports_stock.HoldBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lock(self, medicine_ids: Sequence[str]) -> None:
        """One till at a time chooses among the lots of a drug, until its unit ends.

        SQLite has one writer, whose place the unit holds already.
        """
        if self._session.dialect != "postgresql" or not medicine_ids:
            return
        wanted = sorted(set(medicine_ids))
        # In one order everywhere: two tills with the same drugs wait, they do not lock up.
        query = select(STOCK_LOT.c.id).where(STOCK_LOT.c.medicine_id.in_(wanted))
        self._session.run(query.order_by(STOCK_LOT.c.id).with_for_update())

    def on(self, medicine_ids: Sequence[str]) -> list[Hold]:
        """What baskets of every till hold of these drugs, the soonest to end first."""
        rows = self._session.any_of(_ON_DRUGS, medicine_ids)
        found = [_hold(row, moment(row.held_at)) for row in rows]
        return sorted(found, key=lambda hold: (hold.until, hold.seq))

    def of_sale(self, sale_id: str) -> list[Hold]:
        """What one basket holds, by line."""
        return [_hold(row) for row in self._session.hot(_OWN, {"b_sale": sale_id})]

    def put(self, holds: Sequence[Hold]) -> None:
        """New ones."""
        if holds:
            rows = [
                {
                    **self._session.stamp,
                    "sale_id": hold.sale_id,
                    "line_no": hold.line_no,
                    "lot_id": hold.lot_id,
                    "quantity": hold.quantity.ten_thousandths,
                    "until": micros(hold.until),
                }
                for hold in holds
            ]
            self._session.write(_INSERT, rows)

    def keep_until(self, sale_id: str, until: datetime) -> int:
        """Another end of all that a basket holds; answers how many rows that are."""
        return self._session.write(_KEEP, {"b_sale": sale_id, "b_until": micros(until)})

    def free(self, sale_id: str) -> int:
        """A basket lets go of everything; answers how many rows it held."""
        return self._session.write(_FREE, {"b_sale": sale_id})

    def drop(self, seqs: Sequence[int]) -> int:
        """Single rows that somebody else takes over; answers how many were there still."""
        if not seqs:
            return 0
        gone = delete(STOCK_HOLD).where(STOCK_HOLD.c.seq.in_(list(seqs)))
        return self._session.run(gone).rowcount

    def barred(self, sale_id: str, day: date) -> list[str]:
        """Lots that the basket holds and that may not be sold on this day.

        Nobody else changes what it holds until the unit of work ends.
        """
        saleable, today = LotState.SALEABLE.value, day.isoformat()
        return [
            row.id
            for row in self._session.hot(_HELD, {"b_sale": sale_id})
            if row.state != saleable or (row.expires_on is not None and row.expires_on < today)
        ]

    def release(self, now: datetime, soon: datetime) -> int:
        """Free what is over: of sales at rest, and of open baskets whose time has passed.

        What was being paid for in a basket that is open again ends ``soon``.
        """
        rest = select(SALE.c.id).where(SALE.c.state.in_([state.value for state in AT_REST]))
        open_ones = select(SALE.c.id).where(SALE.c.state == SaleState.OPEN.value)
        gone = delete(STOCK_HOLD).where(
            or_(
                STOCK_HOLD.c.sale_id.in_(rest),
                (STOCK_HOLD.c.until < micros(now)) & STOCK_HOLD.c.sale_id.in_(open_ones),
            )
        )
        freed = self._session.run(gone).rowcount
        again = (STOCK_HOLD.c.until == micros(NEVER)) & STOCK_HOLD.c.sale_id.in_(open_ones)
        self._session.run(update(STOCK_HOLD).where(again).values(until=micros(soon)))
        return freed


def _hold(row: Row[Any] | Any, held_at: datetime | None = None) -> Hold:  # noqa: ANN401
    return Hold(
        sale_id=row.sale_id,
        line_no=row.line_no,
        lot_id=row.lot_id,
        quantity=Quantity(row.quantity),
        until=from_micros(row.until),
        till_id=row.till_id,
        held_at=held_at,
        seq=row.seq,
    )
