"""One row of a sheet of counts: what it says, or why it cannot be taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

from app.domain.catalogue import nfkc
from app.domain.clock import SHOP_ZONE
from app.domain.money import Quantity
from app.domain.stocktake import CountEntry, Round
from app.errors import BadValue
from app.ports_stocktake import SheetLine, SheetLines
from app.use_cases.stocktake_count import SHEET, figure_of


@dataclass(slots=True)
class Facts:
    """What rows are held against, read once."""

    begins: datetime
    """When the list was frozen."""
    now: datetime
    listed: SheetLines
    lines: Callable[[], Mapping[str, SheetLine]] = field(repr=False)
    """The same by their numbers, with what the books say of them today; asked where it differs."""
    codes: dict[str, str]
    """Shop code -> drug."""
    batches: Callable[[], Mapping[tuple[str, str], str]] = field(repr=False)
    """(drug, batch) -> the lot under which it is counted; asked only where a row has no line."""
    zones: Mapping[str, str]
    staff: Mapping[str, str]
    known: set[str]
    missing: Callable[[str], str] = field(repr=False)


class Wrong(Exception):
    """A row that cannot be taken: a message id."""


_WRITTEN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}").fullmatch
"""The form in which programs write a moment: read in a tenth of the time of all others."""
OF_EVERY_ROW: Final = ("id", "line", "code", "batch", "counted", "at", "counter")
"""What of a row is read wherever it leads."""


def entry_of(cells: Mapping[str, str], facts: Facts) -> CountEntry:
    """The count of one row, its cells by name; :raises Wrong: why it is none."""
    own = [cells.get(name, "").strip() for name in OF_EVERY_ROW]
    row_id, number, code, batch, counted, when, who = own
    figure = figure_at(counted)
    if figure is None:
        raise Wrong("stocktake.bad_number")
    at = moment_of(when)
    if at is None:
        raise Wrong("stocktake.row_time")
    if at > facts.now:
        raise Wrong("stocktake.bad_future")
    if at < facts.begins:
        raise Wrong("stocktake.bad_before_begin")
    counter = facts.staff.get(who)
    if counter is None:
        raise Wrong("stocktake.row_counter")
    if not sound_ids([row_id]):
        raise Wrong("stocktake.row_id")
    (key,) = keys_of([row_id], [figure], [at])
    if not number:
        return _found(key, figure, at, counter, cells, facts)
    line = _line(number, code, batch, facts)
    return CountEntry(key, line.medicine_id, line.lot_id, figure, counter, at, line.zone,
                      line.position, Round.FIRST, SHEET)  # fmt: skip


def keys_of(
    row_ids: Sequence[str], figures: Sequence[Quantity], moments: Sequence[datetime]
) -> list[str]:
    """The entries' ids: each row's own with what it says.

    The same row read again is the same count; the row with another figure is a correction.
    """
    plain = [one.ten_thousandths for one in figures]
    figure = {one: f"/{one}/" for one in set(plain)}
    moment = {one: f"{one:%d%H%M%S}" for one in set(moments)}
    told = map(figure.__getitem__, plain), map(moment.__getitem__, moments)
    return list(map("".join, zip(row_ids, *told, strict=True)))


def sound_ids(row_ids: Sequence[str]) -> bool:
    """Whether all of them can be ids of rows."""
    text = "".join(row_ids)
    return (
        text.isascii() and text.isprintable() and all(row_ids)
        and max(map(len, row_ids)) <= _LONGEST_ID
    )  # fmt: skip


def _found(
    key: str,
    figure: Quantity,
    at: datetime,
    counter: str,
    cells: Mapping[str, str],
    facts: Facts,
) -> CountEntry:
    """A row without a line of the list: known by code, batch and place."""

    def cell(name: str) -> str:
        return cells.get(name, "").strip()

    medicine, lot, zone, position, batch = _goods(cell, facts)
    made, expires = _day(cell("made")), _day(cell("expires"))
    if made is not None and expires is not None and expires <= made:
        raise Wrong("stocktake.row_dates")
    if lot:
        made = expires = None
    return CountEntry(
        key, medicine, lot, figure, counter, at, zone, position, Round.FIRST, SHEET, False, "",
        batch, made, expires,
    )  # fmt: skip


def _line(number: str, code: str, batch: str, facts: Facts) -> SheetLine:
    """The line of the frozen list that a row names; drug and batch beside it must be its own."""
    line = facts.lines().get(number)
    if line is None:
        raise Wrong("stocktake.row_line")
    if code and line.shop_code not in ("", code):
        raise Wrong("stocktake.row_code_line")
    # Where the books know no batch of the line, any may stand on its boxes.
    if batch and line.batch and batch != line.batch and nfkc(batch) != line.batch:
        raise Wrong("stocktake.row_batch_line")
    return line


_LONGEST_ID: Final = 40


def _goods(cell: Callable[[str], str], facts: Facts) -> tuple[str, str, str, str, str]:
    """(drug, lot, zone, position, batch of an unknown lot) of a row."""
    medicine = _medicine(cell("code"), facts)
    zone = facts.zones.get(cell("zone"))
    if zone is None:
        raise Wrong("stocktake.row_zone")
    batch, position = nfkc(cell("batch")), nfkc(cell("position"))
    if not (len(batch) <= _LONGEST_ID and len(position) <= _LONGEST_ID):
        raise Wrong("stocktake.bad_long_text")
    if not (batch + position).isprintable():
        raise Wrong("stocktake.row_signs")
    lot = facts.batches().get((medicine, batch), "") if batch else ""
    return medicine, lot, zone, position, "" if lot else batch


def _medicine(code: str, facts: Facts) -> str:
    found = facts.codes.get(code)
    if found is None:
        found = facts.codes[code] = facts.missing(code) if code else ""
    if not found:
        raise Wrong("stocktake.row_code")
    return found


@lru_cache(maxsize=65536)
def figure_at(text: str) -> Quantity | None:
    """A figure; None = it is none."""
    try:
        return figure_of(text)
    except BadValue:
        return None


@lru_cache(maxsize=65536)
def moment_of(text: str) -> datetime | None:
    """Day and time in the shop's zone, as sheets and spreadsheets write them."""
    if _WRITTEN(text):
        try:
            return datetime.fromisoformat(text).replace(tzinfo=SHOP_ZONE).astimezone(UTC)
        except ValueError:
            return None
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M",
                 "%Y/%m/%d %H:%M:%S"):  # fmt: skip
        try:
            return datetime.strptime(text, form).replace(tzinfo=SHOP_ZONE).astimezone(UTC)
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
        raise Wrong("stocktake.row_date")
    return found
