"""Which lots a basket gets, and that nobody else gets the same boxes (policy 3.4, HY-1.5.5a).

Every time a basket is kept, its lines get their lots and hold them in the books, in the same
transaction. A hold ends with the minutes of the pack, that of a basket put aside with the day;
from then on whoever needs the goods takes it over. While the basket is being paid it never ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from app.domain.basket_split import SELF_PAID
from app.domain.clock import SHOP_ZONE, require_aware, shop_time
from app.domain.line_stock import NEVER, Clues, Hold, LineStock, Shelf, Stocks
from app.domain.money import Quantity
from app.domain.stock import LotStock
from app.errors import StoreStale

if TYPE_CHECKING:
    from app.domain.sale import Sale, SaleLine
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors

_TRIES: Final = 3
_NONE: Final = Quantity(0)


def allocate(doors: Doors, uow: UnitOfWork, sale: Sale, *, paying: bool = False) -> Stocks:
    """Give each line its lots and hold them; the lines of ``sale`` carry them afterwards.

    ``paying``: money is under way, the hold does not end by itself. Lines that get less than
    they want are told by :attr:`LineStock.short`; nothing is refused here.
    """
    now = doors.clock.now()
    drugs = sorted({line.item.medicine_id for line in sale.lines})
    uow.holds.lock(drugs)
    own = uow.holds.of_sale(sale.id)
    until = NEVER if paying else _until(doors, sale, now)
    for _ in range(_TRIES):
        others, over = _of_others(uow, sale.id, drugs, now)
        shelf = uow.lots.stock_of(drugs) if drugs else {}
        found = _choose(uow, sale, shelf, others, now)
        if _take_over(uow, found, shelf, others, over):
            break
    else:
        raise StoreStale(what="stock hold")
    wanted = [
        Hold(sale.id, no, pick.lot_id, pick.quantity, until)
        for no, stock in found.items()
        for pick in stock.picks
    ]
    _write(uow, sale.id, own, wanted, until)
    sale.lines = tuple(replace(line, picks=found[line.no].picks) for line in sale.lines)
    return found


def keep_for_payment(doors: Doors, uow: UnitOfWork, sale: Sale) -> Stocks:
    """What a basket holds is its own until it is paid or given up; empty = nothing lacks.

    In the good case two statements; else the lines get their lots anew.
    """
    if sale.replaces:
        return {}
    if _may_all_be_sold(doors, uow, sale) and uow.holds.keep_until(sale.id, NEVER) == _rows(sale):
        return {}
    return allocate(doors, uow, sale, paying=True)


def secure(doors: Doors, uow: UnitOfWork, sale: Sale) -> Stocks:
    """Take the goods of a sale that ends now out of its own holds.

    In the good case two statements: every lot may be sold, and all that was picked is held still;
    the answer is empty then. Else the lines get their lots anew, and the answer says what lacks.
    What remains of a return is with the customer: its lots are those that never came back.
    """
    if sale.replaces:
        return {}
    if _may_all_be_sold(doors, uow, sale) and uow.holds.free(sale.id) == _rows(sale):
        return {}
    found = allocate(doors, uow, sale, paying=True)
    uow.holds.free(sale.id)
    return found


def _may_all_be_sold(doors: Doors, uow: UnitOfWork, sale: Sale) -> bool:
    """Every line has its lots, and none of those was locked or expired since."""
    today = shop_time(doors.clock.now()).date()
    whole = all(
        sum(pick.quantity.ten_thousandths for pick in line.picks) == line.quantity.ten_thousandths
        for line in sale.lines
    )
    return whole and not uow.holds.barred(sale.id, today)


def _rows(sale: Sale) -> int:
    return sum(len(line.picks) for line in sale.lines)


def hold_minutes(doors: Doors, now: datetime) -> int:
    """After how many minutes untouched goods may go to another basket; pack key
    ``stock.hold_minutes``. :raises PackValueMissing: where the pack is silent."""
    policy = doors.policy_on(SELF_PAID, now)
    return policy.bound(policy.goods.hold_minutes, "stock.hold_minutes") or 0


def _until(doors: Doors, sale: Sale, now: datetime) -> datetime:
    if sale.held_at is None:
        return now + timedelta(minutes=hold_minutes(doors, now))
    tomorrow = shop_time(now).date() + timedelta(days=1)
    return require_aware(datetime.combine(tomorrow, time(), SHOP_ZONE))


def _of_others(
    uow: UnitOfWork, sale_id: str, drugs: Sequence[str], now: datetime
) -> tuple[list[Hold], list[Hold]]:
    """(those that stand, those whose time is over); read before the figures: a sale that is
    completed in between is then counted twice and never not at all."""
    held = [hold for hold in uow.holds.on(drugs) if hold.sale_id != sale_id]
    return [each for each in held if each.until >= now], [each for each in held if each.until < now]


def _choose(
    uow: UnitOfWork,
    sale: Sale,
    stock: Mapping[str, Sequence[LotStock]],
    others: Sequence[Hold],
    now: datetime,
) -> dict[int, LineStock]:
    clues = _clues(uow, sale, stock)
    reserved: dict[str, Quantity] = {}
    for hold in others:
        reserved[hold.lot_id] = reserved.get(hold.lot_id, _NONE) + hold.quantity
    shelves = {
        drug: Shelf(
            [LotStock(row.lot, row.on_hand, reserved.get(row.lot.id, _NONE)) for row in rows],
            [hold for hold in others if any(hold.lot_id == row.lot.id for row in rows)],
            shop_time(now).date(),
        )
        for drug, rows in stock.items()
    }
    return {line.no: _line(shelves[line.item.medicine_id], line, clues) for line in sale.lines}


def _line(shelf: Shelf, line: SaleLine, clues: Clues) -> LineStock:
    return shelf.choose(line, clues)


def _clues(uow: UnitOfWork, sale: Sale, stock: Mapping[str, Sequence[LotStock]]) -> Clues:
    codes = [code for line in sale.lines for code in line.trace_codes]
    boxes = uow.received.lots_of(codes) if codes else {}
    back = tuple(
        dict.fromkeys(
            move.lot_id
            for move in (uow.stock.of_sale(sale.replaces) if sale.replaces else ())
            if move.kind == "sale"
        )
    )
    chosen = [pick.lot_id for line in sale.lines for pick in line.picks]
    known = {row.lot.id: row.lot for rows in stock.values() for row in rows}
    gone = [each for each in (*boxes.values(), *back, *chosen) if each not in known]
    return Clues(boxes, known | (uow.lots.many(gone) if gone else {}), back)


def _take_over(
    uow: UnitOfWork,
    found: Stocks,
    shelf: Mapping[str, Sequence[LotStock]],
    others: Sequence[Hold],
    over: Sequence[Hold],
) -> bool:
    """Let holds go whose time is over and whose goods are needed; False = somebody was quicker."""
    if not over:
        return True
    free = {row.lot.id: row.on_hand for rows in shelf.values() for row in rows}
    for hold in (*others, *over):
        free[hold.lot_id] = free.get(hold.lot_id, _NONE) - hold.quantity
    for stock in found.values():
        for pick in stock.picks:
            free[pick.lot_id] = free[pick.lot_id] - pick.quantity
    gone = []
    for hold in over:
        if free.get(hold.lot_id, _NONE) < _NONE:
            free[hold.lot_id] = free[hold.lot_id] + hold.quantity
            gone.append(hold.seq)
    return uow.holds.drop(gone) == len(gone)


def _write(
    uow: UnitOfWork, sale_id: str, own: Sequence[Hold], wanted: Sequence[Hold], until: datetime
) -> None:
    if [_what(each) for each in own] == [_what(each) for each in wanted]:
        if any(each.until != until for each in own):
            uow.holds.keep_until(sale_id, until)
        return
    if own:
        uow.holds.free(sale_id)
    uow.holds.put(wanted)


def _what(hold: Hold) -> tuple[int, str, Quantity]:
    return hold.line_no, hold.lot_id, hold.quantity


def release_stale_holds(doors: Doors) -> int:
    """What nobody came back for is free again; answers how many rows went."""
    now = doors.clock.now()
    with doors.uow() as uow:
        freed = uow.holds.release(now, now + timedelta(minutes=hold_minutes(doors, now)))
        uow.commit()
    return freed
