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
ACROSS, DOWN, MARGIN = 3, 8, 50
A_PAGE = ACROSS * DOWN


@dataclass(frozen=True, slots=True)
class TagsPrinted:
    """How many labels left, and what stopped the rest."""

    printed: int
    wanted: int
    why: str = ""
    """A message id; empty = all of them."""


def tag_paper(tag: ShelfTag, say: Say) -> Paper:
    """One label for the label printer."""
    marks = [say("receipt.practice")] if tag.practice else []
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
    """Sheets of A4, 24 labels each with lines to cut along; answers how many pages.

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
            if any(tag.practice for tag in tags):
                stamp(painter, say("receipt.practice"), WIDTH, HEIGHT)
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
        (letters(21, strong=True), 6, 64, wrap, tag.name),
        (letters(17), 70, 26, line, tag.spec),
        (letters(15), 96, 24, line, tag.maker),
        (letters(40, strong=True), 116, 52, right, price),
        (letters(14), 168, 24, line, "  ".join((class_words(tag, say), tag.code))),
        (letters(14), 168, 24, right, f"{tag.begins}"),
    ):
        painter.setFont(font)
        painter.drawText(QRect(left + 12, top + dy, inner, tall), flags, words)
