"""The colours of invented heads: skin, brows, eyes, lips, hair, shirt, painted place by place."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from devices.camera.head_shape import Array, Colour, Looks, Surface, bump, step

_RED: Final = (0.66, 0.36, 0.30)
_DARK: Final = (0.07, 0.05, 0.05)
_EYE_HALF: Final = 1.52
_MOUTH_Y: Final = -7.35


class Paint:
    """The colour of each place of a surface, painted over layer by layer."""

    def __init__(self, surface: Surface, looks: Looks) -> None:
        self._looks, self._chance = looks, np.random.default_rng(looks.seed)
        self.x, self.y = surface.x, surface.y
        self.aside, self.front, self.hair = np.abs(self.x), surface.front, surface.hair
        freckles = cv2.GaussianBlur(self._chance.normal(0, 1, self.x.shape), (0, 0), 7)
        tone = 1 + 0.018 * freckles / freckles.std()
        self.colour = np.array(looks.skin) * tone[..., None]

    def lay(self, where: Array, colour: Colour | Array) -> None:
        """A colour over what is there, as far as ``where`` says (0 to 1)."""
        share = np.clip(where, 0, 1)[..., None]
        self.colour = self.colour * (1 - share) + np.asarray(colour) * share

    def shade(self, darker: float) -> Array:
        """The skin's own colour, darker."""
        return np.array(self._looks.skin) * darker

    def skin(self) -> None:
        """Cheeks, nose and the shadows of folds."""
        x, y, front, apart = self.aside, self.y, self.front, self._looks.eye_apart
        self.lay(0.22 * front * bump(x, y, (4.0, -3.4), (1.9, 1.6)), _RED)
        self.lay(0.22 * front * bump(x, y, (0.0, -4.3), (1.0, 0.8)), _RED)
        self.lay(0.35 * front * bump(x, y, (apart, 0.1), (1.9, 1.0)), self.shade(0.72))
        self.lay(0.25 * front * bump(x, y, (1.3, -0.3), (0.5, 0.9)), self.shade(0.6))
        self.lay(0.95 * front * bump(x, y, (0.75, -5.15), (0.38, 0.22)), (0.16, 0.07, 0.06))
        self.lay(0.5 * front * bump(x, y, (1.95, -4.5), (0.18, 0.6)), self.shade(0.55))
        self.lay(0.35 * front * bump(x, y, (0.0, -5.45), (1.1, 0.2)), self.shade(0.5))
        self.lay(0.3 * front * bump(x, y, (0.0, -8.75), (1.3, 0.3)), self.shade(0.5))
        fold = np.exp(-(((x - 2.1 + 0.45 * (y + 4.5)) / 0.22) ** 2))
        self.lay(0.28 * front * fold * step(-7.6, -6.5, y) * step(-4.3, -5.0, y), self.shade(0.55))

    def lips(self) -> None:
        """Both lips and the line between them."""
        half, x = self._looks.mouth, self.aside
        share = np.clip(1 - (x / half) ** 2, 0, 1)
        top = _MOUTH_Y + 0.62 * share**0.7 - 0.16 * np.exp(-((x / 0.4) ** 2))
        foot = _MOUTH_Y - 0.85 * share**0.8
        lips = step(-0.1, 0.1, top - self.y) * step(-0.1, 0.1, self.y - foot)
        lips = lips * (x < half) * self.front
        self.lay(0.9 * lips, self._looks.lips)
        self.lay(0.35 * lips * (self.y > _MOUTH_Y), np.array(self._looks.lips) * 0.6)
        line = np.exp(-(((self.y - _MOUTH_Y) / 0.10) ** 2)) * step(half + 0.15, half - 0.3, x)
        self.lay(0.85 * self.front * line, (0.22, 0.08, 0.08))

    def brows(self) -> None:
        """Two brows of single hairs."""
        along = self.aside - self._looks.eye_apart
        middle = self._looks.brow + 0.28 * np.cos(along * 0.75) - 0.10 * along
        thick = 0.34 - 0.06 * np.clip(along, -2, 2)
        brow = np.exp(-(((self.y - middle) / thick) ** 4))
        brow = brow * step(-2.0, -1.6, along) * step(2.1, 1.2, along) * self.front
        hairs = self._chance.random(self.x.shape) * 0.35 + 0.65
        self.lay(0.85 * self._looks.brow_dark * brow * hairs, self._brow_colour())

    def eyes(self, lids: float) -> None:
        """Both eyes; ``lids`` 1 = open, 0 = closed."""
        apart, high = self._looks.eye_apart, self._looks.eye_high
        along = self.aside - apart
        arc = np.clip(1 - (along / _EYE_HALF) ** 2, 0, 1)
        top = 0.10 * along + high * lids * arc**0.75 - 0.35 * (1 - lids) * arc
        foot = 0.10 * along - 0.42 * arc
        near = np.abs(along)
        if lids > 0.2:
            open_ = step(-0.05, 0.05, top - self.y) * step(-0.05, 0.05, self.y - foot)
            self._eyeballs(open_ * (near < _EYE_HALF) * self.front, top)
        within = step(_EYE_HALF + 0.2, _EYE_HALF - 0.1, near) * self.front
        self.lay(0.9 * np.exp(-(((self.y - top) / 0.11) ** 2)) * within, _DARK)
        self.lay(0.35 * np.exp(-(((self.y - foot) / 0.08) ** 2)) * within, (0.3, 0.16, 0.13))
        crease = high * arc**0.6 + 0.42 + 0.10 * along
        fold = np.exp(-(((self.y - crease) / 0.09) ** 2)) * within
        self.lay(0.4 * fold * (0.4 + 0.6 * lids), self.shade(0.5))

    def _eyeballs(self, seen: Array, top: Array) -> None:
        middle = np.sign(self.x) * self._looks.eye_apart
        from_middle = np.hypot(self.x - middle, self.y - 0.03)
        self.lay(seen, (0.80, 0.77, 0.74))
        self.lay(seen * step(0.64, 0.54, from_middle), self._looks.iris)
        self.lay(seen * step(0.32, 0.24, from_middle), (0.02, 0.02, 0.02))
        light = np.hypot(self.x - middle + 0.18, self.y - 0.25)
        self.lay(seen * step(0.14, 0.08, light), (0.95, 0.95, 0.95))
        self.lay(seen * 0.5 * np.exp(-(((top - self.y) / 0.22) ** 2)), (0.1, 0.08, 0.08))

    def strands(self) -> None:
        """The hair, in strands."""
        strands = cv2.GaussianBlur(
            self._chance.normal(0, 1, self.x.shape), (0, 0), sigmaX=1.2, sigmaY=9
        )
        shine = 1 + 0.22 * strands / strands.std()
        hair = np.array(self._looks.hair) * shine[..., None]
        self.lay(step(0.35, 0.6, self.hair), np.clip(hair, 0, 1))

    def shirt(self) -> None:
        """From the collar down."""
        collar = self.y + 0.10 * self.aside + 1.2 * np.exp(-((self.x / 2.5) ** 2)) * self.front
        self.lay(step(-15.6, -16.0, collar), self._looks.shirt)

    def _brow_colour(self) -> Array:
        return np.array(self._looks.hair) * 0.8


def painted(surface: Surface, looks: Looks, lids: float) -> Array:
    """The colours of a head, 0 to 1, as if lit from everywhere."""
    paint = Paint(surface, looks)
    paint.skin()
    paint.lips()
    paint.brows()
    paint.eyes(lids)
    paint.strands()
    paint.shirt()
    return np.asarray(paint.colour)


def painted_ear(surface: Surface, looks: Looks) -> Array:
    """An ear: redder than the face, darker inside."""
    tone = 0.78 + 0.22 * np.clip(surface.hair, 0, 1)
    return np.asarray(np.array(looks.skin) * tone[..., None] * (1.02, 0.93, 0.90))
