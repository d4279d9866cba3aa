"""A consent on paper: the text with its version, and lines to sign on, one A4 page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF, QRect, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)

from app.errors import FileNotWritten
from ui.theme import FONT_FAMILY, load_fonts

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


def consent_picture(text: ConsentText, say: Say, *, practice: bool) -> QImage:
    """The page as a picture."""
    load_fonts()
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    _draw(painter, text, say, practice=practice)
    painter.end()
    return image


def keep_consent_pdf(text: ConsentText, say: Say, folder: Path, *, practice: bool) -> str:
    """The page as a PDF among the slips; answers its name. Nobody is named in it.

    :raises FileNotWritten: it cannot be written.
    """
    load_fonts()
    path = folder / f"{text.version}-{text.lang}.pdf"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise FileNotWritten(file=path.name) from None
    writer = QPdfWriter(str(path))
    size, upright = QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait
    writer.setPageLayout(QPageLayout(size, upright, QMarginsF(0, 0, 0, 0)))
    writer.setResolution(300)
    writer.setTitle(path.stem)
    painter = QPainter()
    if not painter.begin(writer):
        raise FileNotWritten(file=path.name)
    scale = writer.width() / WIDTH
    painter.scale(scale, scale)
    _draw(painter, text, say, practice=practice)
    painter.end()
    return str(path)


def _draw(painter: QPainter, text: ConsentText, say: Say, *, practice: bool) -> None:
    painter.setPen(QColor("#000000"))
    _font(painter, 40, strong=True)
    top = MARGIN
    box = QRect(MARGIN, top, WIDTH - 2 * MARGIN, 60)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), text.title)
    top += 60 + 2 * GAP
    for head, words in text.items:
        _font(painter, 26)
        told = say("person.item", a=head, b=words)
        room = QRect(MARGIN, top, WIDTH - 2 * MARGIN, HEIGHT - top)
        top = painter.drawText(room, _WRAPPED, told).bottom() + GAP
    _sign_lines(painter, top + 2 * GAP, say)
    _font(painter, 20)
    foot = QRect(MARGIN, HEIGHT - MARGIN, WIDTH - 2 * MARGIN, 40)
    shown = say("person.paper_version", version=text.version)
    painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft), shown)
    if practice:
        _stamp(painter, say("receipt.watermark"))


def _sign_lines(painter: QPainter, top: int, say: Say) -> None:
    """Two abreast, each with a rule to write on."""
    _font(painter, 26)
    half = (WIDTH - 2 * MARGIN - 60) // 2
    for place, name in enumerate(SIGNS):
        left = MARGIN + place % 2 * (half + 60)
        line = top + 70 + place // 2 * 120
        words = say(f"person.{name}")
        taken = painter.fontMetrics().horizontalAdvance(words) + 14
        painter.drawText(left, line, words)
        painter.drawLine(left + taken, line + 6, left + half, line + 6)


def _font(painter: QPainter, size: int, *, strong: bool = False) -> None:
    font = QFont([FONT_FAMILY, "Noto Sans CJK SC", "Microsoft YaHei", "sans"])
    font.setPixelSize(size)
    if strong:
        font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)


def _stamp(painter: QPainter, words: str) -> None:
    """Across the paper: a practice sheet can never be taken for a real one."""
    painter.save()
    _font(painter, 110, strong=True)
    painter.setPen(QColor(0, 0, 0, 40))
    painter.translate(WIDTH // 2, HEIGHT // 2)
    painter.rotate(-35)
    box = QRect(-WIDTH, -500, 2 * WIDTH, 1000)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), f"{words}      {words}")
    painter.restore()
