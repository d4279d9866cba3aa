"""Customer displays (客显): figures to bytes, for LED8 and VFD (devices.md 6).

No answer ever comes back. Models differ in how lamps are lit and how the display is cleared; both
are chosen, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from app.domain.display import Figure, Meaning
from app.errors import BadValue

DEVICE: Final = "device_kind.display"
INIT: Final = b"\x1b@"
LED_BAUD: Final = 2400
VFD_BAUD: Final = 9600

_PLACES: Final = 8
"""Digits of a LED8; the point is not a place of its own."""
_COLUMNS: Final = 20
_UPPER: Final = b"\x1bQA"
_LOWER: Final = b"\x1bQB"
_END: Final = b"\r"
_TOO_LONG: Final = "-" * _PLACES
"""What does not fit is shown as no figure: a cut one would be another price."""
_AMOUNT: Final = re.compile(r"-?\d+(\.\d+)?")
_LAMPS: Final = {
    Meaning.NOTHING: b"0",
    Meaning.PRICE: b"1",
    Meaning.TOTAL: b"2",
    Meaning.RECEIVED: b"3",
    Meaning.CHANGE: b"4",
}
_LAMP_HEADS: Final = {"esc": b"\x1bs", "bare": b"", "stx": b"\x02L"}
_CLEARS: Final = {"ff": b"\x0c", "init": INIT, "spaces": b""}
_WORDS: Final = {
    Meaning.PRICE: "PRICE",
    Meaning.TOTAL: "TOTAL",
    Meaning.RECEIVED: "RECEIVED",
    Meaning.CHANGE: "CHANGE",
}
"""For a VFD: many have no Chinese signs."""

LAMP_WAYS: Final = tuple(_LAMP_HEADS)
CLEAR_WAYS: Final = tuple(_CLEARS)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one model wants it."""

    lines: int = 1
    """1: LED8 with lamps; 2: VFD with words."""
    lamps: str = "esc"
    """One of :data:`LAMP_WAYS`: ESC s n, the bare digit, or STX L n."""
    clear: str = "ff"
    """One of :data:`CLEAR_WAYS`: FF, ESC @, or overwritten with spaces."""

    @property
    def baud(self) -> int:
        """The usual speed of the model."""
        return LED_BAUD if self.lines == 1 else VFD_BAUD


def show(figure: Figure, dialect: Dialect) -> bytes:
    """Everything that puts the figure there and what stood there before away.

    :raises BadValue: an amount that is none.
    """
    if figure.meaning is not Meaning.NOTHING and not _AMOUNT.fullmatch(figure.amount):
        raise BadValue(what="amount on the display", why="digits")
    if dialect.lines == 1:
        return _led(figure, dialect)
    return _vfd(figure, dialect)


def _led(figure: Figure, dialect: Dialect) -> bytes:
    lamp = _LAMP_HEADS[dialect.lamps] + _LAMPS[figure.meaning]
    if figure.meaning is Meaning.NOTHING:
        blank = _UPPER + b" " * _PLACES + _END if dialect.clear == "spaces" else b""
        return _CLEARS[dialect.clear] + blank + lamp
    return lamp + _UPPER + _digits(figure.amount).encode("ascii") + _END


def _digits(amount: str) -> str:
    used = len(amount.replace(".", ""))
    return " " * (_PLACES - used) + amount if used <= _PLACES else _TOO_LONG


def _vfd(figure: Figure, dialect: Dialect) -> bytes:
    if figure.meaning is Meaning.NOTHING and dialect.clear != "spaces":
        return _CLEARS[dialect.clear]
    word = _WORDS.get(figure.meaning, "")
    amount = figure.amount if len(figure.amount) <= _COLUMNS else _TOO_LONG
    upper, lower = word.ljust(_COLUMNS), amount.rjust(_COLUMNS)
    return _UPPER + upper.encode("ascii") + _END + _LOWER + lower.encode("ascii") + _END
