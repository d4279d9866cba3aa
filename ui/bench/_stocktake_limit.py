"""What reading a sheet costs at least: parser and unpacking alone. Imports nothing of ours."""

from __future__ import annotations

import csv
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path


def bare_csv(path: Path) -> float:
    """Milliseconds of ``csv.reader`` over a whole file."""
    began = time.perf_counter_ns()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for _ in csv.reader(file):
            pass
    return (time.perf_counter_ns() - began) / 1e6


def bare_unzip(path: Path) -> float:
    """Milliseconds of unpacking every part of a workbook."""
    began = time.perf_counter_ns()
    with zipfile.ZipFile(path) as packed:
        for part in packed.namelist():
            packed.read(part)
    return (time.perf_counter_ns() - began) / 1e6


def pandas_ms(path: Path, ledger: Mapping[str, int], stored: Path) -> float | None:
    """Milliseconds of the same with pandas: read, join with the books, store what differs.

    None = it is not installed; it is no dependency of ours. Nothing is checked on the way.
    """
    import sqlite3

    try:
        import pandas  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        return None
    books = pandas.DataFrame({"line": list(ledger), "books": list(ledger.values())})
    began = time.perf_counter_ns()
    read = pandas.read_csv(path, encoding="utf-8-sig", dtype=str)
    read["line"] = read["行号"]
    read["counted"] = pandas.to_numeric(read["实盘数"])
    read["at"] = pandas.to_datetime(read["盘点时间"])
    joined = read.merge(books, on="line", how="left")
    joined["off"] = joined["counted"] - joined["books"]
    with sqlite3.connect(stored) as made:
        made.execute("PRAGMA synchronous = FULL")
        joined[["条目号", "line", "counted", "at"]].to_sql("entry", made, if_exists="replace")
        joined[joined["off"] != 0][["line", "off"]].to_sql("off", made, if_exists="replace")
    return (time.perf_counter_ns() - began) / 1e6
