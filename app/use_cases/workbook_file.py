"""Workbooks (xlsx) from outside, read row by row as text: bounded, nothing computed, no guess."""

from __future__ import annotations

import stat
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.errors import BadFile

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
    """The rows of the first sheet, blank ones as empty cells; formulas are refused, not computed.

    :raises BadFile: no workbook, damaged, too large, with merged cells or with a document type
        in its parts (it could unfold without end); ``why`` is a message id of section ``import``.
        Raised while iterating: nothing that came before may be kept.
    """
    _guard(path)
    try:
        with warnings.catch_warnings():
            # A workbook without styles is still a workbook.
            warnings.simplefilter("ignore")
            yield from _read(path, most_rows)
    except BadFile:
        raise
    except OSError:
        raise BadFile(file=path.name, why="import.file_unreadable") from None
    except Exception:  # the reader answers a broken part with whatever it stumbles over
        raise BadFile(file=path.name, why="import.file_damaged") from None


def _read(path: Path, most_rows: int) -> Iterator[SheetRow]:
    # Loaded late: a till starts without it.
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    try:
        if not book.worksheets:
            raise BadFile(file=path.name, why="import.file_empty")
        sheet = book.worksheets[0]
        # The stated size may be wrong; the rows themselves count.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(), 1):
            if number > most_rows or len(cells) > _MOST_COLUMNS:
                raise BadFile(file=path.name, why="import.file_too_large")
            yield _row(number, cells)
    finally:
        book.close()


def _row(number: int, cells: tuple[Any, ...]) -> SheetRow:
    texts, why = [], ""
    for cell in cells:
        text, wrong = _text(cell.value, cell.data_type)
        texts.append(text)
        why = why or wrong
    while texts and not texts[-1]:
        texts.pop()
    return SheetRow(number, tuple(texts), why)


def _text(value: object, kind: str) -> tuple[str, str]:
    """A cell as text, and why it cannot be taken."""
    if value is None:
        return "", ""
    if kind == "f":
        return "", "import.cell_formula"
    if kind == "e":
        return "", "import.cell_error"
    if isinstance(value, datetime):
        return value.date().isoformat(), ""
    if isinstance(value, date):
        return value.isoformat(), ""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return "", "import.cell_kind"
    if isinstance(value, str):
        return value, ""
    text = str(int(value)) if value == int(value) else str(value)
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
