"""Counts from a sheet that was carried around without a line: CSV or xlsx (HY-1.5.5b).

Read twice it counts once; a wrong row is named with its reason, and nothing of the file is kept
until it is right or a person says to take the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.domain.catalogue import nfkc
from app.domain.staff import Right
from app.domain.stocktake import Stocktake
from app.domain.stocktake_counts import Counts
from app.domain.stocktake_states import StocktakeState
from app.errors import BadFile, BadValue
from app.ports_stocktake import SheetRead
from app.use_cases.collector_rest import collector_at_rest
from app.use_cases.delimited_file import blocks_of, columns_of
from app.use_cases.stocktake import require
from app.use_cases.stocktake_columns import by_columns
from app.use_cases.stocktake_count import open_take
from app.use_cases.stocktake_row import Facts, Wrong, entry_of
from app.use_cases.workbook_file import is_workbook, sheet_rows

if TYPE_CHECKING:
    from datetime import datetime

    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator

MOST_ROWS: Final = 200_000
MOST_NAMED: Final = 200
"""Wrong rows that are named one by one; the rest are counted."""

_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "id": ("entry", "条目号"),
    "line": ("line", "行号"),
    "code": ("code", "货号"),
    "batch": ("batch", "批号", "生产批号"),
    "zone": ("zone", "区域"),
    "position": ("position", "货位"),
    "counted": ("counted", "实盘数"),
    "at": ("at", "盘点时间"),
    "counter": ("counter", "盘点人工号"),
    "made": ("made_on", "生产日期"),
    "expires": ("expires_on", "有效期至"),
}  # fmt: skip
_NEEDED: Final = ("id", "counted", "at", "counter")
COLUMNS: Final = tuple(_HEADINGS)
"""What a sheet says, by name; the headings people read are :func:`heading_of`."""


def heading_of(name: str) -> str:
    """How the column is called on sheets of ours."""
    return _HEADINGS[name][1]


@dataclass(frozen=True, slots=True)
class SheetDone:
    """What became of a file."""

    read: int
    """Rows with a figure."""
    taken: int
    """Counts that are in the books now by this file."""
    known: int
    """Counts that were there already."""
    refused: tuple[tuple[int, str], ...] = ()
    """(row, message id in section ``stocktake``), the first of them."""
    refused_count: int = 0


@collector_at_rest()
def read_sheet(
    doors: Doors, stocktake_id: str, path: Path, operator: Operator, *, partly: bool = False
) -> SheetDone:
    """Take in the counts of a file, all in one transaction.

    ``partly``: take the right rows although others are wrong. :raises NotAllowed: also where it
    names another counter and the operator may not approve; :raises BadValue: ``closed``;
    :raises BadFile: the file itself or its headings.
    """
    require(doors, operator, Right.COUNT_STOCK)
    now = doors.clock.now()
    rows = _open(path)
    with doors.uow() as uow:
        take = open_take(uow, stocktake_id)
        if take.state is StocktakeState.RECOUNT:
            raise BadValue(what="count", why="no_sheet_now")
        facts = _facts(uow, take, now, operator)
        counts, refused, seen = judge(rows, facts)
        fresh = counts
        if facts.known:
            fresh = counts.those([one not in facts.known for one in counts.id])
        stays = bool(refused) and not partly
        if fresh.id and not stays:
            _keep(doors, uow, take, fresh, operator)
            uow.commit()
    return SheetDone(
        seen, 0 if stays else len(fresh.id), len(counts.id) - len(fresh.id),
        tuple(refused[:MOST_NAMED]), len(refused),
    )  # fmt: skip


def _keep(
    doors: Doors, uow: UnitOfWork, take: Stocktake, fresh: Counts, operator: Operator
) -> None:
    digest = hashlib.sha256("\n".join(fresh.id).encode()).hexdigest()
    sheet = SheetRead(doors.ids.new(), digest, doors.clock.now(), operator.staff.id, len(fresh.id))
    uow.stocktakes.add_sheet(take.id, sheet, fresh)
    told = {"take": take.id, "sheet": sheet.id, "digest": digest, "rows": len(fresh.id)}
    uow.log.append("stocktake.sheet_read", operator.staff.id, doors.clock.now(), told)


# --- the file -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows below the headings, a column each for those that are known."""

    numbers: Sequence[int]
    cells: Mapping[str, Sequence[str]]
    """By name; all of one length."""
    wrong: Mapping[int, str]
    """By place (from 0): a message id where the row cannot be read as it is."""


def _open(path: Path) -> Rows:
    """What stands below the headings; :raises BadFile: also for these."""
    if is_workbook(path):
        told = list(sheet_rows(path, MOST_ROWS + 1))
        wrong = {place: row.why for place, row in enumerate(told) if row.why}
        return by_names(path, [row.number for row in told], [row.cells for row in told], wrong)
    names: list[str] = []

    def wanted(head: Sequence[str]) -> list[int]:
        names.extend(_names(path, head))
        return [at for at, name in enumerate(names) if name]

    columns = columns_of(path, wanted)
    if columns is not None:
        rows = len(columns[0])
        if rows > MOST_ROWS:
            raise BadFile(file=path.name, why="import.file_too_large")
        return Rows(range(2, rows + 2), dict(zip(filter(None, names), columns, strict=True)), {})
    cells: list[Sequence[str]] = []
    for block in blocks_of(path):
        cells += block
        if len(cells) > MOST_ROWS + 1:
            raise BadFile(file=path.name, why="import.file_too_large")
    return by_names(path, range(1, len(cells) + 1), cells, {})


def by_names(
    path: Path, numbers: Sequence[int], cells: Sequence[Sequence[str]], why: Mapping[int, str]
) -> Rows:
    """Rows turned into columns; the first are the headings, and none may be wider than they."""
    names = _names(path, cells[0] if cells else ())
    width, figure = len(names), names.index("counted")
    rest = [("",) * short for short in range(width + 1)]
    below = cells[1:]
    wide = (at for at, row in enumerate(below) if len(row) > width and row[figure].strip())
    wrong = dict.fromkeys(wide, "stocktake.row_columns")
    wrong |= {at - 1: one for at, one in why.items() if at}
    if below and min(map(len, below)) < width:
        below = [row if len(row) >= width else (*row, *rest[width - len(row)]) for row in below]
    # Rows may be wider than the headings: what stands there belongs to no column.
    columns = list(zip(*below, strict=False)) or [()] * width
    found = {name: columns[at] for at, name in enumerate(names) if name}
    return Rows(numbers[1:], found, wrong)


def _names(path: Path, head: Sequence[str]) -> list[str]:
    """The headings' names by column, empty where one is not known; :raises BadFile:."""
    spelled = {name: key for key, names in _HEADINGS.items() for name in names}
    found = [spelled.get(nfkc(cell).casefold(), "") for cell in head]
    if any(name not in found for name in _NEEDED) or not {"line", "code"} & set(found):
        raise BadFile(file=path.name, why="stocktake.file_headings")
    if any(name and found.count(name) > 1 for name in found):
        raise BadFile(file=path.name, why="stocktake.file_heading_twice")
    return found


def _facts(uow: UnitOfWork, take: Stocktake, now: datetime, operator: Operator) -> Facts:
    approves = operator.staff.may(Right.APPROVE_STOCK)
    staff = {
        one.number: one.id for one in uow.staff.all()
        if one.may(Right.COUNT_STOCK) and (approves or one.id == operator.staff.id)
    }  # fmt: skip

    def missing(code: str) -> str:
        found = uow.medicines.by_shop_code(code)
        if found is None:
            return ""
        busy = uow.stocktakes.counting_in([found.id]).get(found.id, take.id)
        return found.id if busy == take.id else ""

    return Facts(
        take.begun_at or take.opened_at, now, uow.stocktakes.listed(take.id),
        cache(partial(uow.stocktakes.sheet_lines, take.id)), {},
        cache(uow.stocktakes.batches),
        {**{zone.name: zone.id for zone in uow.stocktakes.zones()}, "": ""}, staff,
        set(uow.stocktakes.counts(take.id).id), missing,
    )  # fmt: skip


# --- the rows -------------------------------------------------------------------------------------


def judge(rows: Rows, facts: Facts) -> tuple[Counts, list[tuple[int, str]], int]:
    """Counts, refused rows, and how many rows had a figure; all rows are looked at.

    A row that names a line of the list, and says what the list says, is taken by columns; every
    other one is looked at by itself, and so is the reason why it is refused.
    """
    rows = _with_figures(rows)
    taken, odd = by_columns(rows.cells, facts)
    odd.update(rows.wrong)
    refused: dict[int, str] = {}
    parts: list[list[Any]] = [list(column) for column in taken] if odd else []
    for at in sorted(odd):
        try:
            if at in rows.wrong:
                raise Wrong(rows.wrong[at])
            row = {name: column[at] for name, column in rows.cells.items()}
            for column, part in zip(parts, entry_of(row, facts), strict=True):
                column[at] = part
        except Wrong as wrong:
            refused[at] = str(wrong)
    counts = Counts(*(parts or taken))
    _refuse_twins(counts.id, refused)
    if refused:
        counts = counts.those([at not in refused for at in range(len(rows.numbers))])
    return counts, [(rows.numbers[at], refused[at]) for at in sorted(refused)], len(rows.numbers)


def _with_figures(rows: Rows) -> Rows:
    """The rows with a figure, or that cannot be read."""
    figures = rows.cells["counted"]
    blank = {figure for figure in set(figures) if not figure.strip()}
    if not blank:
        return rows
    kept = [one not in blank or at in rows.wrong for at, one in enumerate(figures)]
    before = list(compress(range(len(kept)), kept))
    wrong = {new: rows.wrong[at] for new, at in enumerate(before) if at in rows.wrong}
    cells = {name: list(compress(column, kept)) for name, column in rows.cells.items()}
    return Rows([rows.numbers[at] for at in before], cells, wrong)


def _refuse_twins(keys: Sequence[str], refused: dict[int, str]) -> None:
    """Rows that say what a row before them said already."""
    if len(set(keys)) == len(keys):
        return
    seen: set[str] = set()
    for at, key in enumerate(keys):
        if at in refused:
            continue
        if key in seen:
            refused[at] = "stocktake.row_twice"
        seen.add(key)
