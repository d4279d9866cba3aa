"""The engine of practice: finds and measures faces as the real one does, compares by a mark.

Rendered heads go through the real detector and the real mesh, so framing, light, several faces
and liveness are played as they are. Whether two pictures show the same person comes from the
name mark that a practice camera writes into its frames (``devices/name_mark.py``), never from the
faces. Its model id says so on every screen and in every record, and no real shop gets it:
``ui/face_engines.py`` makes it for practice only.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Final

from app.domain.face import Face, Landmarks, Pixels, Template, Thresholds
from devices import name_mark
from devices.face_matcher.arrays import array_of, euclidean

if TYPE_CHECKING:
    from app.ports_face import FaceEngine

MODEL_ID: Final = "practice-name-mark@1"
THRESHOLDS: Final = Thresholds(accept=0.92, retake=1.00)
"""Those of the engine that ships (face.md 7), so that the zones are practised as they are."""
_LENGTH: Final = name_mark.MOST_PERSONS + 2
_ASIDE, _NOBODY = name_mark.MOST_PERSONS, name_mark.MOST_PERSONS + 1


class PracticeEngine:
    """:class:`app.ports_face.FaceEngine` over another engine's eyes."""

    def __init__(self, real: FaceEngine) -> None:
        """``real`` finds and measures; its comparison is not used."""
        self._real = real

    @property
    def model_id(self) -> str:
        """Begins with ``practice-``."""
        return MODEL_ID

    @property
    def thresholds(self) -> Thresholds:
        """See the port."""
        return THRESHOLDS

    def detect(self, picture: Pixels) -> list[Face]:
        """The real engine's."""
        return self._real.detect(picture)

    def landmarks(self, picture: Pixels, face: Face) -> Landmarks:
        """The real engine's."""
        return self._real.landmarks(picture, face)

    def embed(self, picture: Pixels, landmarks: Landmarks) -> Template:
        """Who the mark names, as far from their plain picture as it says.

        A picture without a mark shows nobody: 1.41 from everybody, refused.
        """
        mark = name_mark.read(array_of(picture))
        values = [0.0] * _LENGTH
        if mark is None:
            values[_NOBODY] = 1.0
        else:
            # On a circle of radius one the chord to the person's own axis is the distance wanted.
            near = 1 - (mark.distance / 100) ** 2 / 2
            values[mark.person], values[_ASIDE] = near, sqrt(max(0.0, 1 - near * near))
        return Template(MODEL_ID, tuple(values))

    def distance(self, one: Template, other: Template) -> float:
        """Euclidean; 1.41 between two persons. Whole hundredths stay what the mark says."""
        return round(euclidean(one, other), 6)
