"""What the screens ask of the shop about faces: who can be compared with what, one live check."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.face import Template
    from app.domain.face_check import LiveOutcome
    from app.domain.face_template import FacesKept
    from app.domain.identity_card import IdentityCard
    from app.domain.liveness import LiveView
    from app.domain.person_check import PersonCheck
    from app.domain.picture import Glimpse
    from app.use_cases.check_face import FacePlan
    from app.use_cases.doors import Operator
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.views import Patient


class EngineTold(NamedTuple):
    """What compares here, as it is named on the screen and in the record."""

    model_id: str
    practice: bool
    """It compares by the mark of a practice picture, not by the face."""


class LiveRun(Protocol):
    """One live check; frames from any thread, :meth:`run` once on the *pictures* lane."""

    def offer(self, glimpse: Glimpse) -> None:
        """A frame of the camera; returns at once."""
        ...

    def give_up(self) -> None:
        """Nobody waits for it any more; :meth:`run` ends soon."""
        ...

    def run(self, tell: Callable[[LiveView], None]) -> LiveOutcome:
        """Until it passed or failed.

        :raises DeviceError: the card's picture cannot be decoded, or shows no face.
        """
        ...


class FaceNowDoor(Protocol):
    """Answered from memory."""

    def face_camera(self) -> bool:
        """Whether this till has a camera that customers stand before."""
        ...

    def card_laid(self, card: IdentityCard) -> None:
        """A card was read: its picture stays in memory while its owner stands here."""
        ...

    def forget_card(self) -> None:
        """The customer left."""
        ...

    def live_run(self, plan: FacePlan | None) -> LiveRun:
        """A check against what was planned; None = pictures for a template are taken.

        Only after :meth:`FaceLaneDoor.load_faces`.
        """
        ...


class FaceLaneDoor(Protocol):
    """*pictures*: the first. *store*: the others."""

    def load_faces(self) -> EngineTold:
        """Have the engine ready; a quarter of a second, once.

        :raises BadValue, BadFile, NotOffered: the engine that is set cannot be used here.
        """
        ...

    def face_plan(self, patient: Patient, model_id: str) -> FacePlan:
        """What this person's face can be compared with here and now."""
        ...

    def record_live(
        self, sale_id: str, patient: Patient, plan: FacePlan, outcome: LiveOutcome,
        operator: Operator,
    ) -> PersonCheck | None:  # fmt: skip
        """Keep what was found; None = nothing was: people compare by eye."""
        ...

    def enrol_face(
        self, sale_id: str, patient: Patient, templates: tuple[Template, ...],
        operator: Operator, second: SecondPerson,
    ) -> int:  # fmt: skip
        """Keep templates; see :func:`app.use_cases.templates.enrol_face` for errors."""
        ...


class FaceCountDoor(Protocol):
    """*store*."""

    def faces_kept(self) -> FacesKept:
        """How many persons have a template, against the number from which a store files."""
        ...


class FaceDoor(FaceNowDoor, FaceLaneDoor, FaceCountDoor, Protocol):
    """All groups."""
