"""Movements of a sale and of a return: one a line and lot, each with the money of its own goods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.basket_split import SELF_PAID
from app.domain.money import Money, Quantity
from app.domain.returns import Return
from app.domain.sale import Sale, SaleLine
from app.domain.stock import LotPick, MoveKind, PickBy
from app.ports import StockMove, UnitOfWork

_NONE, _PACK = Quantity(0), Quantity(10**4)


@dataclass(frozen=True, slots=True)
class SaleMoves:
    """What leaves the shelf, and which box is of which movement."""

    moves: tuple[StockMove, ...]
    codes: Mapping[str, tuple[str, ...]]


def moves_of(uow: UnitOfWork, sale: Sale, now: datetime) -> SaleMoves:
    """A movement for every line and lot; the line's money is shared by largest remainder."""
    scanned = [code for line in sale.lines if len(line.picks) > 1 for code in line.trace_codes]
    boxes = uow.received.lots_of(scanned) if scanned else {}
    moves: list[StockMove] = []
    codes: dict[str, tuple[str, ...]] = {}
    for line in sale.lines:
        own = _of_line(sale, line, now)
        moves += own
        codes |= _codes_of(line, own, boxes)
    return SaleMoves(tuple(moves), codes)


def _of_line(sale: Sale, line: SaleLine, now: datetime) -> list[StockMove]:
    amounts = line.amount.allocate([pick.quantity.ten_thousandths for pick in line.picks])
    return [
        StockMove(
            id=f"{sale.id}/{line.no}" + (f".{place}" if place else ""),
            medicine_id=line.item.medicine_id,
            quantity=-pick.quantity,
            kind=MoveKind.SALE,
            at=now,
            batch=pick.batch or line.batch,
            sale_id=sale.id,
            line_no=line.no,
            lot_id=pick.lot_id,
            paid_by=line.settlement_type or SELF_PAID,
            amount=amount,
        )
        for place, (pick, amount) in enumerate(zip(line.picks, amounts, strict=True))
    ]


def _codes_of(
    line: SaleLine, moves: Sequence[StockMove], boxes: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Each code with the movement of its own lot; the others fill up what lacks boxes."""
    if len(moves) == 1:
        return {moves[0].id: line.trace_codes}
    told: dict[str, list[str]] = {move.id: [] for move in moves}
    of_lot = {move.lot_id: move for move in moves}
    loose = []
    for code in line.trace_codes:
        move = of_lot.get(boxes.get(code, ""))
        if move is not None and len(told[move.id]) < (-move.quantity).packs():
            told[move.id].append(code)
        else:
            loose.append(code)
    for move in moves:
        room = (-move.quantity).packs() - len(told[move.id])
        told[move.id] += loose[:room]
        loose = loose[room:]
    return {name: tuple(some) for name, some in told.items()}


@dataclass(frozen=True, slots=True)
class Back:
    """What a return moves, and what the customer keeps of each line."""

    moves: tuple[StockMove, ...]
    codes: Mapping[str, tuple[str, ...]]
    kept: Mapping[int, tuple[LotPick, ...]]


def moves_back(uow: UnitOfWork, sale: Sale, one: Return, now: datetime) -> Back:
    """Undo the sale movement by movement; what came back goes to the returned area by its lot,
    never to the shelf (policy 3.4). A box's lot is that of its code, where its receiving is known.
    """
    sold = [move for move in uow.stock.of_sale(sale.id) if move.kind == MoveKind.SALE]
    boxes = uow.received.lots_of(one.codes) if one.codes else {}
    lots = uow.lots.many([move.lot_id for move in sold])
    back = dict(one.quantities)
    moves = [_undone(move, now) for move in sold]
    codes: dict[str, tuple[str, ...]] = {}
    kept: dict[int, tuple[LotPick, ...]] = {}
    for line in sale.lines:
        own = [move for move in sold if move.line_no == line.no]
        mine = [code for code in one.codes if code in line.trace_codes]
        came = _came_back(own, back.get(line.no, _NONE), [boxes.get(each, "") for each in mine])
        for move, amount in came:
            moves += _aside(move, amount, now)
        kept[line.no] = tuple(
            LotPick(move.lot_id, move.batch, lot.expires_on if (lot := lots.get(move.lot_id))
                    else None, -move.quantity - amount, PickBy.CHOSEN)
            for move, amount in came if -move.quantity - amount
        )  # fmt: skip
        codes |= _codes_of(line, own, boxes) if own else {}
    return Back(tuple(moves), {f"{name}/undo": some for name, some in codes.items()}, kept)


def _undone(move: StockMove, now: datetime) -> StockMove:
    return replace(
        move,
        id=f"{move.id}/undo",
        quantity=-move.quantity,
        kind=MoveKind.SALE_UNDO,
        at=now,
        reverses=move.id,
    )


def _came_back(
    moves: Sequence[StockMove], wanted: Quantity, lots: Iterable[str]
) -> list[tuple[StockMove, Quantity]]:
    """How much of each movement came back: known boxes first, then from the last lot on."""
    back = {move.id: _NONE for move in moves}

    def take(move: StockMove, most: Quantity) -> None:
        nonlocal wanted
        amount = min(most, wanted, -move.quantity - back[move.id])
        if amount > _NONE:
            back[move.id] = back[move.id] + amount
            wanted = wanted - amount

    for lot in lots:
        for move in moves:
            if lot and move.lot_id == lot:
                take(move, _PACK)
    for move in reversed(moves):
        take(move, wanted)
    return [(move, back[move.id]) for move in moves]


def _aside(move: StockMove, amount: Quantity, now: datetime) -> Iterator[StockMove]:
    """Off the shelf and into the returned area, each a movement of its own: the area's goods
    (return_bad) never count as saleable, so the shelf alone must lose them again."""
    if not amount:
        return
    money: Money | None = None
    if move.amount is not None:
        rest = -move.quantity - amount
        money = move.amount.allocate([amount.ten_thousandths, rest.ten_thousandths])[0]
    for tail, kind, quantity in (
        ("off", MoveKind.RETURN_OFF, -amount),
        ("aside", MoveKind.RETURN_BAD, amount),
    ):
        yield replace(
            move, id=f"{move.id}/{tail}", quantity=quantity, kind=kind, at=now, amount=money
        )
