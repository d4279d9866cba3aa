"""Workbooks (xlsx) from outside, read row by row as text: bounded, nothing computed, no guess."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import BadFile

if TYPE_CHECKING:
    from app.use_cases.workbook_xml import Cell

_MOST_BYTES = 64 * 1024 * 1024
_MOST_UNPACKED = 1024 * 1024 * 1024
_MOST_PARTS = 2000
_MOST_COLUMNS = 64
_CHUNK = 1 << 20
_OVERLAP = 16
_SURE_DIGITS = 15
"""A number cell keeps no more digits than these: a longer code in one has lost its end."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the first sheet; ``why``: a message id where a cell cannot be taken as it is."""

    number: int
    cells: tuple[str, ...]
    why: str = ""


def is_workbook(path: Path) -> bool:
    """Whether the file begins as a zip does, whatever its name says."""
    try:
        with path.open("rb") as raw:
            return raw.read(4) == b"PK\x03\x04"
    except OSError:
        return False


def sheet_rows(path: Path, most_rows: int) -> Iterator[SheetRow]:
    """The rows of the first sheet by their numbers; formulas are refused, not computed.

    :raises BadFile: no workbook, damaged, too large, with macros, merged cells or a document type
        in its parts (it could unfold without end); ``why`` is a message id of section ``import``.
        Raised while iterating: nothing that came before may be kept.
    """
    _guard(path)
    try:
        yield from _read(path, most_rows)
    except BadFile:
        raise
    except OSError:
        raise BadFile(file=path.name, why="import.file_unreadable") from None
    except Exception:  # the reader answers a broken part with whatever it stumbles over
        raise BadFile(file=path.name, why="import.file_damaged") from None


def _read(path: Path, most_rows: int) -> Iterator[SheetRow]:
    # Loaded late: a till starts without it.
    from app.use_cases.workbook_xml import first_sheet

    with zipfile.ZipFile(path) as packed:
        for number, widest, cells in first_sheet(packed):
            if number > most_rows or widest > _MOST_COLUMNS:
                raise BadFile(file=path.name, why="import.file_too_large")
            yield _row(number, cells)


def _row(number: int, cells: Sequence[Cell]) -> SheetRow:
    texts, why = [""] * (max(cells, key=_COLUMN).column if cells else 0), ""
    for cell in cells:
        if type(cell.value) is str:
            texts[cell.column - 1] = cell.value
            continue
        text, wrong = _text(cell)
        texts[cell.column - 1] = text
        why = why or wrong
    while texts and not texts[-1]:
        texts.pop()
    return SheetRow(number, tuple(texts), why)


_COLUMN = attrgetter("column")
_NOT_TAKEN = {
    "formula": "import.cell_formula",
    "error": "import.cell_error",
    "other": "import.cell_kind",
}


def _text(cell: Cell) -> tuple[str, str]:
    """A cell as text, and why it cannot be taken."""
    value = cell.value
    if isinstance(value, str):
        return value, ""
    if value is None:
        return "", _NOT_TAKEN[cell.kind]
    if isinstance(value, date):
        return value.isoformat(), ""
    text = str(value) if isinstance(value, int) else f"{value:f}"
    return text, "import.cell_digits" if len(text.lstrip("-")) > _SURE_DIGITS else ""


def _guard(path: Path) -> None:
    """What would harm whoever unpacks it is turned away before it is unpacked."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise BadFile(file=path.name, why="import.file_no_file")
        if about.st_size > _MOST_BYTES:
            raise BadFile(file=path.name, why="import.file_too_large")
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            if len(parts) > _MOST_PARTS or sum(p.file_size for p in parts) > _MOST_UNPACKED:
                raise BadFile(file=path.name, why="import.file_too_large")
            for part in parts:
                if part.filename.lower().endswith("vbaproject.bin"):
                    raise BadFile(file=path.name, why="import.file_macros")
                if part.filename.endswith((".xml", ".rels")):
                    _look_through(packed, part, path)
    except FileNotFoundError:
        raise BadFile(file=path.name, why="import.file_missing") from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError):
        raise BadFile(file=path.name, why="import.file_damaged") from None
    except OSError:
        raise BadFile(file=path.name, why="import.file_unreadable") from None


def _look_through(packed: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path) -> None:
    tail = b""
    with packed.open(part) as content:
        while chunk := content.read(_CHUNK):
            seen = tail + chunk
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                raise BadFile(file=path.name, why="import.file_damaged")
            if "worksheets/" in part.filename and b"<mergeCell " in seen:
                raise BadFile(file=path.name, why="import.cells_merged")
            tail = seen[-_OVERLAP:]
