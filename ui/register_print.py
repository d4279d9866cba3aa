"""The register of drugs with ephedrine on paper: a table, A4 across, as many pages as it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

from app.domain.clock import shop_time
from ui.a4 import begin_a4, letters, shop_line, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from app.use_cases.ephedrine_register import EphedrineRow

    Say = Callable[..., str]

WIDTH, HEIGHT = 1754, 1240
"""Dots of the page, A4 across at 150 dots an inch."""
MARGIN, HEAD, ROW = 60, 150, 66
COLUMNS = (
    ("at", 130), ("receipt", 210), ("drug", 320), ("maker", 210), ("batch", 120), ("quantity", 110),
    ("buyer", 130), ("cert", 240), ("rx", 54), ("cashier", 110),
)  # fmt: skip
"""What must stand in it (policy 3.3), with the width of its column."""
_TEXT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(
    Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
)
ROWS_A_PAGE = (HEIGHT - 2 * MARGIN - HEAD - ROW) // ROW


def cells_of(row: EphedrineRow, say: Say) -> tuple[str, ...]:
    """The texts of one line, in the order of :data:`COLUMNS`."""
    mark = say(f"ephedrine.mark_{row.mark}") if row.mark else ""
    return (
        f"{shop_time(row.at):%Y-%m-%d\n%H:%M}",
        row.receipt_no,
        f"{row.name} {row.spec}",
        row.maker,
        row.batch or "—",
        " ".join(part for part in (f"{row.quantity.plain()} {row.unit}", mark) if part),
        row.buyer or say("ephedrine.nobody"),
        row.cert_no or "—",
        say("ephedrine.yes") if row.prescription else "",
        row.cashier,
    )


def save_register_pdf(
    rows: Sequence[EphedrineRow],
    period: tuple[date, date],
    shop: str,
    mark: str,
    say: Say,
    path: Path,
) -> None:
    """The register of a period as a PDF.

    :raises FileNotWritten: it cannot be written.
    """
    writer, painter = begin_a4(path, WIDTH, across=True)
    pages = [rows[at : at + ROWS_A_PAGE] for at in range(0, len(rows), ROWS_A_PAGE)] or [rows]
    for number, part in enumerate(pages):
        if number:
            writer.newPage()
        place = say("ephedrine.page", page=number + 1, pages=len(pages))
        _head(painter, period, shop_line(shop, mark, say), place,
              say)  # fmt: skip
        _table(painter, part, say)
        stamp(painter, mark, say, WIDTH, HEIGHT)
    painter.end()


def _head(painter: QPainter, period: tuple[date, date], shop: str, place: str, say: Say) -> None:
    painter.setPen(QColor("#000000"))
    box = QRect(MARGIN, MARGIN, WIDTH - 2 * MARGIN, 60)
    painter.setFont(letters(38, strong=True))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), say("ephedrine.title"))
    painter.setFont(letters(24))
    below = box.translated(0, 70)
    told = say("ephedrine.period", first=f"{period[0]}", last=f"{period[1]}", shop=shop)
    painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft), told)
    painter.drawText(below, int(Qt.AlignmentFlag.AlignRight), place)


def _table(painter: QPainter, rows: Sequence[EphedrineRow], say: Say) -> None:
    painter.setFont(letters(22, strong=True))
    top = MARGIN + HEAD
    _line(painter, top, tuple(say(f"ephedrine.column_{name}") for name, _ in COLUMNS))
    painter.setFont(letters(21))
    for row in rows:
        top += ROW
        _line(painter, top, cells_of(row, say))


def _line(painter: QPainter, top: int, cells: Sequence[str]) -> None:
    left = MARGIN
    for (_, width), text in zip(COLUMNS, cells, strict=True):
        frame = QRect(left, top, width, ROW)
        painter.drawRect(frame)
        painter.drawText(frame.adjusted(8, 2, -6, -2), _TEXT, text)
        left += width
