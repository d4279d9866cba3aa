"""The doors to engines that find, measure and compare faces, and to templates in the books."""

from __future__ import annotations

from typing import Protocol

from app.domain.consent import ConsentPurpose
from app.domain.face import Face, Landmarks, Pixels, Template, Thresholds
from app.domain.face_template import KeptTemplate


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


class TemplateBook(Protocol):
    """Templates of the store; their numbers are sealed, bound to person, purpose and model."""

    def add(self, kept: KeptTemplate) -> None:
        """Keep a new one; :raises BadValue: its id is taken."""
        ...

    def of_person(
        self, person_id: str, purpose: ConsentPurpose, model_id: str
    ) -> list[KeptTemplate]:
        """Those of a person that this model can compare, oldest first.

        :raises SecretError: one was altered, or put into another row.
        """
        ...

    def models_of(self, person_id: str) -> frozenset[str]:
        """Of which models a person has any; nothing is opened."""
        ...

    def delete_of(self, person_id: str) -> int:
        """Every template of a person, of any model, goes; answers how many went."""
        ...

    def persons(self) -> int:
        """How many persons have any."""
        ...
