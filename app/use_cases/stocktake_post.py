"""Posting a stock-take: differences become movements, one paper, one commit (HY-1.5.5b)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.domain.line_stock import NEVER
from app.domain.money import Money, Quantity
from app.domain.staff import Right, Staff
from app.domain.stock import Lot, MoveKind
from app.domain.stock_document import DocumentKind, StockDocument
from app.domain.stocktake import Place, Reason, Stocktake
from app.domain.stocktake_states import StocktakeEvent
from app.domain.stocktake_tally import Difference, Goods
from app.errors import BadValue, SecondPersonNeeded
from app.ports import StockMove
from app.ports_stocktake import ResultRow
from app.use_cases.recalls import lock_if_recalled
from app.use_cases.sign_in import SecondPerson, approve
from app.use_cases.stock_facts import Counted
from app.use_cases.stock_moves import book_moves, next_number, owe_counts
from app.use_cases.stocktake import Tally, require, tally, worths_of

if TYPE_CHECKING:
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator

Watch = Callable[[int, int], None]
"""Told so many lines of so many; what it raises breaks the posting off, and nothing is posted."""
_SLICE: Final = 200


def _unwatched(_done: int, _whole: int) -> None:
    """Nobody looks."""


def post(
    doors: Doors,
    stocktake_id: str,
    operator: Operator,
    second: SecondPerson | None = None,
    watch: Watch = _unwatched,
) -> Stocktake:
    """The differences become movements, one transaction, one paper.

    The figures are worked out once more: a movement that came in late from another till is taken
    into account and never stops the posting. What a basket holds and nobody counted it lets go
    of, and is short from then on. :raises NotAllowed:; :raises SecondPersonNeeded: the manager
    alone counted what differs; :raises BadValue: ``reasons`` with the ``count`` of lots without
    one; :raises SignInRefused, LockedOut, IllegalTransition:.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    beside = (
        approve(doors, second.number, second.pin, Right.COUNT_STOCK, beside=operator.staff.id)
        if second
        else None
    )
    now = doors.clock.now()
    with doors.uow() as uow:
        take = uow.stocktakes.get(stocktake_id)
        after = take.step(StocktakeEvent.POSTED)
        uow.shelf.quiet_recalls()
        # No till sells or chooses among these goods between the arithmetic and the commit.
        uow.holds.lock(sorted({one.goods[0] for one in uow.stocktakes.entries(take.id)}))
        result = tally(doors, uow, take)
        reasons = {one.difference.goods: one.reason for one in uow.stocktakes.remarks(take.id)}
        off = [one for one in result.told if one.variance]
        bare = [one for one in off if reasons.get(one.goods) == ""]
        if bare:
            raise BadValue(what="count", why="reasons", count=len(bare))
        _require_two(off, operator.staff, beside)
        paper = StockDocument(
            id=doors.ids.new(), kind=DocumentKind.STOCKTAKE,
            number=next_number(doors, uow, DocumentKind.STOCKTAKE), at=now,
            staff_id=operator.staff.id, second_id=beside.id if beside else "", note=take.number,
        )  # fmt: skip
        uow.documents.add(paper)
        moves, counts = _moves(doors, uow, result, reasons, paper, watch)
        _let_go(uow, moves)
        book_moves(doors, uow, moves)
        owe_counts(doors, uow, counts)
        uow.stocktakes.add_results(take.id, _results(uow, take, result, reasons))
        uow.stocktakes.put_places(_places(result))
        take = uow.stocktakes.save(
            replace(after, posted_at=now, posted_by=operator.staff.id, second_by=paper.second_id,
                    document_id=paper.id)
        )  # fmt: skip
        entry = {"take": take.id, "document": paper.id, "moves": len(moves)}
        uow.log.append("stocktake.posted", operator.staff.id, now, entry)
        # The last moment at which it can be stopped: from here on it is posted, whole.
        watch(len(result.told), len(result.told))
        uow.commit()
    return take


def _require_two(off: Sequence[Difference], approver: Staff, beside: Staff | None) -> None:
    """Who approves must not be the only one who saw what differs."""
    alone = any(one.counters == frozenset({approver.id}) for one in off)
    if alone and (beside is None or beside.id == approver.id):
        raise SecondPersonNeeded(act=Right.APPROVE_STOCK.value)


def _let_go(uow: UnitOfWork, moves: Sequence[StockMove]) -> None:
    """Baskets let go of boxes that nobody counted and lack them in sight; no posting waits.

    Not so one that is being paid: its boxes are with the customer. What was sold after its count
    beyond what was counted leaves a lot below zero, which is listed as odd until somebody looks.
    """
    less: dict[str, Quantity] = {}
    for move in moves:
        if move.quantity < Quantity(0):
            less[move.lot_id] = less.get(move.lot_id, Quantity(0)) + move.quantity
    figures = uow.shelf.figures_of(list(less))
    # The latest to end first: who came last goes without.
    held = uow.holds.on(sorted({one.lot.medicine_id for one in figures}))[::-1]
    gone: list[int] = []
    for one in figures:
        left = one.on_hand + less[one.lot.id] - one.reserved
        for hold in held:
            if left < Quantity(0) and hold.lot_id == one.lot.id and hold.until != NEVER:
                left = left + hold.quantity
                gone.append(hold.seq)
    uow.holds.drop(gone)


def _moves(
    doors: Doors,
    uow: UnitOfWork,
    result: Tally,
    reasons: dict[Goods, str],
    paper: StockDocument,
    watch: Watch,
) -> tuple[list[StockMove], list[Counted]]:
    """The movements of what differs, and what was counted of every lot."""
    moves: list[StockMove] = []
    counts: list[Counted] = []
    for place, one in enumerate(result.told):
        if not place % _SLICE:
            watch(place, len(result.told))
        parts = _parts(doors, uow, one, result, paper)
        known = uow.lots.many(list(parts))
        for lot_id, share in parts.items():
            books = result.ledger.at(lot_id, one.at) if lot_id in result.ledger.now else 0
            counts.append(Counted(lot_id, one.goods[0], Quantity(books + share), one.at, paper.id))
            if share:
                cost = known[lot_id].cost
                moves.append(
                    StockMove(
                        id=doors.ids.new(), medicine_id=one.goods[0], quantity=Quantity(share),
                        kind=MoveKind.COUNT.value, at=paper.at, batch=known[lot_id].batch,
                        lot_id=lot_id, document_id=paper.id,
                        reason=reasons.get(one.goods) or Reason.NOT_FOUND_OUT.value,
                        amount=cost.times(Quantity(share)) if cost is not None else None,
                    )
                )  # fmt: skip
    return moves, counts


def _parts(
    doors: Doors, uow: UnitOfWork, one: Difference, result: Tally, paper: StockDocument
) -> dict[str, int]:
    """Which lot gets how much of a difference, ten-thousandths; every lot it was held against."""
    lots = result.ledger.alike(one.goods[1]) if one.goods[1] else ()
    parts = {lot: 0 for lot in lots if lot == one.goods[1] or result.ledger.at(lot, one.at)}
    whole = ((one.goods[1], one.variance),) if one.variance else ()
    for lot_id, share in one.spread or whole:
        parts[lot_id] = parts.get(lot_id, 0) + share.ten_thousandths
    if "" in parts:
        lot = _found_lot(doors, one, paper)
        uow.lots.add(lock_if_recalled(uow, [lot]))
        parts[lot.id] = parts.pop("")
    return parts


def _found_lot(doors: Doors, one: Difference, paper: StockDocument) -> Lot:
    """A lot for boxes that no receiving of ours brought."""
    return Lot(
        id=doors.ids.new(), medicine_id=one.goods[0], batch=one.goods[2], made_on=one.made_on,
        expires_on=one.expires_on, received_at=paper.at, document_id=paper.id,
    )  # fmt: skip


def _results(
    uow: UnitOfWork, take: Stocktake, result: Tally, reasons: dict[Goods, str]
) -> list[ResultRow]:
    """Every lot of the list and every lot found beside it, each once."""
    worths = worths_of(uow, [one for one in result.told if one.variance])
    rows = [
        ResultRow(
            0, *one.goods, one.counted, one.ledger, one.at, one.round.value,
            reasons.get(one.goods, "") if one.variance else "", worths.get(one.goods, Money(0)),
            tuple(sorted(one.counters)),
        )
        for one in result.told
    ]  # fmt: skip
    there = {(row.medicine_id, row.lot_id) for row in rows}
    for line in result.open_lines:
        if (line.medicine_id, line.lot_id) not in there:
            there.add((line.medicine_id, line.lot_id))
            rows.append(ResultRow(0, line.medicine_id, line.lot_id, "", None, line.expected, None,
                                  "", "", None))  # fmt: skip
    order: dict[tuple[str, str], int] = {}
    for line in uow.stocktakes.lines(take.id):
        order.setdefault((line.medicine_id, line.lot_id), line.no)
    rows.sort(key=lambda row: (order.get((row.medicine_id, row.lot_id), len(order) + 1),
                               row.medicine_id, row.batch))  # fmt: skip
    return [replace(row, no=number) for number, row in enumerate(rows, 1)]


def _places(result: Tally) -> list[Place]:
    """Where goods were found: the next list leads there."""
    return [
        Place(one.goods[0], zone, position)
        for one in result.found.values()
        for zone, position in sorted(one.places)
        if zone and one.figure
    ]
