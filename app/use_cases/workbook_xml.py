"""The first sheet of a workbook (xlsx) as a stream of its cells, straight from the XML.

A roster of a whole county has hundreds of thousands of rows: an object for each cell, as the
general reader makes, costs minutes there. What a number format means is still asked of it.
Layout of the parts: ECMA-376 part 1, 12.3 and 18.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from typing import NamedTuple
from xml.parsers.expat import ParserCreate

_CHUNK = 1 << 18
_ROOT = "_rels/.rels"
_LETTERS = {letter: number for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1)}
_COLUMNS = dict(_LETTERS)
_MOST_LETTERS, _MOST_DIGITS = 3, 400
VALUE, FORMULA, ERROR, OTHER = "value", "formula", "error", "other"
"""OTHER: a truth value, a time of day, a duration."""
_SURE = Context(prec=15)
"""A spreadsheet keeps so many digits; what stands behind them is how a computer halves."""
Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]


class Broken(ValueError):
    """A part does not hold what it must; the caller turns the file away."""


class Cell(NamedTuple):
    """One cell that holds something."""

    column: int
    """From 1."""
    value: str | int | Decimal | date | None
    kind: str = VALUE
    """What it is where it holds no value that can be taken."""


@dataclass(frozen=True, slots=True)
class _Book:
    sheet: str
    strings: list[str]
    days: frozenset[int]
    """Styles that show a number as a day."""
    spans: frozenset[int]
    """Styles that show it as a duration."""
    epoch: datetime


def first_sheet(packed: zipfile.ZipFile) -> Iterator[tuple[int, int, list[Cell]]]:
    """(row's number, widest column, cells that hold something) of each row, top to bottom.

    :raises Broken: the parts contradict each other; :raises xml.parsers.expat.ExpatError: XML
        that is none; :raises KeyError: a part is not there.
    """
    book = _book(packed)
    sheet = _Rows(book)
    for _ in _parsed(packed, book.sheet, sheet.start, sheet.end, sheet.text):
        yield from sheet.rows
        sheet.rows.clear()


def _parsed(
    packed: zipfile.ZipFile,
    part: str,
    start: Start,
    end: End | None = None,
    text: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Parse a part; yields after each piece. Element names come without their prefixes."""
    closing = end or (lambda _: None)

    def no_doctype(*_: object) -> None:
        raise Broken("document type")

    def root(name: str, given: Mapping[str, str]) -> None:
        """Most parts have no prefixes: only those that have some pay for cutting them off."""
        if ":" in name:
            parser.StartElementHandler = lambda name, given: start(_local(name), given)
            parser.EndElementHandler = lambda name: closing(_local(name))
        else:
            parser.StartElementHandler, parser.EndElementHandler = start, closing
        parser.StartElementHandler(name, given)

    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = no_doctype
    parser.StartElementHandler = root
    if text is not None:
        parser.CharacterDataHandler = text
    with packed.open(part) as content:
        while chunk := content.read(_CHUNK):
            parser.Parse(chunk, False)
            yield
    parser.Parse(b"", True)
    yield


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _all(packed: zipfile.ZipFile, part: str, start: Start, end: End | None = None,
         text: Callable[[str], None] | None = None) -> None:  # fmt: skip
    for _ in _parsed(packed, part, start, end, text):
        pass


# --- the small parts -----------------------------------------------------------------------------


def _related(packed: zipfile.ZipFile, rels: str, folder: str) -> dict[str, tuple[str, str]]:
    """Id -> (last word of the type, part)."""
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, given: Mapping[str, str]) -> None:
        if name == "Relationship" and given.get("TargetMode") != "External":
            kind, target = given.get("Type", "").rpartition("/")[2], given.get("Target", "")
            # An absolute target begins at the root of the package, which has no slash in a zip.
            part = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            found[given.get("Id", "")] = (kind, part)

    _all(packed, rels, start)
    return found


def _book(packed: zipfile.ZipFile) -> _Book:
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH  # no till starts with it

    roots = _related(packed, _ROOT, "").values()
    main = next((part for kind, part in roots if kind == "officeDocument"), "")
    folder, file = posixpath.split(main)
    related = _related(packed, posixpath.join(folder, "_rels", f"{file}.rels"), folder)
    sheets: list[str] = []
    mac: list[bool] = []

    def start(name: str, given: Mapping[str, str]) -> None:
        if name == "sheet":
            ids = [value for key, value in given.items() if _local(key) == "id" and ":" in key]
            sheets.extend(ids)
        elif name == "workbookPr":
            mac.append(given.get("date1904", "0") in ("1", "true"))

    _all(packed, main, start)
    parts = [related[one][1] for one in sheets if related.get(one, ("",))[0] == "worksheet"]
    if not parts:
        raise Broken("no sheet")
    named = dict(related.values())
    days, spans = _formats(packed, named.get("styles", ""))
    strings = _strings(packed, named.get("sharedStrings", ""))
    return _Book(parts[0], strings, days, spans, MAC_EPOCH if any(mac) else WINDOWS_EPOCH)


def _formats(packed: zipfile.ZipFile, part: str) -> tuple[frozenset[int], frozenset[int]]:
    """Which cell styles show a number as a day, and which as a duration."""
    if part not in packed.namelist():
        return frozenset(), frozenset()  # a workbook without styles is still a workbook
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    codes: dict[int, str] = dict(BUILTIN_FORMATS)
    styles: list[int] = []
    of_cells: list[bool] = []
    """Whether the list of styles is the cells' (there are others), while it is open."""

    def start(name: str, given: Mapping[str, str]) -> None:
        if name == "numFmt":
            codes[int(given["numFmtId"])] = given.get("formatCode", "")
        elif name == "cellXfs":
            of_cells.append(True)
        elif name == "xf" and of_cells:
            styles.append(int(given.get("numFmtId", "0")))

    def end(name: str) -> None:
        if name == "cellXfs":
            of_cells.clear()

    _all(packed, part, start, end)
    told = {place: codes.get(code, "") for place, code in enumerate(styles)}
    return (
        frozenset(place for place, code in told.items() if code and is_date_format(code)),
        frozenset(place for place, code in told.items() if code and is_timedelta_format(code)),
    )


def _strings(packed: zipfile.ZipFile, part: str) -> list[str]:
    """The texts that cells name by number; how they are read aloud (``rPh``) is no part of them."""
    made: list[str] = []
    if part not in packed.namelist():
        return made
    pieces: list[str] = []
    state = {"t": False, "aloud": False}

    def start(name: str, given: Mapping[str, str]) -> None:
        del given
        if name == "t":
            state["t"] = not state["aloud"]
        elif name == "si":
            pieces.clear()
        elif name == "rPh":
            state["aloud"] = True

    def end(name: str) -> None:
        if name == "t":
            state["t"] = False
        elif name == "si":
            made.append("".join(pieces))
        elif name == "rPh":
            state["aloud"] = False

    def text(given: str) -> None:
        if state["t"]:
            pieces.append(given)

    _all(packed, part, start, end, text)
    return made


# --- the sheet -----------------------------------------------------------------------------------


class _Rows:
    """Collects rows while the sheet is parsed; each name means what ECMA-376, 18.3.1 says."""

    def __init__(self, book: _Book) -> None:
        self.rows: list[tuple[int, int, list[Cell]]] = []
        self._book = book
        self._number = self._column = self._widest = 0
        self._cells: list[Cell] = []
        self._kind, self._style, self._formula = "n", 0, False
        self._takes = self._aloud = False
        self._pieces: list[str] = []

    def start(self, name: str, given: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "c":
            place = given.get("r")
            self._column = column_of(place) if place else self._column + 1
            self._kind, self._style = given.get("t", "n"), int(given.get("s", "0"))
            self._formula = False
            self._pieces.clear()
        elif name == "v" or name == "t":
            self._takes = not self._aloud
        elif name == "row":
            number = int(given.get("r", self._number + 1))
            if number <= self._number:
                raise Broken("rows out of order")
            self._number, self._column, self._widest, self._cells = number, 0, 0, []
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._aloud = True

    def text(self, given: str) -> None:
        """Signs between the marks."""
        if self._takes:
            self._pieces.append(given)

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "v" or name == "t":
            self._takes = False
        elif name == "c":
            if self._column > self._widest:
                self._widest = self._column
            if self._formula:
                self._cells.append(Cell(self._column, None, FORMULA))
            elif self._pieces:
                self._cells.append(self._cell("".join(self._pieces)))
        elif name == "row":
            self.rows.append((self._number, self._widest, self._cells))
        elif name == "rPh":
            self._aloud = False

    def _cell(self, raw: str) -> Cell:
        kind, column = self._kind, self._column
        if kind == "s":
            place = int(raw)
            if not 0 <= place < len(self._book.strings):
                raise Broken("no such text")
            return Cell(column, self._book.strings[place])
        if kind in ("inlineStr", "str"):
            return Cell(column, raw)
        if kind == "n":
            return self._number_cell(raw)
        if kind == "b":
            return Cell(column, None, OTHER)
        if kind == "d":
            return Cell(column, date.fromisoformat(raw[:10]))
        return Cell(column, None, ERROR)

    def _number_cell(self, raw: str) -> Cell:
        value = _number(raw)
        if self._style in self._book.spans:
            return Cell(self._column, None, OTHER)
        if self._style not in self._book.days:
            return Cell(self._column, value)
        from openpyxl.utils.datetime import from_excel

        try:
            shown = from_excel(int(value), self._book.epoch)
        except (OverflowError, ValueError):
            return Cell(self._column, None, ERROR)
        # A number below one is a time of day.
        told = shown.date() if isinstance(shown, datetime) else None
        return Cell(self._column, told, VALUE if told else OTHER)


def _number(raw: str) -> int | Decimal:
    """Whole where it is a whole number: a code in a number cell keeps its digits."""
    try:
        return int(raw)
    except ValueError:
        value = Decimal(raw)
    if not value.is_finite() or value.adjusted() > _MOST_DIGITS:
        raise Broken("no number")
    return int(value) if value == value.to_integral_value() else value.normalize(_SURE)


def column_of(place: str) -> int:
    """1 for A7, 27 for AA1; :raises Broken: it is no place."""
    letters = place.rstrip("0123456789")
    known = _COLUMNS.get(letters)
    if known is not None:
        return known
    if not letters or len(letters) > _MOST_LETTERS:
        raise Broken("no place")
    column = 0
    for letter in letters:
        if letter not in _LETTERS:
            raise Broken("no place")
        column = column * 26 + _LETTERS[letter]
    return column
