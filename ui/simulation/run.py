"""Runs one store from its first morning to the last list; the same task goes the same way twice."""

from __future__ import annotations

import gc
from pathlib import Path
from tempfile import TemporaryDirectory

from ui.simulation import faults
from ui.simulation.acts import draw_faults
from ui.simulation.acts_wind_down import wind_down
from ui.simulation.defects import DEFECTS, NONE
from ui.simulation.store import Result, SimStore, Task

TOLD = 3
"""Violations of one store that are told; what follows the first is mostly its consequence."""


def run_store(task: Task) -> Result:
    """One independent store; everything in it follows from the task alone."""
    defect = DEFECTS[task.defect] if task.defect else NONE
    gc.freeze()
    with TemporaryDirectory(prefix="yaotai-simulate-") as folder, defect.planted():
        place = Path(folder) / "practice"
        place.mkdir(mode=0o700)
        store = SimStore(task, place, defect)
        try:
            _days(store)
            if not store.violations:
                wind_down(store)
            return _result(store)
        finally:
            store.close()


def _days(store: SimStore) -> None:
    while store.result.sales < store.task.sales:
        till = store.dice.choice(store.tills)
        draw_faults(till)
        store.step(till)
        store.pass_time(store.dice.uniform(3, 25) * store.pace)
        store.check()
        if store.violations:
            return


def _result(store: SimStore) -> Result:
    faults.health(store)
    result = store.result
    result.faults = store.fired + store.net.fired
    result.unresolved = store.checker.unresolved()
    result.lost = len({one.about for one in store.violations if one.lost})
    result.doubled = len({one.about for one in store.violations if one.doubled})
    result.events, result.digest = store.story.count, store.story.digest
    for one in store.violations[:TOLD]:
        result.violations.append(
            {
                "invariant": one.kind, "text": one.text, "store": store.task.store,
                "region": store.task.region, "event": store.story.count,
                "story": store.story.last(one.about),
            }
        )  # fmt: skip
    return result
