"""Budget ``recover``: after kill -9 with 100,000 rows queued, the first record read again.

The limit is the interpreter and the libraries that the storage rests on; the interpreter with our
own storage layer, which reads nothing, stands beside.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

ROWS, ALONE = 100_000, 50
PAIRS, WARM_UP = 9, 2
GOAL = 1.5
PATIENCE = 120.0
"""Seconds after which a process that says nothing is a broken one."""

ROOT = Path(__file__).resolve().parents[2]
_OURS = "import app.storage.unit_of_work, app.vault.keyring; print('ready')"


def run() -> dict[str, object]:
    """Kill a till that is writing, then start anew again and again on copies of what it left."""
    with TemporaryDirectory(prefix="yaotai-bench-") as folder:
        killed = Path(folder) / "killed"
        killed.mkdir()
        said = _kill_while_writing(killed)
        times = _times(killed, Path(folder) / "again")
        found = _rows(Path(folder) / "again")
    return _record(times, lost=max(0, said - found), said=said)


def _kill_while_writing(home: Path) -> int:
    """How many rows it said were on the disk."""
    command = [sys.executable, "-P", "-m", "ui.bench._recover_writer", str(home), str(ROWS)]
    process = subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, text=True)
    said = 0
    try:
        for line in process.stdout or ():
            said = int(line)
            if said >= ROWS + ALONE:
                break
    finally:
        process.kill()
        # What it still said before it died counts too.
        rest = process.communicate()[0].splitlines()
    whole = [int(line) for line in rest[:-1]]
    if said < ROWS:
        raise RuntimeError(f"the writer ended at {said} rows")
    return max([said, *whole])


def _times(killed: Path, again: Path) -> dict[str, list[float]]:
    limit = [str(ROOT / "ui" / "bench" / "_recover_limit.py")]
    ways = {
        "ours": ["-m", "ui.bench._recover_till", str(again)],
        "limit": limit,
        "import": ["-c", _OURS],
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(WARM_UP + PAIRS):
        for name, arguments in ways.items():
            shutil.rmtree(again, ignore_errors=True)
            shutil.copytree(killed, again)  # each start finds the log as the kill left it
            took = _start(arguments, "bench/000000" if name == "ours" else "ready")
            if number >= WARM_UP:
                times[name].append(took)
    return times


def _start(arguments: Sequence[str], says: str) -> float:
    """Milliseconds from the process's start to its word."""
    began = time.perf_counter_ns()
    process = subprocess.Popen(
        [sys.executable, "-P", *arguments], env=_environment(), stdout=subprocess.PIPE, text=True
    )
    line = process.stdout.readline() if process.stdout else ""
    took = (time.perf_counter_ns() - began) / 1e6
    process.communicate(timeout=PATIENCE)
    if line.strip() != says or process.returncode:
        raise RuntimeError(f"said {line!r}")
    return took


def _environment() -> Mapping[str, str]:
    known = {**os.environ, "PYTHONPATH": str(ROOT)}
    known.pop("PYTHONDONTWRITEBYTECODE", None)  # a till that was installed is compiled
    return known


def _rows(home: Path) -> int:
    with closing(sqlite3.connect(home / "store.sqlite3")) as books:
        (count,) = books.execute("SELECT count(*) FROM outbox").fetchone()
    return int(count)


def _record(times: Mapping[str, Sequence[float]], lost: int, said: int) -> dict[str, object]:
    ours, limit = median(times["ours"]), median(times["limit"])
    ratio = ours / limit
    return {
        "name": "recover",
        "p50": ours,
        "p99": quantiles(times["ours"], n=100, method="inclusive")[98],
        "limit_p50": limit,
        "ratio": ratio,
        "peers": {"interpreter and our storage layer": median(times["import"])},
        "goal": f"p50 <= {GOAL:g} x interpreter and storage libraries, {ROWS} queued, 0 lost (ms)",
        "met": ratio <= GOAL and not lost,
        "samples": {"count": PAIRS, "said": said, "lost": lost, **times},
    }
