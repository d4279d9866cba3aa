"""The first sheet of a workbook (xlsx) as a stream of its rows, straight from the XML.

A roster of a whole county has hundreds of thousands of rows: an object for each cell, as the
general reader makes, costs minutes there. What a number format means is still asked of it.
Rows written alike are read by :mod:`app.use_cases.workbook_rows` past the parser.
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
from xml.parsers.expat import ParserCreate, XMLParserType

from app.use_cases.workbook_file import SheetRow
from app.use_cases.workbook_rows import Lane

_CHUNK = 1 << 20
_made = tuple.__new__
_ROOT = "_rels/.rels"
_LETTERS = {letter: number for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1)}
_COLUMNS = dict(_LETTERS)
_MOST_LETTERS, _MOST_DIGITS = 3, 400
_FORMULA, _ERROR, _OTHER = "import.cell_formula", "import.cell_error", "import.cell_kind"
"""The last: a truth value, a time of day, a duration."""
_SURE_DIGITS = 15
"""A number cell keeps no more digits than these: a longer code in one has lost its end."""
_SURE = Context(prec=_SURE_DIGITS)
"""A spreadsheet keeps so many digits; what stands behind them is how a computer halves."""
Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]


class Broken(ValueError):
    """A part does not hold what it must; the caller turns the file away."""


class TooLarge(ValueError):
    """More rows or columns than are read."""


class Merged(ValueError):
    """Cells are merged: what belongs to which row cannot be told."""


class Limits(NamedTuple):
    """What a sheet may have at most."""

    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class _Book:
    sheet: str
    strings: list[str]
    days: frozenset[int]
    """Styles that show a number as a day."""
    spans: frozenset[int]
    """Styles that show it as a duration."""
    epoch: datetime

    def told(self, kind: str, style: int, raw: str) -> tuple[str, str]:
        """A cell as text, and why it cannot be taken; ``kind`` as ECMA-376, 18.18.11 names it."""
        if kind in ("inlineStr", "str"):
            return raw, ""
        if kind == "s":
            place = int(raw)
            if not 0 <= place < len(self.strings):
                raise Broken("no such text")
            return self.strings[place], ""
        if kind == "n":
            return self._number(style, raw)
        if kind == "d":
            return date.fromisoformat(raw[:10]).isoformat(), ""
        return "", _OTHER if kind == "b" else _ERROR

    def _number(self, style: int, raw: str) -> tuple[str, str]:
        value = _number(raw)
        if style in self.spans:
            return "", _OTHER
        if style not in self.days:
            text = str(value) if isinstance(value, int) else f"{value:f}"
            return text, "import.cell_digits" if len(text.lstrip("-")) > _SURE_DIGITS else ""
        from openpyxl.utils.datetime import from_excel

        try:
            shown = from_excel(int(value), self.epoch)
        except (OverflowError, ValueError):
            return "", _ERROR
        # A number below one is a time of day.
        return (shown.date().isoformat(), "") if isinstance(shown, datetime) else ("", _OTHER)


def first_sheet(packed: zipfile.ZipFile, limits: Limits) -> Iterator[SheetRow]:
    """Its rows, top to bottom.

    :raises Broken: the parts contradict each other, or have a document type (it could unfold
        without end); :raises TooLarge, Merged:; :raises xml.parsers.expat.ExpatError: XML that is
        none; :raises KeyError: a part is not there.
    """
    book = _book(packed)
    sheet = _Rows(book, limits)
    parser = _parser(sheet.start, sheet.end, sheet.text)
    lane = Lane(parser, sheet.taken, book.told, book.days | book.spans)
    with packed.open(book.sheet) as content:
        while chunk := content.read(_CHUNK):
            lane.feed(chunk)
            yield from sheet.rows
            sheet.rows.clear()
    lane.close()
    yield from sheet.rows


def _parser(
    start: Start, end: End | None = None, text: Callable[[str], None] | None = None
) -> XMLParserType:
    """Element names come without their prefixes; no document type gets through."""
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
    return parser


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _all(packed: zipfile.ZipFile, part: str, start: Start, end: End | None = None,
         text: Callable[[str], None] | None = None) -> None:  # fmt: skip
    parser = _parser(start, end, text)
    with packed.open(part) as content:
        while chunk := content.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


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

    def __init__(self, book: _Book, limits: Limits) -> None:
        self.rows: list[SheetRow] = []
        self._book, self._limits = book, limits
        self._number = self._row = self._column = self._widest = 0
        self._cells: dict[int, str] = {}
        self._kind, self._style, self._formula, self._why = "n", 0, False, ""
        self._takes = self._aloud = False
        self._pieces: list[str] = []

    def taken(self, number: int, cells: list[str], why: str) -> None:
        """A whole row; its number is greater than that of the one before."""
        if number <= self._number:
            raise Broken("rows out of order")
        if number > self._limits.rows or len(cells) > self._limits.columns:
            raise TooLarge
        self._number = number
        while cells and not cells[-1]:
            cells.pop()
        self.rows.append(_made(SheetRow, (number, tuple(cells), why)))

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
            self._row = int(given.get("r", self._number + 1))
            self._column, self._widest, self._cells, self._why = 0, 0, {}, ""
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._aloud = True
        elif name == "mergeCell":
            raise Merged

    def text(self, given: str) -> None:
        """Signs between the marks."""
        if self._takes:
            self._pieces.append(given)

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "v" or name == "t":
            self._takes = False
        elif name == "c":
            self._widest = max(self._widest, self._column)
            self._cell()
        elif name == "row":
            if self._widest > self._limits.columns:
                raise TooLarge
            cells = [self._cells.get(at, "") for at in range(1, self._widest + 1)]
            self.taken(self._row, cells, self._why)
        elif name == "rPh":
            self._aloud = False

    def _cell(self) -> None:
        why = ""
        if self._formula:
            why = _FORMULA
        elif self._pieces:
            self._cells[self._column], why = self._book.told(
                self._kind, self._style, "".join(self._pieces)
            )
        self._why = self._why or why


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
