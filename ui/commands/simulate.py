"""``yaotai simulate``: the fault simulation; prints one line, or one JSON document."""

from __future__ import annotations

import json as json_text
import sys
import time
from typing import TYPE_CHECKING

from ui.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from ui.simulate import Totals
    from ui.simulation.progress import Words


def run(
    sales: int,
    seed: int,
    faults: str,
    defect: str,
    cores: int,
    json: bool,
    progress: Path | None = None,
) -> int:
    """Simulate ``sales`` baskets.

    ``faults``: none, all, or some of the groups with commas; ``defect``: one of the plantable
    ones, which brings all faults with it, or ``list``; ``progress``: a file that keeps what was
    told, where the same words go on.
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
    from ui.simulation.progress import ProgressRefused, Words

    words = Words(seed, sales, chosen, defect)
    try:
        return _simulate(words, cores, json, progress)
    except ProgressRefused as refused:
        return _usage(f"simulate.progress_{refused.why}", file=str(progress))


def _groups(faults: str) -> tuple[str, ...]:
    return () if faults == "none" else tuple(one.strip() for one in faults.split(","))


def _usage(message: str, **params: str) -> int:
    sys.stderr.write(say(message, **params) + "\n")
    return 2


def _simulate(words: Words, cores: int, json: bool, file: Path | None) -> int:
    from ui.simulate import simulate, tasks_of
    from ui.simulation.progress import Progress

    sales = words.sales
    tasks = tasks_of(sales, words.seed, words.faults, words.defect)
    progress = Progress(file, words, tasks) if file is not None else None
    before, earlier = progress.begin() if progress is not None else (None, 0.0)
    if before is not None and before.stores:
        told = say("simulate.goes_on", sales=before.sales, of=sales, seconds=int(earlier))
        sys.stderr.write(told + "\n")
    begun = time.monotonic() - earlier
    last = time.monotonic()

    def tell(so_far: Totals) -> None:
        nonlocal last
        if progress is not None:
            progress.keep(so_far, time.monotonic() - begun)
        if time.monotonic() - last >= _EVERY:
            last = time.monotonic()
            done = say("simulate.so_far", sales=so_far.sales, of=sales, faults=so_far.faults,
                       seconds=int(last - begun))  # fmt: skip
            sys.stderr.write(done + "\n")

    totals = simulate(tasks, cores=cores, tell=tell, begun=before)
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
