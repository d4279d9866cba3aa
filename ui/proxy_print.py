"""A proxy purchase for an inspector: everything on one page, A4, as a picture or a PDF."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QPen,
)

from app.domain.clock import shop_time
from app.domain.evidence import EvidenceKind
from ui.a4 import begin_a4, letters, stamp
from ui.theme import load_fonts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from app.domain.proxy import PurchaseList
    from app.domain.signature import PenTrace
    from app.use_cases.proxy_archive import Piece, ProxyPage

    Say = Callable[..., str]

WIDTH, HEIGHT = 1240, 1754
"""Dots of the page, A4 upright at 150 dots an inch."""
MARGIN, ROW = 70, 34
MOST_LINES = 12
"""Lines of the list; a longer one says how many more there are, for it stays one page."""
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)
_PICTURES = 430
"""Height of the frames for signature and still."""


def proxy_picture(page: ProxyPage, say: Say) -> QImage:
    """The page as a picture, black on white in every theme."""
    load_fonts()
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    _Sheet(painter, page, say).draw()
    painter.end()
    return image


def save_proxy_pdf(page: ProxyPage, say: Say, path: Path) -> None:
    """The page as a PDF of one sheet, for this user's eyes: names, a signature and faces.

    :raises FileNotWritten: it cannot be written.
    """
    _, painter = begin_a4(path, WIDTH)
    _Sheet(painter, page, say).draw()
    painter.end()


def keep_proxy_pdf(page: ProxyPage, say: Say, folder: Path) -> str:
    """The PDF in the folder of this till's papers; answers the file's name.

    :raises FileNotWritten: it cannot be written.
    """
    name = f"proxy-{shop_time(page.row.at):%Y%m%d-%H%M%S}-{page.row.proxy_id[-6:]}.pdf"
    save_proxy_pdf(page, say, folder / name)
    return name


def facts_of(page: ProxyPage, say: Say) -> list[tuple[str, str]]:
    """What stands on the page beside list and pictures: name and value, in its order."""
    row = page.row
    typed, vouched = say("proxy.typed_mark"), page.second
    proxy_kind = say(f"patient.by_{page.proxy_kind}") if page.proxy_kind else "—"
    why = [say(f"proxy.reason_{row.reason}")] if row.reason else ["—"]
    why += [say(f"proxy.proof_{page.proof}")] if page.proof else []
    told = [
        ("shop", f"{page.shop_name} {page.institution_code}"),
        ("receipt", row.receipt_no or "—"),
        ("state", say(f"proxy.state_{row.state}")),
        ("cashier", page.cashier),
        ("patient", f"{row.patient} {page.patient_number}"),
        (
            "patient_shown",
            say(f"patient.by_{page.patient_kind}") + (typed if page.patient_typed else ""),
        ),
        ("proxy", f"{row.proxy} {page.proxy_number}" if row.proxy else "—"),
        ("proxy_shown", proxy_kind + (f"{typed} {vouched}" if page.proxy_typed else "")),
        ("relation", say(f"proxy.relation_{row.relation}") if row.relation else "—"),
        ("reason", " · ".join(why)),
        ("opened_at", _when(row.at)),
        ("listed_at", _when(page.listed_at)),
        ("signed_at", _when(page.signed_at)),
        ("pictured_at", _when(page.pictured_at)),
        ("ended_at", _when(page.ended_at)),
    ]
    if page.shipping_no:
        told.append(("shipping_no", page.shipping_no))
    if page.staff_filing:
        told.append(("staff_filing", page.staff_filing))
    if row.look:
        look = say(f"proxy.look_{row.look}")
        told.append(("look", f"{look} {page.looked_by} {_when(page.looked_at)}"))
    return [(say(f"proxy.page_{name}"), value) for name, value in told]


def _when(at: datetime | None) -> str:
    return f"{shop_time(at):%Y-%m-%d %H:%M:%S}" if at is not None else "—"


class _Sheet:
    """One page from top to bottom; ``_top`` is where the next thing begins."""

    def __init__(self, painter: QPainter, page: ProxyPage, say: Say) -> None:
        self._painter, self._page, self._say = painter, page, say
        self._top = MARGIN

    def draw(self) -> None:
        """Everything."""
        self._painter.setPen(QColor("#000000"))
        self._head()
        self._facts()
        if self._page.listed is not None:
            self._list(self._page.listed)
        self._digest(self._say("proxy.page_digest"), self._page.digest or "—")
        self._pieces()
        stamp(self._painter, self._page.mark, self._say, WIDTH, HEIGHT)

    def _head(self) -> None:
        self._painter.setFont(letters(36, strong=True))
        box = QRect(MARGIN, self._top, WIDTH - 2 * MARGIN, 50)
        self._painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), self._say("proxy.page"))
        self._top += 56
        if self._page.mark:
            self._painter.setFont(letters(22, strong=True))
            below = QRect(MARGIN, self._top, WIDTH - 2 * MARGIN, 30)
            words = self._say(f"receipt.mark_{self._page.mark}")
            self._painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter), words)
            self._top += 34
        self._line()

    def _line(self) -> None:
        self._painter.drawLine(MARGIN, self._top + 4, WIDTH - MARGIN, self._top + 4)
        self._top += 14

    def _facts(self) -> None:
        """Two columns, so that everything has its place on one page."""
        half = (WIDTH - 2 * MARGIN) // 2
        for place, (name, value) in enumerate(facts_of(self._page, self._say)):
            left = MARGIN + half * (place % 2)
            self._painter.setFont(letters(20))
            self._text(QRect(left, self._top, 150, ROW), name)
            self._painter.setFont(letters(20, strong=True))
            self._text(QRect(left + 150, self._top, half - 160, ROW), value)
            if place % 2:
                self._top += ROW
        self._top += ROW
        self._line()

    def _list(self, listed: PurchaseList) -> None:
        self._painter.setFont(letters(22, strong=True))
        self._text(QRect(MARGIN, self._top, 600, ROW), self._say("proxy.page_list"))
        self._top += ROW
        self._painter.setFont(letters(20))
        for line in listed.lines[:MOST_LINES]:
            counted = f"{line.price.plain()} × {line.quantity.plain()}{line.unit}"
            self._sum(f"{line.name} {line.spec} · {line.maker}", counted, str(line.amount))
        left = len(listed.lines) - MOST_LINES
        if left > 0:
            self._sum(self._say("proxy.page_more", count=left), "", "")
        self._line()
        for part in listed.parts:
            kind = self._say(f"payment.type_{part.settlement_type}")
            paid = (("fund", part.fund), ("account", part.account), ("aid", part.mutual_aid),
                    ("cash", part.cash))  # fmt: skip
            told = "　".join(f"{self._say(f'proxy.pays_{name}')} {amount}" for name, amount in paid)
            self._sum(kind, told, str(part.total), 230)
        self._painter.setFont(letters(22, strong=True))
        self._sum(self._say("proxy.total"), "", str(listed.total))
        self._sum(self._say("proxy.cash_due"), "", str(listed.cash_due))
        self._line()

    def _sum(self, left: str, middle: str, right: str, first: int = 700) -> None:
        """``first``: width of the left text; the middle one takes the rest."""
        width = WIDTH - 2 * MARGIN
        self._text(QRect(MARGIN, self._top, first, ROW), left)
        between = QRect(MARGIN + first, self._top, width - first - 140, ROW)
        self._painter.drawText(between, _RIGHT, middle)
        self._painter.drawText(QRect(WIDTH - MARGIN - 130, self._top, 130, ROW), _RIGHT, right)
        self._top += ROW

    def _text(self, box: QRect, text: str) -> None:
        metrics = self._painter.fontMetrics()
        fitting = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        self._painter.drawText(box, _LEFT, fitting)

    def _digest(self, name: str, digest: str) -> None:
        self._painter.setFont(letters(17))
        box = QRect(MARGIN, self._top, WIDTH - 2 * MARGIN, 26)
        self._painter.drawText(box, _LEFT, f"{name} SHA-256 {digest}")
        self._top += 28

    def _pieces(self) -> None:
        half = (WIDTH - 2 * MARGIN - 20) // 2
        top = HEIGHT - MARGIN - _PICTURES - 64
        for place, kind in enumerate((EvidenceKind.PROXY_LIST, EvidenceKind.PROXY_STILL)):
            piece = next((one for one in self._page.pieces if one.kind is kind), None)
            left = MARGIN + place * (half + 20)
            self._painter.setFont(letters(20, strong=True))
            self._text(QRect(left, top, half, 30), self._say(f"proxy.piece_{kind.value}"))
            frame = QRect(left, top + 32, half, _PICTURES)
            self._painter.drawRect(frame)
            self._piece(frame.adjusted(6, 6, -6, -6), piece)
            if piece is not None:
                self._painter.setFont(letters(13))
                below = QRect(left, frame.bottom() + 4, half, 24)
                self._painter.drawText(below, _LEFT, piece.digest)

    def _piece(self, frame: QRect, piece: Piece | None) -> None:
        if piece is None or piece.trouble:
            words = self._say(piece.trouble, what="") if piece else self._say("proxy.piece_none")
            self._painter.setFont(letters(20))
            self._painter.drawText(frame, int(Qt.AlignmentFlag.AlignCenter) | _WRAP, words)
        elif piece.trace is not None:
            _ink(self._painter, frame, piece.trace)
        else:
            image = QImage.fromData(piece.jpeg)
            size = image.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(0, 0, size.width(), size.height())
            place.moveCenter(frame.center())
            self._painter.drawImage(place, image)


def _ink(painter: QPainter, frame: QRect, trace: PenTrace) -> None:
    """The strokes as they were written, as large as the frame lets them."""
    painter.save()
    scale = min(frame.width() / trace.width, frame.height() / trace.height)
    painter.translate(frame.left(), frame.top())
    painter.scale(scale, scale)
    pen = QPen(QColor("#000000"))
    pen.setWidthF(3.0)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    for stroke in trace.strokes:
        for before, after in pairwise(stroke):
            painter.drawLine(before.x, before.y, after.x, after.y)
    painter.restore()
