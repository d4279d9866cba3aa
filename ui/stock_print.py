"""Papers of the page 库存 as PDF: tables on A4 across, pages counted n/N, boxes for signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

from app.domain.clock import shop_time
from ui.a4 import begin_a4, letters, stamp
from ui.screens.stock.view_model import Files
from ui.widgets.figures import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ui.screens.session import Session
    from ui.screens.stock.sheet import Sheet, Table
    from ui.widgets.figures import Value

    Say = Callable[..., str]

WIDTH, HEIGHT = 1754, 1240
"""Dots of the page, A4 across at 150 dots an inch."""
MARGIN, ROW, FACT, SIGN = 60, 50, 36, 90
_FLAGS: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(
    Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
)


def stock_files(session: Session, folder: Path) -> Files:
    """The files of the page, in the shop's folder."""
    from ui.table_export import export_table

    facts, say = session.shop.facts, session.say

    def table(
        name: str,
        title: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[Value]],
        form: str,
    ) -> str:
        kind = "xlsx" if form == "xlsx" else "csv"
        made = export_table(folder, name, title, headings, rows, kind, session.shop.now())  # type: ignore[arg-type]
        return str(made)

    def sheet(wanted: Sheet) -> str:
        moment = shop_time(session.shop.now())
        path = folder / "lists" / f"{wanted.name}-{moment:%Y%m%d-%H%M%S}.pdf"
        save_sheet_pdf(wanted, facts.shop_name, facts.mark, say, path)
        return str(path)

    return Files(table, sheet)


@dataclass(frozen=True)
class _Page:
    """What one page holds: parts of tables, and perhaps the signatures."""

    parts: tuple[tuple[Table, int, int], ...]
    """(table, first row, row after the last)."""
    signs: bool = False


def save_sheet_pdf(sheet: Sheet, shop: str, mark: str, say: Say, path: Path) -> None:
    """The whole paper; every row of every table is on it.

    :raises FileNotWritten: it cannot be written.
    """
    writer, painter = begin_a4(path, WIDTH, across=True)
    pages = _pages(sheet)
    for number, page in enumerate(pages, 1):
        if number > 1:
            writer.newPage()
        top = _head(painter, sheet, shop, say("shelf.page", page=number, pages=len(pages)), number)
        for table, first, after in page.parts:
            top = _table(painter, table, first, after, top)
        if page.signs:
            _signs(painter, sheet.signatures, top)
        stamp(painter, mark, say, WIDTH, HEIGHT)
    painter.end()


def _top(sheet: Sheet, number: int) -> int:
    return MARGIN + 96 + (len(sheet.facts) * FACT if number == 1 else 0) + 10


def _pages(sheet: Sheet) -> list[_Page]:
    """Tables run on from page to page; a table's title never stands alone at a foot."""
    pages: list[_Page] = []
    parts: list[tuple[Table, int, int]] = []
    top = _top(sheet, 1)

    def turn() -> None:
        nonlocal top
        pages.append(_Page(tuple(parts)))
        parts.clear()
        top = _top(sheet, len(pages) + 1)

    for table in sheet.tables:
        at = 0
        while True:
            over = (FACT + 8 if table.title else 0) + ROW
            fits = (HEIGHT - MARGIN - top - over) // ROW
            if fits < min(2, len(table.rows) - at) and parts:
                turn()
                continue
            after = min(len(table.rows), at + max(1, fits))
            parts.append((table, at, after))
            top += over + (after - at) * ROW + 16
            at = after
            if at >= len(table.rows):
                break
            turn()
    if sheet.signatures and HEIGHT - MARGIN - top < SIGN:
        turn()
    return [*pages, _Page(tuple(parts), signs=bool(sheet.signatures))]


def _head(painter: QPainter, sheet: Sheet, shop: str, place: str, number: int) -> int:
    painter.setPen(QColor("#000000"))
    box = QRect(MARGIN, MARGIN, WIDTH - 2 * MARGIN, 50)
    painter.setFont(letters(36, strong=True))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), sheet.title)
    painter.setFont(letters(22))
    below = box.translated(0, 56)
    painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft), shop)
    painter.drawText(below, int(Qt.AlignmentFlag.AlignRight), place)
    if number == 1:
        for line, fact in enumerate(sheet.facts):
            where = QRect(MARGIN, MARGIN + 96 + line * FACT, WIDTH - 2 * MARGIN, FACT)
            painter.drawText(where, int(Qt.AlignmentFlag.AlignLeft), fact)
    return _top(sheet, number)


def _table(painter: QPainter, table: Table, first: int, after: int, top: int) -> int:
    if table.title:
        painter.setFont(letters(24, strong=True))
        where = QRect(MARGIN, top, WIDTH - 2 * MARGIN, FACT)
        painter.drawText(where, int(Qt.AlignmentFlag.AlignLeft), table.title)
        top += FACT + 8
    widths = _widths(table)
    painter.setFont(letters(20, strong=True))
    _line(painter, top, widths, table.headings)
    painter.setFont(letters(19))
    for row in table.rows[first:after]:
        top += ROW
        _line(painter, top, widths, [shown(value) for value in row])
    return top + ROW + 16


def _widths(table: Table) -> list[int]:
    room, whole = WIDTH - 2 * MARGIN, sum(table.widths)
    return [room * share // whole for share in table.widths]


def _line(painter: QPainter, top: int, widths: Sequence[int], cells: Sequence[str]) -> None:
    left = MARGIN
    for width, text in zip(widths, cells, strict=True):
        frame = QRect(left, top, width, ROW)
        painter.drawRect(frame)
        painter.drawText(frame.adjusted(6, 1, -4, -1), _FLAGS, text)
        left += width


def _signs(painter: QPainter, names: Sequence[str], top: int) -> None:
    painter.setFont(letters(22))
    width = (WIDTH - 2 * MARGIN) // len(names)
    for place, name in enumerate(names):
        frame = QRect(MARGIN + place * width, top, width - 20, SIGN - 20)
        painter.drawText(frame, int(Qt.AlignmentFlag.AlignLeft), name)
        painter.drawLine(frame.left(), frame.bottom(), frame.right(), frame.bottom())
