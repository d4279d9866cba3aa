"""An engine for tests whose pictures say themselves who turns the head where; and their frames."""

from __future__ import annotations

import numpy as np

from app.domain.face import Face, Landmarks, Pixels, Template, Thresholds
from app.domain.picture import Glimpse

WIDE, HIGH = 320, 180
_NOISE = np.random.default_rng(5).integers(60, 190, (HIGH, WIDE, 3), dtype=np.uint8)


def glimpse(nose: int = 0, who: int = 0, faces: int = 1, width: int = 150) -> Glimpse:
    """``nose`` in hundredths; ``who`` in hundredths of a distance from person 0."""
    picture = _NOISE.copy()
    picture[0, 0] = (nose + 128, who, faces)
    picture[0, 1] = (width, 0, 0)
    return Glimpse(WIDE, HIGH, picture.tobytes())


class ScriptEngine:
    """:class:`app.ports_face.FaceEngine` that reads the first bytes of a picture."""

    thresholds = Thresholds(0.92, 1.00)

    def __init__(self, model_id: str = "script@1") -> None:
        self.model_id = model_id
        self.embedded = 0

    def detect(self, picture: Pixels) -> list[Face]:
        count, width = picture.rgb[2], picture.rgb[3]
        return [Face(10, 10, width, 150, 0.9) for _ in range(count)]

    def landmarks(self, picture: Pixels, face: Face) -> Landmarks:
        offset = (picture.rgb[0] - 128) / 100
        points = [(0.0, 0.0)] * 468
        points[234], points[454], points[1] = (0, 50), (100, 50), (50 + 50 * offset, 60)
        for eye in ((33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380)):
            places = ((0, 0), (3, 1), (7, 1), (10, 0), (7, -1), (3, -1))
            for at, place in zip(eye, places, strict=True):
                points[at] = (float(place[0]), float(place[1]))
        return Landmarks(tuple(points), 0.99)

    def embed(self, picture: Pixels, landmarks: Landmarks) -> Template:
        self.embedded += 1
        return Template(self.model_id, (picture.rgb[1] / 100,))

    def distance(self, one: Template, other: Template) -> float:
        return abs(one.values[0] - other.values[0])
