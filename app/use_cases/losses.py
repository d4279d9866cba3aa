"""报损: goods that leave the books by a paper, from the shelf or from the returned area.

Posted once, by somebody who answers for it; above the pack's limit of value by two persons.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.domain.money import ZERO, Money, Quantity
from app.domain.recall import LossReason
from app.domain.staff import Right
from app.domain.stock import MoveKind
from app.domain.stock_document import DocumentKind, StockDocument
from app.errors import BadValue, NotFound, RuleBroken, SecondPersonNeeded
from app.ports import StockMove
from app.use_cases.notes import Note
from app.use_cases.sign_in import SecondPerson, answering, approve
from app.use_cases.stock_moves import book_moves, next_number

if TYPE_CHECKING:
    from app.ports import UnitOfWork
    from app.ports_shelf import LotFigures
    from app.use_cases.doors import Doors, Operator

MOST_LINES = 500
LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class LossLine:
    """So much of a lot, from the shelf or from the returned area."""

    lot_id: str
    quantity: Quantity
    reason: LossReason
    returned: bool = False
    """Out of the returned area (退货区), where nothing is saleable."""


@dataclass(frozen=True, slots=True)
class LossRow:
    """A line of a posted paper."""

    medicine_id: str
    name: str
    spec: str
    maker: str
    unit: str
    batch: str
    expires_on: date | None
    quantity: Quantity
    reason: str
    returned: bool
    value: Money | None
    """What it cost; None = nobody knows, or not for this person."""


@dataclass(frozen=True, slots=True)
class LossView:
    """A posted paper."""

    document: StockDocument
    staff: str
    second: str
    rows: tuple[LossRow, ...]
    value: Money | None
    """Sum of what is known."""
    gaps: int
    """Lines whose cost nobody knows."""


def limit_of(doors: Doors, now: datetime) -> Money | None:
    """From which value on a loss takes two persons; None = the pack says nothing: always two."""
    return doors.policy_on("self_paid", now).goods.loss_second_from


def post_loss(
    doors: Doors,
    operator: Operator,
    lines: Sequence[LossLine],
    note: str = "",
    second: SecondPerson | None = None,
) -> LossView:
    """Write goods off: one paper, its movements and their upload rows, in one step.

    :raises BadValue: no line, too many, a quantity that is none; :raises NotFound: no such lot;
    :raises RuleBroken: more than lies there and is in no basket, or the value wants a second
    person; :raises NotAllowed, SecondPersonNeeded: who may not answer for it.
    """
    _check(lines, note)
    poster = answering(doors, operator, Right.APPROVE_STOCK, second)
    now = doors.clock.now()
    with doors.uow() as uow:
        figures = {one.lot.id: one for one in uow.shelf.figures_of([x.lot_id for x in lines])}
        value, unknown = _value(uow, lines, figures)
    other = _second(doors, operator, second, poster.id, (value, unknown), now)
    with doors.uow() as uow:
        uow.holds.lock(sorted({one.lot.medicine_id for one in figures.values()}))
        figures = {one.lot.id: one for one in uow.shelf.figures_of([x.lot_id for x in lines])}
        _enough(doors, lines, figures)
        document = StockDocument(
            id=doors.ids.new(),
            kind=DocumentKind.LOSS,
            number=next_number(doors, uow, DocumentKind.LOSS),
            at=now,
            staff_id=operator.staff.id,
            second_id=other,
            reason=_common(lines),
            note=note.strip(),
        )
        uow.documents.add(document)
        book_moves(doors, uow, [_move(doors, document, one, figures, now) for one in lines])
        entry = {"document": document.number, "lines": len(lines), "second": other}
        uow.log.append("loss.posted", operator.staff.id, now, entry)
        uow.commit()
    return loss_view(doors, document.id, operator)


def _check(lines: Sequence[LossLine], note: str) -> None:
    if not 0 < len(lines) <= MOST_LINES:
        raise BadValue(what="lines", why=f"1 - {MOST_LINES}")
    if len(note.strip()) > LONGEST_NOTE:
        raise BadValue(what="note", why=f"<= {LONGEST_NOTE}")
    if any(one.quantity <= Quantity(0) for one in lines):
        raise BadValue(what="quantity", why="> 0")


def _value(
    uow: UnitOfWork, lines: Sequence[LossLine], figures: dict[str, LotFigures]
) -> tuple[Money, bool]:
    """What the lines are worth: cost, else the shop's price; and whether one has neither."""
    total, unknown = ZERO, False
    for one in lines:
        if one.lot_id not in figures:
            raise NotFound(what="lot")
        lot = figures[one.lot_id].lot
        price = lot.cost or uow.medicines.get(lot.medicine_id).price
        if price is None:
            unknown = True
        else:
            total = total + price.times(one.quantity)
    return total, unknown


def _second(
    doors: Doors,
    operator: Operator,
    second: SecondPerson | None,
    poster: str,
    worth: tuple[Money, bool],
    now: datetime,
) -> str:
    """Id of the second person; empty where one alone may post."""
    limit = limit_of(doors, now)
    value, unknown = worth
    if poster != operator.staff.id:
        return poster
    if limit is not None and value < limit and not unknown:
        return ""
    if second is None or not second.number:
        params: dict[str, object] = {
            "limit": str(limit) if limit is not None else "—",
            "value": str(value),
        }
        raise RuleBroken((Note("shelf.loss_second", params, "block"),), code="LOSS_SECOND")
    other = approve(doors, second.number, second.pin, Right.RECEIVE_GOODS, beside=operator.staff.id)
    if other.id == operator.staff.id:
        raise SecondPersonNeeded(act="loss")
    return other.id


def _enough(doors: Doors, lines: Sequence[LossLine], figures: dict[str, LotFigures]) -> None:
    """:raises RuleBroken: naming the batch and what may be taken at most."""
    today = shop_time(doors.clock.now()).date()
    wanted: Counter[tuple[str, bool]] = Counter()
    for one in lines:
        wanted[one.lot_id, one.returned] += one.quantity.ten_thousandths
    for (lot_id, returned), units in wanted.items():
        most = takeable(figures[lot_id], returned, today)
        if Quantity(units) > most:
            params: dict[str, object] = {
                "batch": figures[lot_id].lot.batch or "—",
                "most": most.plain(),
            }
            raise RuleBroken((Note("shelf.loss_too_much", params, "block"),), code="LOSS_TOO_MUCH")


def takeable(one: LotFigures, returned: bool, today: date) -> Quantity:
    """How much may be written off: what baskets hold stays, as long as it may be sold at all."""
    if returned:
        return max(Quantity(0), one.returned)
    held = one.reserved if one.lot.sellable_on(today) else Quantity(0)
    return max(Quantity(0), one.on_hand - held)


def _common(lines: Sequence[LossLine]) -> str:
    reasons = {one.reason for one in lines}
    return reasons.pop().value if len(reasons) == 1 else ""


def _move(
    doors: Doors,
    document: StockDocument,
    line: LossLine,
    figures: dict[str, LotFigures],
    now: datetime,
) -> StockMove:
    lot = figures[line.lot_id].lot
    return StockMove(
        id=doors.ids.new(),
        medicine_id=lot.medicine_id,
        quantity=-line.quantity,
        # The area's goods left the shelf when they came back: only the area loses them now.
        kind=MoveKind.RETURN_BAD if line.returned else MoveKind.LOSS,
        at=now,
        batch=lot.batch,
        lot_id=lot.id,
        document_id=document.id,
        reason=line.reason.value,
        amount=-lot.cost.times(line.quantity) if lot.cost is not None else None,
    )


def loss_view(doors: Doors, document_id: str, operator: Operator) -> LossView:
    """A posted paper as it is shown and printed; :raises NotFound: no such loss."""
    from app.use_cases.shelf_list import medicines_of

    costs = operator.staff.may(Right.APPROVE_STOCK)
    with doors.uow() as uow:
        document = uow.documents.get(document_id)
        if document.kind is not DocumentKind.LOSS:
            raise NotFound(what="loss")
        moves = uow.shelf.of_document(document_id)
        lots = uow.lots.many([move.lot_id for move in moves])
        drugs = medicines_of(uow, {move.medicine_id for move in moves})
        rows = []
        for move in moves:
            drug, lot = drugs.get(move.medicine_id), lots[move.lot_id]
            rows.append(
                LossRow(
                    move.medicine_id, drug.display_name if drug else move.medicine_id,
                    drug.spec if drug else "", drug.manufacturer if drug else "",
                    drug.pack_unit if drug else "", lot.batch, lot.expires_on, -move.quantity,
                    move.reason, move.kind == MoveKind.RETURN_BAD,
                    -move.amount if costs and move.amount is not None else None,
                )
            )  # fmt: skip
        names = _staff(uow, document.staff_id), _staff(uow, document.second_id)
    known = [row.value for row in rows if row.value is not None]
    gaps = sum(row.value is None for row in rows) if costs else 0
    total = Money.total(known) if known else None
    return LossView(document, *names, tuple(rows), total, gaps)


def _staff(uow: UnitOfWork, staff_id: str) -> str:
    try:
        return uow.staff.get(staff_id).name if staff_id else ""
    except NotFound:
        return ""


def losses(doors: Doors, begins: datetime, ends: datetime) -> list[tuple[StockDocument, int]]:
    """Papers posted in ``[begins, ends)``, newest first, each with its number of lines."""
    with doors.uow() as uow:
        papers = uow.documents.of_kinds([DocumentKind.LOSS], begins, ends)
        return [(one, len(uow.shelf.of_document(one.id))) for one in papers]
