"""Rows of a sheet that are written alike, read past the XML parser.

A program writes one row as it writes the next: the same columns, kinds and styles. What a row
looks like is learnt from one that went through the parser; those that match it to the letter are
taken as they are, all others, and everything around them, go through the parser. What is left out
of its sight is whole rows, so it still judges everything else of the sheet.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

Told = Callable[[str, int, str], tuple[str, str]]
"""Kind, style, what stands in a cell -> its text, and why it cannot be taken."""
_MOST_SHAPES, _MOST_CELLS, _MOST_WAITING = 16, 64, 4 << 20
_CELL = re.compile(
    r'<c r="([A-Z]{1,2})[0-9]+"( s="[0-9]+")?( t="(?:inlineStr|str|s|n)")? ?'
    r"(/>|></c>|><v>[^<]*</v></c>|><is><t>[^<]*</t></is></c>)"
)
_HEAD = re.compile(r'<row r="[0-9]+"[^>]*(?<!/)>')
_SIGNS = "([^<&\\x00-\\x08\\x0b-\\x1f]*)"
"""What stands in a cell as it is: nothing that XML would read as something else."""
_DIGITS = re.compile("[1-9][0-9]{0,14}").fullmatch
"""A whole number that is written as it is meant."""
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9_.-]+)["']""")


class _Shape(NamedTuple):
    """How rows are written."""

    columns: tuple[tuple[str, str, str], ...]
    """Letters, style, kind of each cell, as attributes."""
    match: Callable[[str, int], re.Match[str] | None]
    places: tuple[int, ...]
    """Columns from 0; none where they follow each other from the first."""
    told: tuple[tuple[int, str, int], ...]
    """Which of the cells are no text yet: their place among them, kind, style."""
    width: int


class Lane:
    """Takes the bytes of a sheet; rows that it knows go to ``take``, all else to the parser."""

    def __init__(
        self,
        parser: XMLParserType,
        take: Callable[[int, list[str], str], None],
        told: Told,
        shown: frozenset[int],
    ) -> None:
        self._parser, self._take = parser, take
        # The same figures and dates stand in thousands of cells.
        self._told = lru_cache(maxsize=4096)(told)
        self._shown = shown
        """Styles that show a number as something else."""
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._waiting = ""
        self._open: bool | None = None
        """Whether rows may pass; None = nothing was seen yet."""
        self._shapes: list[_Shape] = []
        self._kinds: dict[tuple[str, str], str] = {}
        """What filled cells of a column and style hold: blank ones do not always say it."""

    def feed(self, chunk: bytes) -> None:
        """The next bytes; :raises ValueError: as ``take`` and the parser, or they are no UTF-8."""
        if self._open is None:
            self._open = _is_utf8(chunk)
        if not self._open:
            self._parser.Parse(chunk, False)
            return
        text = self._waiting + self._decoder.decode(chunk)
        at = self._pass(text)
        self._waiting = text[at:]
        if not self._open or len(self._waiting) > _MOST_WAITING:
            self._shut()

    def close(self) -> None:
        """The sheet ends here."""
        if self._open:
            self._shut()
        self._parser.Parse(b"", True)

    def _shut(self) -> None:
        """From here on everything is the parser's."""
        rest = self._waiting.encode() + self._decoder.getstate()[0]
        self._parser.Parse(rest, False)
        self._waiting, self._open = "", False

    def _pass(self, text: str) -> int:
        """Up to where whole rows were taken."""
        at = 0
        while self._open:
            found = self._known(text, at)
            if found:
                at = found
                continue
            end = text.find("</row>", at)
            if end < 0:
                break
            odd = text[at : end + 6]
            at = end + 6
            # In a remark, what looks like a row is none.
            self._open = "<!" not in odd
            self._parser.Parse(odd.encode(), False)
            self._learn(odd[odd.rfind("<row ") :])
        return at

    def _known(self, text: str, at: int) -> int:
        """Where the row ends that begins there, if it is of a known shape; else 0."""
        for place, shape in enumerate(self._shapes):
            found = shape.match(text, at)
            if found is None:
                continue
            if place:
                self._shapes.insert(0, self._shapes.pop(place))
            number, *cells = found.groups("")
            self._take(int(number), *self._texts(shape, cells))
            return found.end()
        return 0

    def _texts(self, shape: _Shape, cells: list[str]) -> tuple[list[str], str]:
        why = ""
        for at, kind, style in shape.told:
            raw = cells[at]
            if raw and not (kind == "n" and style not in self._shown and _DIGITS(raw)):
                cells[at], wrong = self._told(kind, style, raw)
                why = why or wrong
        if shape.places:
            there, cells = cells, [""] * shape.width
            for at, text in zip(shape.places, there, strict=True):
                cells[at] = text
        return cells, why

    def _learn(self, row: str) -> None:
        head = _HEAD.match(row)
        if head is None or len(self._shapes) >= _MOST_SHAPES:
            return
        at, columns = head.end(), list[tuple[str, str, str]]()
        while (cell := _CELL.match(row, at)) is not None:
            letters, style, kind = cell[1], cell[2] or "", cell[3] or ""
            if "t>" in cell[4] and kind != ' t="inlineStr"':
                return
            if "v>" in cell[4]:
                self._kinds[letters, style] = kind
            columns.append((letters, style, kind or self._kinds.get((letters, style), "")))
            at = cell.end()
        known = any(one.columns == tuple(columns) for one in self._shapes)
        if row[at:] == "</row>" and not known and 0 < len(columns) <= _MOST_CELLS:
            self._shapes.insert(0, _shape(tuple(columns)))


def _shape(columns: tuple[tuple[str, str, str], ...]) -> _Shape:
    parts = [r'<row r="([0-9]{1,7})"[^>]*(?<!/)>']
    kinds = []
    for letters, style, kind in columns:
        opens, closes = ("<is><t>", "</t></is>") if "inline" in kind else ("<v>", "</v>")
        blank, filled = " ?/>|></c>", f">{opens}{_SIGNS}{closes}</c>"
        own = f"{kind}(?:{filled}|{blank})" + (f"|{blank}" if kind else "")
        parts.append(f'(?:<c r="{letters}[0-9]+"{style}(?:{own}))?')
        kinds.append((_place(letters), kind[4:-1] or "n", int(style[4:-1] or 0)))
    places = [column for column, _, _ in kinds]
    told = [(at, *kind[1:]) for at, kind in enumerate(kinds) if kind[1] not in ("inlineStr", "str")]
    match = re.compile("".join([*parts, "</row>"])).match
    gaps = places != list(range(len(places)))
    return _Shape(columns, match, tuple(places) if gaps else (), tuple(told), max(places) + 1)


def _place(letters: str) -> int:
    """Column from 0."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _is_utf8(chunk: bytes) -> bool:
    """Whether a sheet says that it is, or says nothing."""
    if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in chunk[:4]:
        return False
    said = _DECLARED.match(chunk.removeprefix(codecs.BOM_UTF8))
    return said is None or said[1].lower() == b"utf-8"
