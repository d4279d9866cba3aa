"""Delimited text files from outside: which encoding, which separator, whole or broken."""

from __future__ import annotations

import codecs
import csv
import io
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from app.errors import BadFile

_MOST_BYTES = 512 * 1024 * 1024
_LARGEST_CELL = 16 * 1024 * 1024
_CHUNK = 1 << 20
_PIECE = 1 << 17
"""Signs cut at once: what lies in the processor's cache is cut faster."""
_BLOCK = 4096
_OTHERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""How files begin that are not UTF-8, whatever else they hold: workbooks, new and old; UTF-16."""
_END = "\x03end of file\x03"
"""Both cells of a row put behind the last line: a quote that nobody closed swallows them into one,
and so is seen, though nothing stood behind it."""


def rows_of(path: Path) -> Iterator[list[str]]:
    """The rows of a CSV, one list of cells each, blank lines as empty lists.

    UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030; separated by comma, tab or
    semicolon; quotes and line ends inside quotes as in RFC 4180.

    :raises BadFile: it cannot be read, is no text, is damaged, or a quote is never closed;
        ``why`` is a message id of section ``import``. Raised while iterating: nothing that came
        before may be kept.
    """
    return chain.from_iterable(blocks_of(path))


def blocks_of(path: Path) -> Iterator[list[list[str]]]:
    """The same, some thousands of rows at a time: for whoever takes all of them anyway."""
    encoding = _encoding_of(path)
    old_limit = csv.field_size_limit(_LARGEST_CELL)
    try:
        with path.open(encoding=encoding, newline="") as text:
            yield from _parsed(text, path)
    except UnicodeError:
        raise BadFile(file=path.name, why="import.file_damaged") from None
    except OSError:
        raise BadFile(file=path.name, why="import.file_unreadable") from None
    finally:
        csv.field_size_limit(old_limit)


def columns_of(
    path: Path, wanted: Callable[[Sequence[str]], Sequence[int]]
) -> list[list[str]] | None:
    """The cells of a plain file below its first row, column by column: only what is wanted.

    ``wanted``: the cells of the first row -> places of the columns, from 0. None = somewhere there
    is a quote, or a row that is longer or shorter than the first, its lines end now so, now so,
    or the file is very large: ask :func:`rows_of`. Blank lines at the end are left out.
    :raises BadFile: as there; and whatever ``wanted`` raises.
    """
    _regular(path)
    try:
        data = path.read_bytes() if path.stat().st_size <= _LARGEST_CELL else b'"'
        if b'"' in data:
            return None
        text = _decoded(data, path)
    except UnicodeError:
        raise BadFile(file=path.name, why="import.file_damaged") from None
    except OSError:
        raise BadFile(file=path.name, why="import.file_unreadable") from None
    line_end = "\r\n" if "\r\n" in text else "\n"
    whole = text.count(line_end)
    if text.count("\r") != (whole if line_end == "\r\n" else 0) or text.count("\n") != whole:
        return None
    text = text.rstrip("\r\n") + line_end
    head_ends = text.index(line_end)
    separator = max(",\t;", key=text[:head_ends].count)
    head = text[:head_ends].split(separator)
    return _columns(text, line_end, separator, len(head), wanted(head))


def _columns(
    text: str, line_end: str, separator: str, width: int, places: Sequence[int]
) -> list[list[str]] | None:
    """Cut everywhere at once, line ends being cells of their own: they show where rows end."""
    found: list[list[str]] = [[] for _ in places]
    at, cell = text.index(line_end) + len(line_end), f"{separator}\n{separator}"
    while at < len(text):
        end = text.index(line_end, min(at + _PIECE // 2, len(text) - 2)) + len(line_end)
        cells = text[at:end].replace(line_end, cell).split(separator)
        # Behind the last line end there is one empty cell more.
        rows = text.count("\n", at, end)
        if (len(cells), cells[width :: width + 1].count("\n")) != (rows * (width + 1) + 1, rows):
            return None
        for column, place in zip(found, places, strict=True):
            column += cells[place : -1 : width + 1]
        at = end
    return found


def _parsed(text: io.TextIOBase, path: Path) -> Iterator[list[list[str]]]:
    """While no quote was seen, a line is a row and a separator ends a cell; then as RFC 4180."""
    piece = text.readline(_CHUNK)
    separator = max(",\t;", key=piece.count)
    piece += "" if piece.endswith(("\n", "\r")) else text.readline()
    row_no = 0
    while piece and '"' not in piece and len(piece) <= _LARGEST_CELL:
        lines = piece.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
        rows = [line.split(separator) if line else [] for line in lines]
        row_no += len(rows)
        yield rows
        piece = text.read(_PIECE) + text.readline()
    if piece:
        yield from _quoted(chain(io.StringIO(piece, newline=""), text), separator, row_no, path)


def _quoted(
    lines: Iterable[str], separator: str, row_no: int, path: Path
) -> Iterator[list[list[str]]]:
    reader = csv.reader(chain(lines, (f"{_END}{separator}{_END}",)), delimiter=separator)
    rows: list[list[str]] = []
    try:
        while True:
            rows = []
            rows.extend(islice(reader, _BLOCK))
            row_no += len(rows)
            # The marker is the file's last line: it can stand in the last row alone.
            if rows and rows[-1] == [_END, _END]:
                yield rows[:-1]
                return
            if not rows or (rows[-1] and _END in rows[-1][-1]):
                raise BadFile(file=path.name, why="import.quote_open", row=row_no)
            yield rows
    except csv.Error:
        # What was read before it is in the list.
        raise BadFile(file=path.name, why="import.quote_open", row=row_no + len(rows) + 1) from None


def _regular(path: Path) -> None:
    """:raises BadFile: it is none, is empty, or too large."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise BadFile(file=path.name, why="import.file_no_file")
        if about.st_size == 0:
            raise BadFile(file=path.name, why="import.file_empty")
        if about.st_size > _MOST_BYTES:
            raise BadFile(file=path.name, why="import.file_too_large")
    except FileNotFoundError:
        raise BadFile(file=path.name, why="import.file_missing") from None
    except (OSError, ValueError):
        raise BadFile(file=path.name, why="import.file_unreadable") from None


def _encoding_of(path: Path) -> str:
    """The encoding that the whole file keeps; :raises BadFile: when none fits."""
    _regular(path)
    try:
        with path.open("rb") as raw:
            return _judge(raw, path)
    except (OSError, ValueError):
        raise BadFile(file=path.name, why="import.file_unreadable") from None


def _judge(raw: io.BufferedReader, path: Path) -> str:
    start = raw.peek(4)[:4]
    if start.startswith(_OTHERS[:2]):
        raise BadFile(file=path.name, why="import.file_workbook")
    if start.startswith(_OTHERS[2:]):
        if _decodes(raw, "utf-16"):
            return "utf-16"
        raise BadFile(file=path.name, why="import.file_damaged")
    if _decodes(raw, "utf-8-sig"):
        return "utf-8-sig"
    # GB18030 accepts almost any bytes: a damaged UTF-8 file would come in as nonsense.
    if start.startswith(codecs.BOM_UTF8) or _mostly_utf8(raw):
        raise BadFile(file=path.name, why="import.file_damaged")
    if _decodes(raw, "gb18030"):
        return "gb18030"
    raise BadFile(file=path.name, why="import.file_no_text")


def _decoded(data: bytes, path: Path) -> str:
    if not data.startswith(_OTHERS):
        try:
            return data.decode("utf-8-sig")
        except UnicodeError:
            pass
    return data.decode(_encoding_of(path))


def _decodes(raw: io.BufferedReader, encoding: str) -> bool:
    raw.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := raw.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _mostly_utf8(raw: io.BufferedReader) -> bool:
    """Whether more signs beyond ASCII are sound UTF-8 than not."""
    raw.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    sound = broken = 0
    while chunk := raw.read(_CHUNK):
        text = decoder.decode(chunk)
        broken += text.count("\ufffd")
        sound += sum(1 for sign in text if "\u2e80" <= sign != "\ufffd")
    return sound > broken
