"""The door to engines that find, measure and compare faces."""

from __future__ import annotations

from typing import Protocol

from app.domain.face import Face, Landmarks, Pixels, Template, Thresholds


class FaceEngine(Protocol):
    """One model pack; one thread at a time uses it."""

    @property
    def model_id(self) -> str:
        """Name and version of the pack: templates of two packs do not compare."""
        ...

    @property
    def thresholds(self) -> Thresholds:
        """Of this pack, as measured."""
        ...

    def detect(self, picture: Pixels) -> list[Face]:
        """The faces in the picture, the surest first; none is no error."""
        ...

    def landmarks(self, picture: Pixels, face: Face) -> Landmarks:
        """Points of a face; their score says whether it is a face at all."""
        ...

    def embed(self, picture: Pixels, landmarks: Landmarks) -> Template:
        """What can be compared."""
        ...

    def distance(self, one: Template, other: Template) -> float:
        """0 = the same picture; :raises BadValue: templates of two models."""
        ...
