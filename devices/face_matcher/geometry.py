"""Boxes, anchors and transforms of the face models; numbers only."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]

DETECTOR_SIDE: Final = 128
_GRIDS: Final = ((16, 2), (8, 6))
"""Cells a side and anchors a cell: strides 8 and 16 of 128 pixels (MODELS.md)."""
_LEAST_SCORE: Final = 0.5
_SAME_FACE: Final = 0.3
"""Overlap from which two boxes are one face."""


@cache
def anchors() -> Array:
    """Centres of the 896 anchors in shares of the side, row by row."""
    rows = []
    for cells, each in _GRIDS:
        middle = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        grid = np.stack(np.meshgrid(middle, middle), axis=-1).reshape(-1, 2)
        rows.append(np.repeat(grid, each, axis=0))
    return np.concatenate(rows)


def letterbox(width: int, height: int) -> tuple[float, int, int]:
    """Scale and the two margins by which a picture lies in the detector's square."""
    scale = DETECTOR_SIDE / max(width, height)
    left, top = (DETECTOR_SIDE - max(1, round(side * scale)) for side in (width, height))
    return scale, left // 2, top // 2


def decode(regressors: Array, scores: Array) -> tuple[Array, Array]:
    """Boxes with key points (n x 16: left, top, width, height, six points) and their scores.

    In shares of the detector's square, the surest first, overlapping ones once.
    """
    sure = 1.0 / (1.0 + np.exp(-np.clip(scores.reshape(-1), -60.0, 60.0)))
    keep = np.flatnonzero(sure >= _LEAST_SCORE)
    raw, sure = regressors.reshape(-1, 16)[keep] / DETECTOR_SIDE, sure[keep]
    middle = anchors()[keep]
    found = np.empty_like(raw)
    found[:, 2:4] = raw[:, 2:4]
    found[:, 0:2] = raw[:, 0:2] + middle - raw[:, 2:4] / 2
    found[:, 4:] = raw[:, 4:] + np.tile(middle, 6)
    order = np.argsort(-sure)
    return _once(found[order], sure[order])


def _once(found: Array, sure: Array) -> tuple[Array, Array]:
    """Overlapping boxes are one face: their mean, weighted by how sure each is."""
    faces, scores = [], []
    left = np.arange(len(sure))
    while left.size:
        best = left[0]
        near = _overlap(found[best], found[left]) >= _SAME_FACE
        group = left[near]
        faces.append(np.average(found[group], axis=0, weights=sure[group]))
        scores.append(sure[best])
        left = left[~near]
    if not faces:
        return np.empty((0, 16), np.float32), np.empty(0, np.float32)
    return np.stack(faces), np.array(scores)


def _overlap(one: Array, many: Array) -> Array:
    top = np.maximum(one[0:2], many[:, 0:2])
    end = np.minimum(one[0:2] + one[2:4], many[:, 0:2] + many[:, 2:4])
    shared = np.prod(np.clip(end - top, 0, None), axis=1)
    whole = one[2] * one[3] + many[:, 2] * many[:, 3] - shared
    return np.asarray(shared / np.maximum(whole, 1e-9))


def square(centre: Array, side: float, angle: float, size: int) -> Array:
    """2 x 3: from the picture to an upright square of ``size`` pixels around a turned face."""
    cos, sin = np.cos(angle) * size / side, np.sin(angle) * size / side
    turn = np.array([[cos, sin], [-sin, cos]])
    return np.hstack([turn, (size / 2 - turn @ centre).reshape(2, 1)])


def back(matrix: Array, points: Array) -> Array:
    """Points of the square in the picture again."""
    turn = np.linalg.inv(matrix[:, :2])
    return np.asarray((points - matrix[:, 2]) @ turn.T)


def similarity(source: Array, target: Array) -> Array:
    """2 x 3: the turn, scale and shift that bring ``source`` nearest to ``target``.

    Least squares over all points (Umeyama 1991), no reflection.
    """
    from_middle, to_middle = source.mean(axis=0), target.mean(axis=0)
    centred, wanted = source - from_middle, target - to_middle
    u, strength, vt = np.linalg.svd(wanted.T @ centred / len(source))
    flip = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    turn = u @ np.diag(flip) @ vt
    scale = float((strength * flip).sum() / max(float((centred**2).sum() / len(source)), 1e-9))
    return np.hstack([scale * turn, (to_middle - scale * turn @ from_middle).reshape(2, 1)])
