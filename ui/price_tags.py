"""价签 on paper: rows for the label printer, and sheets of A4 to cut. Qt only for the latter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.paper import Paper, PaperRow, PrintEnd, RowKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from PySide6.QtGui import QPainter

    from app.ports_devices import LabelPrinter
    from app.use_cases.price_tags import ShelfTag

    Say = Callable[..., str]

WIDTH, HEIGHT = 1240, 1754
"""Dots of the page, A4 at 150 dots an inch."""
ACROSS, DOWN, MARGIN = 3, 7, 50
A_PAGE = ACROSS * DOWN
BAR = 2
"""Dots of the thinnest bar: a third of a millimetre, what EAN-13 calls its own size."""
_ODD = (
    "0001101", "0011001", "0010011", "0111101", "0100011",
    "0110001", "0101111", "0111011", "0110111", "0001011",
)  # fmt: skip
_FIRST = (
    "OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE",
    "OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO",
)  # fmt: skip
"""Of ISO/IEC 15420: bars of a digit at the left, odd; which of the six are odd, by the first."""


@dataclass(frozen=True, slots=True)
class TagsPrinted:
    """How many labels left, and what stopped the rest."""

    printed: int
    wanted: int
    why: str = ""
    """A message id; empty = all of them."""


def tag_paper(tag: ShelfTag, say: Say) -> Paper:
    """One label for the label printer."""
    marks = [say(f"receipt.mark_{tag.mark}")] if tag.mark else []
    rows = [
        PaperRow(tag.name, kind=RowKind.STRONG),
        PaperRow(f"{tag.spec}  {tag.maker}"),
        PaperRow(say("price_tag.price", price=tag.price.plain(), unit=tag.unit or "—"),
                 kind=RowKind.TITLE),
        PaperRow("  ".join(part for part in (class_words(tag, say), tag.code, *marks) if part)),
        PaperRow(f"{tag.shop}  {tag.begins}"),
    ]  # fmt: skip
    return Paper(tuple(rows))


def class_words(tag: ShelfTag, say: Say) -> str:
    """Insured or not, with or without a prescription: what a label must tell apart."""
    insured, sold = tag.insurance_class, tag.sale_class
    parts = [
        say(f"price_tag.class_{insured}") if insured in ("A", "B") else "",
        say(f"price_tag.sale_{sold}") if sold in ("rx", "otc_a", "otc_b") else "",
    ]
    return " ".join(part for part in parts if part)


def print_tags(
    printer: LabelPrinter, tags: Sequence[ShelfTag], say: Say, tell: Callable[[int], None]
) -> TagsPrinted:
    """One after the other; the first that does not come out stops the rest, and is said."""
    from app.errors import DeviceError

    for number, tag in enumerate(tags):
        try:
            done = printer.print(tag_paper(tag, say))
        except DeviceError as error:
            return TagsPrinted(number, len(tags), error.message_id)
        if done.end is PrintEnd.UNSURE:
            # A label too many is thrown away; one too few leaves an old price on the shelf.
            return TagsPrinted(number, len(tags), done.trouble)
        tell(number + 1)
    return TagsPrinted(len(tags), len(tags))


def save_tags_pdf(tags: Sequence[ShelfTag], say: Say, path: Path) -> int:
    """Sheets of A4, 21 labels each with lines to cut along; answers how many pages.

    :raises FileNotWritten: it cannot be written.
    """
    from ui.a4 import begin_a4, letters, stamp

    writer, painter = begin_a4(path, WIDTH)
    pages = -(-len(tags) // A_PAGE)
    try:
        for page in range(pages):
            if page:
                writer.newPage()
            for place, tag in enumerate(tags[page * A_PAGE : (page + 1) * A_PAGE]):
                _draw(painter, tag, place, say)
            painter.setFont(letters(16))
            painter.drawText(WIDTH - MARGIN - 60, HEIGHT - 16, f"{page + 1}/{pages}")
            stamp(painter, tags[0].mark, say, WIDTH, HEIGHT)
    finally:
        painter.end()
    return pages


def save_tags(
    folder: Path, now: Callable[[], datetime], say: Say, tags: Sequence[ShelfTag]
) -> tuple[Path, int]:
    """Into ``folder``/lists; answers the file and its pages."""
    from app.domain.clock import shop_time

    path = folder / "lists" / f"price-tags-{shop_time(now()):%Y%m%d-%H%M%S}.pdf"
    return path, save_tags_pdf(tags, say, path)


def _draw(painter: QPainter, tag: ShelfTag, place: int, say: Say) -> None:
    from PySide6.QtCore import QRect, Qt
    from PySide6.QtGui import QColor

    from ui.a4 import letters

    wide, high = (WIDTH - 2 * MARGIN) // ACROSS, (HEIGHT - 2 * MARGIN) // DOWN
    left, top = MARGIN + place % ACROSS * wide, MARGIN + place // ACROSS * high
    painter.setPen(QColor("#999999"))
    painter.drawRect(left, top, wide, high)
    painter.setPen(QColor("#000000"))
    wrap = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(
        Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
    )
    line = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    inner = wide - 24
    price = say("price_tag.price", price=tag.price.plain(), unit=tag.unit or "—")
    for font, dy, tall, flags, words in (
        (letters(14), 4, 22, line, tag.shop),
        (letters(14), 4, 22, right, f"{tag.begins}"),
        (letters(21, strong=True), 26, 58, wrap, tag.name),
        (letters(17), 84, 26, line, tag.spec),
        (letters(15), 110, 22, line, tag.maker),
        (letters(17), 132, 48, line, say("price_tag.retail")),
        (letters(40, strong=True), 132, 48, right, price),
        (letters(14), 180, 22, line, "  ".join((class_words(tag, say), tag.code))),
        (letters(14), 204, 26, right, tag.barcode),
    ):
        painter.setFont(font)
        painter.drawText(QRect(left + 12, top + dy, inner, tall), flags, words)
    for at, bar in enumerate(bars_of(tag.barcode)):
        if bar == "1":
            painter.fillRect(left + 12 + at * BAR, top + 204, BAR, 26, QColor("#000000"))


def bars_of(code: str) -> str:
    """An EAN-13 as bars (1) and gaps (0); empty for what is none: then only its figures stand."""
    digits = [int(sign) for sign in code if sign in "0123456789"]
    if len(digits) != 13 or len(code) != 13:
        return ""
    if sum(digit * (3 if at % 2 else 1) for at, digit in enumerate(digits)) % 10:
        return ""
    right = [_ODD[digit].translate(_TURNED) for digit in digits[7:]]
    left = [
        _ODD[digit] if parity == "O" else _ODD[digit].translate(_TURNED)[::-1]
        for digit, parity in zip(digits[1:7], _FIRST[digits[0]], strict=True)
    ]
    return f"101{''.join(left)}01010{''.join(right)}101"


_TURNED = str.maketrans("01", "10")
