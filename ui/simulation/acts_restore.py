"""What people do after a backup was put back: work the comparison's list, count the shelves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.stocktake import Reason
from app.domain.stocktake_states import LIVE, StocktakeEvent, StocktakeState
from app.errors import YaotaiError
from app.use_cases.reconcile import reconcile
from app.use_cases.reconcile_acts import act_on
from app.use_cases.sign_in import SecondPerson
from app.use_cases.stocktake import begin, end_counting, give_reason, open_extra, step_aside
from app.use_cases.stocktake_count import CountDraft, record
from app.use_cases.stocktake_post import post
from app.use_cases.stocktake_view import review
from ui.simulation.world import MORNING

if TYPE_CHECKING:
    from app.domain.stock import LotStock
    from ui.simulation.tills import Program, Till

_BESIDE = SecondPerson("2001", "200200")


def work_differences(till: Till) -> Program:
    """Each day is compared anew, and of each difference the proposed act is done."""
    day, last = shop_time(MORNING).date(), shop_time(till.store.clock.now()).date()
    while day <= last:
        for one in reconcile(till.lane, till.manager, day).standing:
            try:
                act_on(till.lane, till.manager, one.id, one.choices[0], "练习：恢复后对账", _BESIDE)
                till.tell(f"difference {one.cause}: {one.choices[0]}")
            except YaotaiError as error:
                till.tell(f"difference {one.cause} stays: {error.message_id}")
            yield
        day += timedelta(days=1)
        yield


def count_shelves(till: Till) -> Program:
    """A stock-take of what the shelves hold and the books do not: after it both are the same."""
    missing = till.store.ledger.missing
    wanted = sorted(drug for drug, units in missing.items() if units)
    if not wanted:
        return
    with till.doors.uow() as uow:
        live = [one for one in uow.stocktakes.all() if one.state in LIVE]
    for old in live:
        step_aside(till.doors, old.id, StocktakeEvent.CANCELLED, till.manager)
    take = open_extra(till.doors, [], till.manager)
    take = begin(till.doors, take.id, till.manager)[0]
    with till.doors.uow() as uow:
        lots = uow.lots.stock_of(wanted)
        places = {line.lot_id: line for line in uow.stocktakes.lines(take.id)}
    counted: dict[str, int] = {}
    for drug in wanted:
        for one, units in _shares(lots[drug], missing[drug]):
            draft = CountDraft(drug, one.lot.id, one.on_hand - Quantity(units))
            line = places.get(one.lot.id)
            if line is not None:
                draft = CountDraft(drug, one.lot.id, draft.counted, line.zone, line.position)
            record(till.doors, take.id, draft, till.operator)
            counted[drug] = counted.get(drug, 0) + units
        yield
    for _turn in range(2):  # what differs is counted twice
        if _counted(till, take.id):
            break
        end_counting(till.doors, take.id, till.manager, with_gaps=True)
        yield
    goods = [row.goods for row in review(till.doors, take.id, till.manager).rows if row.variance]
    if goods:
        give_reason(till.doors, take.id, goods, Reason.LOST, till.manager)
    post(till.doors, take.id, till.manager, _BESIDE)
    for drug, units in counted.items():
        till.store.ledger.found_missing(drug, Quantity(units))
    till.tell(f"shelves counted after the restore: {len(counted)} drugs put right")


def _counted(till: Till, take_id: str) -> bool:
    """Whether the count is over."""
    with till.doors.uow() as uow:
        return uow.stocktakes.get(take_id).state is StocktakeState.REVIEW


def _shares(lots: list[LotStock], units: int) -> list[tuple[LotStock, int]]:
    """Which lots lack how much; what is over lies with the first lot."""
    told: list[tuple[LotStock, int]] = []
    for one in lots:
        here = min(units, one.on_hand.ten_thousandths) if units > 0 else units
        if here:
            told.append((one, here))
            units -= here
    return told
