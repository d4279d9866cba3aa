"""The slip: a receipt becomes rows, rows become a picture or a PDF of 80 mm width.

A slip of practice or of a test can never be taken for a real one: it says so in words at the top
and at the bottom and across the whole paper.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF, QPoint, QRect, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)

from app.domain.clock import shop_time
from app.errors import FileNotWritten
from ui.theme import FONT_FAMILY, load_fonts

if TYPE_CHECKING:
    from pathlib import Path

    from app.use_cases.views import Receipt, ReceiptLine

Say = Callable[..., str]
WIDTH = 576
"""Dots of an 80 mm printer at 203 dots an inch (72 mm printable)."""
PAPER_MM = 80.0
_MARGIN = 8
_DOTS_PER_MM = 8


@dataclass(frozen=True, slots=True)
class SlipRow:
    """One row: text on the left, maybe an amount on the right."""

    left: str = ""
    right: str = ""
    kind: str = "plain"
    """plain, small, strong, title, big or rule."""


def slip_rows(receipt: Receipt, say: Say) -> list[SlipRow]:
    """Everything that stands on the slip, from top to bottom (policy 3.4, 3.5)."""
    rows = [SlipRow(receipt.shop_name, kind="title")]
    if receipt.mark:
        rows.append(SlipRow(say(f"receipt.mark_{receipt.mark}"), kind="title"))
    if receipt.reprint:
        rows.append(SlipRow(say("receipt.reprint"), kind="strong"))
    if receipt.state != "done":
        rows.append(SlipRow(say(f"receipt.state_{receipt.state}"), kind="strong"))
    rows += [
        SlipRow(say("receipt.institution"), receipt.institution_code, "small"),
        SlipRow(say("receipt.number"), receipt.receipt_no),
        SlipRow(say("receipt.at"), f"{shop_time(receipt.at):%Y-%m-%d %H:%M:%S}", "small"),
        SlipRow(say("receipt.till", till=receipt.till), receipt.cashier, "small"),
    ]
    if receipt.patient:
        rows.append(SlipRow(say("receipt.patient"), receipt.patient))
    if receipt.rx_no:
        rows.append(SlipRow(say("receipt.rx"), receipt.rx_no, "small"))
    if receipt.reviewer:
        rows.append(SlipRow(say("receipt.reviewer"), receipt.reviewer, "small"))
    rows.append(SlipRow(kind="rule"))
    for line in receipt.lines:
        rows += _line_rows(line, say)
    rows.append(SlipRow(kind="rule"))
    rows.append(SlipRow(say("payment.total"), str(receipt.total), "strong"))
    rows += [SlipRow(say(f"receipt.tender_{t.kind.value}"), str(t.amount)) for t in receipt.tenders]
    if receipt.given:
        rows.append(SlipRow(say("payment.given"), str(receipt.given)))
        rows.append(SlipRow(say("payment.change"), str(receipt.change), "strong"))
    rows += _settlement_rows(receipt, say)
    rows.append(SlipRow(kind="rule"))
    rows.append(SlipRow(say("receipt.thanks"), kind="small"))
    if receipt.mark:
        rows.append(SlipRow(say(f"receipt.mark_{receipt.mark}"), kind="title"))
    return rows


def _line_rows(line: ReceiptLine, say: Say) -> list[SlipRow]:
    rows = [
        SlipRow(f"{line.name} {line.spec}", kind="strong"),
        SlipRow(f"{line.price.plain()} × {line.quantity.plain()} {line.unit}", str(line.amount)),
    ]
    if line.maker:
        rows.append(SlipRow(line.maker, kind="small"))
    if line.batch:
        expiry = f"{line.expiry:%Y-%m-%d}" if line.expiry else "—"
        rows.append(SlipRow(say("receipt.batch", batch=line.batch, expiry=expiry), kind="small"))
    rows += [SlipRow(say("receipt.code", code=code), kind="small") for code in line.trace_codes]
    return rows


def _settlement_rows(receipt: Receipt, say: Say) -> list[SlipRow]:
    rows: list[SlipRow] = []
    for one in receipt.settlements:
        rows.append(SlipRow(kind="rule"))
        rows.append(SlipRow(say(f"payment.type_{one.settlement_type}"), one.setl_id, "small"))
        if one.mode == "portal_assisted":
            rows.append(SlipRow(say("portal.slip"), kind="strong"))
        split = one.split
        if split is None:
            continue
        shown = (("fund", split.fund), ("account", split.account), ("cash", split.cash))
        rows += [SlipRow(say(f"receipt.split_{name}"), str(sum_), "small") for name, sum_ in shown]
        if split.balance_after is not None:
            rows.append(SlipRow(say("receipt.balance_after"), str(split.balance_after), "small"))
    return rows


_SIZES = {"plain": 22, "small": 19, "strong": 23, "title": 32, "big": 40, "rule": 10}


def _font(kind: str) -> QFont:
    font = QFont([FONT_FAMILY, "Noto Sans CJK SC", "Microsoft YaHei", "sans"])
    font.setPixelSize(_SIZES[kind])
    font.setFeature(QFont.Tag("tnum"), 1)
    if kind in ("strong", "title", "big"):
        font.setWeight(QFont.Weight.DemiBold)
    return font


def _row_height(row: SlipRow) -> int:
    if row.kind == "rule":
        return 16
    metrics = QFontMetrics(_font(row.kind))
    beside = metrics.horizontalAdvance(row.right) + 12 if row.right and row.left else 0
    room = WIDTH - 2 * _MARGIN - beside
    flags = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)
    box = metrics.boundingRect(QRect(0, 0, room, 10_000), flags, row.left)
    return max(box.height(), metrics.height()) + 4


def _draw_row(painter: QPainter, row: SlipRow, top: int, height: int) -> None:
    if row.kind == "rule":
        pen = painter.pen()
        painter.setPen(Qt.PenStyle.DashLine)
        painter.drawLine(_MARGIN, top + height // 2, WIDTH - _MARGIN, top + height // 2)
        painter.setPen(pen)
        return
    font = _font(row.kind)
    painter.setFont(font)
    box = QRect(_MARGIN, top, WIDTH - 2 * _MARGIN, height)
    wrap = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)
    if row.kind == "title":
        painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter) | wrap, row.left)
        return
    if row.right:
        painter.drawText(box, int(Qt.AlignmentFlag.AlignRight), row.right)
        box.setWidth(box.width() - QFontMetrics(font).horizontalAdvance(row.right) - 12)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft) | wrap, row.left)


def _draw(painter: QPainter, rows: list[SlipRow], heights: list[int], watermark: str) -> None:
    top = _MARGIN
    painter.setPen(QColor("#000000"))
    for row, height in zip(rows, heights, strict=True):
        _draw_row(painter, row, top, height)
        top += height
    if watermark:
        _stamp(painter, watermark, top)


def _stamp(painter: QPainter, words: str, height: int) -> None:
    """The same words across the paper again and again: no part of it can be cut out clean."""
    painter.save()
    font = _font("title")
    font.setPixelSize(64)
    painter.setFont(font)
    painter.setPen(QColor(0, 0, 0, 56))
    for centre in range(120, height + 120, 240):
        painter.save()
        painter.translate(QPoint(WIDTH // 2, centre))
        painter.rotate(-28)
        painter.drawText(
            QRect(-WIDTH, -60, 2 * WIDTH, 120), int(Qt.AlignmentFlag.AlignCenter), words
        )
        painter.restore()
    painter.restore()


def _split_wide(rows: list[SlipRow]) -> list[SlipRow]:
    """A row whose two sides do not fit beside each other becomes two rows."""
    fitting: list[SlipRow] = []
    for row in rows:
        metrics = QFontMetrics(_font(row.kind))
        wide = metrics.horizontalAdvance(row.left) + metrics.horizontalAdvance(row.right) + 12
        if row.right and wide > WIDTH - 2 * _MARGIN:
            fitting += [SlipRow(row.left, kind=row.kind), SlipRow("", row.right, row.kind)]
        else:
            fitting.append(row)
    return fitting


def _measured(receipt: Receipt, say: Say) -> tuple[list[SlipRow], list[int], str]:
    load_fonts()
    rows = _split_wide(slip_rows(receipt, say))
    heights = [_row_height(row) for row in rows]
    words = say(f"receipt.watermark_{receipt.mark}") if receipt.mark else ""
    return rows, heights, f"{words}   {words}".strip()


def slip_picture(receipt: Receipt, say: Say) -> QImage:
    """The slip as a picture, black on white."""
    rows, heights, watermark = _measured(receipt, say)
    image = QImage(WIDTH, sum(heights) + 2 * _MARGIN + 24, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    _draw(painter, rows, heights, watermark)
    painter.end()
    return image


def save_slip_pdf(receipt: Receipt, say: Say, path: Path) -> None:
    """The slip as a PDF of one page, 80 mm wide.

    :raises FileNotWritten: it cannot be written.
    """
    rows, heights, watermark = _measured(receipt, say)
    height_mm = (sum(heights) + 2 * _MARGIN + 24) / _DOTS_PER_MM
    writer = QPdfWriter(str(path))
    writer.setTitle(receipt.receipt_no)
    size = QPageSize(QSizeF(PAPER_MM, max(height_mm, PAPER_MM + 1)), QPageSize.Unit.Millimeter)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(4, 0, 4, 0)))
    writer.setResolution(300)
    painter = QPainter()
    if not painter.begin(writer):
        raise FileNotWritten(file=path.name)
    scale = writer.width() / WIDTH
    painter.scale(scale, scale)
    _draw(painter, rows, heights, watermark)
    painter.end()
