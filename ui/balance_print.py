"""The balance table on paper: A4 across, n/N, quantity over money, what does not agree in red."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

from app.domain.balance import Flow, Heading
from app.domain.clock import shop_time
from app.domain.money import Money, Quantity
from ui.a4 import begin_a4, letters, shop_line, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from app.use_cases.balance import BalanceLine, BalanceTable

    Say = Callable[..., str]

WIDTH, HEIGHT = 1754, 1240
"""Dots of the page, A4 across at 150 dots an inch."""
MARGIN, HEAD, TITLES, ROW, FOOT = 44, 112, 54, 58, 30
NAME, UNIT, FIGURE = 308, 50, 93
ROWS_A_PAGE = (HEIGHT - 2 * MARGIN - HEAD - TITLES - FOOT) // ROW
_TAIL = 2
"""Rows that the last page keeps free: the totals and the signatures."""
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_MIDDLE = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
_BLACK, _GREY, _RED = QColor("#000000"), QColor("#555555"), QColor("#B3261E")


def save_balance_pdf(
    table: BalanceTable, shop: str, mark: str, now: datetime, say: Say, path: Path
) -> int:
    """The table as a PDF; answers how many pages. :raises FileNotWritten: it cannot be written."""
    writer, painter = begin_a4(path, WIDTH, across=True)
    lines = table.lines
    pages = [lines[at : at + ROWS_A_PAGE] for at in range(0, len(lines), ROWS_A_PAGE)] or [lines]
    if len(pages[-1]) > ROWS_A_PAGE - _TAIL:
        pages.append(())
    for number, part in enumerate(pages):
        if number:
            writer.newPage()
        _head(painter, table, shop_line(shop, mark, say), say)
        _titles(painter, say)
        _rows(painter, part, number * ROWS_A_PAGE, say)
        if number == len(pages) - 1:
            _tail(painter, MARGIN + HEAD + TITLES + len(part) * ROW, table, say)
        _foot(painter, say("balance.page", page=number + 1, pages=len(pages)),
              say("balance.made", at=f"{shop_time(now):%Y-%m-%d %H:%M}"))  # fmt: skip
        stamp(painter, mark, say, WIDTH, HEIGHT)
    painter.end()
    return len(pages)


def _head(painter: QPainter, table: BalanceTable, shop: str, say: Say) -> None:
    painter.setPen(_BLACK)
    box = QRect(MARGIN, MARGIN, WIDTH - 2 * MARGIN, 50)
    painter.setFont(letters(36, strong=True))
    title = "balance.title_lots" if table.by_lot else "balance.title"
    painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), say(title))
    painter.setFont(letters(22))
    below = box.translated(0, 62)
    period = say("balance.period", first=f"{table.period.first}", last=f"{table.period.last}")
    painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft), f"{shop}   {period}")
    painter.drawText(
        below, int(Qt.AlignmentFlag.AlignRight), say("balance.rows", rows=len(table.lines))
    )


def _titles(painter: QPainter, say: Say) -> None:
    painter.setFont(letters(18, strong=True))
    names = [say("balance.column_name"), say("balance.column_unit"), say("balance.opening")]
    names += [say(f"balance.heading_{heading.value}") for heading in Heading]
    names += [say("balance.closing")]
    left = MARGIN
    for at, name in enumerate(names):
        frame = QRect(left, MARGIN + HEAD, _width(at), TITLES)
        painter.setPen(_BLACK)
        painter.drawRect(frame)
        painter.drawText(frame.adjusted(2, 1, -2, -1), _MIDDLE, name)
        left += _width(at)


def _width(column: int) -> int:
    return (NAME, UNIT)[column] if column < 2 else FIGURE


def _rows(painter: QPainter, lines: Sequence[BalanceLine], before: int, say: Say) -> None:
    top = MARGIN + HEAD + TITLES
    for number, line in enumerate(lines, before + 1):
        _row(painter, top, number, line, say)
        top += ROW


def _row(painter: QPainter, top: int, number: int, line: BalanceLine, say: Say) -> None:
    painter.setPen(_BLACK)
    painter.setFont(letters(18))
    name = QRect(MARGIN, top, NAME, ROW)
    painter.drawRect(name)
    batch = f"  {say('balance.batch', batch=line.batch or '—')}" if line.balance.lot_id else ""
    fits, half = painter.fontMetrics(), ROW // 2
    for text, box in (
        (f"{number}. {line.name} {line.spec}{batch}", name.adjusted(6, 1, -4, -half)),
        (line.maker, name.adjusted(6, half, -4, -1)),
    ):
        cut = fits.elidedText(text, Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box, _LEFT, cut)
    unit = QRect(MARGIN + NAME, top, UNIT, ROW)
    painter.drawRect(unit)
    painter.drawText(unit, _MIDDLE, line.unit)
    left = MARGIN + NAME + UNIT
    _figure(painter, left, top, line.balance.opening.plain(), "", _BLACK)
    for heading in Heading:
        left += FIGURE
        flow = line.balance.flow(heading).shown(heading)
        _figure(painter, left, top, _packs(flow), money_of(flow), _BLACK)
    bad = line.odd
    waits = say("balance.open_uploads", count=line.open_uploads) if line.open_uploads else ""
    closing = line.balance.closing
    colour = _RED if bad else _BLACK
    below = waits or cost_of([line])
    _figure(painter, left + FIGURE, top, closing.plain(), below, colour)


def _tail(painter: QPainter, top: int, table: BalanceTable, say: Say) -> None:
    """Money in all, for packs of several drugs are no sum; and who answers for the table."""
    painter.setPen(_BLACK)
    painter.setFont(letters(19, strong=True))
    name = QRect(MARGIN, top, NAME + UNIT, ROW)
    painter.drawRect(name)
    painter.drawText(name.adjusted(6, 1, -4, -1), _LEFT, say("balance.total"))
    left = MARGIN + NAME + UNIT
    _figure(painter, left, top, "", "", _BLACK)
    for heading in Heading:
        left += FIGURE
        _figure(painter, left, top, money_of(table.total(heading).shown(heading)), "", _BLACK)
    _figure(painter, left + FIGURE, top, cost_of(table.lines), "", _BLACK)
    painter.setFont(letters(20))
    line = QRect(MARGIN, top + ROW, WIDTH - 2 * MARGIN, ROW)
    painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom),
                     say("balance.signs"))  # fmt: skip


def cost_of(lines: Sequence[BalanceLine]) -> str:
    """What the closing stock cost in all; ``?`` where some of it is not known, ``—`` where none."""
    there = [line.cost for line in lines if line.balance.closing > Quantity(0)]
    known = [cost for cost in there if cost is not None]
    return money_of(Flow(amount=sum(known, Money(0)), unknown=len(there) - len(known)))


def _packs(flow: Flow) -> str:
    return flow.quantity.plain() if flow.quantity or flow.amount or flow.unknown else ""


def money_of(flow: Flow) -> str:
    """An amount; ``12.50?`` where a part of it is not known, ``—`` where nothing is."""
    if not _packs(flow):
        return ""
    if flow.unknown and not flow.amount:
        return "—"
    return f"{flow.amount}?" if flow.unknown else str(flow.amount)


def _figure(painter: QPainter, left: int, top: int, above: str, below: str, colour: QColor) -> None:
    frame = QRect(left, top, FIGURE, ROW)
    painter.setPen(_BLACK)
    painter.drawRect(frame)
    painter.setPen(colour)
    painter.setFont(letters(19))
    half = ROW // 2
    upper = frame.adjusted(2, 1, -4, -half) if below else frame.adjusted(2, 1, -4, -1)
    painter.drawText(upper, _RIGHT, above)
    if below:
        painter.setPen(colour if colour is _RED else _GREY)
        painter.setFont(letters(15))
        painter.drawText(frame.adjusted(2, half, -4, -1), _RIGHT, below)


def _foot(painter: QPainter, page: str, made: str) -> None:
    painter.setPen(_BLACK)
    painter.setFont(letters(18))
    box = QRect(MARGIN, HEIGHT - MARGIN - FOOT + 4, WIDTH - 2 * MARGIN, FOOT)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignRight), page)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft), made)
