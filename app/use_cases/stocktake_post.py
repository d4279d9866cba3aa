"""Posting a stock-take: differences become movements, one paper, one commit (HY-1.5.5b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.money import Quantity
from app.domain.staff import Right, Staff
from app.domain.stock import Lot, MoveKind
from app.domain.stock_document import DocumentKind, StockDocument
from app.domain.stocktake import Place, Reason, Stocktake
from app.domain.stocktake_states import StocktakeEvent
from app.domain.stocktake_tally import Difference, Goods
from app.errors import BadValue, SecondPersonNeeded
from app.ports import StockMove
from app.ports_stocktake import ResultRow
from app.use_cases.sign_in import SecondPerson, approve
from app.use_cases.stock_moves import book_moves, next_number
from app.use_cases.stocktake import Tally, require, tally, worth_of

if TYPE_CHECKING:
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator


def post(
    doors: Doors, stocktake_id: str, operator: Operator, second: SecondPerson | None = None
) -> Stocktake:
    """The differences become movements, one transaction, one paper.

    The figures are worked out once more: a movement that came in late from another till is taken
    into account and never stops the posting. :raises NotAllowed:; :raises SecondPersonNeeded: the
    manager alone counted what differs; :raises BadValue: ``reasons`` with the ``count`` of lots
    without one; :raises SignInRefused, LockedOut, IllegalTransition:.
    """
    require(operator, Right.APPROVE_STOCK)
    beside = approve(doors, second.number, second.pin, Right.COUNT_STOCK) if second else None
    now = doors.clock.now()
    with doors.uow() as uow:
        take = uow.stocktakes.get(stocktake_id)
        after = take.step(StocktakeEvent.POSTED)
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
        moves = _moves(doors, uow, off, reasons, paper)
        book_moves(doors, uow, moves)
        uow.stocktakes.add_results(take.id, _results(uow, take, result, reasons))
        uow.stocktakes.put_places(_places(result))
        take = uow.stocktakes.save(
            replace(after, posted_at=now, posted_by=operator.staff.id, second_by=paper.second_id,
                    document_id=paper.id)
        )  # fmt: skip
        entry = {"take": take.id, "document": paper.id, "moves": len(moves)}
        uow.log.append("stocktake.posted", operator.staff.id, now, entry)
        uow.commit()
    return take


def _require_two(off: Sequence[Difference], approver: Staff, beside: Staff | None) -> None:
    """Who approves must not be the only one who saw what differs."""
    alone = any(one.counters == frozenset({approver.id}) for one in off)
    if alone and (beside is None or beside.id == approver.id):
        raise SecondPersonNeeded(act=Right.APPROVE_STOCK.value)


def _moves(
    doors: Doors,
    uow: UnitOfWork,
    off: Sequence[Difference],
    reasons: dict[Goods, str],
    paper: StockDocument,
) -> list[StockMove]:
    moves = []
    for one in off:
        parts: dict[str, int] = {}
        for lot_id, part in one.spread or ((one.goods[1], one.variance),):
            parts[lot_id] = parts.get(lot_id, 0) + part.ten_thousandths
        if "" in parts:
            lot = _found_lot(doors, one, paper)
            uow.lots.add([lot])
            parts[lot.id] = parts.pop("")
        known = uow.lots.many(list(parts))
        for lot_id, share in parts.items():
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
    return moves


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
    rows = [
        ResultRow(
            0, *one.goods, one.counted, one.ledger, one.at, one.round.value,
            reasons.get(one.goods, "") if one.variance else "", worth_of(uow, one),
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
