"""The sheets of a stock-take on paper: A4 across, page n of N, three signatures on every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter

from ui.a4 import begin_a4, letters, shop_line, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Say = Callable[..., str]

WIDTH, HEIGHT = 1754, 1240
"""Dots of the page, A4 across at 150 dots an inch."""
MARGIN, HEAD, ROW, SIGN = 60, 130, 34, 90
ROWS_A_PAGE = (HEIGHT - 2 * MARGIN - HEAD - SIGN - ROW) // ROW
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_SIGNERS = ("counter", "second", "manager")


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed: its words and its table."""

    title: str
    shop: str
    told: str
    """Number, period, when it was posted or frozen."""
    headings: tuple[str, ...]
    widths: tuple[int, ...]
    """Shares of the page's width."""
    right: frozenset[int]
    """Columns of figures."""
    rows: Sequence[Sequence[str]]
    mark: str


def save_paper(paper: Paper, say: Say, path: Path, *after: Paper) -> int:
    """Write the PDF; answers how many pages it has. ``after``: further tables, bound with it.

    :raises FileNotWritten:.
    """
    writer, painter = begin_a4(path, WIDTH, across=True)
    pages = [
        (one, _Table(one), rows) for one in (paper, *after) for rows in _parts(one.rows)
    ]  # fmt: skip
    for number, (one, table, part) in enumerate(pages):
        if number:
            writer.newPage()
        place = say("stocktake.page", page=number + 1, pages=len(pages))
        _head(painter, one, place, say)
        table.draw(painter, part)
        _signatures(painter, say)
        stamp(painter, paper.mark, say, WIDTH, HEIGHT)
    painter.end()
    return len(pages)


def _parts(rows: Sequence[Sequence[str]]) -> list[Sequence[Sequence[str]]]:
    """What stands on each page; a table without rows has one all the same."""
    return [rows[at : at + ROWS_A_PAGE] for at in range(0, len(rows), ROWS_A_PAGE)] or [()]


def _head(painter: QPainter, paper: Paper, place: str, say: Say) -> None:
    painter.setPen(QColor("#000000"))
    box = QRect(MARGIN, MARGIN, WIDTH - 2 * MARGIN, 54)
    painter.setFont(letters(36, strong=True))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), paper.title)
    painter.setFont(letters(22))
    below = box.translated(0, 66)
    shop = shop_line(paper.shop, paper.mark, say)
    painter.drawText(below, _LEFT, f"{shop}    {paper.told}")
    painter.drawText(below, _RIGHT, place)


def _signatures(painter: QPainter, say: Say) -> None:
    """Boxes for counter, second counter and manager, with room for a date."""
    painter.setFont(letters(20))
    wide = (WIDTH - 2 * MARGIN) // len(_SIGNERS)
    top = HEIGHT - MARGIN - SIGN + 16
    for number, who in enumerate(_SIGNERS):
        box = QRect(MARGIN + number * wide, top, wide - 12, SIGN - 16)
        painter.drawRect(box)
        painter.drawText(box.adjusted(10, 6, -10, -6), int(Qt.AlignmentFlag.AlignTop),
                         say(f"stocktake.sign_{who}"))  # fmt: skip
        painter.drawText(box.adjusted(10, 6, -10, -6),
                         int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom),
                         say("stocktake.sign_date"))  # fmt: skip


class _Table:
    """The rows of a page; a text that does not fit is cut with a sign, never silently."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        whole = WIDTH - 2 * MARGIN
        shares = sum(paper.widths)
        self._widths = [whole * share // shares for share in paper.widths]
        self._widths[-1] += whole - sum(self._widths)
        self._measure = QFontMetrics(letters(18))
        self._cut: dict[tuple[int, str], str] = {}

    def draw(self, painter: QPainter, rows: Sequence[Sequence[str]]) -> None:
        """Heading and rows, and the lines between them."""
        top = MARGIN + HEAD
        painter.setFont(letters(18, strong=True))
        self._cells(painter, top, self._paper.headings)
        painter.setFont(letters(18))
        for number, row in enumerate(rows, 1):
            self._cells(painter, top + number * ROW, row)
        bottom = top + (len(rows) + 1) * ROW
        for number in range(len(rows) + 2):
            painter.drawLine(MARGIN, top + number * ROW, WIDTH - MARGIN, top + number * ROW)
        left = MARGIN
        for width in (*self._widths, 0):
            painter.drawLine(left, top, left, bottom)
            left += width

    def _cells(self, painter: QPainter, top: int, cells: Sequence[str]) -> None:
        left = MARGIN
        for number, (width, text) in enumerate(zip(self._widths, cells, strict=True)):
            if text:
                way = _RIGHT if number in self._paper.right else _LEFT
                box = QRect(left + 6, top, width - 12, ROW)
                painter.drawText(box, way, self._short(width - 12, text))
            left += width

    def _short(self, width: int, text: str) -> str:
        key = (width, text)
        found = self._cut.get(key)
        if found is None:
            found = self._measure.elidedText(text, Qt.TextElideMode.ElideRight, width)
            self._cut[key] = found
        return found
