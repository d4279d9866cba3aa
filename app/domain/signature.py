"""A signature as a pen made it: strokes with place, pressure and time; kept as text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from math import dist
from typing import Final

from app.errors import BadValue

MOST_POINTS: Final = 20_000
"""Two minutes of a quick pen; more is no signature."""
LARGEST: Final = 8192
"""Width and height of a pad, in its own units."""
FULL_PRESSURE: Final = 1000
_LEAST_POINTS: Final = 8
_LEAST_INK: Final = 15
"""Length of all strokes in percent of the pad's width: a tap or a slip of the hand is less."""


@dataclass(frozen=True, slots=True)
class PenPoint:
    """Where the pen was."""

    x: int
    y: int
    pressure: int
    """0 to :data:`FULL_PRESSURE`; a finger or a mouse presses half."""
    millis: int
    """Since the first touch."""


@dataclass(frozen=True, slots=True)
class PenTrace:
    """Strokes, each from touch to lift, on a pad of ``width`` x ``height``; personal."""

    width: int
    height: int
    strokes: tuple[tuple[PenPoint, ...], ...] = ()

    def is_signature(self) -> bool:
        """Whether there is enough ink to be a name: a tap by mistake is none."""
        points = sum(len(stroke) for stroke in self.strokes)
        ink = sum(
            dist((a.x, a.y), (b.x, b.y)) for stroke in self.strokes for a, b in pairwise(stroke)
        )
        return points >= _LEAST_POINTS and 100 * ink >= _LEAST_INK * self.width


def trace_text(trace: PenTrace) -> str:
    """The trace as JSON: the form in which it is kept and its digest is made."""
    strokes = [[[p.x, p.y, p.pressure, p.millis] for p in stroke] for stroke in trace.strokes]
    told = {"height": trace.height, "strokes": strokes, "v": 1, "width": trace.width}
    return json.dumps(told, separators=(",", ":"), sort_keys=True)


def trace_of(text: str) -> PenTrace:
    """Back from :func:`trace_text`; :raises BadValue: it is no trace."""
    try:
        told = json.loads(text)
        if told["v"] != 1:
            raise ValueError
        strokes = tuple(tuple(_point(point) for point in stroke) for stroke in told["strokes"])
        width, height = told["width"], told["height"]
        _require(width, 1, LARGEST)
        _require(height, 1, LARGEST)
        if sum(len(stroke) for stroke in strokes) > MOST_POINTS:
            raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BadValue(what="signature", why="no trace") from None
    return PenTrace(width, height, strokes)


def _point(told: list[int]) -> PenPoint:
    x, y, pressure, millis = told
    _require(x, 0, LARGEST)
    _require(y, 0, LARGEST)
    _require(pressure, 0, FULL_PRESSURE)
    _require(millis, 0, 24 * 3_600_000)
    return PenPoint(x, y, pressure, millis)


def _require(value: object, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        raise ValueError
