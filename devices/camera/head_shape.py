"""The shape of invented heads: a closed surface in centimetres, drawn up here, of nobody's face.

x to the person's left, y up from the eyes, z out of the face. One row of the profile after the
other is a horizontal section, half an ellipse before and half behind; nose, sockets, lips and
chin are bumps on it. No picture or measurement of a real person stands behind any number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Colour: TypeAlias = tuple[float, float, float]
"""Red, green, blue, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Looks:
    """How an invented person looks; lengths in centimetres."""

    seed: int
    """Of the freckles and strands: the same person looks the same each time."""
    skin: Colour
    hair: Colour
    lips: Colour
    iris: Colour
    shirt: Colour
    wide: float = 1.0
    nose: float = 1.0
    chin: float = 1.0
    eye_apart: float = 3.15
    eye_high: float = 0.55
    mouth: float = 2.5
    brow: float = 2.05
    brow_dark: float = 1.0
    hairline: float = 7.6
    sides: float = -0.5
    """How far down the hair hangs beside the face."""
    volume: float = 0.8


PERSONS: Final = (
    Looks(
        seed=3, skin=(0.80, 0.60, 0.49), hair=(0.07, 0.06, 0.06), lips=(0.66, 0.36, 0.34),
        iris=(0.20, 0.12, 0.07), shirt=(0.25, 0.38, 0.55),
    ),
    Looks(
        seed=5, skin=(0.86, 0.67, 0.56), hair=(0.15, 0.09, 0.06), lips=(0.74, 0.33, 0.34),
        iris=(0.24, 0.15, 0.09), shirt=(0.66, 0.30, 0.36), wide=0.95, nose=0.85, chin=0.7,
        eye_high=0.66, mouth=2.25, brow_dark=0.75, hairline=7.4, sides=-9.5, volume=1.3,
    ),
    Looks(
        seed=8, skin=(0.74, 0.55, 0.45), hair=(0.60, 0.60, 0.60), lips=(0.60, 0.36, 0.34),
        iris=(0.22, 0.16, 0.12), shirt=(0.40, 0.42, 0.36), wide=1.04, nose=1.12, chin=1.25,
        eye_apart=3.25, eye_high=0.50, mouth=2.65, brow=1.95, brow_dark=0.7, hairline=9.6,
        volume=0.55,
    ),
)  # fmt: skip
"""Three invented persons."""

_PROFILE: Final = np.array(
    [
        (11.9, 0.05, -0.9, -1.1), (11.6, 2.6, 1.9, -3.6), (10.8, 4.4, 4.2, -6.2),
        (9.3, 6.0, 6.2, -8.2), (7.0, 7.1, 7.8, -9.4), (4.0, 7.6, 8.7, -9.8),
        (2.0, 7.6, 8.9, -9.7), (0.0, 7.5, 8.6, -9.4), (-2.0, 7.4, 8.5, -8.8),
        (-4.0, 7.1, 8.6, -7.8), (-6.0, 6.6, 8.7, -7.0), (-8.0, 5.9, 8.6, -6.5),
        (-9.6, 5.2, 8.7, -6.3), (-10.8, 4.6, 8.3, -6.2), (-11.6, 4.4, 7.0, -6.2),
        (-11.9, 4.7, 5.0, -6.2), (-12.6, 5.2, 3.6, -6.3), (-15.4, 5.4, 3.4, -6.5),
        (-17.0, 7.5, 3.6, -6.8), (-18.2, 13.0, 4.2, -7.0), (-20.2, 18.5, 5.6, -7.0),
        (-26.0, 20.5, 7.0, -8.0),
    ]
)  # fmt: skip
"""Crown, forehead, eyes, jaw, neck, shoulders: y, half width, front, back."""
_NECK: Final = -12.0
_ROWS, _FRONT, _BACK = 400, 330, 110
_NOSE: Final = (
    (-1.5, 0.0, 1.5, 3.0, 4.2, 5.0, 5.5),
    (0.0, 0.55, 1.2, 1.9, 2.7, 2.2, 0.0),
    (0.9, 0.75, 0.8, 0.95, 1.1, 1.2, 1.2),
)
"""Below the eyes, how far the ridge stands out there, and how wide it is."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Rows x columns of the surface, and how much of each place is hair or faces forward."""

    places: Array
    normals: Array
    hair: Array
    front: Array

    @property
    def x(self) -> Array:
        """To the person's left."""
        return np.asarray(self.places[..., 0])

    @property
    def y(self) -> Array:
        """Up from the eyes."""
        return np.asarray(self.places[..., 1])


def step(low: float, high: float, value: Array) -> Array:
    """0 below ``low``, 1 above ``high``, smooth between; the other way round where low is high."""
    share = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def bump(x: Array, y: Array, centre: tuple[float, float], size: tuple[float, float]) -> Array:
    """A soft hill of height one."""
    return np.asarray(
        np.exp(-(((x - centre[0]) / size[0]) ** 2) - ((y - centre[1]) / size[1]) ** 2)
    )


def head(looks: Looks) -> Surface:
    """The head, neck and shoulders of a person, without ears."""
    rows = _rows()
    turn = _columns()
    cos, sin = np.cos(turn), np.sin(turn)
    x = rows[:, 1, None] * (np.sign(sin) * np.abs(sin) ** 0.86)
    y = np.repeat(rows[:, 0, None], turn.size, 1)
    z = np.where(cos > 0, rows[:, 2, None], rows[:, 3, None]) * np.abs(cos) ** 0.86
    x *= np.where(y > _NECK, looks.wide, 1)
    front = step(0.0, 0.5, cos)[None, :] * np.ones_like(x)
    z += _features(np.abs(x), y, looks) * front
    hair = _hair(np.abs(x), y, z, looks)
    out = np.stack([x, 0.6 * (y - 2), z], -1)
    out /= np.maximum(np.linalg.norm(out, axis=-1, keepdims=True), 1e-6)
    places = np.stack([x, y, z], -1) + out * (hair * looks.volume)[..., None]
    return Surface(places, _normals(places), hair, np.repeat((cos > 0)[None, :], len(rows), 0))


def ear(looks: Looks, side: int) -> Surface:
    """An ear: ``side`` 1 the person's left, -1 the right."""
    round_, up = np.meshgrid(np.linspace(0, 2 * np.pi, 90), np.linspace(-1.5, 1.5, 70))
    flat = 0.55 * np.cos(up) * np.sin(round_)
    deep = 1.7 * np.cos(up) * np.cos(round_)
    cos, sin = np.cos(0.45), np.sin(0.45)
    x = side * (7.55 * looks.wide + 0.35 - flat * cos + deep * sin)
    places = np.stack([x, 2.85 * np.sin(up) - 1.6, flat * sin + deep * cos - 0.8], -1)
    normals = _normals(places)
    outward = (normals * (places - places.reshape(-1, 3).mean(0))).sum(-1, keepdims=True)
    rim = np.hypot((places[..., 1] + 1.6) / 2.8, (places[..., 2] + 0.8) / 1.5)
    return Surface(places, np.where(outward < 0, -normals, normals), rim, np.ones_like(x))


def _rows() -> Array:
    """The profile in steps of the same length."""
    at = np.linspace(0, len(_PROFILE) - 1, 4000)
    fine = _curve(at)
    moved = np.diff(fine, axis=0) * (0.5, 1, 1, 0)
    length = np.r_[0, np.cumsum(np.linalg.norm(moved, axis=1))]
    return _curve(np.interp(np.linspace(0, length[-1], _ROWS), length, at))


def _curve(at: Array) -> Array:
    """The profile at places between its rows: a Catmull-Rom spline."""
    last = len(_PROFILE) - 1
    row = np.clip(np.floor(at).astype(int), 0, last - 1)
    share = (at - row)[:, None]
    before, one, two, after = (_PROFILE[np.clip(row + by, 0, last)] for by in (-1, 0, 1, 2))
    return np.asarray(
        one
        + 0.5 * share * (two - before)
        + share**2 * (before - 2.5 * one + 2 * two - 0.5 * after)
        + share**3 * (1.5 * (one - two) + 0.5 * (after - before))
    )


def _columns() -> Array:
    """Directions around the head: most of them before it, and of those most at the nose."""
    even = np.linspace(-1, 1, _FRONT)
    ahead = np.pi / 2 * (0.62 * even + 0.38 * even**3)
    behind = np.linspace(np.pi / 2, 3 * np.pi / 2, _BACK + 2)[1:-1]
    return np.concatenate([ahead, behind])


def _features(x: Array, y: Array, looks: Looks) -> Array:
    """What stands out of the plain section and what lies deeper; ``x`` without its sign."""
    below, out, wide = (np.array(row) for row in _NOSE)
    ridge = np.interp(-y, below, out) * looks.nose
    deep = ridge * np.exp(-((x / np.interp(-y, below, wide)) ** 2))
    eye = (looks.eye_apart, 0.0)
    for height, centre, size in (
        (0.75 * looks.nose, (1.45, -4.45), (0.6, 0.7)),  # wings of the nose
        (-0.95, eye, (1.9, 1.15)),  # sockets
        (0.55, eye, (1.15, 0.7)),  # eyeballs
        (0.35, (2.8, 2.2), (2.6, 0.8)),  # brows
        (0.35, (4.6, -2.4), (1.8, 1.4)),  # cheekbones
        (-0.25, (4.0, -6.2), (1.6, 2.0)),  # hollow of the cheeks
        (0.75, (0.0, -7.0), (2.6, 1.5)),  # round the teeth
        (0.35, (0.5, -6.75), (1.4, 0.45)),  # upper lip
        (0.40, (0.0, -8.0), (1.5, 0.5)),  # lower lip
        (-0.30, (0.0, -7.35), (2.0, 0.22)),  # between the lips
        (-0.35, (0.0, -9.0), (1.6, 0.5)),  # above the chin
        (0.6 * looks.chin, (0.0, -10.4), (1.6, 0.9)),  # chin
    ):
        deep = deep + height * bump(x, y, centre, size)
    return np.asarray(deep)


def _hair(x: Array, y: Array, z: Array, looks: Looks) -> Array:
    """How much of each place is hair: above the hairline, and behind the ears down the sides."""
    line = looks.hairline - 0.09 * np.minimum(x, 5.5) ** 1.9
    above = step(-0.35, 0.35, y - line) * step(-0.2, 0.8, y)
    behind = step(1.8, 0.9, z) * step(looks.sides - 0.4, looks.sides + 0.4, y)
    return np.asarray(np.maximum(above, behind))


def _normals(places: Array) -> Array:
    along = np.roll(places, -1, 1) - np.roll(places, 1, 1)
    down = np.gradient(places, axis=0)
    normals = np.cross(down, along)
    length = np.linalg.norm(normals, axis=-1, keepdims=True)
    return np.asarray(normals / np.maximum(length, 1e-9))
