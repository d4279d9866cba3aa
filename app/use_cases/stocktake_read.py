"""Counts from a sheet that was carried around without a line: CSV or xlsx (HY-1.5.5b).

Read twice it counts once; a wrong row is named with its reason, and nothing of the file is kept
until it is right or a person says to take the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain.catalogue import nfkc
from app.domain.clock import SHOP_ZONE
from app.domain.money import Quantity
from app.domain.staff import Right
from app.domain.stocktake import CountEntry, Round, Stocktake
from app.domain.stocktake_states import StocktakeState
from app.errors import BadFile, BadValue
from app.ports_stocktake import SheetLine, SheetRead
from app.use_cases.collector_rest import collector_at_rest
from app.use_cases.delimited_file import rows_of
from app.use_cases.stocktake import require
from app.use_cases.stocktake_count import SHEET, figure_of, open_take
from app.use_cases.workbook_file import is_workbook, sheet_rows

if TYPE_CHECKING:
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


@dataclass(slots=True)
class _Facts:
    """What rows are held against, read once."""

    begins: datetime
    """When the list was frozen."""
    now: datetime
    lines: Mapping[str, SheetLine]
    codes: dict[str, str]
    """Shop code -> drug."""
    batches: Callable[[], Mapping[tuple[str, str], str]] = field(repr=False)
    """(drug, batch) -> the lot under which it is counted; asked only where a row has no line."""
    zones: Mapping[str, str]
    staff: Mapping[str, str]
    known: set[str]
    missing: Callable[[str], str] = field(repr=False)


@collector_at_rest()
def read_sheet(
    doors: Doors, stocktake_id: str, path: Path, operator: Operator, *, partly: bool = False
) -> SheetDone:
    """Take in the counts of a file, all in one transaction.

    ``partly``: take the right rows although others are wrong. :raises NotAllowed: also where it
    names another counter and the operator may not approve; :raises BadValue: ``closed``;
    :raises BadFile: the file itself or its headings.
    """
    require(operator, Right.COUNT_STOCK)
    now = doors.clock.now()
    head, rows = _open(path)
    with doors.uow() as uow:
        take = open_take(uow, stocktake_id)
        if take.state is StocktakeState.RECOUNT:
            raise BadValue(what="count", why="no_sheet_now")
        facts = _facts(uow, take, now, operator)
        entries, refused, seen = _judge(rows, head, facts)
        fresh = [one for one in entries if one.id not in facts.known]
        stays = bool(refused) and not partly
        if fresh and not stays:
            _keep(doors, uow, take, fresh, operator)
            uow.commit()
    return SheetDone(
        seen, 0 if stays else len(fresh), len(entries) - len(fresh),
        tuple(refused[:MOST_NAMED]), len(refused),
    )  # fmt: skip


def _keep(
    doors: Doors, uow: UnitOfWork, take: Stocktake, fresh: Sequence[CountEntry], operator: Operator
) -> None:
    digest = hashlib.sha256("\n".join([one.id for one in fresh]).encode()).hexdigest()
    sheet = SheetRead(doors.ids.new(), digest, doors.clock.now(), operator.staff.id, len(fresh))
    uow.stocktakes.add_sheet(take.id, sheet, fresh)
    told = {"take": take.id, "sheet": sheet.id, "digest": digest, "rows": len(fresh)}
    uow.log.append("stocktake.sheet_read", operator.staff.id, doors.clock.now(), told)


# --- the file -------------------------------------------------------------------------------------


def _open(path: Path) -> tuple[list[str], Iterator[tuple[int, Sequence[str], str]]]:
    """The headings' names by column and the rows below them, with number and trouble."""
    raw = _raw(path)
    _, cells, _ = next(raw, (1, (), ""))
    spelled = {name: key for key, names in _HEADINGS.items() for name in names}
    head = [spelled.get(nfkc(cell).casefold(), "") for cell in cells]
    if any(name not in head for name in _NEEDED) or not {"line", "code"} & set(head):
        raise BadFile(file=path.name, why="stocktake.file_headings")
    if any(name and head.count(name) > 1 for name in head):
        raise BadFile(file=path.name, why="stocktake.file_heading_twice")
    return head, raw


def _raw(path: Path) -> Iterator[tuple[int, Sequence[str], str]]:
    if is_workbook(path):
        for row in sheet_rows(path, MOST_ROWS + 1):
            yield row.number, row.cells, row.why
        return
    for number, cells in enumerate(rows_of(path), 1):
        if number > MOST_ROWS + 1:
            raise BadFile(file=path.name, why="import.file_too_large")
        yield number, cells, ""


def _facts(uow: UnitOfWork, take: Stocktake, now: datetime, operator: Operator) -> _Facts:
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

    return _Facts(
        take.begun_at or take.opened_at, now, uow.stocktakes.sheet_lines(take.id), {},
        cache(uow.stocktakes.batches),
        {**{zone.name: zone.id for zone in uow.stocktakes.zones()}, "": ""}, staff,
        {one.id for one in uow.stocktakes.entries(take.id)}, missing,
    )  # fmt: skip


# --- the rows -------------------------------------------------------------------------------------


class _Wrong(Exception):
    """A row that cannot be taken: a message id."""


def _judge(
    rows: Iterable[tuple[int, Sequence[str], str]], head: Sequence[str], facts: _Facts
) -> tuple[list[CountEntry], list[tuple[int, str]], int]:
    """Entries, refused rows, and how many rows had a figure; all rows are looked at."""
    place = {name: head.index(name) for name in head if name}
    width = len(head)
    # A column that the sheet lacks is read from behind the last one, where nothing stands.
    pick = itemgetter(*(place.get(name, width) for name in _OF_EVERY_ROW))
    figure_at = _OF_EVERY_ROW.index("counted")
    taken: list[CountEntry] = []
    refused: list[tuple[int, str]] = []
    ids: set[str] = set()
    seen = 0
    for number, row, why in rows:
        cells = (*row, "") if len(row) == width else (*row, *[""] * (width + 1 - len(row)))
        own = tuple(map(str.strip, pick(cells)))
        if not why and not own[figure_at]:
            continue
        seen += 1
        try:
            if why or len(row) > width:
                raise _Wrong(why or "stocktake.row_columns")
            entry = _entry(own, cells, place, facts)
            if entry.id in ids:
                raise _Wrong("stocktake.row_twice")
            ids.add(entry.id)
            taken.append(entry)
        except _Wrong as wrong:
            refused.append((number, str(wrong)))
    return taken, refused, seen


_OF_EVERY_ROW: Final = ("id", "line", "code", "batch", "counted", "at", "counter")
"""What of a row is read wherever it leads."""


def _entry(
    own: tuple[str, ...], cells: Sequence[str], place: Mapping[str, int], facts: _Facts
) -> CountEntry:
    row_id, number, code, batch, counted, when, who = own
    figure = _figure(counted)
    if figure is None:
        raise _Wrong("stocktake.bad_number")
    moment = _moment(when)
    if moment is None:
        raise _Wrong("stocktake.row_time")
    at, tag = moment
    if at > facts.now:
        raise _Wrong("stocktake.bad_future")
    if at < facts.begins:
        raise _Wrong("stocktake.bad_before_begin")
    counter = facts.staff.get(who)
    if counter is None:
        raise _Wrong("stocktake.row_counter")
    key = _key(row_id, figure, tag)
    if not number:
        return _found(key, figure, at, counter, cells, place, facts)
    line = _line(number, code, batch, facts)
    parts = (key, line.medicine_id, line.lot_id, figure, counter, at, line.zone, line.position,
             Round.FIRST, SHEET, *_PLAIN)  # fmt: skip
    # As the constructor does, in a third of its time.
    return tuple.__new__(CountEntry, parts)


_PLAIN: Final = (False, "", "", None, None)
"""In no basket, taking nothing back, of the line's own batch."""


def _found(
    key: str,
    figure: Quantity,
    at: datetime,
    counter: str,
    cells: Sequence[str],
    place: Mapping[str, int],
    facts: _Facts,
) -> CountEntry:
    """A row without a line of the list: known by code, batch and place."""

    def cell(name: str) -> str:
        return cells[place[name]].strip() if name in place else ""

    medicine, lot, zone, position, batch = _goods(cell, facts)
    made, expires = _day(cell("made")), _day(cell("expires"))
    if made is not None and expires is not None and expires <= made:
        raise _Wrong("stocktake.row_dates")
    if lot:
        made = expires = None
    return CountEntry(
        key, medicine, lot, figure, counter, at, zone, position, Round.FIRST, SHEET, False, "",
        batch, made, expires,
    )  # fmt: skip


def _line(number: str, code: str, batch: str, facts: _Facts) -> SheetLine:
    """The line of the frozen list that a row names; drug and batch beside it must be its own."""
    line = facts.lines.get(number)
    if line is None:
        raise _Wrong("stocktake.row_line")
    if code and line.shop_code not in ("", code):
        raise _Wrong("stocktake.row_code_line")
    # Where the books know no batch of the line, any may stand on its boxes.
    if batch and line.batch and batch != line.batch and nfkc(batch) != line.batch:
        raise _Wrong("stocktake.row_batch_line")
    return line


def _key(row_id: str, figure: Quantity, tag: str) -> str:
    """The entry's id: the row's own with what it says.

    The same row read again is the same count; the row with another figure is a correction.
    """
    if not row_id or len(row_id) > _LONGEST_ID or not row_id.isascii() or not row_id.isprintable():
        raise _Wrong("stocktake.row_id")
    return f"{row_id}/{figure.ten_thousandths}/{tag}"


_LONGEST_ID: Final = 40


def _goods(cell: Callable[[str], str], facts: _Facts) -> tuple[str, str, str, str, str]:
    """(drug, lot, zone, position, batch of an unknown lot) of a row."""
    medicine = _medicine(cell("code"), facts)
    zone = facts.zones.get(cell("zone"))
    if zone is None:
        raise _Wrong("stocktake.row_zone")
    batch, position = nfkc(cell("batch")), nfkc(cell("position"))
    if not (len(batch) <= _LONGEST_ID and len(position) <= _LONGEST_ID):
        raise _Wrong("stocktake.bad_long_text")
    if not (batch + position).isprintable():
        raise _Wrong("stocktake.row_signs")
    lot = facts.batches().get((medicine, batch), "") if batch else ""
    return medicine, lot, zone, position, "" if lot else batch


def _medicine(code: str, facts: _Facts) -> str:
    found = facts.codes.get(code)
    if found is None:
        found = facts.codes[code] = facts.missing(code) if code else ""
    if not found:
        raise _Wrong("stocktake.row_code")
    return found


@lru_cache(maxsize=65536)
def _figure(text: str) -> Quantity | None:
    try:
        return figure_of(text)
    except BadValue:
        return None


@lru_cache(maxsize=65536)
def _moment(text: str) -> tuple[datetime, str] | None:
    """Day and time in the shop's zone, as sheets and spreadsheets write them; and it, short."""
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M",
                 "%Y/%m/%d %H:%M:%S"):  # fmt: skip
        try:
            at = datetime.strptime(text, form).replace(tzinfo=SHOP_ZONE).astimezone(UTC)
            return at, f"{at:%d%H%M%S}"
        except ValueError:
            continue
    return None


@lru_cache(maxsize=4096)
def _parsed_day(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day of the shop
        except ValueError:
            continue
    return None


def _day(text: str) -> date | None:
    if not text:
        return None
    found = _parsed_day(text)
    if found is None:
        raise _Wrong("stocktake.row_date")
    return found
