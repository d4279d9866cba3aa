"""Tables as files: xlsx and CSV, whole or not at all, readable for this user alone."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from app.domain.clock import shop_time

Cell = str | int | Decimal | date | datetime | None
"""What a cell may hold; money and quantities come as Decimal, never as float."""

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run as a formula."""

_TITLE = 31
"""A sheet's name is no longer than this."""


def write_xlsx(
    path: Path, title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> int:
    """Write one sheet, headings frozen; answers how many rows it holds.

    Text stays text, whatever it begins with; signs that no workbook can hold (a scanner's control
    codes, a refused row's rubbish) are shown as unreadable.
    :raises OSError: nothing is left behind.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(sign for sign in title if sign not in "[]:*?/\\")[:_TITLE])
    sheet.freeze_panes = "A2"
    heads = [WriteOnlyCell(sheet, value=each) for each in headings]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    count = 0

    def cell(value: Cell) -> object:
        if isinstance(value, str):
            value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)
        if isinstance(value, str) and value.startswith(_DANGEROUS):
            made = WriteOnlyCell(sheet, value=value)
            made.data_type = "s"
            return made
        return _local(value) if isinstance(value, datetime) else value

    for each in rows:
        sheet.append([cell(value) for value in each])
        count += 1
    _atomically(path, book.save)
    return count


def write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write UTF-8 with a byte order mark (what spreadsheets here open); answers the rows.

    A text that a spreadsheet would run gets an apostrophe in front.
    :raises OSError: nothing is left behind.
    """
    count = 0

    def fill(file: IO[bytes]) -> None:
        nonlocal count
        text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        lines = csv.writer(text)
        lines.writerow(headings)
        for each in rows:
            lines.writerow([_plain(value) for value in each])
            count += 1
        text.detach()

    _atomically(path, fill)
    return count


def _plain(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_DANGEROUS) else value
    if isinstance(value, datetime):
        return _local(value).strftime("%Y-%m-%d %H:%M:%S")
    return str(value)


def _local(moment: datetime) -> datetime:
    """The shop's own time, as people read it and the screen shows it: a spreadsheet knows no zones,
    and a moment of the books would stand eight hours, or a day, too early in it."""
    return shop_time(moment).replace(tzinfo=None) if moment.tzinfo else moment


def _atomically(path: Path, fill: Callable[[IO[bytes]], object]) -> None:
    """The file is there whole, or as it was before."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
