"""商品台账: every movement of a drug or lot with its running balance, and the event behind it.

LN-2.4a, HY-1.5.5b: opening + in - out - loss = closing, per lot, from rows that nobody can change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.domain.clock import SHOP_ZONE
from app.domain.money import Money, Quantity
from app.domain.staff import Right
from app.domain.stock import NOT_ON_SHELF, MoveKind
from app.errors import BadValue, NotFound

if TYPE_CHECKING:
    from app.domain.stock import Lot
    from app.domain.stock_document import StockDocument
    from app.ports import StockMove, UnitOfWork
    from app.use_cases.doors import Doors, Operator

COSTS: Final = frozenset(
    {MoveKind.OPENING, MoveKind.BOUGHT, MoveKind.TRANSFER_IN, MoveKind.TRANSFER_OUT,
     MoveKind.SUPPLIER_RETURN, MoveKind.LOSS, MoveKind.COUNT, MoveKind.CORRECTION}
)  # fmt: skip
"""Kinds whose amount is what goods cost: for those who may see costs."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One movement."""

    move_id: str
    at: datetime
    kind: str
    batch: str
    lot_id: str
    quantity: Quantity
    balance: Quantity
    """On the shelf after it."""
    on_shelf: bool
    """False = it fills or empties the returned area: the balance stays."""
    sale_id: str
    document_id: str
    number: str
    """Of the slip or paper behind it; empty = there is none."""
    staff: str
    reason: str
    paid_by: str
    amount: Money | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """A period of the ledger of a drug or of one lot."""

    medicine_id: str
    name: str
    spec: str
    maker: str
    unit: str
    lot_id: str
    batch: str
    first: date | None
    last: date | None
    before: Quantity
    """On the shelf when the period began."""
    rows: tuple[LedgerRow, ...]
    lots: tuple[tuple[str, str], ...]
    """(id, batch) of every lot that the drug ever had, by first movement."""
    on_hand: Quantity
    """On the shelf now, as the list of stock says it."""

    @property
    def after(self) -> Quantity:
        """On the shelf when the period ended."""
        return self.rows[-1].balance if self.rows else self.before


@dataclass(frozen=True, slots=True)
class Event:
    """What is behind a figure of the ledger: a sale or a paper with all that it moved."""

    title: str
    """``sale`` or a document kind."""
    sale_id: str
    number: str
    at: datetime
    staff: str
    second: str
    reason: str
    note: str
    rows: tuple[EventRow, ...]


@dataclass(frozen=True, slots=True)
class EventRow:
    """One movement of the event."""

    medicine_id: str
    name: str
    spec: str
    batch: str
    kind: str
    quantity: Quantity
    unit: str
    reason: str
    amount: Money | None
    here: bool
    """Whether it is the movement that was asked for."""


def item_ledger(
    doors: Doors,
    medicine_id: str,
    operator: Operator,
    *,
    lot_id: str = "",
    first: date | None = None,
    last: date | None = None,
) -> Ledger:
    """Movements of the days ``first`` to ``last`` (the shop's), oldest first.

    :raises BadValue: the period ends before it begins; :raises NotFound: no such drug.
    """
    begins, ends = bounds(first, last)
    costs = operator.staff.may(Right.APPROVE_STOCK)
    with doors.uow() as uow:
        drug = uow.medicines.get(medicine_id)
        moves = uow.shelf.moves(medicine_id, lot_id, begins, ends)
        every = moves if not (lot_id or begins or ends) else uow.shelf.moves(medicine_id)
        lots = uow.lots.many([move.lot_id for move in every])
        before = uow.shelf.on_shelf_before(medicine_id, lot_id, begins) if begins else Quantity(0)
        figures = uow.shelf.figures_of([lot_id]) if lot_id else uow.shelf.figures(medicine_id)
        rows = _rows(moves, before, _Behind(uow, moves), lots, costs)
    return Ledger(
        medicine_id=medicine_id,
        name=drug.display_name,
        spec=drug.spec,
        maker=drug.manufacturer,
        unit=drug.pack_unit,
        lot_id=lot_id,
        batch=lots[lot_id].batch if lot_id in lots else "",
        first=first,
        last=last,
        before=before,
        rows=rows,
        lots=tuple((key, lots[key].batch) for key in _in_order(every) if key in lots),
        on_hand=Quantity(sum(one.on_hand.ten_thousandths for one in figures)),
    )


def bounds(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """The moments of a period of the shop's days; :raises BadValue: it ends before it begins."""
    if first is not None and last is not None and last < first:
        raise BadValue(what="period", why="ends before it begins")
    begins = datetime(first.year, first.month, first.day, tzinfo=SHOP_ZONE) if first else None
    if last is None or last == date.max:
        return begins, None
    next_day = last + timedelta(days=1)
    return begins, datetime(next_day.year, next_day.month, next_day.day, tzinfo=SHOP_ZONE)


class _Behind:
    """Slips, papers and people behind movements, each read once."""

    def __init__(self, uow: UnitOfWork, moves: Sequence[StockMove]) -> None:
        self._uow = uow
        self._papers = uow.documents.many([one.document_id for one in moves if one.document_id])
        self._slips = uow.shelf.slips([one.sale_id for one in moves if one.sale_id])
        self._names: dict[str, str] = {}

    def paper(self, document_id: str) -> StockDocument | None:
        """The paper, where there is one."""
        return self._papers.get(document_id)

    def number_and_staff(self, move: StockMove) -> tuple[str, str]:
        """Of the slip or the paper."""
        paper = self._papers.get(move.document_id)
        if paper is not None:
            return paper.number, self.name(paper.staff_id)
        receipt_no, cashier_id = self._slips.get(move.sale_id, ("", ""))
        return receipt_no, self.name(cashier_id)

    def name(self, staff_id: str) -> str:
        """A member's name; empty where nobody has the id."""
        if staff_id not in self._names:
            try:
                self._names[staff_id] = self._uow.staff.get(staff_id).name
            except NotFound:
                self._names[staff_id] = ""
        return self._names[staff_id]


def _in_order(moves: Sequence[StockMove]) -> list[str]:
    return list(dict.fromkeys(move.lot_id for move in moves))


def _rows(
    moves: Sequence[StockMove],
    before: Quantity,
    behind: _Behind,
    lots: Mapping[str, Lot],
    costs: bool,
) -> tuple[LedgerRow, ...]:
    rows, balance = [], before
    for move in moves:
        on_shelf = move.kind not in NOT_ON_SHELF
        if on_shelf:
            balance = balance + move.quantity
        number, staff = behind.number_and_staff(move)
        lot = lots.get(move.lot_id)
        rows.append(
            LedgerRow(
                move.id, move.at, move.kind, lot.batch if lot else move.batch, move.lot_id,
                move.quantity, balance, on_shelf, move.sale_id, move.document_id, number, staff,
                move.reason, move.paid_by, move.amount if costs or move.kind not in COSTS else None,
            )
        )  # fmt: skip
    return tuple(rows)


def event_behind(doors: Doors, row: LedgerRow, operator: Operator) -> Event:
    """The sale or paper that made a movement; :raises NotFound: there is none."""
    costs = operator.staff.may(Right.APPROVE_STOCK)
    with doors.uow() as uow:
        if row.document_id:
            moves = uow.shelf.of_document(row.document_id)
            behind = _Behind(uow, moves)
            paper = behind.paper(row.document_id)
            if paper is None:
                raise NotFound(what="document")
            names = behind.name(paper.staff_id), behind.name(paper.second_id)
            note = "；".join((*filter(None, (paper.note,)), *_judged(uow, moves)))
            return Event(
                paper.kind.value, "", paper.number, paper.at, *names, paper.reason, note,
                _event_rows(uow, moves, row.move_id, costs),
            )  # fmt: skip
        sale = uow.sales.get(row.sale_id)
        moves = uow.stock.of_sale(row.sale_id)
        behind = _Behind(uow, ())
        return Event(
            "sale", sale.id, sale.receipt_no, sale.done_at or sale.opened_at,
            behind.name(sale.cashier_id), "", "", "",
            _event_rows(uow, moves, row.move_id, costs),
        )  # fmt: skip


def _judged(uow: UnitOfWork, moves: Sequence[StockMove]) -> list[str]:
    """What was said of lots of a delivery that waited in quarantine."""
    came = {move.lot_id: move.batch for move in moves if move.kind == MoveKind.BOUGHT}
    return [f"{batch} {said}" for lot, batch in came.items() if (said := uow.lots.judged(lot))]


def _event_rows(
    uow: UnitOfWork, moves: Sequence[StockMove], here: str, costs: bool
) -> tuple[EventRow, ...]:
    from app.use_cases.shelf_list import medicines_of

    drugs = medicines_of(uow, {move.medicine_id for move in moves})
    lots = uow.lots.many([move.lot_id for move in moves])
    rows = []
    for move in moves:
        drug, lot = drugs.get(move.medicine_id), lots.get(move.lot_id)
        rows.append(
            EventRow(
                move.medicine_id, drug.display_name if drug else move.medicine_id,
                drug.spec if drug else "", lot.batch if lot else move.batch, move.kind,
                move.quantity, drug.pack_unit if drug else "", move.reason,
                move.amount if costs or move.kind not in COSTS else None,
                move.id == here,
            )
        )  # fmt: skip
    return tuple(rows)
