"""Workbooks (xlsx) from outside, read row by row as text: bounded, nothing computed, no guess."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from app.errors import BadFile

_MOST_BYTES = 64 * 1024 * 1024
_MOST_UNPACKED = 1024 * 1024 * 1024
_MOST_PARTS = 2000
_MOST_COLUMNS = 64


class SheetRow(NamedTuple):
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
    from app.use_cases.workbook_xml import Limits, Merged, TooLarge, first_sheet

    try:
        with zipfile.ZipFile(path) as packed:
            yield from first_sheet(packed, Limits(most_rows, _MOST_COLUMNS))
    except TooLarge:
        raise BadFile(file=path.name, why="import.file_too_large") from None
    except Merged:
        raise BadFile(file=path.name, why="import.cells_merged") from None


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
    except FileNotFoundError:
        raise BadFile(file=path.name, why="import.file_missing") from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError):
        raise BadFile(file=path.name, why="import.file_damaged") from None
    except OSError:
        raise BadFile(file=path.name, why="import.file_unreadable") from None
