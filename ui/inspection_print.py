"""``pack.pdf``: contents, a sheet a sale, totals; A4, drawn page by page as the pack is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter

from app.domain.clock import shop_time
from app.domain.money import Money
from ui.a4 import begin_a4, letters, stamp
from ui.screens.inspection.rows import sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from PySide6.QtGui import QPdfWriter

    from app.domain.inspection import SaleKey
    from app.domain.inspection_sheet import Sheet
    from ui.screens.inspection.rows import Section

    Say = Callable[..., str]

WIDTH, HEIGHT = 1240, 1754
"""Dots of the page, A4 upright at 150 dots an inch."""
MARGIN: Final = 70
LABEL: Final = 170
FOOT: Final = HEIGHT - 64
_INK, _GREY, _WARN = QColor("#000000"), QColor("#555555"), QColor("#9A1B1B")
_BAND, _RULE = QColor("#EEF1F4"), QColor("#B8BFC6")
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_MIDDLE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_CENTRE = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)
_ROW: Final = 32
COLUMNS: Final = ((0, 90), (90, 230), (320, 260), (580, 300), (880, 110), (990, 110))
"""Left edge and width of the contents' columns: no, receipt, time, drugs, insured, sum."""


class PackPdf:
    """:class:`app.ports_inspection.PackPaper`; used by one thread from beginning to end."""

    def __init__(self, shop: str, mark: str, say: Say) -> None:
        self._shop, self._mark, self._say = shop, mark, say
        self._writer: QPdfWriter | None = None
        self._painter: QPainter | None = None
        self._top, self._count, self._pages = 0, 0, 0
        self._place = ""

    def begin(self, path: Path, facts: Sequence[tuple[str, str]], sheets: int) -> None:
        """The file and its first page; :raises FileNotWritten: it cannot be written."""
        self._fonts()
        self._writer, self._painter = begin_a4(path, WIDTH)
        self._writer.setTitle(self._say("inspection.pack_title"))
        self._count = sheets
        self._start_page(self._say("inspection.part_contents"))
        painter = self._pen()
        painter.setFont(self._large)
        box = QRect(MARGIN, self._top + 6, WIDTH - 2 * MARGIN, 56)
        painter.drawText(box, _MIDDLE, self._say("inspection.pack_title"))
        self._top += 78
        for name, value in facts:
            self._row(name, value)
        self._top += 10
        self._row("", self._say("inspection.how_to_check"), colour=_GREY)
        self._top += 14
        self._headings()

    def _fonts(self) -> None:
        self._plain, self._strong = letters(19), letters(19, strong=True)
        self._large, self._small = letters(38, strong=True), letters(16)
        self._heading = letters(20, strong=True)
        self._metrics = QFontMetrics(self._plain)

    def _pen(self) -> QPainter:
        assert self._painter is not None, "begin comes first"  # noqa: S101 - order of the port
        return self._painter

    # --- pages -----------------------------------------------------------------------------------

    def _start_page(self, place: str) -> None:
        painter = self._pen()
        if self._pages and self._writer is not None:
            self._writer.newPage()
        self._pages += 1
        self._place = place
        painter.setPen(_GREY)
        painter.setFont(self._small)
        head = QRect(MARGIN, 36, WIDTH - 2 * MARGIN, 26)
        painter.drawText(head, _MIDDLE, self._shop)
        painter.drawText(head, _RIGHT, place)
        foot = QRect(MARGIN, FOOT + 8, WIDTH - 2 * MARGIN, 26)
        painter.drawText(foot, _RIGHT, self._say("inspection.page", page=f"{self._pages:,}"))
        painter.drawText(foot, _MIDDLE, self._say("inspection.pack_title"))
        painter.setPen(_RULE)
        painter.drawLine(MARGIN, 66, WIDTH - MARGIN, 66)
        painter.setPen(_INK)
        self._top = 80
        stamp(painter, self._mark, self._say, WIDTH, HEIGHT)

    def _room(self, height: int) -> None:
        if self._top + height > FOOT:
            self._start_page(self._say("inspection.goes_on", place=self._place.split(" · ")[0]))

    def _row(self, label: str, text: str, *, colour: QColor = _INK) -> None:
        width = WIDTH - 2 * MARGIN - LABEL
        height = _ROW - 4
        if self._metrics.horizontalAdvance(text) > width:
            wanted = self._metrics.boundingRect(QRect(0, 0, width, 10_000), _LEFT | _WRAP, text)
            height = max(height, wanted.height() + 4)
        self._room(height)
        painter = self._pen()
        if label:
            painter.setFont(self._plain)
            painter.setPen(_GREY if colour is _INK else colour)
            painter.drawText(QRect(MARGIN + 8, self._top, LABEL - 16, height), _LEFT, label)
        painter.setFont(self._plain)
        painter.setPen(colour)
        box = QRect(MARGIN + LABEL, self._top, width, height + 6)
        painter.drawText(box, _LEFT | _WRAP, text)
        painter.setPen(_INK)
        self._top += height

    def _title(self, text: str, *, warn: bool = False) -> None:
        self._room(40 + 2 * _ROW)
        painter = self._pen()
        band = QRect(MARGIN, self._top + 6, WIDTH - 2 * MARGIN, 30)
        painter.fillRect(band, _BAND)
        painter.setFont(self._heading)
        painter.setPen(_WARN if warn else _INK)
        painter.drawText(band.adjusted(8, 0, 0, 0), _MIDDLE, text)
        painter.setPen(_INK)
        self._top += 42

    # --- contents --------------------------------------------------------------------------------

    def _headings(self) -> None:
        painter = self._pen()
        painter.setFont(self._strong)
        names = ("no", "receipt", "time", "drugs", "insured", "sum")
        cells = [self._say(f"inspection.contents_{name}") for name in names]
        self._cells(cells, band=True)
        painter.setFont(self._plain)

    def _cells(self, cells: Sequence[str], *, band: bool = False) -> None:
        painter = self._pen()
        if band:
            area = QRect(MARGIN, self._top, WIDTH - 2 * MARGIN, _ROW)
            painter.fillRect(area, _BAND)
        metrics = painter.fontMetrics()
        for place, (text, (left, width)) in enumerate(zip(cells, COLUMNS, strict=True)):
            box = QRect(MARGIN + left + 6, self._top, width - 12, _ROW)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, _RIGHT if place == len(COLUMNS) - 1 else _MIDDLE, shown)
        self._top += _ROW

    def contents(self, keys: Iterable[SaleKey], first: int) -> None:
        """The next rows of the contents."""
        painter = self._pen()
        painter.setFont(self._plain)
        for number, key in enumerate(keys, first):
            if self._top + _ROW > FOOT:
                self._start_page(self._say("inspection.part_contents"))
                self._headings()
            drugs = key.first_line
            if key.lines > 1:
                drugs = self._say("inspection.contents_more", first=drugs, more=key.lines - 1)
            insured = self._say("inspection.insured" if key.insured else "inspection.self_paid")
            self._cells(
                [
                    f"{number:,}", key.receipt_no, f"{shop_time(key.done_at):%Y-%m-%d %H:%M:%S}",
                    drugs, insured, str(Money(key.total_fen)),
                ]
            )  # fmt: skip

    # --- sheets ----------------------------------------------------------------------------------

    def sheet(self, sheet: Sheet) -> None:
        """One sale, on a page of its own."""
        place = self._say("inspection.sheet_no", no=f"{sheet.no:,}", of=f"{self._count:,}")
        self._start_page(f"{place} · {sheet.receipt_no}")
        for section in sections(sheet, self._say):
            self._section(section)

    def _section(self, section: Section) -> None:
        self._title(section.title, warn=section.warn)
        for label, text in section.rows:
            self._row(label, text, colour=_WARN if section.warn else _INK)
        self._top += 4

    def totals(self, rows: Sequence[tuple[str, str]]) -> None:
        """The last page."""
        self._start_page(self._say("inspection.part_totals"))
        self._title(self._say("inspection.part_totals"))
        painter = self._pen()
        for name, value in rows:
            self._room(_ROW)
            painter.setFont(self._plain)
            box = QRect(MARGIN + 8, self._top, WIDTH - 2 * MARGIN - 16, _ROW)
            painter.drawText(box, _MIDDLE, name)
            painter.setFont(self._small if len(value) == _DIGEST else self._strong)
            painter.drawText(box, _RIGHT, value)
            painter.setPen(_RULE)
            painter.drawLine(MARGIN, self._top + _ROW, WIDTH - MARGIN, self._top + _ROW)
            painter.setPen(_INK)
            self._top += _ROW

    def close(self) -> None:
        """End the file; harmless when said twice."""
        if self._painter is not None:
            self._painter.end()
        self._painter = self._writer = None


_DIGEST: Final = 64
"""Signs of a SHA-256 in hex: set small."""
