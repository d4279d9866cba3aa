"""What a live face against a reference comes to: three pictures at most, then a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from app.domain.face import Template
from app.domain.liveness import LiveView
from app.domain.liveness_states import LivePhase
from app.domain.person_check import CheckDraft, CheckVerdict, CheckWay

MOST_PICTURES: Final = 3
"""Of one person; the best of them counts. More would let strangers in: each is another chance."""
ENROL_WIDTH: Final = 120
"""Pixels of a face that a template is made of (face.md 7)."""
ENROL_AGREE: Final = 8000
"""Distance up to which the pictures of one enrolment must agree with each other (face.md 7)."""


class Compared(StrEnum):
    """What the pictures so far say; each has a sentence ``live.compared_*``."""

    MATCH = "match"
    RETAKE = "retake"
    """Near, not near enough: another picture."""
    UNCLEAR = "unclear"
    """Three such pictures: people decide by eye, the engine does not."""
    MISMATCH = "mismatch"


def judge(distances_e4: Sequence[int], accept_e4: int, retake_e4: int) -> Compared:
    """The three-picture rule over the distances so far; thresholds are the model's own.

    The first picture alone may refuse: a grey one keeps the door open until the third.
    """
    best = min(distances_e4)
    if best <= accept_e4:
        return Compared.MATCH
    if best > retake_e4:
        return Compared.MISMATCH
    return Compared.RETAKE if len(distances_e4) < MOST_PICTURES else Compared.UNCLEAR


@dataclass(frozen=True, slots=True)
class LiveOutcome:
    """How one live check ended; the templates in it are for memory only, until they are sealed."""

    view: LiveView
    model_id: str
    accept_e4: int
    compared: Compared | None = None
    """None: the check failed, or there was nothing to compare with."""
    distances_e4: tuple[int, ...] = ()
    templates: tuple[Template, ...] = field(default=(), repr=False)
    """Of an enrolment that succeeded: three that agree."""
    frames: int = 0
    """Frames that were looked at."""

    @property
    def passed(self) -> bool:
        """Whether a living head stood there, as far as turns can tell."""
        return self.view.phase is LivePhase.PASSED


def draft_of(outcome: LiveOutcome, way: CheckWay, consent_id: str) -> CheckDraft | None:
    """What a record says of it; None = nothing was found out: people compare by eye.

    A failed liveness says nothing of the person (who cannot turn the head has no other face) and
    an unclear comparison leaves it to people; neither is a match, so the sale stays where it is.
    """
    verdicts = {Compared.MATCH: CheckVerdict.MATCH, Compared.MISMATCH: CheckVerdict.MISMATCH}
    verdict = verdicts.get(outcome.compared) if outcome.compared else None
    if not outcome.passed or verdict is None:
        return None
    return CheckDraft(
        way=way,
        verdict=verdict,
        reason="" if verdict is CheckVerdict.MATCH else "differs",
        model_id=outcome.model_id,
        distance_e4=min(outcome.distances_e4),
        threshold_e4=outcome.accept_e4,
        liveness=outcome.view.signals,
        tries=len(outcome.distances_e4),
        consent_id=consent_id,
    )
