"""The walk of a stock-take: open, freeze, end the counting, review, post (policy HY-1.5.5b).

Nothing here stops a sale, and no sale stops anything here: every difference is of its own moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress
from operator import not_
from typing import TYPE_CHECKING, Final

from app.domain.clock import BusinessDay
from app.domain.money import Money, Quantity
from app.domain.staff import Right
from app.domain.stocktake import (
    NO_ZONE,
    CountLine,
    Place,
    Reason,
    Stocktake,
    Threshold,
    period_of,
)
from app.domain.stocktake_counts import Counts, all_there, spots_of
from app.domain.stocktake_states import LIVE, StocktakeEvent, StocktakeState
from app.domain.stocktake_tally import (
    Ask,
    Counted,
    Difference,
    Goods,
    Ledger,
    asks,
    counted,
    differences,
    standing,
    to_judge,
    uncounted,
)
from app.errors import BadValue
from app.ports_stocktake import Remark
from app.use_cases import rights
from app.use_cases.collector_rest import collector_at_rest
from app.use_cases.stocktake_rules import rules_of
from app.use_cases.stocktake_seen import as_seen

if TYPE_CHECKING:
    from datetime import date

    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator

SYSTEM: Final = "system"
"""Who opened a task that the calendar asked for."""


@dataclass(frozen=True, slots=True)
class Attention:
    """What the morning board says of stock-takes."""

    stocktake_id: str
    period: str
    due_on: date
    days_left: int
    """Negative = so many days late."""
    what: str
    """``count`` = not posted yet; ``sheet`` = posted, the centre's receipt is missing."""


# --- tasks ----------------------------------------------------------------------------------------


def ensure_task(doors: Doors) -> Stocktake | None:
    """The task of the running period, opened now where the calendar has not done so yet.

    None where the pack asks for no regular stock-take. Called when the page or the board is
    looked at, and at the day's first start; safe from every till at once.
    """
    now = doors.clock.now()
    with doors.uow() as uow:
        kind = rules_of(doors, uow).period
        if not kind:
            return None
        period, due = period_of(BusinessDay.of(now).day, kind)
        known = uow.stocktakes.of_period(period)
        if known is not None:
            return known
        take = Stocktake(id=doors.ids.new(), number=f"PC{period}", opened_at=now,
                         opened_by=SYSTEM, period=period, due_on=due)  # fmt: skip
        uow.stocktakes.add(take)
        uow.log.append("stocktake.opened", SYSTEM, now, {"take": take.id, "period": period})
        uow.commit()
    return take


def open_extra(doors: Doors, zones: Sequence[str], operator: Operator) -> Stocktake:
    """An extra stock-take, of some zones or of the whole shop; :raises NotAllowed:."""
    require(doors, operator, Right.APPROVE_STOCK)
    now = doors.clock.now()
    with doors.uow() as uow:
        day = str(BusinessDay.of(now)).replace("-", "")
        number = f"PC{day}-{uow.numbers.next_serial(f'stocktake|{day}')}"
        take = Stocktake(id=doors.ids.new(), number=number, opened_at=now,
                         opened_by=operator.staff.id, zones=tuple(zones))  # fmt: skip
        uow.stocktakes.add(take)
        entry = {"take": take.id, "zones": list(zones)}
        uow.log.append("stocktake.opened", operator.staff.id, now, entry)
        uow.commit()
    return take


def attention(doors: Doors) -> list[Attention]:
    """Tasks that are urgent, late, or whose sheet has no receipt after the period's end."""
    today = BusinessDay.of(doors.clock.now()).day
    with doors.uow() as uow:
        warn = rules_of(doors, uow).warn_days
        takes = [one for one in uow.stocktakes.all() if one.due_on is not None]
    told = []
    for take in takes:
        if take.due_on is None or take.state is StocktakeState.CANCELLED:
            continue
        left = (take.due_on - today).days
        if take.state is not StocktakeState.POSTED and left <= warn:
            told.append(Attention(take.id, take.period, take.due_on, left, "count"))
        elif take.sheet_days_late(today):
            told.append(Attention(take.id, take.period, take.due_on, left, "sheet"))
    return told


# --- the frozen list ------------------------------------------------------------------------------


def begin(doors: Doors, stocktake_id: str, operator: Operator) -> tuple[Stocktake, int, int]:
    """Freeze the list: each lot with goods at each place where its drug lies.

    A drug that lies in a chosen zone is counted wherever it lies: half a lot can be compared with
    nothing. Answers the task, its lines, and how many drugs were left out because another
    stock-take counts them. :raises NotAllowed, IllegalTransition, StoreStale:; :raises BadValue:
    there is nothing to count.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    now = doors.clock.now()
    with doors.uow() as uow:
        take = uow.stocktakes.get(stocktake_id)
        threshold = rules_of(doors, uow).limits()
        lines, left_out = _freeze(uow, take, books := uow.stocktakes.ledger(None, now))
        if not lines:
            raise BadValue(what="count", why="nothing_to_count")
        take = replace(take.step(StocktakeEvent.BEGUN), begun_at=now, begun_by=operator.staff.id,
                       threshold=threshold)  # fmt: skip
        take = uow.stocktakes.save(take)
        uow.stocktakes.add_lines(take.id, lines, books)
        entry = {"take": take.id, "lines": len(lines), "left_out": left_out}
        uow.log.append("stocktake.begun", operator.staff.id, now, entry)
        uow.commit()
    return take, len(lines), left_out


def _freeze(uow: UnitOfWork, take: Stocktake, ledger: Ledger) -> tuple[list[CountLine], int]:
    there = sorted(med for med, lots in ledger.lots_of.items() if any(map(ledger.now.get, lots)))
    busy = uow.stocktakes.counting_in(there)
    places = uow.stocktakes.places()
    order = {zone.id: number for number, zone in enumerate(uow.stocktakes.zones())}
    found = []
    for medicine in there:
        where = places.get(medicine) or [Place(medicine, NO_ZONE)]
        if medicine in busy or (take.zones and not {p.zone for p in where} & set(take.zones)):
            continue
        for lot in _counted_as(ledger, medicine):
            figure = sum(ledger.now.get(each, 0) for each in ledger.alike(lot))
            for place in where:
                key = (order.get(place.zone, len(order)), place.position, medicine, lot)
                found.append((key, CountLine(0, medicine, lot, place.zone, place.position,
                                             Quantity(figure))))  # fmt: skip
    found.sort(key=lambda pair: pair[0])
    return [line._replace(no=number) for number, (_, line) in enumerate(found, 1)], len(busy)


def _counted_as(ledger: Ledger, medicine: str) -> list[str]:
    """One lot for each batch with goods; those of one batch are counted under their oldest."""
    named: dict[str, None] = {}
    for lot in ledger.lots_of[medicine]:
        if ledger.now.get(lot, 0):
            named[min(ledger.alike(lot))] = None
    return list(named)


# --- the end of counting --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """A stock-take worked out: what was counted, what differs, what nobody counted."""

    found: dict[Goods, Counted]
    told: list[Difference]
    """Of lots that were counted at all their places; zeros included."""
    open_lines: list[CountLine]
    asked: list[Ask]
    ledger: Ledger


def tally(doors: Doors, uow: UnitOfWork, take: Stocktake, *, all_of_them: bool = True) -> Tally:
    """From every entry and every movement; nothing stored is believed.

    ``all_of_them`` false: of the lots only those that differ, moved, or were counted several times.
    """
    counts = uow.stocktakes.counts(take.id)
    loose = set(compress(counts.medicine_id, map(not_, counts.lot_id)))
    ledger = uow.stocktakes.ledger(loose, take.begun_at or take.opened_at, take.id)
    ledger = as_seen(ledger, counts, uow.moments.of_take(take.id))
    if all_of_them:
        stands = standing(counts.entries())
        there = spots_of(Counts.of(stands))
    else:
        stands, there = to_judge(counts, ledger)
    found = counted(stands)
    missing: list[CountLine] = []
    if not all_there(uow.stocktakes.listed(take.id)[1:5], there):
        missing = uncounted(uow.stocktakes.lines(take.id), set(zip(*there, strict=True)))
    gaps = {(line.medicine_id, line.lot_id) for line in missing}
    half = {line.medicine_id for line in missing}
    told = [
        one for one in differences(found, ledger, all_of_them=all_of_them)
        if (one.goods[0], one.goods[1]) not in gaps
        and (one.goods[1] or one.goods[2] or one.goods[0] not in half)
    ]  # fmt: skip
    worths = worths_of(uow, _unsure(told, take.threshold))
    asked = asks(found, told, take.threshold, lambda one: worths.get(one.goods) or Money(0))
    return Tally(found, told, missing, asked, ledger)


def _unsure(told: Sequence[Difference], threshold: Threshold) -> list[Difference]:
    """Those whose worth alone says whether they want a second count."""
    if threshold.money is None:
        return []
    others = replace(threshold, money=None)
    off = [one for one in told if one.variance]
    return [one for one in off if not others.exceeded(one.variance, one.ledger, Money(0))]


def worths_of(uow: UnitOfWork, off: Sequence[Difference]) -> dict[Goods, Money | None]:
    """What differences are worth at cost, else at the sale price; None = neither is known."""
    known = uow.lots.costs([one.goods[1] for one in off if one.goods[1]])
    told: dict[Goods, Money | None] = {}
    costs = [known.get(one.goods[1]) for one in off]
    unknown = [one.goods[0] for one, cost in zip(off, costs, strict=True) if cost is None]
    sold_at = uow.medicines.prices(unknown)
    for one, price in zip(off, costs, strict=True):
        if price is None:
            price = sold_at.get(one.goods[0])
        told[one.goods] = price.times(one.variance) if price is not None else None
    return told


@collector_at_rest()
def end_counting(
    doors: Doors, stocktake_id: str, operator: Operator, *, with_gaps: bool = False
) -> Stocktake:
    """Counting, or counting again, is over: on to the second look, or to the review.

    ``with_gaps``: also while lines are left, which then stay as the books have them; a manager's
    word. :raises NotAllowed, IllegalTransition:; :raises BadValue: ``gaps`` with their ``count``.
    """
    require(doors, operator, Right.APPROVE_STOCK if with_gaps else Right.COUNT_STOCK)
    now = doors.clock.now()
    with doors.uow() as uow:
        take = uow.stocktakes.get(stocktake_id)
        event = StocktakeEvent.COUNTED
        if take.state is StocktakeState.RECOUNT:
            event = StocktakeEvent.RECOUNTED
        take.step(event)
        result = tally(doors, uow, take, all_of_them=False)
        # Whoever let the second counts begin has answered for the lines that are left.
        first = take.state is StocktakeState.COUNTING
        if first and not with_gaps and result.open_lines:
            raise BadValue(what="count", why="gaps", count=len(result.open_lines))
        if first and result.asked:
            event = StocktakeEvent.RECOUNT_ASKED
        elif not first and result.asked and not with_gaps:
            raise BadValue(what="count", why="recounts", count=len(result.asked))
        take = uow.stocktakes.save(replace(take.step(event), counted_at=now))
        uow.stocktakes.put_remarks(take.id, _remarks(result))
        entry = {"take": take.id, "state": take.state.value, "asked": len(result.asked),
                 "open": len(result.open_lines)}  # fmt: skip
        uow.log.append("stocktake.counting_ended", operator.staff.id, now, entry)
        uow.commit()
    return take


def _remarks(result: Tally) -> list[Remark]:
    asked = {one.goods: one for one in result.asked}
    told = []
    for one in result.told:
        ask = asked.get(one.goods)
        if one.variance or ask:
            told.append(
                Remark(one, ask.why.value if ask else "", ask.not_by if ask else frozenset(),
                       ask.places if ask else frozenset())
            )  # fmt: skip
    return told


def step_aside(
    doors: Doors, stocktake_id: str, event: StocktakeEvent, operator: Operator
) -> Stocktake:
    """Send it back to the counters, or cancel it; counts stay in the books.

    :raises NotAllowed, IllegalTransition, StoreStale:; :raises BadValue: another event.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    if event not in (StocktakeEvent.SENT_BACK, StocktakeEvent.CANCELLED):
        raise BadValue(what="count", why="event")
    now = doors.clock.now()
    with doors.uow() as uow:
        take = uow.stocktakes.get(stocktake_id)
        if event is StocktakeEvent.CANCELLED and take.period and take.state not in LIVE:
            # A task of the calendar is done or late; nobody wishes it away before it began.
            raise BadValue(what="count", why="task")
        take = uow.stocktakes.save(take.step(event))
        entry = {"take": take.id, "state": take.state.value}
        uow.log.append(f"stocktake.{event.value}", operator.staff.id, now, entry)
        uow.commit()
    return take


def give_reason(
    doors: Doors, stocktake_id: str, goods: Sequence[Goods], reason: Reason, operator: Operator
) -> None:
    """Say why lots differ; in the review only. :raises NotAllowed, BadValue, NotFound:."""
    require(doors, operator, Right.APPROVE_STOCK)
    with doors.uow() as uow:
        if uow.stocktakes.get(stocktake_id).state is not StocktakeState.REVIEW:
            raise BadValue(what="count", why="not_in_review")
        uow.stocktakes.give_reason(stocktake_id, goods, reason.value, operator.staff.id)
        entry = {"take": stocktake_id, "lots": len(goods), "reason": reason.value}
        uow.log.append("stocktake.reason", operator.staff.id, doors.clock.now(), entry)
        uow.commit()


def require(doors: Doors, operator: Operator, right: Right) -> None:
    """:raises NotAllowed: the role lacks the right."""
    rights.require(doors, operator, right)
