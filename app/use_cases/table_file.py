"""A table from outside, CSV or xlsx: its lines, and its cells by heading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.domain.catalogue import nfkc
from app.domain.typed_date import box_date
from app.errors import BadFile, BadValue
from app.use_cases.delimited_file import rows_of
from app.use_cases.workbook_file import SheetRow, is_workbook, sheet_rows

MOST_ROWS = 500_000


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row that is not blank: its number in the file, its cells by field, NFKC."""

    number: int
    cells: Mapping[str, str]
    """A field whose column the file has not is not there."""
    why: str = ""
    """A message id where the row as such cannot be read."""


def lines_of(path: Path, most_rows: int = MOST_ROWS) -> Iterator[SheetRow]:
    """Every line, headings and blank ones too, whichever kind of file it is.

    :raises BadFile: while iterating; nothing that came before may be kept.
    """
    if is_workbook(path):
        yield from sheet_rows(path, most_rows + 1)
        return
    for number, cells in enumerate(rows_of(path), 1):
        if number > most_rows + 1:
            raise BadFile(file=path.name, why="import.file_too_large")
        yield SheetRow(number, tuple(cells))


def table_of(
    path: Path,
    headings: Mapping[str, Sequence[str]],
    needed: Sequence[str],
    most_rows: int = MOST_ROWS,
) -> Iterator[TableRow]:
    """The rows under the headings; ``headings``: field -> how files call it, folded.

    :raises BadFile: the file, a needed heading is not there (``what`` names it as files mostly
        do), or one stands twice. Raised while iterating, as above.
    """
    lines = lines_of(path, most_rows)
    head = next(lines, SheetRow(1, ()))
    found = [nfkc(cell).casefold() for cell in head.cells]
    if not any(found):
        raise BadFile(file=path.name, why="import.file_empty")
    places = {
        field: found.index(known)
        for field, spellings in headings.items()
        if (known := next((one for one in spellings if one in found), ""))
    }
    missing = [headings[field][0] for field in needed if field not in places]
    if missing or head.why:
        raise BadFile(file=path.name, why="import.heading_missing", what="、".join(missing) or "?")
    twice = [found[at] for at in places.values() if found.count(found[at]) > 1]
    if twice:
        raise BadFile(file=path.name, why="import.heading_twice", what=twice[0])
    for line in lines:
        if not line.why and not any(cell.strip() for cell in line.cells):
            continue
        cells = (*line.cells, *("" for _ in range(len(found) - len(line.cells))))
        why = line.why or ("import.too_many_cells" if len(cells) > len(found) else "")
        yield TableRow(line.number, {f: nfkc(cells[at]) for f, at in places.items()}, why)


def day_of(text: str, *, last: bool = False) -> date | None:
    """A day as files write it (:func:`app.domain.typed_date.box_date`); None = no day.

    A month alone (2027-11) is its first day, with ``last`` its last: goods of that month may be
    sold to its end.
    """
    try:
        return box_date(text, last_day=last)
    except BadValue:
        return None
