"""The evening: the line is healthy, and the staff work every list until it is empty."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.domain.dispute import Verdict
from app.errors import YaotaiError
from app.use_cases.basket import held_baskets, recall_basket
from app.use_cases.decide_dispute import Ruling, decide_dispute
from app.use_cases.drain_outbox import drain_outbox
from app.use_cases.reconcile import reconcile
from app.use_cases.recover_settlements import reverse_by_hand
from ui.simulation import (
    acts_back,
    acts_goods,
    acts_house,
    acts_restore,
    acts_rx,
    counter,
    faults,
)
from ui.simulation.world import MORNING

if TYPE_CHECKING:
    from ui.simulation.store import SimStore
    from ui.simulation.tills import Program, Till

_ROUNDS = 40
_PAUSE = 130.0


def wind_down(store: SimStore) -> None:
    """Everybody ends what is under way; then lists, until nothing is left or nothing moves."""
    faults.health(store)
    store.story.add(store.clock.now(), "world", "the day is over: the line is healthy")
    _end_acts(store)
    for _round in range(_ROUNDS):
        for till in store.tills:
            store.run_act(till, acts_back.tidy)
            store.run_act(till, held_back)
            store.run_act(till, disputes)
            store.run_act(till, acts_rx.return_unused)
            store.run_act(till, acts_goods.say_refused_again)
            store.run_act(till, send_all)
            if store.violations:
                return
        store.pass_time(_PAUSE)
        if not store.checker.left_over() and not store.net.under_way:
            break
    if store.restoring.happened:
        _after_a_restore(store)
    store.pass_time(_PAUSE)
    store.run_act(store.tills[0], acts_house.count_drawer)
    store.run_act(store.tills[0], acts_house.close_the_day)
    store.run_act(store.tills[0], statements)
    if not store.violations:
        store.checker.at_the_end()


def _after_a_restore(store: SimStore) -> None:
    """What the lost hours left is worked off: differences, then the shelves, then the uploads."""
    for act in (acts_restore.work_differences, disputes, acts_back.tidy,
                acts_restore.work_differences, acts_restore.count_shelves):  # fmt: skip
        store.run_act(store.tills[0], act)
        store.pass_time(_PAUSE)
    for _round in range(_ROUNDS):
        store.run_act(store.tills[0], acts_goods.say_refused_again)
        store.run_act(store.tills[0], send_all)
        if store.violations or not store.checker.left_over():
            return
        store.pass_time(_PAUSE)


def _end_acts(store: SimStore) -> None:
    for _step in range(200):
        busy = [one for one in store.tills if one.program is not None or not one.open]
        if not busy:
            return
        for till in busy:
            store.step(till)
            store.pass_time(10)
            store.check()
            if store.violations:
                return


def held_back(till: Till) -> Program:
    """Baskets that were put aside and never fetched."""
    for sale in held_baskets(till.doors):
        recall_basket(till.doors, sale.id, till.operator)
        counter.give_up(till, sale.id)
        yield


def statements(till: Till) -> Program:
    """Every day is compared with the platform's statement: nothing differs any more."""
    day, last = shop_time(MORNING).date(), shop_time(till.store.clock.now()).date()
    while day <= last:
        told = reconcile(till.lane, till.manager, day)
        till.tell(f"{day} compared: {len(told.standing)} differences")
        for one in told.standing[:1]:
            till.store.checker.statement_differs(str(day), one.cause.value)
        day += timedelta(days=1)
        yield


def send_all(till: Till) -> Program:
    """The outbox runs empty."""
    drain_outbox(till.lane, till.manager)
    yield


def disputes(till: Till) -> Program:
    """A manager decides with the platform's books in hand."""
    for settlement_id, state, msgid in till.store.checker.disputed(till.no):
        if state == "unknown":
            try:
                reverse_by_hand(till.doors, settlement_id, till.manager)
            except YaotaiError as error:
                till.tell(f"not reversed by hand: {error.message_id}", settlement_id)
            yield
            continue
        verdict, setl_id, mdtrt_id = till.store.checker.verdict_of(msgid)
        ruling = Ruling(Verdict(verdict), "练习对账单", setl_id, mdtrt_id)
        till.tell(f"decides the dispute: {verdict}", settlement_id)
        decide_dispute(till.doors, settlement_id, ruling, till.manager)
        yield
