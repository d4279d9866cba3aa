"""Budget ``report``: the balance of a quarter over 2,000,000 lines, beside DuckDB on columns."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import Engine, text

from app.domain.balance import Balance, Heading, Period
from app.domain.clock import micros
from app.storage.engine import open_store
from app.storage.unit_of_work import make_factory
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore
from ui.bench._report_limit import Columns, Row

T = TypeVar("T")

SEED = 20_260_601
LINES, DRUGS, LOTS = 2_000_000, 5_000, 4
DAYS = 180
"""The quarter that is asked for is the second half: there is an opening to be summed too."""
LAST = date(2026, 9, 30)
PERIOD = Period(LAST - timedelta(days=91), LAST)
LATE = 2_000
"""Movements of today that no kept sum covers."""
ROUNDS, WARM_UP = 15, 3
GOAL = 4.0
PART = 200_000


def run() -> dict[str, object]:
    """Fill books in a temporary place, keep their sums, ask both for the same quarter."""
    with TemporaryDirectory(prefix="yaotai-bench-") as folder:
        home = Path(folder)
        secrets = Vault.create(home / "keys", FileMasterStore(home / "keys"), 2)[0]
        engine = open_store(home / "store.sqlite3")
        try:
            return _measure(engine, secrets)
        finally:
            engine.dispose()


def _measure(engine: Engine, secrets: Any) -> dict[str, object]:  # noqa: ANN401 - a vault
    columns = _movements()
    _write(engine, columns, 0, LINES - LATE)
    units = make_factory(engine, secrets, "bench", "1")
    began = time.perf_counter()
    while True:
        with units() as uow:
            part = uow.balances.read_part(PART)
        if part is None:
            break
        part.keep()
    kept = time.perf_counter() - began
    _write(engine, columns, LINES - LATE, LINES)

    def ours() -> list[Row]:
        # Read to the last figure, as the peer's rows are: lines alone would make theirs late.
        with units() as uow:
            return [_row(line) for line in uow.balances.of_store(PERIOD)]

    def one_drug() -> list[Balance]:
        with units() as uow:
            return uow.balances.of_medicine(PERIOD, "drug-00001")

    times, rows = _timed(ours)
    single, _lots = _timed(one_drug)
    peer = _peer(columns)
    cut = quantiles(times, n=100)
    result: dict[str, object] = {
        "name": "report",
        "p50": median(times),
        "p99": cut[98],
        "limit_p50": None,
        "ratio": None,
        "peers": {"duckdb": "not installed: uv pip install --group bench"},
        "goal": f"p50 <= {GOAL:g} x DuckDB on native columns, equal to the fen",
        "met": False,
        "samples": {
            "lines": LINES,
            "drugs": DRUGS,
            "late_lines": LATE,
            "rounds": ROUNDS,
            "kept_sums_s": kept,
            "one_drug_ms": median(single),
        },
    }
    if peer is not None:
        limit, said = peer
        equal = rows == said
        result["limit_p50"], result["ratio"] = median(limit), median(times) / median(limit)
        result["peers"] = {"duckdb_p50": median(limit), "equal_to_the_fen": equal}
        result["met"] = equal and median(times) <= GOAL * median(limit)
    return result


def _timed(work: Callable[[], list[T]]) -> tuple[list[float], list[T]]:
    times: list[float] = []
    rows: list[T] = []
    for _ in range(WARM_UP + ROUNDS):
        began = time.perf_counter()
        rows = work()
        times.append((time.perf_counter() - began) * 1e3)
    return times[WARM_UP:], rows


def _peer(columns: dict[str, Any]) -> tuple[list[float], list[Row]] | None:
    try:
        made = Columns(
            {
                "medicine": np.array([f"drug-{at:05d}" for at in range(DRUGS)])[columns["drug"]],
                "kind": np.array(["bought", "sale", "loss"])[columns["kind"]],
                "paid_by": np.array(["", "self_paid", "ordinary"])[columns["payer"]],
                "quantity": columns["quantity"],
                "fen": columns["fen"],
                "moment": columns["at"],
            }
        )
    except ImportError:
        return None
    begins, ends = micros(PERIOD.begins), micros(PERIOD.ends)
    with closing(made):
        times, rows = _timed(lambda: made.quarter(begins, ends))
    return times, rows


def _row(line: Balance) -> Row:
    """A line of ours as the peer says it."""
    flows = [line.flow(h) for h in (Heading.BOUGHT, Heading.SOLD_INSURED, Heading.SOLD_SELF)]
    named = [value for f in flows for value in (f.quantity.ten_thousandths, f.amount.fen)]
    rest = line.flow(Heading.LOSS).quantity.ten_thousandths
    return (line.medicine_id, line.opening.ten_thousandths, *named, rest)  # type: ignore[return-value]


def _movements() -> dict[str, Any]:
    """Invented movements in the order of their moments; money with the direction of the goods."""
    chance = np.random.default_rng(SEED)
    day = np.sort(chance.integers(0, DAYS, LINES))
    kind = chance.choice(3, LINES, p=(0.1, 0.88, 0.02))
    packs = np.where(kind == 0, chance.integers(5, 50, LINES), -chance.integers(1, 4, LINES))
    payer = np.where(kind == 1, chance.integers(1, 3, LINES), 0)
    quantity = packs * 10_000
    begins = micros(Period(LAST - timedelta(days=DAYS - 1), LAST).begins)
    moment = begins + day * 86_400_000_000 + chance.integers(0, 86_000_000_000, LINES)
    return {
        "drug": chance.integers(0, DRUGS, LINES),
        "lot": chance.integers(0, LOTS, LINES),
        "kind": kind,
        "payer": payer,
        "quantity": quantity.astype(np.int64),
        "fen": (packs * chance.integers(100, 30_000, LINES)).astype(np.int64),
        "at": moment.astype(np.int64),
    }


def _write(engine: Engine, columns: dict[str, Any], first: int, last: int) -> None:
    statement = text(
        "INSERT INTO stock_move (id, store_id, till_id, medicine_id, quantity, kind, at, batch,"
        " line_no, lot_id, document_id, paid_by, reason, amount_fen) VALUES"
        " (:id, 'bench', '1', :drug, :quantity, :kind, :at, '', 1, :lot, '', :payer, '', :fen)"
    )
    with engine.begin() as connection:
        for start in range(first, last, PART):
            rows = list(_rows(columns, start, min(start + PART, last)))
            connection.execute(statement, rows)


def _rows(columns: dict[str, Any], first: int, last: int) -> Iterator[dict[str, object]]:
    cut = {name: values[first:last].tolist() for name, values in columns.items()}
    tag = random.Random(SEED).getrandbits(64)  # noqa: S311 - ids of the length of ours
    for at in range(last - first):
        yield {
            "id": f"{tag:016x}-{first + at:012d}",
            "drug": f"drug-{cut['drug'][at]:05d}",
            "lot": f"lot-{cut['drug'][at]:05d}-{cut['lot'][at]}",
            "kind": ("bought", "sale", "loss")[cut["kind"][at]],
            "payer": ("", "self_paid", "ordinary")[cut["payer"][at]],
            "quantity": cut["quantity"][at],
            "fen": abs(cut["fen"][at]),
            "at": cut["at"][at],
        }
