"""The mark in a practice picture that says which invented person it shows; see :func:`draw`.

Invented heads look too much alike for a network that tells real faces apart. So a practice camera
writes into the foot of its frame who stands there, in black and white squares, and the practice
engine of faces reads it back. Nothing of a real shop draws or reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]

MOST_PERSONS: Final = 64
_PERSON_BITS, _DISTANCE_BITS, _CHECK_BITS = 6, 8, 4
_START: Final = (1, 0, 1, 1, 0)
_CELLS: Final = len(_START) + _PERSON_BITS + _DISTANCE_BITS + _CHECK_BITS
_DARK, _LIGHT = 24, 232
_LEAST_CONTRAST: Final = 24
_ROWS: Final = 40
"""A square is so much of the picture's height, and never smaller than :data:`_LEAST_SIDE`."""
_LEAST_SIDE: Final = 4


@dataclass(frozen=True, slots=True)
class NameMark:
    """Who is shown, and how far they shall seem from their own plain picture."""

    person: int
    """0 to 63: a number of the practice persons, of no meaning elsewhere."""
    distance: int = 0
    """Hundredths of an engine's distance, 0 to 200."""


def draw(picture: Array, mark: NameMark) -> None:
    """Write the mark into the left foot of a picture (rows x columns x 3), in place.

    A row of squares: a start of five, the person (6 bits), the distance (8 bits), a check sum
    (4 bits); the highest bit first, white is 1.
    """
    side = _side(picture)
    for place, bit in enumerate((*_START, *_bits(mark))):
        left = side * (place + 1)
        picture[-2 * side : -side, left : left + side] = _LIGHT if bit else _DARK


def read(picture: Array) -> NameMark | None:
    """The mark of a picture; None: it bears none that can be read."""
    side = _side(picture)
    if picture.shape[1] < side * (_CELLS + 1) or picture.shape[0] < 2 * side:
        return None
    rim = max(1, side // 4)
    row = picture[-2 * side + rim : -side - rim, side : side * (_CELLS + 1)].mean(axis=(0, 2))
    cells = row.reshape(_CELLS, side)[:, rim : side - rim].mean(axis=1)
    if float(np.ptp(cells)) < _LEAST_CONTRAST:
        return None
    bits = tuple(int(one > (cells.max() + cells.min()) / 2) for one in cells)
    told = bits[len(_START) :]
    mark = NameMark(_number(told[:_PERSON_BITS]), _number(told[_PERSON_BITS:-_CHECK_BITS]))
    if bits[: len(_START)] != _START or mark.distance > 200 or _bits(mark) != told:
        return None
    return mark


def _side(picture: Array) -> int:
    return max(_LEAST_SIDE, round(int(picture.shape[0]) / _ROWS))


def _bits(mark: NameMark) -> tuple[int, ...]:
    check = (mark.person * 7 + mark.distance * 3 + 5) % 13
    parts = ((mark.person, _PERSON_BITS), (mark.distance, _DISTANCE_BITS), (check, _CHECK_BITS))
    return tuple(value >> place & 1 for value, size in parts for place in range(size - 1, -1, -1))


def _number(bits: tuple[int, ...]) -> int:
    return int("".join(map(str, bits)), 2)
