"""Acts of the manager: drawers counted, days closed, a stock-take while the shop sells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.money import Money, Quantity
from app.domain.shift_states import ShiftState
from app.domain.stocktake import Reason
from app.domain.stocktake_states import LIVE, StocktakeEvent, StocktakeState
from app.errors import ReleaseNeeded
from app.use_cases.day_close import close_day, unclosed_days, verify_close
from app.use_cases.shift import (
    Counted,
    Release,
    close_shift,
    confirm_count,
    current_shift,
    waiting_shifts,
)
from app.use_cases.sign_in import SecondPerson
from app.use_cases.stocktake import begin, end_counting, give_reason, open_extra, step_aside
from app.use_cases.stocktake_count import CountDraft, record
from app.use_cases.stocktake_post import post
from app.use_cases.stocktake_view import review

if TYPE_CHECKING:
    from app.domain.stock import LotStock
    from ui.simulation.tills import Program, Till

_LOTS = 2
"""Lots that are counted; the others stay as the books have them."""
_BOX = Quantity.of(1)


def count_drawer(till: Till) -> Program:
    """Every drawer that waits, and the one in use: counted blind, then closed."""
    now = current_shift(till.doors)
    for shift in [*waiting_shifts(till.doors), *([now[0]] if now is not None else [])]:
        if shift.state is not ShiftState.COUNTED:
            yield from _count(till, shift.id)
        try:
            close_shift(till.doors, till.manager, shift.id)
        except ReleaseNeeded:
            release = Release("练习：退货多于销售", SecondPerson("3001", "300300"))
            close_shift(till.doors, till.operator, shift.id, release)
        till.tell(f"shift {shift.number} closed")
        yield


def _count(till: Till, shift_id: str) -> Program:
    """What lies there is what customers gave at this drawer less what they got back."""
    lies = Money(till.store.checker.cash_of_shift(shift_id))
    counted = Counted(lies if lies > Money(0) else Money(0))
    beside = SecondPerson("3001", "300300")
    seen = confirm_count(till.doors, till.operator, shift_id, counted, beside)
    till.tell(f"drawer counted: {counted.total}, difference {seen.difference}")
    # More went back than came in: that was money of an earlier shift, of which nobody told.
    if seen.difference != counted.total - lies:
        till.store.checker.shift_differs(shift_id, seen.difference.fen)
    yield


def close_the_day(till: Till) -> Program:
    """Every business day that is over is closed, by whichever till comes to it first."""
    for day in unclosed_days(till.doors)[:-1]:
        closed = close_day(till.doors, till.manager, day)
        till.tell(f"day {day} closed as no. {closed.close.no}")
        yield
        if not verify_close(till.doors, day).text_holds:
            till.store.checker.close_broken(str(day))
        yield


def stock_take(till: Till) -> Program:
    """A box is missing; a count that runs while others sell finds it and only it."""
    with till.doors.uow() as uow:
        live = [one for one in uow.stocktakes.all() if one.state in LIVE]
    for old in live:
        step_aside(till.doors, old.id, StocktakeEvent.CANCELLED, till.manager)
        till.tell(f"stock-take {old.number} given up")
    take = open_extra(till.doors, [], till.manager)
    take = begin(till.doors, take.id, till.manager)[0]
    till.tell(f"stock-take {take.number} begun")
    stolen: dict[str, int] = {}
    for one in _chosen(till):
        yield
        drug = one.lot.medicine_id
        missing = till.dice.choice((0, 1))
        counted = _now(till, one)
        if counted is None:
            continue
        if missing:
            till.store.ledger.goes_missing(drug, _BOX)
            stolen[drug] = stolen.get(drug, 0) + 1
        draft = CountDraft(drug, one.lot.id, counted - Quantity.of(missing))
        with till.doors.uow() as uow:
            places = [line for line in uow.stocktakes.lines(take.id) if line.lot_id == one.lot.id]
        if places:
            draft = CountDraft(drug, one.lot.id, draft.counted, places[0].zone, places[0].position)
        record(till.doors, take.id, draft, till.operator)
        till.tell(f"counted {draft.counted} of lot {one.lot.id[-6:]}, {missing} missing")
    yield from _post(till, take.id, stolen)


def _post(till: Till, take_id: str, stolen: dict[str, int]) -> Program:
    for _turn in range(2):
        yield
        if _state(till, take_id) is not StocktakeState.REVIEW:
            end_counting(till.doors, take_id, till.manager, with_gaps=True)
    goods = [row.goods for row in review(till.doors, take_id, till.manager).rows if row.variance]
    if goods:
        give_reason(till.doors, take_id, goods, Reason.LOST, till.manager)
    yield

    def found() -> None:
        for drug, many in stolen.items():
            till.store.ledger.found_missing(drug, Quantity.of(many))

    till.store.await_done(
        take_id, till,
        lambda looking: _state(looking, take_id) is StocktakeState.POSTED,
        found,
    )  # fmt: skip
    post(till.doors, take_id, till.manager, SecondPerson("2001", "200200"))
    till.store.happened(take_id)
    till.tell(f"stock-take posted, {sum(stolen.values())} boxes were missing")


def _state(till: Till, take_id: str) -> StocktakeState:
    with till.doors.uow() as uow:
        return uow.stocktakes.get(take_id).state


def _chosen(till: Till) -> list[LotStock]:
    drugs = till.dice.sample([one.id for one in till.store.sold_here], _LOTS)
    with till.doors.uow() as uow:
        found = uow.lots.stock_of(drugs)
    return [found[drug][0] for drug in drugs if found[drug]]


def _now(till: Till, one: LotStock) -> Quantity | None:
    """What lies there at this moment; a lot of which baskets hold boxes is left for later."""
    with till.doors.uow() as uow:
        lots = uow.lots.stock_of([one.lot.medicine_id])[one.lot.medicine_id]
    found = next((each for each in lots if each.lot.id == one.lot.id), None)
    if found is None or found.reserved or found.on_hand < _BOX:
        return None
    return found.on_hand
