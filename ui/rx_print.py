"""The prescription and the absence notice on paper: A5 and A4, drawn as the slip is.

A sheet of practice or of a test can never be taken for a real one: it says so at the top and
across the paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF, QRect, Qt
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
from ui.a4 import private
from ui.theme import FONT_FAMILY, load_fonts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from app.domain.rx_case import RxLine
    from app.use_cases.rx_page import RxPage

    Say = Callable[..., str]

WIDTH, HEIGHT = 1240, 1754
"""Dots of an A5 page at 212 dots an inch; a longer prescription takes more pages."""
_MARGIN = 64
_ACTS = ("review", "pick", "check")


@dataclass(frozen=True, slots=True)
class Part:
    """One block: text, kind (plain, small, strong, title, rule, gap), and what stands right."""

    text: str = ""
    kind: str = "plain"
    right: str = ""


def rx_parts(page: RxPage, say: Say) -> list[Part]:
    """Everything that stands on the sheet above the signatures, as issued (policy 3.1)."""
    from ui.screens.review.sheet_view import prescriber_words

    sheet, patient = page.sheet, page.sheet.patient
    gender = say(f"review.gender_{patient.gender if patient.gender in ('1', '2') else '0'}")
    until = f"{shop_time(sheet.expires_at):%Y-%m-%d %H:%M}" if sheet.expires_at else "—"
    age = say("review.age", age=patient.age) if patient.age else ""
    names = "；".join(f"{one.name}（{one.code}）" for one in sheet.diagnoses)
    head = [
        Part(sheet.issuer_name, "title"),
        Part(say(f"review.form_{sheet.form.value}"), "centre"),
        Part(
            say("review.print_number", number=sheet.number), "small", say("review.until", at=until)
        ),
        Part(say("review.issued_at", at=f"{shop_time(sheet.issued_at):%Y-%m-%d %H:%M}"), "small"),
        Part(kind="rule"),
        Part(f"{patient.name}  {gender}  {age}", "strong", page.cert_no),
        Part(say("review.allergies", text=patient.allergies or say("review.no_allergies"))),
        Part(say("review.diagnosis", text=names or say("review.none"))),
        Part(kind="rule"),
        Part("Rp.", "heading"),
    ]
    drugs = [part for line in sheet.lines for part in _drug(line, say)]
    mark = sheet.hospital_reviewer or say("review.no_mark")
    tail = [
        Part(kind="rule"),
        Part(say("review.doctor", text=prescriber_words(sheet) or say("review.none"))),
        Part(say("review.hospital_mark", text=mark), "small"),
    ]
    if sheet.source_reason:
        tail.append(Part(say(f"review.reason_{sheet.source_reason}").strip(" ·　"), "small"))
    marked = [Part(say(f"receipt.mark_{page.mark}"), "centre")] if page.mark else []
    return [*marked, *head, *drugs, *tail]


def _drug(line: RxLine, say: Say) -> list[Part]:
    from ui.screens.review.sheet_view import usage_words

    amount = f"{line.quantity.plain()} {line.unit}"
    beside = " · ".join(part for part in (line.form, line.product_name, line.maker) if part)
    return [
        Part(f"{line.no}. {line.generic_name}  {line.spec}", "strong", amount),
        Part(f"    {usage_words(line, say)}"),
        *([Part(f"    {beside}", "small")] if beside else []),
    ]


def signature_boxes(page: RxPage, say: Say) -> list[tuple[str, list[str]]]:
    """审方, 调配, 核对: heading and lines of each box; an empty box stays empty, to be seen."""
    from ui.screens.review.certificate import certificate_rows

    boxes = []
    for name in _ACTS:
        act, lines = page.act(name), []
        if act is not None:
            at = f"{shop_time(act.at):%Y-%m-%d %H:%M:%S}" if act.at else ""
            kind = say(f"review.kind_{act.kind or 'none'}")
            lines = [f"{act.name} {act.number}", at, kind, *certificate_rows(act, say)]
            lines.append(say("review.holds" if act.holds else "review.holds_not"))
            fine = sum(yes for _, yes in act.answers)
            lines += [say("review.compared_print", count=fine)] if fine else []
        boxes.append((say(f"review.box_{name}"), lines))
    return boxes


_SIZES = {"plain": 30, "small": 25, "strong": 32, "heading": 34, "centre": 34, "title": 46}


def _font(kind: str, size: int = 0) -> QFont:
    font = QFont([FONT_FAMILY, "Noto Sans CJK SC", "Microsoft YaHei", "sans"])
    font.setPixelSize(size or _SIZES[kind])
    font.setFeature(QFont.Tag("tnum"), 1)
    if kind in ("strong", "heading", "title", "centre"):
        font.setWeight(QFont.Weight.DemiBold)
    return font


_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)


def _height(part: Part, room: int) -> int:
    if part.kind == "rule":
        return 20
    metrics = QFontMetrics(_font(part.kind))
    beside = metrics.horizontalAdvance(part.right) + 24 if part.right else 0
    box = metrics.boundingRect(QRect(0, 0, room - beside, 100_000), _WRAP, part.text)
    return max(box.height(), metrics.height()) + 6


def _draw_part(painter: QPainter, part: Part, top: int, height: int) -> None:
    if part.kind == "rule":
        painter.drawLine(_MARGIN, top + height // 2, WIDTH - _MARGIN, top + height // 2)
        return
    painter.setFont(_font(part.kind))
    box = QRect(_MARGIN, top, WIDTH - 2 * _MARGIN, height)
    if part.right:
        painter.drawText(box, int(Qt.AlignmentFlag.AlignRight), part.right)
        box.setWidth(box.width() - painter.fontMetrics().horizontalAdvance(part.right) - 24)
    middle = part.kind in ("title", "centre")
    side = Qt.AlignmentFlag.AlignHCenter if middle else Qt.AlignmentFlag.AlignLeft
    painter.drawText(box, int(side) | _WRAP, part.text)


_BOX, _CA_BOX = 264, 400
"""Height of the boxes; serial and issuer of a certificate may take two rows each."""


def _box_height(page: RxPage) -> int:
    return _CA_BOX if any(act.certificate is not None for act in page.acts) else _BOX


def _draw_boxes(painter: QPainter, page: RxPage, say: Say) -> None:
    tall = _box_height(page)
    top, width = HEIGHT - _MARGIN - tall, (WIDTH - 2 * _MARGIN) // 3
    for number, (heading, lines) in enumerate(signature_boxes(page, say)):
        frame = QRect(_MARGIN + number * width, top, width, tall)
        painter.drawRect(frame)
        inner = frame.adjusted(14, 10, -14, -10)
        painter.setFont(_font("strong"))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeft) | _WRAP, heading)
        painter.setFont(_font("small", 25))
        rest = inner.adjusted(0, 56, 0, 0)
        painter.drawText(rest, int(Qt.AlignmentFlag.AlignLeft) | _WRAP, "\n".join(lines))


def _stamp(painter: QPainter, mark: str, say: Say, width: int, height: int) -> None:
    """The same words across the paper again and again: no part of it can be cut out clean."""
    if not mark:
        return
    words = say(f"receipt.watermark_{mark}")
    painter.save()
    painter.setFont(_font("title", 88))
    painter.setPen(QColor(0, 0, 0, 40))
    for centre in range(220, height, 380):
        painter.save()
        painter.translate(width // 2, centre)
        painter.rotate(-24)
        box = QRect(-width, -80, 2 * width, 160)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), f"{words}   {words}")
        painter.restore()
    painter.restore()


def _rx_pages(page: RxPage, say: Say) -> list[list[tuple[Part, int, int]]]:
    """Parts with top and height, page by page; the boxes stand on the last one."""
    load_fonts()
    bottom = HEIGHT - _MARGIN - _box_height(page) - 20
    pages: list[list[tuple[Part, int, int]]] = [[]]
    top = _MARGIN
    for part in rx_parts(page, say):
        height = _height(part, WIDTH - 2 * _MARGIN)
        if top + height > bottom and pages[-1]:
            pages.append([])
            top = _MARGIN
        pages[-1].append((part, top, height))
        top += height
    return pages


def _draw_rx(
    painter: QPainter, page: RxPage, say: Say, parts: list[tuple[Part, int, int]], last: bool
) -> None:
    painter.setPen(QColor("#000000"))
    for part, top, height in parts:
        _draw_part(painter, part, top, height)
    if last:
        _draw_boxes(painter, page, say)
    _stamp(painter, page.mark, say, WIDTH, HEIGHT)


def rx_picture(page: RxPage, say: Say) -> QImage:
    """The first page as a picture, black on white."""
    pages = _rx_pages(page, say)
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    _draw_rx(painter, page, say, pages[0], len(pages) == 1)
    painter.end()
    return image


def save_rx_pdf(page: RxPage, say: Say, path: Path) -> None:
    """The prescription as a PDF, A5.

    :raises FileNotWritten: it cannot be written.
    """
    pages = _rx_pages(page, say)
    writer = _writer(path, QPageSize.PageSizeId.A5)
    # Its title would be shown by every viewer: the case's id names nobody.
    writer.setTitle(page.case_id)
    painter = QPainter()
    if not painter.begin(writer):
        raise FileNotWritten(file=path.name)
    scale = writer.width() / WIDTH
    painter.scale(scale, scale)
    for number, parts in enumerate(pages):
        if number:
            writer.newPage()
        _draw_rx(painter, page, say, parts, number == len(pages) - 1)
    painter.end()


def _writer(path: Path, size: QPageSize.PageSizeId) -> QPdfWriter:
    writer = QPdfWriter(str(private(path)))
    layout = QPageLayout(QPageSize(size), QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
    writer.setPageLayout(layout)
    writer.setResolution(300)
    return writer


# --- the notice on the door ----------------------------------------------------------------------

NOTICE_WIDTH, NOTICE_HEIGHT = 1240, 1754


def _draw_notice(painter: QPainter, shop: str, since: datetime | None, mark: str, say: Say) -> None:
    painter.setPen(QColor("#000000"))
    centre = int(Qt.AlignmentFlag.AlignHCenter) | _WRAP
    room = NOTICE_WIDTH - 2 * _MARGIN
    # One clause a line: a notice is read from across the street.
    words = say("notice.no_pharmacist").replace("，", "，\n")
    rows = [(words, "title", 88, 280, 600)]
    if since is not None:
        told = say("notice.since", time=f"{shop_time(since):%Y-%m-%d %H:%M}")
        rows.append((told, "plain", 52, 900, 90))
    rows += [(say("notice.otc_b"), "plain", 46, 1040, 420), (shop, "strong", 52, 1520, 90)]
    if mark:
        rows.append((say(f"notice.mark_{mark}"), "strong", 52, 110, 90))
    for text, kind, size, top, height in rows:
        painter.setFont(_font(kind, size))
        painter.drawText(QRect(_MARGIN, top, room, height), centre, text)
    _stamp(painter, mark, say, NOTICE_WIDTH, NOTICE_HEIGHT)


def save_notice_pdf(shop: str, since: datetime | None, mark: str, say: Say, path: Path) -> None:
    """The notice for the door, A4 (policy 3.1).

    :raises FileNotWritten: it cannot be written.
    """
    load_fonts()
    writer = _writer(path, QPageSize.PageSizeId.A4)
    writer.setTitle(path.stem)
    painter = QPainter()
    if not painter.begin(writer):
        raise FileNotWritten(file=path.name)
    scale = writer.width() / NOTICE_WIDTH
    painter.scale(scale, scale)
    _draw_notice(painter, shop, since, mark, say)
    painter.end()
