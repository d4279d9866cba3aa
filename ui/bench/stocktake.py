"""Budget ``stocktake``: a sheet of 20,000 rows from its file to stored differences."""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from app.documents.tables import write_xlsx
from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.staff import Role
from app.domain.stock import Lot, MoveKind
from app.domain.stocktake_states import StocktakeEvent
from app.ports import StockMove
from app.use_cases import stocktake
from app.use_cases.doors import Operator
from app.use_cases.stocktake_count import CountDraft, record
from app.use_cases.stocktake_papers import blank_sheet
from app.use_cases.stocktake_read import read_sheet
from ui.bench._stocktake_limit import bare_csv, bare_unzip, pandas_ms
from ui.bench.makers import medicines
from ui.bootstrap import Settings, build
from ui.collector import release_collector
from ui.homes import home_at

if TYPE_CHECKING:
    from app.ports import Clock
    from app.use_cases.doors import Doors

ROWS = 20_000
ROUNDS, ENTRIES = 5, 300
OFF_EVERY = 40
"""Each so manieth lot lacks a box: a shop in fair order."""
GOAL_CSV, GOAL_XLSX, GOAL_ENTRY_MS = 4.0, 12.0, 30.0


@dataclass
class _Clock:
    """Later than the shop's own, so that a count lies behind the freeze and before now."""

    inner: Clock
    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        """The shop's moment, so much later."""
        return self.inner.now() + self.ahead


@dataclass(frozen=True, slots=True)
class _Told:
    csv: list[float]
    bare: list[float]
    xlsx: list[float]
    unzip: list[float]
    pandas: list[float]
    entries: list[float]
    stages: dict[str, list[float]]
    """Of either form: taking its rows in, and ending the counting."""


def run() -> dict[str, object]:
    """Real books in a temporary home, no window; times in milliseconds, turn by turn.

    What is measured: read and check the file, hold every count against the sum of movements of
    its moment, store counts and differences, durably. The limit is ``csv.reader`` over the same
    file, and unpacking the same workbook.
    """
    with TemporaryDirectory(prefix="yaotai-bench-") as folder:
        opened = build(Settings(home_at(Path(folder)), practice=True))
        try:
            told = _measure(opened.shop.doors, Path(folder))
        finally:
            opened.close()
    return _record(told)


def _record(told: _Told) -> dict[str, object]:
    ours, limit = median(told.csv), median(told.bare)
    workbook = median(x / y for x, y in zip(told.xlsx, told.unzip, strict=True))
    entry = quantiles(told.entries, n=100, method="inclusive")[94]
    peer = median(told.pandas) if told.pandas else None
    ahead = peer is None or ours < peer
    met = ours <= GOAL_CSV * limit and workbook <= GOAL_XLSX and entry <= GOAL_ENTRY_MS and ahead
    return {
        "name": "stocktake",
        "p50": round(ours, 1),
        "p99": round(max(told.csv), 1),
        "limit_p50": round(limit, 1),
        "ratio": round(ours / limit, 2),
        "peers": {"pandas": round(peer, 1) if peer is not None else "not installed"},
        "goal": f"CSV <= {GOAL_CSV:g} x csv.reader and ahead of pandas, xlsx <= {GOAL_XLSX:g} x "
        f"unzip, an entry's p95 <= {GOAL_ENTRY_MS:g} ms",
        "met": met,
        "samples": {
            "rows": ROWS,
            "rounds": ROUNDS,
            "xlsx_p50": round(median(told.xlsx), 1),
            "unzip_p50": round(median(told.unzip), 1),
            "xlsx_ratio": round(workbook, 2),
            **{f"{name}_p50": round(median(took), 1) for name, took in told.stages.items()},
            "entries": len(told.entries),
            "entry_p95": round(entry, 2),
        },
    }


def _measure(doors: Doors, folder: Path) -> _Told:
    clock = _Clock(doors.clock)
    doors = replace(doors, clock=clock)
    with doors.uow() as uow:
        manager = next(Operator(one) for one in uow.staff.all() if one.role is Role.MANAGER)
    _stock(doors)
    release_collector()  # as the till does once it is open
    told = _Told([], [], [], [], [], [], {})
    for _ in range(ROUNDS):
        for form in ("csv", "xlsx"):
            take_id, path, ledger = _sheet(doors, clock, folder, form, manager)
            bare = bare_csv(path) if form == "csv" else bare_unzip(path)
            began = time.perf_counter_ns()
            done = read_sheet(doors, take_id, path, manager)
            between = time.perf_counter_ns()
            stocktake.end_counting(doors, take_id, manager, with_gaps=True)
            ended = time.perf_counter_ns()
            took = (ended - began) / 1e6
            told.stages.setdefault(f"{form}_taken", []).append((between - began) / 1e6)
            told.stages.setdefault(f"{form}_ended", []).append((ended - between) / 1e6)
            if done.taken < ROWS or done.refused:
                raise RuntimeError("the sheet was not taken in whole")
            if form == "csv":
                told.csv.append(took)
                told.bare.append(bare)
                peer = pandas_ms(path, ledger, folder / "pandas.sqlite3")
                told.pandas.extend([] if peer is None else [peer])
            else:
                told.xlsx.append(took)
                told.unzip.append(bare)
            stocktake.step_aside(doors, take_id, StocktakeEvent.CANCELLED, manager)
    told.entries.extend(_entries(doors, manager))
    return told


def _stock(doors: Doors) -> None:
    """Twenty thousand drugs with a lot of a batch each, and a purchase and a sale behind them."""
    drugs = list(medicines(1, ROWS, 4000))
    lots, moves = [], []
    now = doors.clock.now()
    for number, drug in enumerate(drugs):
        lot = Lot(f"lot-{number:06d}", drug.id, f"24A{number % 997:03d}")
        lots.append(lot)
        for kind, packs in ((MoveKind.BOUGHT, 12), (MoveKind.SALE, -2)):
            moves.append(
                StockMove(f"{kind}-{number:06d}", drug.id, Quantity.of(packs), kind.value,
                          now - timedelta(days=2), lot_id=lot.id)
            )  # fmt: skip
    with doors.uow() as uow:
        uow.medicines.save_many(drugs)
        uow.lots.add(lots)
        uow.stock.move(moves)
        uow.commit()


def _sheet(
    doors: Doors, clock: _Clock, folder: Path, form: str, manager: Operator
) -> tuple[str, Path, dict[str, int]]:
    """A stock-take begun, and its sheet filled in a minute later."""
    take = stocktake.open_extra(doors, [], manager)
    stocktake.begin(doors, take.id, manager)
    clock.ahead += timedelta(minutes=5)
    with doors.uow() as uow:
        lines = uow.stocktakes.lines(take.id)
    blank = blank_sheet(doors, take.id, manager)
    figure, at = blank.headings.index("实盘数"), blank.headings.index("盘点时间")
    when = shop_time(doors.clock.now())
    rows = []
    ledger = {}
    for number, (row, line) in enumerate(zip(blank.rows, lines, strict=True)):
        packs = int(line.expected.plain()) - (number % OFF_EVERY == 0)
        moment = when - timedelta(seconds=number % 120)
        ledger[str(line.no)] = int(line.expected.plain())
        rows.append((*row[:figure], str(packs), f"{moment:%Y-%m-%d %H:%M:%S}", *row[at + 1 :]))
    path = folder / f"sheet.{form}"
    if form == "xlsx":
        write_xlsx(path, "sheet", blank.headings, rows)
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([blank.headings, *rows])
    return take.id, path, ledger


def _entries(doors: Doors, manager: Operator) -> list[float]:
    """Counts typed one by one into a stock-take of twenty thousand lines."""
    take = stocktake.open_extra(doors, [], manager)
    stocktake.begin(doors, take.id, manager)
    with doors.uow() as uow:
        lines = uow.stocktakes.lines(take.id)
    taken = []
    for number in range(ENTRIES):
        line = lines[number * 37 % len(lines)]
        draft = CountDraft(line.medicine_id, line.lot_id, line.expected, line.zone, line.position)
        began = time.perf_counter_ns()
        record(doors, take.id, draft, manager)
        taken.append((time.perf_counter_ns() - began) / 1e6)
    return taken
