"""The figures of one frame: who is in it, how lit and sharp, where the nose points."""

from __future__ import annotations

from math import ceil
from typing import Final

import cv2
import numpy as np

from app.domain.face import Face, Landmarks, Pixels, Template, Thresholds
from app.domain.liveness import FrameSeen
from app.domain.picture import Glimpse
from app.errors import BadPicture, PictureTooLarge
from app.ports_face import FaceEngine
from devices.face_matcher.arrays import array_of
from devices.face_matcher.compare import other_faces
from devices.face_matcher.geometry import Array

MOST_PIXELS: Final = 2_100_000
"""A frame is no larger than 1080p: a camera hands down 640 pixels a row (6 MB at the most)."""
_NOSE, _RIGHT_CHEEK, _LEFT_CHEEK = 1, 234, 454
_EYES: Final = ((33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380))
"""Corner, two above, corner, two below; of the mesh of 468 points (face.md 5)."""
_MESH_POINTS: Final = 468
_SIDE: Final = 112
"""The face is measured at this size: sharpness depends on the scale."""
_WHITE: Final = 250
_E4: Final = 10_000


class FaceMeter:
    """Looks at frames with a detector and a mesh of 468 points; 10 ms a frame (face.md 2)."""

    def __init__(self, engine: FaceEngine) -> None:
        """``engine`` finds and measures; it need not be the one that compares."""
        self.engine = engine

    def look(self, picture: Pixels) -> tuple[FrameSeen, Landmarks | None]:
        """The figures, and the mesh they were taken from; None where there is no face."""
        faces = sorted(self.engine.detect(picture), key=lambda face: -face.width)
        if not faces:
            return FrameSeen(0), None
        face = faces[0]
        landmarks = self.engine.landmarks(picture, face)
        count = 1 + other_faces(faces)
        if len(landmarks.points) != _MESH_POINTS:
            return FrameSeen(count), None
        light, washed, sharp = _lit(picture, face)
        mesh = np.array(landmarks.points)
        return FrameSeen(
            faces=count,
            width=int(face.width),
            light=light,
            washed=washed,
            sharp=sharp,
            nose_e4=_bounded(_nose(mesh)),
            eyes_e4=_bounded(sum(_open(mesh, eye) for eye in _EYES) / len(_EYES)),
            mesh_e4=_bounded(landmarks.score),
        ), landmarks


def pixels_of(glimpse: Glimpse) -> Pixels:
    """A camera's frame as engines take it, not copied.

    :raises PictureTooLarge: :raises BadPicture: its bytes are not its size.
    """
    if glimpse.width * glimpse.height > MOST_PIXELS:
        raise PictureTooLarge(file="camera", most="1920x1080")
    if glimpse.width < 1 or len(glimpse.rgb) != 3 * glimpse.width * glimpse.height:
        raise BadPicture(file="camera")
    return Pixels(glimpse.width, glimpse.height, glimpse.rgb)


def thresholds_e4(thresholds: Thresholds) -> tuple[int, int]:
    """Up to where it is the same person, and up to where it is unclear, in ten-thousandths."""
    return round(thresholds.accept * _E4), round(thresholds.retake * _E4)


def distance_e4(engine: FaceEngine, one: Template, other: Template) -> int:
    """In ten-thousandths, rounded up: rounding never lets a stranger in."""
    return ceil(engine.distance(one, other) * _E4)


def _nose(mesh: Array) -> float:
    """Where the nose stands between the cheeks: -1 to 1, 0 in the middle (face.md 5)."""
    across = mesh[_LEFT_CHEEK] - mesh[_RIGHT_CHEEK]
    length = float(across @ across)
    if length < 1.0:
        return 0.0
    return (float((mesh[_NOSE] - mesh[_RIGHT_CHEEK]) @ across) / length - 0.5) * 2


def _open(mesh: Array, eye: tuple[int, ...]) -> float:
    """Height of an eye to its width."""
    corner, above, above_too, other, below_too, below = (mesh[at] for at in eye)
    width = float(np.linalg.norm(corner - other))
    if width < 1.0:
        return 0.0
    high = np.linalg.norm(above - below) + np.linalg.norm(above_too - below_too)
    return float(high) / (2 * width)


def _lit(picture: Pixels, face: Face) -> tuple[int, int, int]:
    """Mean light, white thousandths, sharpness of the face; nothing of it = black."""
    left, top = max(0, int(face.left)), max(0, int(face.top))
    right, end = int(face.left + face.width), int(face.top + face.height)
    cut = array_of(picture)[top : max(top, end), left : max(left, right)]
    if not cut.size:
        return 0, 0, 0
    grey = cv2.cvtColor(np.ascontiguousarray(cut), cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    white = 1000 * float(np.count_nonzero(small >= _WHITE)) / small.size
    sharp = float(cv2.Laplacian(small, cv2.CV_64F).var())
    return round(float(small.mean())), round(white), round(sharp)


def _bounded(share: float) -> int:
    return max(-10 * _E4, min(10 * _E4, round(share * _E4)))
