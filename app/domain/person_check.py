"""Person against credential (人证核验): what one check at the counter found, and by what way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from app.domain.clock import BusinessDay


class CheckWay(StrEnum):
    """What the person before the counter was compared with, the first one first (issue order)."""

    TERMINAL_FACE = "terminal_face"
    """The insurance terminal's own face authentication; its result is the evidence."""
    CARD_PICTURE = "card_picture"
    """Live face against the picture in the identity card's chip, in memory only."""
    TEMPLATE = "template"
    """Live face against a template enrolled with a consent of its own."""
    BY_EYE = "by_eye"
    """人工核验: staff compare by eye with the document; the way that is no worse (policy 3.9)."""
    OVERRIDE = "override"
    """A manager released a mismatch with a reason, a second person with number and PIN beside."""


class CheckVerdict(StrEnum):
    """What a check found; nothing recorded = not checked."""

    MATCH = "match"
    MISMATCH = "mismatch"


NO_DOCUMENT: Final = frozenset({"document_absent", "reader_broken"})
"""Reasons of an override that let a typed number settle: why nothing could be read (S-15)."""

CHECK_REASONS: Final[Mapping[CheckWay, frozenset[str]]] = {
    CheckWay.TERMINAL_FACE: frozenset({"", "differs"}),
    CheckWay.CARD_PICTURE: frozenset({"", "differs", "liveness"}),
    CheckWay.TEMPLATE: frozenset({"", "differs", "liveness"}),
    CheckWay.BY_EYE: frozenset(
        {"", "no_consent", "no_camera", "unclear", "not_asked", "not_this_person"}
    ),
    CheckWay.OVERRIDE: frozenset({"appearance", "old_picture", "device_wrong", *NO_DOCUMENT}),
}
"""Why, as codes: the words stand under ``person.reason_<code>``. Empty = nothing to explain."""

SECOND_DEMANDED: Final = frozenset({CheckWay.BY_EYE, CheckWay.OVERRIDE})
"""Ways whose *match* is the word of people: two of them have to give it (policy 3.9)."""


@dataclass(frozen=True, slots=True)
class CheckDraft:
    """What a check found, before the books give it an id, a time and its people."""

    way: CheckWay
    verdict: CheckVerdict
    reason: str = ""
    model_id: str = ""
    distance_e4: int | None = None
    threshold_e4: int | None = None
    liveness: str = ""
    tries: int = 0
    consent_id: str = ""


@dataclass(frozen=True, slots=True)
class PersonCheck:
    """One check as the books keep it: result, score, threshold, model; never a face.

    Distances are whole ten-thousandths: books hold no binary fractions.
    """

    id: str
    sale_id: str
    person_id: str
    """Who the credential names. A check of somebody else says nothing of this person."""
    at: datetime
    by: str
    """Random id of the member of staff at the counter."""
    way: CheckWay
    verdict: CheckVerdict
    credential: str = ""
    """``CredentialKind`` value that was shown."""
    model_id: str = ""
    """Engine that measured the distance; the practice engine names itself here."""
    distance_e4: int | None = None
    threshold_e4: int | None = None
    liveness: str = ""
    """What was asked and seen: ``turns``, ``turns+blink``; empty = not asked."""
    tries: int = 0
    """Pictures that were compared, the grey zone's retakes included."""
    consent_id: str = ""
    """Under which consent the face was used; empty where no face was."""
    second_id: str = ""
    """Random id of the second person, where one is demanded."""
    reason: str = ""
    """A code of ``CHECK_REASONS``; never free text."""


def newest_of(checks: Iterable[PersonCheck], person_id: str) -> PersonCheck | None:
    """The check that counts for a person: the last one of this very person."""
    mine = [check for check in checks if check.person_id == person_id]
    return mine[-1] if mine else None


def counting(checks: Iterable[PersonCheck], person_id: str, now: datetime) -> PersonCheck | None:
    """The check that a step of this moment may rest on.

    A match is of its business day: whoever takes a parked basket back another day is looked at
    again. A mismatch stays with the sale until a manager releases it.
    """
    found = newest_of(checks, person_id)
    if found is None or found.verdict is CheckVerdict.MISMATCH:
        return found
    return found if BusinessDay.of(found.at) == BusinessDay.of(now) else None


def differed_before(checks: Iterable[PersonCheck], sale_id: str) -> PersonCheck | None:
    """The mismatch at another sale that nobody released; ``checks``: one person's, oldest first.

    A new basket is no way out of it: only a manager's release is (HY-1.1.4b).
    """
    found = None
    for check in checks:
        if check.verdict is CheckVerdict.MISMATCH:
            found = check if check.sale_id != sale_id else found
        elif check.way is CheckWay.OVERRIDE:
            found = None
    return found
