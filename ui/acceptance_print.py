"""The 验收清单 on A4: who and where, the three tests with every step, and how to check it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics

from app.domain.acceptance import Part, Result
from app.domain.clock import shop_time
from ui.a4 import begin_a4, letters, stamp
from ui.words import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from app.domain.acceptance import AcceptanceReport, Said, StepTold

    Say = Callable[..., str]

WIDTH, HEIGHT = 1240, 1754
"""Dots of the page, A4 upright at 150 dots an inch."""
MARGIN: Final = 78
FOOT: Final = HEIGHT - 96
_INK, _GREY = QColor("#000000"), QColor("#555555")
_GOOD, _BAD = QColor("#14532D"), QColor("#9A1B1B")
_BAND, _RULE = QColor("#EEF1F4"), QColor("#B8BFC6")
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_MIDDLE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_WORDS, _ANYWHERE = int(Qt.TextFlag.TextWordWrap), int(Qt.TextFlag.TextWrapAnywhere)
_LONG_WORD: Final = 48
"""Signs without a blank from which on a text is broken anywhere: keys, digests, addresses."""
COLUMNS: Final = ((0, 44), (44, 186), (230, 330), (560, 236), (796, 218), (1014, 70))
"""Left edge and width: number, step, what was sent, what was expected, what came, result."""
HEADS: Final = ("no", "name", "sent", "expected", "came", "result")
_TONES: Final = {Result.OK: _GOOD, Result.FAILED: _BAD, Result.NOT_RUN: _GREY}


def draw(report: AcceptanceReport, path: Path, signed: tuple[str, str, str], say: Say) -> None:
    """One PDF. ``signed``: digest of the report, public key, signature, all in hex.

    :raises FileNotWritten: it cannot be written.
    """
    sheet = _Sheet(report, path, say)
    try:
        sheet.head()
        for part in Part:
            sheet.part(part, [one for one in report.steps if one.part is part])
        sheet.sign(signed)
    finally:
        sheet.close()


class _Sheet:
    def __init__(self, report: AcceptanceReport, path: Path, say: Say) -> None:
        self._report, self._say = report, say
        self._writer, self._painter = begin_a4(path, WIDTH)
        self._writer.setTitle(say("acceptance.title"))
        self._plain, self._strong = letters(17), letters(17, strong=True)
        self._large, self._small = letters(36, strong=True), letters(15)
        self._metrics = QFontMetrics(self._plain)
        self._page, self._top = 0, 0
        self._start_page()

    def close(self) -> None:
        self._painter.end()

    # --- pages -----------------------------------------------------------------------------------

    def _start_page(self) -> None:
        if self._page:
            self._writer.newPage()
        self._page += 1
        painter, place = self._painter, self._report.place
        if place.environment == "practice":
            stamp(painter, "practice", self._say, WIDTH, HEIGHT)
        painter.setFont(self._small)
        painter.setPen(_GREY)
        foot = QRect(MARGIN, FOOT + 20, WIDTH - 2 * MARGIN, 26)
        painter.drawText(foot, _MIDDLE, f"{place.shop} · {self._say('acceptance.title')}")
        painter.drawText(foot, _RIGHT, self._say("inspection.page", page=str(self._page)))
        painter.setPen(_INK)
        self._top = MARGIN

    def _room(self, height: int) -> bool:
        """Whether a new page began."""
        if self._top + height <= FOOT:
            return False
        self._start_page()
        return True

    # --- head ------------------------------------------------------------------------------------

    def head(self) -> None:
        say, report, place = self._say, self._report, self._report.place
        self._painter.setFont(self._large)
        box = QRect(MARGIN, self._top, WIDTH - 2 * MARGIN, 52)
        self._painter.drawText(box, _MIDDLE, say("acceptance.title"))
        self._painter.setPen(_GOOD if report.passed else _BAD)
        verdict = say("acceptance.passed" if report.passed else "acceptance.not_passed")
        self._painter.drawText(box, _RIGHT, verdict)
        self._painter.setPen(_INK)
        self._top += 66
        begun, ended = shop_time(report.begun), shop_time(report.ended)
        for name, value in (
            ("shop", f"{place.shop}（{place.institution}）"),
            ("place", f"{say(f'acceptance.environment_{place.environment}')} · {place.url}"),
            ("interface", say("acceptance.interface_is", region=place.region, infver=place.infver,
                              program=place.program)),
            ("time", f"{begun:%Y-%m-%d %H:%M:%S} – {ended:%H:%M:%S}"),
        ):  # fmt: skip
            self._fact(say(f"acceptance.fact_{name}"), value)
        self._fact(say("acceptance.fact_rule"), say("acceptance.rule"))
        self._top += 12

    def _fact(self, name: str, value: str) -> None:
        width = WIDTH - 2 * MARGIN - 190
        height = self._tall(value, width)
        self._room(height)
        self._painter.setFont(self._plain)
        self._painter.setPen(_GREY)
        self._painter.drawText(QRect(MARGIN, self._top, 180, height), _LEFT, name)
        self._painter.setPen(_INK)
        self._painter.drawText(
            QRect(MARGIN + 190, self._top, width, height), _wrapped(value), value
        )  # fmt: skip
        self._top += height + 6

    def _tall(self, text: str, width: int) -> int:
        box = QRect(0, 0, width, 10_000)
        return max(24, self._metrics.boundingRect(box, _wrapped(text), text).height() + 4)

    # --- a test ----------------------------------------------------------------------------------

    def part(self, part: Part, steps: Sequence[StepTold]) -> None:
        """A band with the test's name and outcome, then a row a step."""
        self._room(150)
        band = QRect(MARGIN, self._top, WIDTH - 2 * MARGIN, 38)
        painter, result = self._painter, self._report.result_of(part)
        painter.fillRect(band, _BAND)
        painter.setFont(self._strong)
        painter.drawText(band.adjusted(8, 0, 0, 0), _MIDDLE, self._say(f"acceptance.part_{part}"))
        painter.setPen(_TONES[result])
        painter.drawText(band.adjusted(0, 0, -8, 0), _RIGHT, self._say(f"acceptance.{result}"))
        painter.setPen(_INK)
        self._top += 44
        self._heads()
        for no, one in enumerate(steps, 1):
            self._step(no, one)
        self._top += 22

    def _heads(self) -> None:
        self._painter.setFont(self._small)
        self._painter.setPen(_GREY)
        for name, (left, width) in zip(HEADS, COLUMNS, strict=True):
            box = QRect(MARGIN + left + 8, self._top, width - 12, 26)
            self._painter.drawText(box, _MIDDLE, self._say(f"acceptance.head_{name}"))
        self._painter.setPen(_INK)
        self._top += 28

    def _step(self, no: int, one: StepTold) -> None:
        say = self._say
        came = one.why or (say(f"acceptance.came_{one.id}", **one.came) if one.at else "—")
        cells = (
            str(no), say(f"acceptance.step_{one.id}"),
            "\n".join(_sent(said) for said in one.said) or "—",
            say(f"acceptance.expect_{one.id}"), came, say(f"acceptance.{one.result}"),
        )  # fmt: skip
        fonts = (self._plain, self._strong, self._small, self._plain, self._plain, self._strong)
        height = 10 + max(
            QFontMetrics(font).boundingRect(QRect(0, 0, width - 12, 10_000), _wrapped(text), text)
            .height()
            for text, font, (_left, width) in zip(cells, fonts, COLUMNS, strict=True)
        )  # fmt: skip
        more = say("acceptance.what_to_do", what=say(f"acceptance.do_{one.id}"))
        failed = one.result is Result.FAILED
        extra = self._tall(more, WIDTH - 2 * MARGIN - 76) if failed else 0
        if self._room(height + extra + 8):
            self._heads()
        painter = self._painter
        painter.setPen(_RULE)
        painter.drawLine(MARGIN, self._top, WIDTH - MARGIN, self._top)
        for place, (text, font, (left, width)) in enumerate(
            zip(cells, fonts, COLUMNS, strict=True)
        ):
            painter.setFont(font)
            last = place == len(COLUMNS) - 1 or (failed and place == len(COLUMNS) - 2)
            painter.setPen(_TONES[one.result] if last else _INK)
            box = QRect(MARGIN + left + 8, self._top + 6, width - 12, height)
            painter.drawText(box, _wrapped(text), text)
        self._top += height + 2
        if failed:
            painter.setFont(self._plain)
            painter.setPen(_BAD)
            box = QRect(MARGIN + 68, self._top, WIDTH - 2 * MARGIN - 76, extra)
            painter.drawText(box, _wrapped(more), more)
            self._top += extra + 6
        painter.setPen(_INK)

    # --- signature -------------------------------------------------------------------------------

    def sign(self, signed: tuple[str, str, str]) -> None:
        """Digest, key and signature, how to check them, and places for two hands."""
        say = self._say
        self._room(330)
        self._painter.setFont(self._strong)
        box = QRect(MARGIN, self._top, WIDTH - 2 * MARGIN, 30)
        self._painter.drawText(box, _MIDDLE, say("acceptance.signed"))
        self._top += 36
        for name, value in zip(("digest", "key", "value"), signed, strict=True):
            self._fact(say(f"acceptance.sign_{name}"), value)
        self._fact(say("acceptance.sign_check"), say("acceptance.sign_how"))
        self._top += 26
        self._painter.setPen(_INK)
        self._painter.setFont(self._plain)
        half = (WIDTH - 2 * MARGIN) // 2
        for place, name in enumerate(("shop", "office")):
            left = MARGIN + place * half
            box = QRect(left, self._top, half - 40, 40)
            self._painter.drawText(box, _MIDDLE, say(f"acceptance.hand_{name}"))
            self._painter.drawLine(left + 170, self._top + 38, left + half - 40, self._top + 38)
        self._top += 60


def _wrapped(text: str) -> int:
    """By words and Chinese punctuation; anywhere only where a word is too long for a line."""
    long = any(len(word) >= _LONG_WORD and word.isascii() for word in text.split())
    return _LEFT | (_ANYWHERE if long else _WORDS)


def _sent(said: Said) -> str:
    """A message in one or two lines: number, msgid, and what came where it was no success."""
    told = f"{said.infno}  {said.msgid}"
    if said.outcome == "success":
        return told
    return f"{told}  {in_words(said.text) or said.outcome}"
