"""Papers of A4 as PDF: how each begins, its letters, and what marks those that are not real."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QPageLayout, QPageSize, QPainter, QPdfWriter

from app.errors import FileNotWritten
from ui.theme import FONT_FAMILY, load_fonts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Say = Callable[..., str]


def private(path: Path) -> Path:
    """A file that this user alone reads, from before its first byte; its folder is made too.

    Papers name persons, and some show faces and signatures.
    :raises FileNotWritten: it cannot be made.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
    except OSError:
        raise FileNotWritten(file=path.name) from None
    return path


def begin_a4(path: Path, dots: int, *, across: bool = False) -> tuple[QPdfWriter, QPainter]:
    """A sheet to draw on, ``dots`` wide whatever the printer; ``across`` = landscape.

    :raises FileNotWritten: it cannot be written.
    """
    load_fonts()
    writer = QPdfWriter(str(private(path)))
    turned = QPageLayout.Orientation
    way = turned.Landscape if across else turned.Portrait
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.A4), way, QMarginsF(0, 0, 0, 0))
    )
    writer.setResolution(300)
    writer.setTitle(path.stem)
    painter = QPainter()
    if not painter.begin(writer):
        raise FileNotWritten(file=path.name)
    scale = writer.width() / dots
    painter.scale(scale, scale)
    return writer, painter


def letters(size: int, *, strong: bool = False) -> QFont:
    """The bundled type with figures of one width; ``size`` in dots."""
    font = QFont([FONT_FAMILY, "Noto Sans CJK SC", "Microsoft YaHei", "sans"])
    font.setPixelSize(size)
    font.setFeature(QFont.Tag("tnum"), 1)
    if strong:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def shop_line(shop: str, mark: str, say: Say) -> str:
    """The shop as a sheet's head names it, and what the sheet is where it is none of a real one.

    ``mark``: of ``ShopFacts.mark``; empty = a real paper.
    """
    return f"{shop}  {say(f'receipt.mark_{mark}')}" if mark else shop


def stamp(painter: QPainter, mark: str, say: Say, width: int, height: int) -> None:
    """Across the paper: a sheet of practice or of a test can never be taken for a real one.

    A real paper (no mark) gets none.
    """
    if not mark:
        return
    words = say(f"receipt.watermark_{mark}")
    painter.save()
    painter.setFont(letters(110, strong=True))
    painter.setPen(QColor(0, 0, 0, 40))
    painter.translate(width // 2, height // 2)
    painter.rotate(-24 if width > height else -50)
    long = max(width, height)
    box = QRect(-long, -500, 2 * long, 1000)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), f"{words}      {words}")
    painter.restore()
