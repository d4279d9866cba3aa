"""``yaotai simulate``: the fault simulation; prints one line, or one JSON document."""

from __future__ import annotations

import json as json_text
import sys
import time
from typing import TYPE_CHECKING

from ui.words import say

if TYPE_CHECKING:
    from ui.simulate import Totals


def run(sales: int, seed: int, faults: str, defect: str, cores: int, json: bool) -> int:
    """Simulate ``sales`` baskets.

    ``faults``: none, all, or some of the groups with commas; ``defect``: one of the plantable
    ones, which brings all faults with it, or ``list``.
    :return: 0; 1 on a violation, on anything lost, doubled or unresolved; 2 for words that mean
        nothing.
    """
    from ui.simulation.defects import DEFECTS
    from ui.simulation.faults import GROUPS

    if defect == "list":
        return _list(json)
    if defect and defect not in DEFECTS:
        return _usage("simulate.unknown_defect", name=defect)
    chosen = GROUPS if defect or faults == "all" else _groups(faults)
    if not set(chosen) <= set(GROUPS):
        return _usage("simulate.unknown_faults", names=", ".join(GROUPS))
    if sales < 1:
        return _usage("simulate.no_sales")
    return _simulate(sales, seed, chosen, defect, cores, json)


def _groups(faults: str) -> tuple[str, ...]:
    return () if faults == "none" else tuple(one.strip() for one in faults.split(","))


def _usage(message: str, **params: str) -> int:
    sys.stderr.write(say(message, **params) + "\n")
    return 2


def _simulate(
    sales: int, seed: int, faults: tuple[str, ...], defect: str, cores: int, json: bool
) -> int:
    from ui.simulate import simulate, tasks_of

    begun = time.monotonic()
    last = begun

    def tell(so_far: Totals) -> None:
        nonlocal last
        if time.monotonic() - last >= _EVERY:
            last = time.monotonic()
            done = say("simulate.so_far", sales=so_far.sales, of=sales, faults=so_far.faults,
                       seconds=int(last - begun))  # fmt: skip
            sys.stderr.write(done + "\n")

    totals = simulate(tasks_of(sales, seed, faults, defect), cores=cores, tell=tell)
    if json:
        sys.stdout.write(json_text.dumps(_document(totals), ensure_ascii=False, indent=1) + "\n")
    else:
        _print(totals, time.monotonic() - begun)
    bad = totals.violations or totals.lost or totals.doubled or totals.unresolved
    return 1 if bad else 0


_EVERY = 30.0
"""Seconds between two lines of progress."""


def _document(totals: Totals) -> dict[str, object]:
    names = ("seed", "sales", "faults", "lost", "doubled", "unresolved", "violations", "stores",
             "events", "digest")  # fmt: skip
    return {name: getattr(totals, name) for name in names}


def _print(totals: Totals, seconds: float) -> None:
    sys.stdout.write(
        say("simulate.told", seed=totals.seed, sales=totals.sales, faults=totals.faults,
            lost=totals.lost, doubled=totals.doubled, unresolved=totals.unresolved,
            events=totals.events, seconds=f"{seconds:.1f}") + "\n"
    )  # fmt: skip
    for one in totals.violations:
        sys.stdout.write(
            say("simulate.violation", name=one["invariant"], text=one["text"], store=one["store"])
            + "\n"
        )
        story = one["story"]
        for line in story if isinstance(story, list) else ():
            sys.stdout.write(f"    {line}\n")


def _list(json: bool) -> int:
    from ui.simulation.defects import DEFECTS

    if json:
        told = [{"name": one.name, "does": one.does} for one in DEFECTS.values()]
        sys.stdout.write(json_text.dumps(told, ensure_ascii=False, indent=1) + "\n")
    else:
        for one in DEFECTS.values():
            sys.stdout.write(f"{one.name:20} {one.does}\n")
    return 0
