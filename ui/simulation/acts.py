"""The table of acts: what happens in a store, how often, and who does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ui.simulation import (
    acts_back,
    acts_goods,
    acts_house,
    acts_proxy,
    acts_rx,
    acts_sale,
    acts_wind_down,
    faults,
)

if TYPE_CHECKING:
    from ui.simulation.store import SimStore
    from ui.simulation.tills import Program, Till


def _everywhere(_store: SimStore) -> bool:
    return True


def _every_second(store: SimStore) -> bool:
    return store.task.store % 2 == 1


def _by_hand(store: SimStore) -> bool:
    return not store.template.automatic


class Act(NamedTuple):
    """One row of the table."""

    weight: int
    run: Callable[[Till], Program]
    sells: bool = False
    """Whether it brings a basket to payment."""
    where: Callable[[SimStore], bool] = _everywhere
    """In which stores."""


ACTS: dict[str, Act] = {
    "sell": Act(104, acts_sale.sell, sells=True),
    "insured": Act(72, acts_sale.insured, sells=True),
    "hold": Act(16, acts_sale.hold, sells=True),
    "walk_away": Act(8, acts_sale.walk_away, sells=True),
    "electronic": Act(8, acts_rx.electronic, sells=True),
    "return": Act(22, acts_back.bring_back),
    "tidy": Act(18, acts_back.tidy),
    "receive": Act(10, acts_goods.receive),
    "loss": Act(4, acts_goods.lose),
    "drain": Act(30, acts_goods.drain),
    "say_again": Act(8, acts_goods.say_refused_again),
    "count_drawer": Act(3, acts_house.count_drawer),
    "close_day": Act(3, acts_house.close_the_day),
    "stock_take": Act(1, acts_house.stock_take),
    "pieces": Act(14, acts_sale.pieces, sells=True, where=_every_second),
    "proxy": Act(10, acts_proxy.proxy, sells=True, where=_every_second),
    "decide": Act(16, acts_wind_down.disputes, where=_by_hand),
}
_NAMES = list(ACTS)


def next_step(till: Till, wanted: str = "") -> None:
    """One step: open a dead till, look after what is undecided, go on with the act, or begin one.

    ``wanted``: the act that is begun where none is under way.
    """
    store = till.store
    if not till.open:
        till.tell("opened again")
        till.act = "opening"
        till.start()
        return
    if till.morning != till.today():
        till.new_day()
    if store.clock.now() >= till.next_recovery:
        till.recover()
    if till.program is None:
        _begin(till, wanted)
    if till.program is None:
        return
    try:
        next(till.program)
    except StopIteration:
        _ended(till)


def _begin(till: Till, wanted: str) -> None:
    store = till.store
    if not wanted:
        selling = store.wants_more()
        names = [
            name for name in _NAMES if (selling or not ACTS[name].sells) and ACTS[name].where(store)
        ]
        wanted = till.dice.choices(names, [ACTS[name].weight for name in names])[0]
    act = ACTS[wanted]
    till.act, till.program = wanted, act.run(till)
    if act.sells:
        till.keep_place()
    store.result.acts[wanted] = store.result.acts.get(wanted, 0) + 1


def _ended(till: Till) -> None:
    till.program, till.act = None, ""
    till.release()


def draw_faults(till: Till) -> None:
    """See :mod:`ui.simulation.faults`."""
    faults.draw(till.store, till)
