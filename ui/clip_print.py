"""The list of clips on paper, and the signs for the wall about cameras and faces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ui.a4 import begin_a4, letters, shop_line, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    Say = Callable[..., str]

WIDTH, HEIGHT = 1754, 1240
"""Dots of a page, A4 across at 150 dots an inch; a sign stands upright."""
MARGIN, HEAD, ROW = 60, 170, 52
SHARES: Final = (210, 270, 170, 320, 334, 140, 190)
"""Widths of the columns of :data:`ui.screens.video.view_model.COLUMNS`."""
ROWS_A_PAGE: Final = (HEIGHT - 2 * MARGIN - HEAD - ROW) // ROW
SIGNS: Final = ("video", "face")
_LINES: Final = 5
"""Sentences of a sign."""
_TEXT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(
    Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
)


def save_clips_pdf(
    heads: Sequence[str],
    lines: Sequence[Sequence[str]],
    period: tuple[date, date],
    shop: str,
    mark: str,
    say: Say,
    path: Path,
) -> None:
    """The list of a period; one page for an ordinary day. :raises FileNotWritten:."""
    writer, painter = begin_a4(path, WIDTH, across=True)
    pages = [lines[at : at + ROWS_A_PAGE] for at in range(0, len(lines), ROWS_A_PAGE)] or [lines]
    for number, part in enumerate(pages):
        if number:
            writer.newPage()
        place = say("video.sheet_page", page=number + 1, pages=len(pages))
        named = shop_line(shop, mark, say)
        _head(painter, period, named, place, say)
        painter.setFont(letters(21, strong=True))
        _line(painter, MARGIN + HEAD, heads)
        painter.setFont(letters(20))
        for at, line in enumerate(part):
            _line(painter, MARGIN + HEAD + (at + 1) * ROW, line)
        stamp(painter, mark, say, WIDTH, HEIGHT)
    painter.end()


def save_signs_pdf(shop: str, days: int | None, mark: str, say: Say, path: Path) -> None:
    """监控提示 and 人脸提示标识, a page each (policy 3.9).

    ``days``: how long recordings are kept, of the pack; None = it does not say, the line stays
    open to be written by hand. :raises FileNotWritten:.
    """
    writer, painter = begin_a4(path, HEIGHT)
    for number, sign in enumerate(SIGNS):
        if number:
            writer.newPage()
        _sign(painter, sign, shop, days, say)
        stamp(painter, mark, say, HEIGHT, WIDTH)
    painter.end()


def _head(painter: QPainter, period: tuple[date, date], shop: str, place: str, say: Say) -> None:
    painter.setPen(QColor("#000000"))
    box = QRect(MARGIN, MARGIN, WIDTH - 2 * MARGIN, 56)
    painter.setFont(letters(36, strong=True))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), say("video.sheet_title"))
    painter.setFont(letters(22))
    told = say("video.sheet_period", first=f"{period[0]}", last=f"{period[1]}", shop=shop)
    painter.drawText(box.translated(0, 60), int(Qt.AlignmentFlag.AlignLeft), told)
    painter.drawText(box.translated(0, 60), int(Qt.AlignmentFlag.AlignRight), place)
    painter.setFont(letters(19))
    painter.drawText(
        box.translated(0, 100), int(Qt.AlignmentFlag.AlignLeft), say("video.sheet_note")
    )


def _line(painter: QPainter, top: int, cells: Sequence[str]) -> None:
    left = MARGIN
    for width, text in zip(SHARES, cells, strict=True):
        frame = QRect(left, top, width, ROW)
        painter.drawRect(frame)
        painter.drawText(frame.adjusted(7, 1, -5, -1), _TEXT, text)
        left += width


def _sign(painter: QPainter, sign: str, shop: str, days: int | None, say: Say) -> None:
    """Upright: the page is as wide as the list is high."""
    wide, high = HEIGHT, WIDTH
    painter.setPen(QPen(QColor("#000000"), 6))
    painter.drawRect(QRect(MARGIN, MARGIN, wide - 2 * MARGIN, high - 2 * MARGIN))
    painter.setFont(letters(110, strong=True))
    box = QRect(MARGIN + 60, MARGIN + 90, wide - 2 * MARGIN - 120, 170)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), say(f"sign.{sign}_title"))
    painter.setFont(letters(40))
    top = MARGIN + 340
    kept = str(days) if days is not None else "______"
    for number in range(1, _LINES + 1):
        text = say(f"sign.{sign}_{number}", shop=shop, days=kept)
        line = QRect(box.left(), top, box.width(), 210)
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(
            Qt.TextFlag.TextWordWrap
        )
        used = painter.boundingRect(line, flags, text)
        painter.drawText(line, flags, text)
        top += used.height() + 44
    painter.setFont(letters(34))
    foot = QRect(box.left(), high - MARGIN - 130, box.width(), 70)
    painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft), say("sign.contact"))
