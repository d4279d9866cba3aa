"""Runs the benchmarks of ``ui/bench`` and says which budgets hold (``yaotai bench [NAME]``)."""

from __future__ import annotations

import contextlib
import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Mapping, Sequence

import ui.bench

Result = Mapping[str, object]
"""One budget: name, p50, p99, limit_p50, ratio, peers, goal, met, samples (design 3)."""

_COLUMNS = ("name", "p50", "p99", "limit_p50", "ratio", "goal", "met")


def names() -> list[str]:
    """The benchmarks that exist: every module of ``ui/bench`` that can ``run``."""
    return sorted(
        info.name for info in pkgutil.iter_modules(ui.bench.__path__) if _can_run(info.name)
    )


def _can_run(name: str) -> bool:
    try:
        return hasattr(importlib.import_module(f"ui.bench.{name}"), "run")
    except Exception:
        return True  # shown as broken when its turn comes, never silently left out


def run(name: str | None, as_json: bool) -> int:
    """Run one benchmark, or all, and print a table or a JSON list.

    :returns: 0, 1 when a goal is missed or a benchmark broke, 2 for a name that does not exist.
    """
    if name is not None and name not in names():
        print(f"no benchmark {name!r}; there are: {', '.join(names())}", file=sys.stderr)
        return 2
    results = [_measured(each) for each in ([name] if name else names())]
    if as_json:
        print(json.dumps(results, ensure_ascii=False, indent=2))
    else:
        print(table(results))
    return 0 if all(result["met"] for result in results) else 1


def _measured(name: str) -> Result:
    """What the benchmark answers; a broken one is a missed goal, and the rest still run."""
    print(f"bench: {name} ...", file=sys.stderr, flush=True)
    # Whatever a benchmark or its peers print must not spoil the document on stdout.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            measure: Callable[[], Result] = importlib.import_module(f"ui.bench.{name}").run
            return measure()
        except Exception as error:
            print(f"bench: {name} broke: {error!r}", file=sys.stderr, flush=True)
            return {"name": name, "goal": f"broke: {error!r}", "met": False}


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "met" if value else "MISSED"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def table(results: Sequence[Result]) -> str:
    """The results as people read them; the peers stand under their benchmark."""
    rows = [list(_COLUMNS)]
    for result in results:
        rows.append([_cell(result.get(column)) for column in _COLUMNS])
        peers = result.get("peers")
        for peer, value in peers.items() if isinstance(peers, Mapping) else ():
            rows.append([f"  {peer}", _cell(value), *[""] * (len(_COLUMNS) - 2)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
