"""The report of a shift or a day on paper of A4, as many pages as it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor

from app.domain.clock import shop_time
from app.domain.paper import PaperRow, RowKind
from ui.a4 import begin_a4, letters, shop_line, stamp
from ui.shift_rows import report_rows, title_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from PySide6.QtGui import QPainter, QPdfWriter

    from app.use_cases.shift_report import Report

    Say = Callable[..., str]

WIDTH, HEIGHT = 1240, 1754
"""Dots of a page, A4 upright at 150 dots an inch."""
MARGIN, ROW, GAP = 90, 34, 40
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_MIDDLE = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
_HALF = (WIDTH - 2 * MARGIN - GAP) // 2


def save_report_pdf(report: Report, now: datetime, say: Say, path: Path) -> None:
    """Two columns a page, the first filled first.

    :raises FileNotWritten: where it cannot be written.
    """
    writer, painter = begin_a4(path, WIDTH)
    rows = [row for row in report_rows(report, say) if row.kind is not RowKind.QR]
    _Sheets(writer, painter, report, now, say).draw(rows)
    painter.end()


class _Sheets:
    """Pages with the same head and foot."""

    def __init__(
        self, writer: QPdfWriter, painter: QPainter, report: Report, now: datetime, say: Say
    ) -> None:
        self._writer, self._painter, self._report = writer, painter, report
        self._now, self._say = now, say

    def draw(self, rows: list[PaperRow]) -> None:
        """Every row once; a part's title never stands alone at the foot of a column."""
        top, bottom = MARGIN + 150, HEIGHT - MARGIN - 90
        places = self._places(rows, top, bottom)
        pages = max((page for page, *_ in places), default=0) + 1
        page = -1
        for row, (at, left, y) in zip(rows, places, strict=True):
            while page < at:
                page += 1
                if page:
                    self._writer.newPage()
                self._head(page + 1, pages)
            self._row(row, left, y)
        if page < 0:
            self._head(1, 1)

    def _places(self, rows: list[PaperRow], top: int, bottom: int) -> list[tuple[int, int, int]]:
        places, page, half, y = [], 0, 0, top
        for number, row in enumerate(rows):
            begins = row.kind is RowKind.STRONG and not row.right and number + 1 < len(rows)
            if y + ROW * (2 if begins else 1) > bottom:
                page, half, y = (page, 1, top) if half == 0 else (page + 1, 0, top)
            places.append((page, MARGIN + half * (_HALF + GAP), y))
            y += ROW // 2 if row.kind is RowKind.RULE else ROW
        return places

    def _head(self, page: int, pages: int) -> None:
        painter, report, say = self._painter, self._report, self._say
        painter.setPen(QColor("#000000"))
        line = QRect(MARGIN, MARGIN, WIDTH - 2 * MARGIN, 56)
        painter.setFont(letters(40, strong=True))
        title = title_of(report, say)
        if report.reprint:
            title += f"  {say('receipt.reprint')}"
        painter.drawText(line, _MIDDLE, title)
        painter.setFont(letters(24))
        shop = shop_line(report.shop_name, report.mark, say)
        below = line.translated(0, 62)
        painter.drawText(below, _LEFT, shop)
        at = f"{shop_time(self._now):%Y-%m-%d %H:%M}"
        painter.drawText(below, _RIGHT, say("shift.paper_page", at=at, page=page, pages=pages))
        foot = QRect(MARGIN, HEIGHT - MARGIN - 60, WIDTH - 2 * MARGIN, 50)
        painter.drawText(foot, _LEFT, say("shift.paper_signs"))
        stamp(painter, report.mark, say, WIDTH, HEIGHT)

    def _row(self, row: PaperRow, left: int, y: int) -> None:
        painter = self._painter
        if row.kind is RowKind.RULE:
            painter.drawLine(left, y + ROW // 4, left + _HALF, y + ROW // 4)
            return
        painter.setFont(letters(22, strong=row.kind is RowKind.STRONG))
        right = painter.fontMetrics().horizontalAdvance(row.right) if row.right else 0
        room = _HALF - right - 12
        told = painter.fontMetrics().elidedText(row.left, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QRect(left, y, room, ROW), _LEFT, told)
        if row.right:
            painter.drawText(QRect(left, y, _HALF, ROW), _RIGHT, row.right)
