"""Papers of goods as PDF: 收货验收单, 购进退出单, 调拨单, 采购单; A4 across, page n of N."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

from app.domain.clock import shop_time
from ui.a4 import begin_a4, letters, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from app.use_cases.goods_paper import GoodsPaper, PaperLine
    from app.use_cases.orders import OrderShown
    from ui.screens.receiving.goods_model import Papers
    from ui.screens.session import Session

    Say = Callable[..., str]

WIDTH, HEIGHT = 1754, 1240
"""Dots of the page, A4 across at 150 dots an inch."""
MARGIN, HEAD, ROW, FOOT = 60, 190, 58, 90
COLUMNS = (
    ("no", 60), ("drug", 400), ("maker", 290), ("approval", 240), ("batch", 160), ("made", 140),
    ("expires", 140), ("quantity", 104), ("amount", 100),
)  # fmt: skip
"""What must stand on it (policy 3.4), with the width of its column."""
ROWS_A_PAGE = (HEIGHT - 2 * MARGIN - HEAD - ROW - FOOT) // ROW
_TEXT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(
    Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper ready to be drawn."""

    title: str
    told: tuple[str, ...]
    """Lines under the title."""
    rows: tuple[tuple[str, ...], ...]
    """In the order of :data:`COLUMNS`."""
    total: str
    signs: tuple[str, ...]
    """Who signs where."""


def sheet_of(paper: GoodsPaper, shop: str, say: Say) -> Sheet:
    """A posted document's paper."""
    document = paper.document
    party = f"{paper.party} {paper.party_code}".strip()
    at = f"{shop_time(document.at):%Y-%m-%d %H:%M}"
    told = [
        say("goods_paper.shop", shop=shop, number=document.number, at=at),
        say(f"goods_paper.party_{document.kind.value}", party=party),
    ]
    if paper.note_no:
        told.append(say("goods_paper.note_no", number=paper.note_no))
    if document.reason:
        told.append(say("goods_paper.reason", reason=say(f"receiving.send_{document.reason}")))
    rows = tuple(_row(at, one) for at, one in enumerate(paper.lines, 1))
    people = tuple(each for each in (paper.staff, paper.second) if each)
    return Sheet(
        say(f"goods_paper.title_{document.kind.value}"),
        tuple(told),
        rows,
        say("goods_paper.total", lines=len(rows), amount=str(paper.total)),
        (say("goods_paper.made_by", name=say("list.comma").join(people)),
         say("goods_paper.checked_by"), say("goods_paper.taken_by")),
    )  # fmt: skip


def order_sheet(shown: OrderShown, shop: str, say: Say) -> Sheet:
    """A purchase order's paper."""
    order = shown.order
    rows = tuple(
        (str(at), f"{drug.display_name} {drug.spec}", drug.manufacturer, drug.approval_no, "", "",
         "", f"{line.quantity.plain()} {drug.pack_unit}",
         str(line.price.times(line.quantity)) if line.price is not None else "")
        for at, (line, drug) in enumerate(zip(order.lines, shown.drugs, strict=True), 1)
    )  # fmt: skip
    at = f"{shop_time(order.at):%Y-%m-%d %H:%M}"
    return Sheet(
        say("goods_paper.title_order"),
        (say("goods_paper.shop", shop=shop, number=order.number, at=at),
         say("goods_paper.party_order", party=shown.supplier.name)),
        rows,
        say("goods_paper.total", lines=len(rows), amount=str(order.total)),
        (say("goods_paper.ordered_by"), say("goods_paper.checked_by")),
    )  # fmt: skip


def _row(at: int, one: PaperLine) -> tuple[str, ...]:
    drug, lot = one.medicine, one.lot
    return (
        str(at), f"{drug.display_name} {drug.spec}", drug.manufacturer, drug.approval_no,
        lot.batch or "—", lot.made_on.isoformat() if lot.made_on else "—",
        lot.expires_on.isoformat() if lot.expires_on else "—",
        f"{one.quantity.plain()} {drug.pack_unit}", str(one.amount) if one.amount else "—",
    )  # fmt: skip


def goods_papers(session: Session, home: Path) -> Papers:
    """Papers under ``home``/papers, each by its number."""
    from ui.screens.receiving.goods_model import Papers
    from ui.table_export import export_table

    facts, say = session.shop.facts, session.say

    def save(sheet: Sheet, number: str) -> Path:
        path = home / "papers" / f"{number}.pdf"
        save_goods_pdf(sheet, facts.mark, say, path)
        return path

    return Papers(
        lambda paper: save(sheet_of(paper, facts.shop_name, say), paper.document.number),
        lambda shown: save(order_sheet(shown, facts.shop_name, say), shown.order.number),
        partial(export_table, home),
    )


def save_goods_pdf(sheet: Sheet, mark: str, say: Say, path: Path) -> None:
    """Draw it; :raises FileNotWritten: it cannot be written."""
    writer, painter = begin_a4(path, WIDTH, across=True)
    pages = [sheet.rows[at : at + ROWS_A_PAGE] for at in range(0, len(sheet.rows), ROWS_A_PAGE)]
    pages = pages or [()]
    for number, part in enumerate(pages, 1):
        if number > 1:
            writer.newPage()
        _head(painter, sheet, say("goods_paper.page", page=number, pages=len(pages)))
        _table(painter, part, say)
        _foot(painter, sheet, last=number == len(pages))
        stamp(painter, mark, say, WIDTH, HEIGHT)
    painter.end()


def _head(painter: QPainter, sheet: Sheet, place: str) -> None:
    painter.setPen(QColor("#000000"))
    box = QRect(MARGIN, MARGIN, WIDTH - 2 * MARGIN, 60)
    painter.setFont(letters(38, strong=True))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), sheet.title)
    painter.setFont(letters(24))
    painter.drawText(box.translated(0, 66), int(Qt.AlignmentFlag.AlignRight), place)
    painter.drawText(box.translated(0, 66), int(Qt.AlignmentFlag.AlignLeft), sheet.told[0])
    below = "　　".join(sheet.told[1:])
    painter.drawText(box.translated(0, 112), int(Qt.AlignmentFlag.AlignLeft), below)


def _table(painter: QPainter, rows: Sequence[Sequence[str]], say: Say) -> None:
    painter.setFont(letters(22, strong=True))
    top = MARGIN + HEAD
    _line(painter, top, tuple(say(f"goods_paper.column_{name}") for name, _ in COLUMNS))
    painter.setFont(letters(21))
    for cells in rows:
        top += ROW
        _line(painter, top, cells)


def _line(painter: QPainter, top: int, cells: Sequence[str]) -> None:
    left = MARGIN
    for (_, width), text in zip(COLUMNS, cells, strict=True):
        frame = QRect(left, top, width, ROW)
        painter.drawRect(frame)
        painter.drawText(frame.adjusted(8, 2, -6, -2), _TEXT, text)
        left += width


def _foot(painter: QPainter, sheet: Sheet, *, last: bool) -> None:
    top = HEIGHT - MARGIN - FOOT
    painter.setFont(letters(24))
    box = QRect(MARGIN, top + 10, WIDTH - 2 * MARGIN, 34)
    if last:
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft), sheet.total)
    share = box.width() // len(sheet.signs)
    for at, words in enumerate(sheet.signs):
        place = QRect(MARGIN + at * share, top + 52, share, 34)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft), words)
