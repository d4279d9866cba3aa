"""Templates of faces: enrolled after document, second person and consent; gone when it is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.domain.consent import ConsentPurpose
from app.domain.credential_proof import PROOFS, Proves, shown_as
from app.domain.face import Template
from app.domain.face_template import KEPT, FacesKept, KeptTemplate
from app.domain.person_check import CheckVerdict, CheckWay, counting
from app.domain.staff import Right
from app.errors import BadValue, NotAllowed, PackValueMissing, SecondPersonNeeded
from app.ports import UnitOfWork
from app.use_cases.consents import forget_face, live_consent
from app.use_cases.doors import Doors, Operator
from app.use_cases.sign_in import SecondPerson, approve
from app.use_cases.views import Patient

ACT: Final = "enrol_face"
_SEEN: Final = frozenset({CheckWay.BY_EYE, CheckWay.CARD_PICTURE, CheckWay.TERMINAL_FACE})
"""Checks of the person in this sale that a template may rest on: not on a template before."""


@dataclass(frozen=True, slots=True)
class Known:
    """What one model can compare a person's face with."""

    consent_id: str = ""
    """Empty: no consent stands, and no template is answered."""
    templates: tuple[Template, ...] = field(default=(), repr=False)
    other_model: bool = False
    """There are templates that this model cannot compare: the person has to be enrolled again."""


def known_face(doors: Doors, person_id: str, model_id: str) -> Known:
    """A person's templates, under a consent that stands and for its purpose only."""
    with doors.uow() as uow:
        consent = live_consent(uow, person_id, ConsentPurpose.FACE)
        if consent is None:
            return Known()
        # A hold may keep some of a consent that was withdrawn: nobody compares with those.
        stands = {one.id for one in uow.consents.of_person(person_id) if one.stands}
        found = uow.templates.of_person(person_id, ConsentPurpose.FACE, model_id)
        kept = [one for one in found if one.consent_id in stands]
        others = uow.templates.models_of(person_id) - {model_id}
    return Known(consent.id, tuple(one.template for one in kept), bool(others) and not kept)


def enrol_face(
    doors: Doors,
    sale_id: str,
    patient: Patient,
    templates: Sequence[Template],
    operator: Operator,
    second: SecondPerson,
) -> int:
    """Keep the templates of one live enrolment in the place of all that were there (HY-1.1.4b).

    The person showed a document in this sale, was found to be its owner by people, by the card's
    picture or by the terminal, and consented; ``second`` saw it too. Answers how many are kept.
    :raises NotAllowed: the document, the look or the consent is missing; :raises
    SecondPersonNeeded: it is the operator himself; :raises SignInRefused, LockedOut: of the
    second person; :raises BadValue: not the templates of one enrolment.
    """
    models = {one.model_id for one in templates}
    if len(templates) != KEPT or len(models) != 1:
        raise BadValue(what="face template", why="not of one enrolment")
    if PROOFS[shown_as(patient.credential)].proves is not Proves.IDENTITY:
        raise NotAllowed(act="enrol_without_document")
    other = approve(doors, second.number, second.pin, Right.SELL, beside=operator.staff.id)
    if other.id == operator.staff.id:
        raise SecondPersonNeeded(act=ACT)
    now, who = doors.clock.now(), patient.person_id
    ids = [doors.ids.new() for _ in templates]
    with doors.uow() as uow:
        consent = live_consent(uow, who, ConsentPurpose.FACE)
        if consent is None:
            raise NotAllowed(act="face")
        _require_seen(uow, sale_id, who, now)
        gone = forget_face(uow, who, now)
        by = operator.staff.id, other.id, consent.id
        for new_id, one in zip(ids, templates, strict=True):
            uow.templates.add(KeptTemplate(new_id, who, ConsentPurpose.FACE, now, *by, one))
        entry = {"person": who, "model": models.pop(), "kept": len(ids), "gone": gone,
                 "consent": consent.id, "second": other.id, "sale": sale_id}  # fmt: skip
        uow.log.append("face.enrolled", operator.staff.id, now, entry)
        uow.commit()
    return len(ids)


def _require_seen(uow: UnitOfWork, sale_id: str, person_id: str, now: datetime) -> None:
    check = counting(uow.checks.of_sale(sale_id), person_id, now)
    if check is None or check.verdict is not CheckVerdict.MATCH or check.way not in _SEEN:
        raise NotAllowed(act="enrol_unseen")


def faces_kept(doors: Doors) -> FacesKept:
    """How many persons have a template, against the number from which a store files (3.9)."""
    now = doors.clock.now()
    filing = None
    for kind in doors.settlement_types:
        try:
            filing = doors.policy_on(kind, now).person.faces_filing
        except PackValueMissing:
            continue
        break
    with doors.uow() as uow:
        return FacesKept(uow.templates.persons(), filing)
