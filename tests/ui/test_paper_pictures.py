"""Papers turned from bytes back into pictures, and read by what shares nothing with us."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.domain.paper import Paper, PaperRow, RowKind
from devices.receipt_printer.emulator import PracticePrinter
from devices.receipt_printer.layout import encode, wrap
from ui.theme import FONT_FAMILY, load_fonts

Dots = NDArray[np.bool_]


def picture(*rows: PaperRow, columns: int = 48) -> Image.Image:
    far = PracticePrinter(columns * 12)
    assert list(far.hear(encode(Paper(rows), columns))) == []
    return far.papers[-1].picture()


@pytest.mark.parametrize("columns", [48, 32])
@pytest.mark.parametrize("words", ["02-20261122-0001", "YAOTAI TEST 0123456789", "练习·小票"])
def test_the_code_on_the_slip_is_read_back_by_a_library(columns: int, words: str) -> None:
    image = picture(
        PaperRow("练习大药房", kind=RowKind.TITLE),
        PaperRow("合计", "12.50", RowKind.STRONG),
        PaperRow(words, kind=RowKind.QR),
        PaperRow("谢谢"),
        columns=columns,
    )
    padded = cv2.copyMakeBorder(
        np.asarray(image), 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=(255,)
    )
    read, _corners, _code = cv2.QRCodeDetector().detectAndDecode(padded)
    assert read == words


@pytest.fixture(scope="module")
def _fonts(qapp_cls: type[QApplication]) -> Iterator[None]:
    app = QApplication.instance() or qapp_cls([])
    assert load_fonts()
    yield
    del app


def by_qt(sign: str) -> Dots:
    """The sign in the same cell, drawn by another rasteriser."""
    image = QImage(24, 30, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    font = QFont(FONT_FAMILY)
    font.setPixelSize(22)
    painter.setFont(font)
    painter.drawText(QRect(0, 0, 24, 26), int(Qt.AlignmentFlag.AlignCenter), sign)
    painter.end()
    data = np.frombuffer(image.constBits(), np.uint8).reshape(30, image.bytesPerLine())
    return np.asarray(data[:, :24] < 160)


def alike(one: Dots, other: Dots) -> float:
    """Shared ink of two pictures at the best of small shifts, 0 to 1."""
    best = 0.0
    for down in range(-4, 5):
        for right in range(-3, 4):
            moved = np.roll(np.roll(other, down, 0), right, 1)
            both, either = int((one & moved).sum()), int((one | moved).sum())
            best = max(best, both / max(either, 1))
    return best


@pytest.mark.usefixtures("_fonts")
@pytest.mark.parametrize("sign", ["㐂", "䶮", "𬭎", "鿍", "龘"])
def test_a_rare_sign_stands_on_paper_as_itself(sign: str) -> None:
    """Printed as dots where the printer's own font lacks it: the shape is its own, not a box."""
    image = picture(PaperRow(sign))
    printed = np.asarray(image)[8:38, :24] < 128
    scores = {other: alike(printed, by_qt(other)) for other in (sign, "练", "口", "□", "口")}
    assert max(scores, key=lambda each: scores[each]) == sign, scores
    assert scores[sign] > 0.4


@pytest.mark.usefixtures("_fonts")
def test_a_name_with_a_rare_sign_keeps_its_place_in_the_row() -> None:
    image = np.asarray(picture(PaperRow("患者", "练*㐂"))) < 128
    row = image[8:38]
    assert np.flatnonzero(row.any(0)).max() >= 576 - 24  # at the right edge
    assert alike(row[:, 552:576], by_qt("㐂")) > 0.4
    assert alike(row[:, 0:24], by_qt("患")) > 0.4


def test_no_line_ends_in_an_opening_bracket_or_begins_with_a_stop() -> None:
    assert wrap("练习惠民大药房（虚构）", 16) == ["练习惠民大药房", "（虚构）"]
    assert wrap("请按说明书或医嘱使用。", 20) == ["请按说明书或医嘱使", "用。"]
    assert "".join(wrap("（" * 30, 8)) == "（" * 30
