"""Which face comparison there is for a person, in the order of their worth, and its record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.face_check import LiveOutcome, draft_of
from app.domain.person_check import CheckDraft, CheckVerdict, CheckWay
from app.use_cases.check_person import record_check
from app.use_cases.templates import known_face

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain.e_certificate import FaceEvidence
    from app.domain.person_check import PersonCheck
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.templates import Known
    from app.use_cases.views import Patient


@dataclass(frozen=True, slots=True)
class FacePlan:
    """What a live face of this person can be compared with here and now."""

    way: CheckWay
    """``BY_EYE``: nothing is here, people compare."""
    known: Known
    """Consent, and templates where the way is ``TEMPLATE``."""


def face_plan(doors: Doors, patient: Patient, model_id: str, *, has_picture: bool) -> FacePlan:
    """The first that can be used: the card's picture, a template, else people.

    ``has_picture``: this customer's card was read here and its picture could be decoded. Without
    a consent that stands the till itself looks at no face at all (policy 3.9).
    """
    known = known_face(doors, patient.person_id, model_id)
    if not known.consent_id:
        return FacePlan(CheckWay.BY_EYE, known)
    if has_picture:
        return FacePlan(CheckWay.CARD_PICTURE, known)
    return FacePlan(CheckWay.TEMPLATE if known.templates else CheckWay.BY_EYE, known)


def terminal_draft(evidence: FaceEvidence, patient: Patient) -> CheckDraft | None:
    """What the terminal's own face authentication says of this customer; None = nothing sure.

    It comes before every comparison of ours: its result is the evidence.
    """
    told = evidence.names(patient.person.cert_no)
    if told is None:
        return None
    verdict = CheckVerdict.MATCH if told else CheckVerdict.MISMATCH
    return CheckDraft(CheckWay.TERMINAL_FACE, verdict, "" if told else "differs")


def record_live(
    doors: Doors,
    sale_id: str,
    patient: Patient,
    plan: FacePlan,
    outcome: LiveOutcome,
    operator: Operator,
) -> PersonCheck | None:
    """Keep what a live check found; None = it decided nothing, and only the log knows of it.

    :raises NotAllowed: the consent was withdrawn meanwhile; else as ``record_check``.
    """
    draft = draft_of(outcome, plan.way, plan.known.consent_id)
    if draft is not None:
        return record_check(doors, sale_id, patient, draft, operator)
    _log_undecided(doors, sale_id, patient, outcome, operator, doors.clock.now())
    return None


def _log_undecided(
    doors: Doors,
    sale_id: str,
    patient: Patient,
    outcome: LiveOutcome,
    operator: Operator,
    now: datetime,
) -> None:
    entry: dict[str, object] = {
        "sale": sale_id,
        "person": patient.person_id,
        "phase": outcome.view.phase.value,
        "fault": outcome.view.fault.value if outcome.view.fault else "",
        "compared": outcome.compared.value if outcome.compared else "",
        "tries": len(outcome.distances_e4),
        "best_e4": min(outcome.distances_e4, default=0),
        "model": outcome.model_id,
    }
    with doors.uow() as uow:
        told = {name: value for name, value in entry.items() if value not in ("", 0)}
        uow.log.append("face.undecided", operator.staff.id, now, told)
        uow.commit()
