"""The lots of one drug for the counter, and goods that a person finds on the shelf (盘盈)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from unicodedata import normalize

from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.sale import check_quantity
from app.domain.staff import Right
from app.domain.stock import Lot, MoveKind, check_lot_dates
from app.domain.stock_document import DocumentKind, StockDocument
from app.errors import BadValue
from app.ports import StockMove
from app.use_cases.recalls import lock_if_recalled
from app.use_cases.sign_in import SecondPerson, answering
from app.use_cases.stock_moves import book_moves, next_number

if TYPE_CHECKING:
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator

LONGEST_BATCH = 50
"""More than any maker prints; a whole symbol that went into the field is no batch."""


class FoundReason(StrEnum):
    """Why goods lie there that the books do not know."""

    NOT_POSTED = "not_posted"
    """收货漏记."""
    MISCOUNTED = "miscounted"
    """以前数错."""
    MISPLACED = "misplaced"
    """放错货位，找到了."""


@dataclass(frozen=True, slots=True)
class LotRow:
    """One lot as the counter may choose it."""

    lot: Lot
    on_hand: Quantity
    elsewhere: Quantity
    """In other baskets."""
    here: Quantity
    """In this one."""
    state: str
    """``saleable``, ``expired`` or a value of :class:`app.domain.lot_states.LotState`."""
    first: bool
    """First expired, first out: this one is due."""


@dataclass(frozen=True, slots=True)
class Found:
    """Boxes in somebody's hand: of a lot that the books know, or with what is printed on them."""

    medicine_id: str
    packs: Quantity
    reason: FoundReason
    lot_id: str = ""
    batch: str = ""
    expires_on: date | None = None


def line_lots(doors: Doors, sale_id: str, medicine_id: str) -> tuple[LotRow, ...]:
    """Every lot with goods, first expired first, with what baskets hold of each."""
    today = shop_time(doors.clock.now()).date()
    with doors.uow() as uow:
        holds = uow.holds.on([medicine_id])
        stock = uow.lots.stock_of([medicine_id])[medicine_id]
    held = {
        (mine, row.lot.id): Quantity(
            sum(
                hold.quantity.ten_thousandths
                for hold in holds
                if hold.lot_id == row.lot.id and (hold.sale_id == sale_id) is mine
            )
        )
        for row in stock
        for mine in (True, False)
    }
    due = next(
        (row.lot.id for row in stock
         if row.lot.sellable_on(today) and row.on_hand > held[False, row.lot.id]), "",
    )  # fmt: skip
    return tuple(
        LotRow(
            lot=row.lot,
            on_hand=row.on_hand,
            elsewhere=held[False, row.lot.id],
            here=held[True, row.lot.id],
            state="expired" if row.lot.expired_on(today) else row.lot.state.value,
            first=row.lot.id == due,
        )
        for row in stock
    )


def book_found(
    doors: Doors, operator: Operator, found: Found, second: SecondPerson | None = None
) -> StockDocument:
    """Goods found on the shelf come into the books by a paper of their own, and may be sold then.

    Answers the paper. A manager answers for it, as operator or as second person (HY-1.5.5a:
    what was never received is not sold; this receives it, by name and with a reason).
    :raises NotAllowed: neither may; :raises SignInRefused, LockedOut: the second person;
    :raises BadValue: quantity, batch or expiry is no such thing, expired, or the lot is locked;
    :raises NotFound: no such lot.
    """
    check_quantity(found.packs)
    by = answering(doors, operator, Right.APPROVE_STOCK, second)
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.shelf.quiet_recalls()
        uow.holds.lock([found.medicine_id])
        paper = StockDocument(
            id=doors.ids.new(),
            kind=DocumentKind.CORRECTION,
            number=next_number(doors, uow, DocumentKind.CORRECTION),
            at=now,
            staff_id=operator.staff.id,
            second_id=by.id if by.id != operator.staff.id else "",
            reason=found.reason.value,
        )
        uow.documents.add(paper)
        lot = _lot(doors, uow, found, paper)
        move = StockMove(
            id=doors.ids.new(),
            medicine_id=found.medicine_id,
            quantity=found.packs,
            kind=MoveKind.CORRECTION,
            at=now,
            batch=lot.batch,
            lot_id=lot.id,
            document_id=paper.id,
            reason=found.reason.value,
        )
        book_moves(doors, uow, [move])
        entry = {"document": paper.number, "lot": lot.id, "packs": found.packs.plain(), "by": by.id}
        uow.log.append("stock.found", operator.staff.id, now, entry)
        uow.commit()
    return paper


def _lot(doors: Doors, uow: UnitOfWork, found: Found, paper: StockDocument) -> Lot:
    """The lot in the books, one with the same batch and last day, or a new one of this paper."""
    today = shop_time(paper.at).date()
    if found.lot_id:
        lot = uow.lots.get(found.lot_id)
        if lot.medicine_id != found.medicine_id or not lot.sellable_on(today):
            raise BadValue(what="lot", why="locked, expired or of another drug")
        return lot
    batch = normalize("NFKC", found.batch).strip()
    if not 0 < len(batch) <= LONGEST_BATCH:
        raise BadValue(what="batch", why=f"1 - {LONGEST_BATCH}")
    if found.expires_on is None or found.expires_on < today:
        raise BadValue(what="expiry", why="missing or over")
    check_lot_dates(None, found.expires_on)
    same = [
        one
        for one in uow.lots.of_batch(batch, found.medicine_id)
        if one.expires_on == found.expires_on
    ]
    if any(not one.sellable_on(today) for one in same):
        raise BadValue(what="lot", why="locked")
    if same:
        return same[0]
    lot = Lot(
        id=doors.ids.new(),
        medicine_id=found.medicine_id,
        batch=batch,
        expires_on=found.expires_on,
        received_at=paper.at,
        document_id=paper.id,
    )
    if lock_if_recalled(uow, [lot]) != [lot]:
        raise BadValue(what="lot", why="locked")
    uow.lots.add([lot])
    return lot
