"""``yaotai simulate``: cuts the sales into independent stores and adds up what became of them.

How a store goes follows from seed and number of the store alone, so the sums are the same on one
core and on many. The first store with a violation ends the run: what comes after it is not told.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context

from ui.simulation.run import run_store
from ui.simulation.store import Result, Task

STORE_SALES = 200
"""Baskets of one simulated store: some hours of two or three tills."""
REGIONS = (
    "CN-999900", "CN-999900", "CN-999900", "CN-999901",
    "CN-999900", "CN-999906", "CN-999900", "CN-999901",
)  # fmt: skip
"""Practice areas in turn: pharmacy route, registered visit, reversal by hand."""


@dataclass
class Totals:
    """What the whole run came to."""

    seed: int
    sales: int = 0
    faults: int = 0
    lost: int = 0
    doubled: int = 0
    unresolved: int = 0
    violations: list[dict[str, object]] = field(default_factory=list)
    stores: int = 0
    events: int = 0
    digest: str = ""

    def add(self, one: Result) -> None:
        """One store more."""
        self.sales += one.sales
        self.faults += one.faults
        self.lost += one.lost
        self.doubled += one.doubled
        self.unresolved += one.unresolved
        self.violations += one.violations
        self.stores += 1
        self.events += one.events
        self.digest = hashlib.sha256(f"{self.digest}{one.digest}".encode()).hexdigest()[:32]


def tasks_of(sales: int, seed: int, faults: tuple[str, ...], defect: str = "") -> list[Task]:
    """Independent stores that together bring exactly ``sales`` baskets to payment."""
    tasks: list[Task] = []
    left = sales
    while left > 0:
        number, some = len(tasks), min(STORE_SALES, left)
        region = REGIONS[number % len(REGIONS)]
        tasks.append(Task(seed, number, some, faults, defect, region, tills=1 + number % 3))
        left -= some
    return tasks


def simulate(
    tasks: list[Task],
    *,
    cores: int = 0,
    tell: Callable[[Totals], None] = lambda _so_far: None,
    begun: Totals | None = None,
) -> Totals:
    """Run the stores, ``cores`` at a time (0 = as many as there are); ``tell`` after each.

    ``begun``: what an earlier sitting came to with the first ones of the same stores.
    """
    totals = begun or Totals(tasks[0].seed if tasks else 0)
    if totals.violations:
        return totals
    for one in _results(tasks[totals.stores :], cores or os.cpu_count() or 1):
        totals.add(one)
        tell(totals)
        if totals.violations:
            break
    return totals


def _results(tasks: list[Task], cores: int) -> Iterator[Result]:
    workers = min(cores, len(tasks))
    if workers <= 1:
        yield from map(run_store, tasks)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from _in_order(pool, tasks, workers)


def _in_order(pool: ProcessPoolExecutor, tasks: Iterable[Task], workers: int) -> Iterator[Result]:
    """A few ahead of what is told, never all at once: a run that ends early wastes little."""
    waiting = iter(tasks)
    ahead = [pool.submit(run_store, task) for task in islice(waiting, 2 * workers)]
    while ahead:
        result = ahead.pop(0).result()
        after = next(waiting, None)
        if after is not None and not result.violations:
            ahead.append(pool.submit(run_store, after))
        yield result
        if result.violations:
            for each in ahead:
                each.cancel()
            return
