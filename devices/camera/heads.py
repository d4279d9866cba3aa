"""Pictures of invented heads, turned and lit: what a practice camera sees instead of a patient.

They are drawn as clouds of points, near ones over far ones, into a small picture that is enlarged:
some 20 ms for a pose that was never asked for, nearly nothing for one that was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import cv2
import numpy as np

from devices.camera.head_paint import painted, painted_ear
from devices.camera.head_shape import PERSONS, Array, Surface, ear, head
from devices.camera.quality import Frame

WIDTH, HEIGHT = 320, 240
"""Of the picture that is drawn."""
_DOTS_A_CM: Final = 6.0
_LENS_CM: Final = 65.0
"""How far the eye of the camera is away: near things look larger, as they do."""
_MIDDLE_Y: Final = 0.46
_PIVOT: Final = np.array([0.0, -8.0, -2.0], np.float32)
"""What the head turns about: the top of the neck."""
_EARS_COVERED: Final = -4.0
"""Hair that hangs lower hides the ears."""
_NOWHERE: Final = -99.0
_PIT_CM: Final = 0.5
"""What lies so much deeper than all around it is seen through a gap between points."""
_YAW_STEP, _PITCH_STEP = 1.5, 3.0
_CEILING: Final = (0.249, 0.548, 0.798)
_WINDOW: Final = (-0.611, 0.204, 0.764)
"""Of length one."""


@dataclass(frozen=True, slots=True)
class Pose:
    """How a head is held, in degrees."""

    yaw: float = 0.0
    """Positive: to the person's own left, which is the picture's right."""
    pitch: float = 0.0
    """Positive: the chin goes down."""
    lids: float = 1.0
    """1 = eyes open, 0 = closed."""


@dataclass(frozen=True, slots=True)
class _Cloud:
    places: Array
    normals: Array
    colours: Array
    stays: Array
    """How much of each place stays with the body when the head turns."""


def portrait(looks: int, pose: Pose) -> tuple[Frame, Frame]:
    """The picture (blue first) and where in it the person is (0 to 255).

    ``looks``: any number; heads are repeated. Poses are rounded to what nobody sees.
    """
    yaw = round(pose.yaw / _YAW_STEP) * _YAW_STEP
    pitch = round(pose.pitch / _PITCH_STEP) * _PITCH_STEP
    return _drawn(looks % len(PERSONS), yaw, pitch, pose.lids > 0.5)


@cache
def _clouds(who: int) -> tuple[_Cloud, _Cloud]:
    """With eyes closed and with eyes open, both at once: a first blink must not stop the frames."""
    looks = PERSONS[who]
    whole = head(looks)
    ears = [ear(looks, side) for side in (-1, 1) if looks.sides > _EARS_COVERED]
    places = _rows([whole, *ears], "places")
    normals = _rows([whole, *ears], "normals")
    stays = np.clip((-11.5 - places[:, 1:2]) / 5, 0, 1)
    beside = [painted_ear(one, looks).reshape(-1, 3) for one in ears]
    closed, open_ = (
        np.concatenate([painted(whole, looks, lids).reshape(-1, 3), *beside]).astype(np.float32)
        for lids in (0.0, 1.0)
    )
    return _Cloud(places, normals, closed, stays), _Cloud(places, normals, open_, stays)


def _rows(parts: Sequence[Surface], of: str) -> Array:
    return np.concatenate([getattr(one, of).reshape(-1, 3) for one in parts]).astype(np.float32)


@lru_cache(maxsize=96)
def _drawn(who: int, yaw: float, pitch: float, open_: bool) -> tuple[Frame, Frame]:
    cloud = _clouds(who)[open_]
    turn = _turn(yaw, pitch)
    ahead = np.flatnonzero(_moved(cloud.normals, turn[2:], cloud.stays, 2)[:, 0] > -0.05)
    stays = cloud.stays[ahead]
    places = _moved(np.take(cloud.places, ahead, 0) - _PIVOT, turn, stays) + _PIVOT
    near = _DOTS_A_CM * _LENS_CM / (_LENS_CM - places[:, 2])
    across = np.rint(WIDTH / 2 + places[:, 0] * near).astype(np.int32)
    down = np.rint(HEIGHT * _MIDDLE_Y - places[:, 1] * near).astype(np.int32)
    seen = (across >= 0) & (across < WIDTH) & (down >= 0) & (down < HEIGHT)
    light = _light(_moved(np.take(cloud.normals, ahead, 0), turn, stays))
    order = np.argsort(places[:, 2])
    order = order[seen[order]]
    at = (down * WIDTH + across)[order]
    lit = np.zeros((ahead.size, 4), np.uint8)
    np.multiply(
        np.take(cloud.colours, ahead, 0), 255 * light[:, None], out=lit[:, :3], casting="unsafe"
    )
    picture = np.zeros(HEIGHT * WIDTH, np.uint32)
    depth = np.full(HEIGHT * WIDTH, _NOWHERE, np.float32)
    # Four bytes of a colour are moved as one number.
    picture[at], depth[at] = lit.view(np.uint32)[order, 0], places[order, 2]
    colours = picture.view(np.uint8).reshape(HEIGHT, WIDTH, 4)[..., :3].astype(np.float32) / 255
    return _closed(colours, depth.reshape(HEIGHT, WIDTH))


def _moved(rows: Array, turn: Array, stays: Array, first: int = 0) -> Array:
    """Turned, but for what stays with the body; ``first``: the axis of the turn's first row.

    Written out: for so narrow a product the matrix library only wakes threads that wait.
    """
    x, y, z = rows.T
    axes = []
    for axis, (a, b, c) in enumerate(turn, first):
        turned = x * a + y * b + z * c
        axes.append(turned + (rows[:, axis] - turned) * stays[:, 0])
    return np.stack(axes, 1)


def _turn(yaw: float, pitch: float) -> Array:
    side, nod = np.radians(yaw), np.radians(pitch)
    about_y = [[np.cos(side), 0, np.sin(side)], [0, 1, 0], [-np.sin(side), 0, np.cos(side)]]
    about_x = [[1, 0, 0], [0, np.cos(nod), -np.sin(nod)], [0, np.sin(nod), np.cos(nod)]]
    return np.asarray(np.array(about_x) @ np.array(about_y), np.float32)


def _light(normals: Array) -> Array:
    """A room with lamps at the ceiling and a window to one side."""
    x, y, z = normals.T
    from_above, from_aside = (
        np.maximum(x * a + y * b + z * c, 0) for a, b, c in (_CEILING, _WINDOW)
    )
    return np.asarray(np.minimum(0.42 + 0.50 * from_above + 0.22 * from_aside, 1))


def _closed(picture: Array, depth: Array) -> tuple[Frame, Frame]:
    """Without the pinholes between points; colours in 0 to 255, blue first."""
    shut = cv2.morphologyEx(depth, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    whole = (shut > _NOWHERE).astype(np.float32)
    there = (shut - depth < _PIT_CM).astype(np.float32) * whole
    known = picture * there[..., None]
    around = cv2.blur(known, (3, 3)) / np.maximum(cv2.blur(there, (3, 3)), 1e-3)[..., None]
    filled = np.where((there > 0)[..., None], picture, around)
    # Beyond the edge goes the edge's colour: else the enlarged picture had a dark rim.
    filled = filled * whole[..., None]
    beyond = cv2.blur(filled, (5, 5)) / np.maximum(cv2.blur(whole, (5, 5)), 1e-3)[..., None]
    filled = np.where((whole > 0)[..., None], filled, beyond)
    colours = (filled[..., ::-1].clip(0, 1) * 255).astype(np.uint8)
    return np.ascontiguousarray(colours), (cv2.GaussianBlur(whole, (3, 3), 0) * 255).astype(
        np.uint8
    )
