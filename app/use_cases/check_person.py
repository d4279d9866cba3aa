"""Person against credential at the counter: what was found is kept with the sale, and logged.

Whatever compared, people or an engine, it ends here; the rules read it back by
:mod:`app.use_cases.person_facts`.
"""

from __future__ import annotations

from app.domain.consent import ConsentPurpose
from app.domain.person_check import (
    CHECK_REASONS,
    SECOND_DEMANDED,
    CheckDraft,
    CheckVerdict,
    CheckWay,
    PersonCheck,
)
from app.domain.staff import Right, Staff
from app.errors import BadValue, NotAllowed, SecondPersonNeeded
from app.ports import UnitOfWork
from app.use_cases.consents import live_consent
from app.use_cases.doors import Doors, Operator
from app.use_cases.person_facts import Identity as Identity
from app.use_cases.person_facts import differed_in
from app.use_cases.person_facts import identity_in as identity_in
from app.use_cases.sign_in import SecondPerson, approve
from app.use_cases.views import Patient

ACT = "check_person"
_FACE_WAYS = frozenset({CheckWay.CARD_PICTURE, CheckWay.TEMPLATE})
"""The till itself works on a face: only under a consent that stands (policy 3.9)."""


def record_check(
    doors: Doors,
    sale_id: str,
    patient: Patient,
    draft: CheckDraft,
    operator: Operator,
    second: SecondPerson | None = None,
) -> PersonCheck:
    """Keep what a check of this very person found (HY-1.1.4b, HY-1.5.6a).

    ``second``: the other member of staff, by number and PIN, where two have to answer: a match
    by eye wants anybody else who may sell; an override wants a manager among the two.
    :raises SecondPersonNeeded: nobody, or the operator himself; :raises NotAllowed: the right is
    lacking, a face was used without a consent that stands, it differed before and no manager
    releases it, or it differed today at another sale and no manager is among the two;
    :raises SignInRefused, LockedOut: of the second person; :raises NotFound: no such sale;
    :raises BadValue: a reason that the way does not know, or a done sale.
    """
    if draft.reason not in CHECK_REASONS[draft.way]:
        raise BadValue(what="reason", why="not of this way")
    other = _second(doors, draft, operator, second)
    check = _check_of(doors, sale_id, patient, draft, operator, other)
    with doors.uow() as uow:
        if uow.sales.get(sale_id).done_at is not None:
            raise BadValue(what="sale", why="done")
        _require_consent(uow, check)
        _require_release(uow, check)
        _require_manager(uow, check, (operator.staff, other))
        uow.checks.add(check)
        uow.log.append("person.checked", check.by, check.at, _entry(check))
        uow.commit()
    return check


def _check_of(
    doors: Doors,
    sale_id: str,
    patient: Patient,
    draft: CheckDraft,
    operator: Operator,
    other: Staff | None,
) -> PersonCheck:
    return PersonCheck(
        id=doors.ids.new(),
        sale_id=sale_id,
        person_id=patient.person_id,
        at=doors.clock.now(),
        by=operator.staff.id,
        way=draft.way,
        verdict=draft.verdict,
        credential=patient.credential.kind.value,
        model_id=draft.model_id,
        distance_e4=draft.distance_e4,
        threshold_e4=draft.threshold_e4,
        liveness=draft.liveness,
        tries=draft.tries,
        consent_id=draft.consent_id,
        second_id=other.id if other else "",
        reason=draft.reason,
    )


def _second(
    doors: Doors, draft: CheckDraft, operator: Operator, second: SecondPerson | None
) -> Staff | None:
    """Who answers beside the operator; None where the way needs nobody."""
    if draft.way not in SECOND_DEMANDED or draft.verdict is not CheckVerdict.MATCH:
        return None
    if second is None:
        raise SecondPersonNeeded(act=ACT)
    # Of two people one must be a manager (HY-1.1.4b); beside a manager anybody who sells will do.
    managed = operator.staff.may(Right.SECOND_WORD)
    right = Right.SECOND_WORD if draft.way is CheckWay.OVERRIDE and not managed else Right.SELL
    other = approve(doors, second.number, second.pin, right, beside=operator.staff.id)
    if other.id == operator.staff.id:
        raise SecondPersonNeeded(act=ACT)
    return other


def _require_consent(uow: UnitOfWork, check: PersonCheck) -> None:
    if check.way not in _FACE_WAYS:
        return
    standing = live_consent(uow, check.person_id, ConsentPurpose.FACE)
    if standing is None or standing.id != check.consent_id:
        raise NotAllowed(act="face")


def _require_release(uow: UnitOfWork, check: PersonCheck) -> None:
    """What differed is released by a manager alone, never looked at until it fits (HY-1.1.4b)."""
    found = identity_in(uow, check.sale_id, check.person_id, check.at)
    matches = check.verdict is CheckVerdict.MATCH
    if matches and found == "mismatch" and check.way is not CheckWay.OVERRIDE:
        raise NotAllowed(act="release_mismatch")


def _require_manager(
    uow: UnitOfWork, check: PersonCheck, people: tuple[Staff, Staff | None]
) -> None:
    """Whoever differed today and comes with a new basket is looked at by a manager too.

    Neither people nor an engine go on looking until it fits; a release has its own two people.
    """
    if check.verdict is not CheckVerdict.MATCH or check.way is CheckWay.OVERRIDE:
        return
    if any(one is not None and one.may(Right.SECOND_WORD) for one in people):
        return
    if differed_in(uow, check.sale_id, check.person_id, check.at) is not None:
        raise NotAllowed(act="differed_today")


def _entry(check: PersonCheck) -> dict[str, object]:
    told: dict[str, object] = {
        "check": check.id,
        "sale": check.sale_id,
        "person": check.person_id,
        "way": check.way.value,
        "verdict": check.verdict.value,
    }
    more = {
        "reason": check.reason,
        "second": check.second_id,
        "consent": check.consent_id,
        "model": check.model_id,
        "liveness": check.liveness,
        "distance_e4": check.distance_e4,
        "threshold_e4": check.threshold_e4,
        "tries": check.tries,
    }
    return told | {name: value for name, value in more.items() if value not in ("", 0, None)}
