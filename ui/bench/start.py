"""Budget ``start``: from nothing to a usable scan field, beside a bare PySide6 window."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import TypeVar

from app.ports import OutboxRow
from ui.bench._start_till import FAR_END
from ui.bench.makers import medicines
from ui.bootstrap import OpenShop, Settings, build
from ui.homes import Home

SEED = 20_260_601
DRUGS, NAMES, QUEUED = 200_000, 120_000, 100_000
PAIRS, WARM_UP = 9, 2
GOAL = 2.0
AT_ONCE = 5_000
PATIENCE = 60.0
"""Seconds after which a start that says nothing is a broken one."""

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")
_AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def run() -> dict[str, object]:
    """Fill a temporary home, then start the till and the bare window in turn."""
    with TemporaryDirectory(prefix="yaotai-bench-") as folder:
        settings = Settings(home=Home(Path(folder)), practice=True, url=FAR_END)
        for work in (_fill, _index):
            opened = build(settings)
            try:
                work(opened)
            finally:
                opened.close()
        return _record(_times(folder))


def _fill(opened: OpenShop) -> None:
    doors = opened.shop.doors
    for drugs in _parts(list(medicines(SEED, DRUGS, NAMES))):
        with doors.uow() as uow:
            uow.medicines.save_many(drugs)
            uow.commit()
    for numbers in _parts(range(QUEUED)):
        with doors.uow() as uow:
            uow.outbox.add([_queued(number) for number in numbers])
            uow.commit()


def _index(opened: OpenShop) -> None:
    """Opening the shop wrote the index anew: it was older than the books."""
    if not opened.shop.search("a", 1):
        raise RuntimeError("the search index is empty")


def _parts(whole: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(whole), AT_ONCE):
        yield whole[start : start + AT_ONCE]


def _queued(number: int) -> OutboxRow:
    key = f"bench/{number:06d}"
    return OutboxRow(key, key, "3505", {"sale": key}, _AT)


def _times(home: str) -> dict[str, list[float]]:
    ours = ["-P", "-m", "ui.bench._start_till", home]
    bare = ["-P", str(ROOT / "ui" / "bench" / "_start_limit.py")]
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    for number in range(WARM_UP + PAIRS):
        for name, arguments in (("ours", ours), ("bare", bare)):
            took = _start(arguments)
            if number >= WARM_UP:
                times[name].append(took)
    return times


def _start(arguments: Sequence[str]) -> float:
    """Milliseconds from the process's start to its word that the field is usable."""
    known = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    # A till that was installed is compiled; the first start of the warm-up sees to it here.
    known.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter_ns()
    done = subprocess.run(
        [sys.executable, *arguments],
        env=known,
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    took = (time.perf_counter_ns() - began) / 1e6
    if done.stdout.split() != ["ready"]:
        raise RuntimeError("the window never became usable")
    return took


def _record(times: dict[str, list[float]]) -> dict[str, object]:
    ours, bare = median(times["ours"]), median(times["bare"])
    ratio = ours / bare
    return {
        "name": "start",
        "p50": ours,
        "p99": quantiles(times["ours"], n=100, method="inclusive")[98],
        "limit_p50": bare,
        "ratio": ratio,
        "peers": {},
        "goal": f"p50 <= {GOAL:g} x a bare window, {DRUGS} drugs, {QUEUED} queued (milliseconds)",
        "met": ratio <= GOAL,
        "samples": {"count": PAIRS, "ours": times["ours"], "bare": times["bare"]},
    }
