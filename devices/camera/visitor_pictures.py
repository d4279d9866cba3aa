"""The pictures that a practice camera gives of who stands before it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np

from devices.camera.head_shape import Array
from devices.camera.heads import HEIGHT, WIDTH, Pose, portrait
from devices.camera.quality import Frame
from devices.camera.visitor import PHOTO_TURNED, Manner, Visit
from devices.name_mark import NameMark, draw

SIZE: Final = (640, 480)
_BEATS_A_SECOND: Final = 15
_BLINK_EVERY, _BLINK_FRAMES = 40, 3
_LENS: Final = 2.2
"""How far the eye of the camera is from a photo, in heights of the photo."""


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where a head is in the frame: pixels from the middle, size, degrees."""

    aside: float = 0.0
    down: float = 0.0
    size: float = 2.0
    roll: float = 0.0


def picture_of(visit: Visit, yaw: float, beat: int) -> Frame:
    """A frame of 640 x 480 with the name mark of who is shown.

    ``yaw``: how far their head, or the photo, is turned by now; ``beat`` grows from frame to frame.
    """
    if visit.manner is Manner.BLACK:
        return _noisy(np.zeros((SIZE[1], SIZE[0], 3), np.uint8), beat)
    picture = _scene(visit, yaw, beat)
    if visit.manner is not Manner.NOBODY:
        draw(picture, NameMark(visit.who, visit.distance))
    return _noisy(picture, beat)


def _scene(visit: Visit, yaw: float, beat: int) -> Frame:
    if visit.manner is Manner.NOBODY:
        return _shop().copy()
    if visit.manner is Manner.PHOTO:
        return _photo(visit.looks, yaw, beat)
    if visit.manner is Manner.TWO:
        one = _standing(_shop(), visit.looks, Pose(), _Stand(aside=-140, down=20, size=1.7))
        return _standing(one, visit.looks + 1, Pose(), _Stand(aside=140, down=10, size=1.7))
    if visit.manner is Manner.AWAY:
        return _standing(_shop(), visit.looks, Pose(yaw=90), _Stand())
    if visit.manner is Manner.STILL:
        return _standing(_shop(), visit.looks, Pose(), _Stand())
    return _live(visit.looks, yaw, beat)


def _live(looks: int, yaw: float, beat: int) -> Frame:
    """They sway a little and blink now and then: nobody stands like a post."""
    time = beat / _BEATS_A_SECOND
    lids = 0.0 if beat % _BLINK_EVERY < _BLINK_FRAMES else 1.0
    pose = Pose(yaw, 0.0, lids)
    aside, down, roll = 3 * np.sin(1.1 * time), 2 * np.sin(0.7 * time), 1.2 * np.sin(0.9 * time)
    return _standing(_shop(), looks, pose, _Stand(float(aside), float(down), roll=float(roll)))


def plain_picture(who: int, looks: int, width: int = 358, height: int = 441) -> Frame:
    """A picture as on a card: the person before white, looking ahead, with their mark."""
    ground = np.full((SIZE[1], SIZE[0], 3), 238, np.uint8)
    whole = _standing(ground, looks, Pose(), _Stand(down=-10, size=2.4))
    cut = whole[:, (SIZE[0] - 390) // 2 : (SIZE[0] + 390) // 2]
    picture = cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA)
    draw(picture, NameMark(who))
    return np.asarray(picture)


def _standing(behind: Frame, looks: int, pose: Pose, stand: _Stand) -> Frame:
    """A head before a picture."""
    head, there = portrait(looks, pose)
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), stand.roll, stand.size)
    middle = (SIZE[0] - WIDTH) / 2 + stand.aside, (SIZE[1] - HEIGHT) / 2 + stand.down
    matrix[:, 2] += np.array(middle)
    large = cv2.warpAffine(
        head, matrix, SIZE, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    seen = cv2.warpAffine(there, matrix, SIZE, flags=cv2.INTER_LINEAR).astype(np.float32) / 255
    return np.asarray(cv2.blendLinear(large, behind, seen, 1 - seen))


def _photo(looks: int, yaw: float, beat: int) -> Frame:
    """A printed portrait in a hand that does not keep still."""
    time = beat / _BEATS_A_SECOND
    shaken = (
        float(np.clip(yaw + 25 * np.sin(3.1 * time), -PHOTO_TURNED, PHOTO_TURNED)),
        float(18 * np.sin(2.3 * time + 1)),
        float(7 * np.sin(1.9 * time)),
    )
    return held_up(looks, *shaken, size=1 + 0.06 * float(np.sin(1.3 * time)))


def held_up(looks: int, yaw: float, tilt: float, roll: float, size: float = 1.0) -> Frame:
    """A flat picture of a person before the camera, turned by so many degrees; no name mark."""
    paper = _print(looks)
    high, wide = paper.shape[:2]
    corners = np.array([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)], np.float64)
    corners *= np.array((wide / 2, high / 2, 0.0))
    turned = corners @ _turned(yaw, tilt, roll).T
    lens = _LENS * high
    seen = turned[:, :2] * (size * lens / (lens - turned[:, 2:]))
    target = (seen + np.array(SIZE) / 2).astype(np.float32)
    source = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, target)
    picture = cv2.warpPerspective(paper, matrix, SIZE, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.ones((high, wide), np.float32), matrix, SIZE)
    whole = cv2.blendLinear(picture, _shop(), mask, 1 - mask)
    foot = (int(target[2:, 0].mean()), int(target[2:, 1].mean()))
    cv2.ellipse(whole, foot, (26, 46), roll, 0, 360, (120, 150, 200), -1, cv2.LINE_AA)
    return np.asarray(whole)


def _turned(yaw: float, tilt: float, roll: float) -> Array:
    """z towards the camera, y down: as pictures count."""
    side, nod, lean = np.radians((yaw, tilt, roll))
    about_y = [[np.cos(side), 0, np.sin(side)], [0, 1, 0], [-np.sin(side), 0, np.cos(side)]]
    about_x = [[1, 0, 0], [0, np.cos(nod), -np.sin(nod)], [0, np.sin(nod), np.cos(nod)]]
    about_z = [[np.cos(lean), -np.sin(lean), 0], [np.sin(lean), np.cos(lean), 0], [0, 0, 1]]
    return np.asarray(np.array(about_z) @ np.array(about_x) @ np.array(about_y))


@cache
def _print(looks: int) -> Frame:
    """A portrait on paper with a white rim."""
    ground = np.full((SIZE[1], SIZE[0], 3), (205, 190, 170), np.uint8)
    whole = _standing(ground, looks, Pose(), _Stand(size=2.0))
    cut = whole[60:420, 180:460]
    return np.asarray(
        cv2.copyMakeBorder(cut, 16, 16, 16, 16, cv2.BORDER_CONSTANT, value=(240, 242, 244))
    )


def _noisy(picture: Frame, beat: int) -> Frame:
    """No sensor sees the same twice."""
    return np.asarray(cv2.add(picture, np.roll(_noise(), 41 * beat, axis=1)))


@cache
def _noise() -> Frame:
    return np.random.default_rng(11).integers(0, 7, (SIZE[1], SIZE[0], 3), dtype=np.uint8)


@cache
def _shop() -> Frame:
    """Shelves with boxes, a little out of focus."""
    chance = np.random.default_rng(23)
    wall = np.full((SIZE[1], SIZE[0], 3), (150, 158, 160), np.uint8)
    for foot in range(96, SIZE[1] + 96, 96):
        left = 4
        while left < SIZE[0]:
            wide, high = (int(chance.integers(*span)) for span in ((22, 60), (34, 76)))
            colour = tuple(int(one) for one in chance.integers(110, 225, 3))
            cv2.rectangle(wall, (left, foot - 8 - high), (left + wide, foot - 9), colour, -1)
            left += wide + int(chance.integers(3, 14))
        cv2.rectangle(wall, (0, foot - 8), (SIZE[0], foot), (92, 110, 124), -1)
    return np.asarray(cv2.GaussianBlur(wall, (0, 0), 2.2))
