"""Consents of persons: read, given on the pad or on paper, withdrawn; each purpose by itself."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from app.domain.clock import shop_time
from app.domain.consent import (
    Consent,
    ConsentHow,
    ConsentPurpose,
    ConsentText,
    guardian_needed,
    standing,
)
from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.record_kinds import RecordKind
from app.domain.signature import PenTrace, trace_text
from app.errors import BadFile, BadValue, NotFound
from app.ports import UnitOfWork
from app.resources import resource
from app.use_cases.doors import Doors, Operator
from app.use_cases.exhibits import name_exhibit, seal_exhibit

if TYPE_CHECKING:
    from datetime import datetime

    from app.use_cases.views import Patient


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What a withdrawal did."""

    consent: Consent
    templates: int
    """How many were deleted in the same step."""


HEADS: Final = ("who", "purpose", "way", "kinds", "period", "rights")
"""What a notice in plain words must tell (policy 3.9), in this order."""
MOST_BYTES: Final = 20_000_000
"""A photographed or scanned sheet is far smaller."""
_KINDS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
_TRACE = "application/json"


def consent_text(doors: Doors, purpose: ConsentPurpose, lang: str = "zh_CN") -> ConsentText:
    """The text of today with the shop's name in it; :raises BadFile: it is not as it ships."""
    return shipped_text(purpose, lang, doors.shop.shop_name)


def shipped_text(purpose: ConsentPurpose, lang: str, shop_name: str) -> ConsentText:
    """The text that ships, told by a shop of that name; :raises BadFile: a part is missing."""
    told = _shipped(purpose)
    try:
        words = told[lang]
        items = tuple(
            (words[f"{head}_head"], words[head].replace("{shop}", shop_name)) for head in HEADS
        )
        return ConsentText(purpose, told["version"], lang, words["title"], items)
    except (KeyError, AttributeError, TypeError):
        raise BadFile(file=f"{purpose.value}.toml", why="a part of the text is missing") from None


@cache
def _shipped(purpose: ConsentPurpose) -> dict[str, Any]:
    source = resource("consent", f"{purpose.value}.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)


def asks_guardian(doors: Doors, patient: Patient) -> bool:
    """Whether a guardian has to sign for this person.

    :raises PackValueMissing: the pack does not say under which age.
    """
    now = doors.clock.now()
    kind = doors.settlement_types[0] if doors.settlement_types else "ordinary"
    policy = doors.policy_on(kind, now)
    under = policy.bound(policy.person.guardian_under, "identity.guardian_under") or 0
    return guardian_needed(patient.person.birth_date, under, shop_time(now).date())


def give_consent(
    doors: Doors,
    patient: Patient,
    text: ConsentText,
    signed: PenTrace | bytes,
    operator: Operator,
    *,
    guardian: bool = False,
) -> Consent:
    """Keep a consent with the signed text; one that stands under this text is answered as it is.

    ``signed``: the pen's trace, or a picture (JPEG, PNG) of the paper. ``guardian``: who signed is
    the guardian. The file is on the disk before the books name it.
    :raises BadValue: too little ink, no picture, or a guardian is needed and did not sign;
    :raises StoreError: it could not be kept; nothing is.
    """
    if asks_guardian(doors, patient) and not guardian:
        raise BadValue(what="consent", why="guardian")
    how = ConsentHow.PEN if isinstance(signed, PenTrace) else ConsentHow.PAPER
    content, media = _content(text, signed)
    with doors.uow() as uow:
        known = live_consent(uow, patient.person_id, text.purpose)
    if known is not None and known.text_version == text.version:
        return known
    new_id, person = doors.ids.new(), patient.person_id
    exhibit = seal_exhibit(
        doors, EvidenceKind.CONSENT, content, media, operator, person_id=person, about=new_id
    )
    consent = Consent(
        id=new_id,
        person_id=person,
        purpose=text.purpose,
        text_version=text.version,
        given_at=exhibit.at,
        given_to=operator.staff.id,
        how=how,
        exhibit_id=exhibit.id,
        guardian=guardian,
    )
    _keep(doors, consent, exhibit)
    return consent


def _keep(doors: Doors, consent: Consent, exhibit: Exhibit) -> None:
    """Consent, the name of its paper and both lines of the log in one step."""
    with doors.uow() as uow:
        uow.consents.add(consent)
        name_exhibit(uow, exhibit, "consent.given")
        entry = {
            "consent": consent.id,
            "person": consent.person_id,
            "purpose": consent.purpose.value,
            "text": consent.text_version,
            "how": consent.how.value,
            "guardian": consent.guardian,
        }
        uow.log.append("consent.kept", consent.given_to, consent.given_at, entry)
        uow.commit()


def _content(text: ConsentText, signed: PenTrace | bytes) -> tuple[bytes, str]:
    if isinstance(signed, bytes):
        media = next((kind for head, kind in _KINDS if signed.startswith(head)), "")
        if not media or len(signed) > MOST_BYTES:
            raise BadValue(what="picture", why="size" if media else "kind")
        return signed, media
    if not signed.is_signature():
        raise BadValue(what="signature", why="too little ink")
    told = {
        "v": 1,
        "purpose": text.purpose.value,
        "version": text.version,
        "lang": text.lang,
        "text": text.plain(),
        "trace": json.loads(trace_text(signed)),
    }
    plain = json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return plain.encode(), _TRACE


def withdraw_consent(
    doors: Doors, person_id: str, purpose: ConsentPurpose, operator: Operator
) -> Withdrawn:
    """The person takes it back; the use stops with this very step.

    The record and the signed text stay: they prove under what the till acted until now.
    :raises NotFound: none stands.
    """
    now = doors.clock.now()
    with doors.uow() as uow:
        found = live_consent(uow, person_id, purpose)
        if found is None:
            raise NotFound(what="consent")
        gone = replace(found, withdrawn_at=now, withdrawn_by=operator.staff.id)
        uow.consents.withdraw(gone)
        # One of an older text must not stand up again in its place.
        for older in uow.consents.of_person(person_id):
            if older.purpose is purpose and older.stands:
                uow.consents.withdraw(
                    replace(older, withdrawn_at=now, withdrawn_by=operator.staff.id)
                )
        deleted = forget_face(uow, person_id, now) if purpose is ConsentPurpose.FACE else 0
        entry = {"consent": gone.id, "person": person_id, "purpose": purpose.value,
                 "templates": deleted}  # fmt: skip
        uow.log.append("consent.withdrawn", operator.staff.id, now, entry)
        uow.commit()
    return Withdrawn(gone, deleted)


def forget_face(uow: UnitOfWork, person_id: str, now: datetime) -> int:
    """The templates go with their consent; what a hold keeps is used by nobody, and the run takes
    it once the hold is lifted.
    """
    from app.use_cases.record_run import hold_on  # seldom, and never at the counter's start

    uow.keeping.alone()
    holds = uow.keeping.holds(standing=True)
    told = uow.aging.of_person(person_id, now) if holds else []
    faces = [one for one in told if one.kind is RecordKind.FACE_TEMPLATE]
    if any(hold_on(one, holds) is not None for one in faces):
        return 0
    return uow.templates.delete_of(person_id)


def live_consent(uow: UnitOfWork, person_id: str, purpose: ConsentPurpose) -> Consent | None:
    """The consent that stands, under whatever version of the text; None = none."""
    return standing(uow.consents.of_person(person_id), purpose)
