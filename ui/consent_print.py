"""A consent on paper: the text with its version, and lines to sign on, one A4 page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
)

from ui.a4 import begin_a4, letters, stamp
from ui.theme import load_fonts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.domain.consent import ConsentText

    Say = Callable[..., str]

WIDTH, HEIGHT = 1240, 1754
"""Dots of the page, A4 upright at 150 dots an inch."""
MARGIN, GAP = 110, 26
SIGNS = ("paper_name", "paper_sign", "paper_guardian", "paper_day")
"""What is written by hand below the text."""
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(
    Qt.TextFlag.TextWordWrap
)


def consent_picture(text: ConsentText, say: Say, *, mark: str) -> QImage:
    """The page as a picture."""
    load_fonts()
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    _draw(painter, text, say, mark=mark)
    painter.end()
    return image


def keep_consent_pdf(text: ConsentText, say: Say, folder: Path, *, mark: str) -> str:
    """The page as a PDF among the slips; answers its name. Nobody is named in it.

    :raises FileNotWritten: it cannot be written.
    """
    path = folder / f"{text.version}-{text.lang}.pdf"
    _, painter = begin_a4(path, WIDTH)
    _draw(painter, text, say, mark=mark)
    painter.end()
    return str(path)


def _draw(painter: QPainter, text: ConsentText, say: Say, *, mark: str) -> None:
    painter.setPen(QColor("#000000"))
    painter.setFont(letters(40, strong=True))
    top = MARGIN
    box = QRect(MARGIN, top, WIDTH - 2 * MARGIN, 60)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), text.title)
    top += 60 + 2 * GAP
    for head, words in text.items:
        painter.setFont(letters(26))
        told = say("person.item", a=head, b=words)
        room = QRect(MARGIN, top, WIDTH - 2 * MARGIN, HEIGHT - top)
        top = painter.drawText(room, _WRAPPED, told).bottom() + GAP
    _sign_lines(painter, top + 2 * GAP, say)
    painter.setFont(letters(20))
    foot = QRect(MARGIN, HEIGHT - MARGIN, WIDTH - 2 * MARGIN, 40)
    shown = say("person.paper_version", version=text.version)
    painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft), shown)
    stamp(painter, mark, say, WIDTH, HEIGHT)


def _sign_lines(painter: QPainter, top: int, say: Say) -> None:
    """Two abreast, each with a rule to write on."""
    painter.setFont(letters(26))
    half = (WIDTH - 2 * MARGIN - 60) // 2
    for place, name in enumerate(SIGNS):
        left = MARGIN + place % 2 * (half + 60)
        line = top + 70 + place // 2 * 120
        words = say(f"person.{name}")
        taken = painter.fontMetrics().horizontalAdvance(words) + 14
        painter.drawText(left, line, words)
        painter.drawLine(left + taken, line + 6, left + half, line + 6)
