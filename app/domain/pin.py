"""Which PINs anybody would try first."""

from __future__ import annotations

MIN_PIN = 6
"""Digits; six are typed on a number pad in two seconds."""
MAX_PIN = 12
_RUN = "01234567890"


def weak_pin(pin: str, number: str) -> str:
    """Why a PIN may not be chosen, as the tail of an id of section ``pin``; empty = it may.

    Refused are one sign again and again, a short group repeated (121212, 123123), runs up and
    down, and what holds the staff number or lies in it. ``number``: the member's staff number.
    """
    if not (pin.isascii() and pin.isdigit()) or not MIN_PIN <= len(pin) <= MAX_PIN:
        return "length"
    if any(_repeats(pin, size) for size in range(1, len(pin) // 2 + 1)):
        return "repeats"
    if _in_a_row(pin):
        return "run"
    digits = "".join(sign for sign in number if sign.isdigit())
    if (len(digits) >= 3 and digits in pin) or (digits and pin in digits):
        return "number"
    return ""


def _repeats(pin: str, size: int) -> bool:
    return len(pin) % size == 0 and pin == pin[:size] * (len(pin) // size)


def _in_a_row(pin: str) -> bool:
    endless = (_RUN[:-1]) * 3
    return pin in endless or pin in endless[::-1]
