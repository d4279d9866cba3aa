"""Pharmacists bound to the store: binding, the platform's word for it, sanctions (SJZ-A.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from app.domain.ca_key import CaKey
from app.domain.clock import shop_time
from app.domain.pharmacist import Pharmacist, Sanction
from app.domain.rx_calls import AskPractitioners, Practitioner
from app.domain.staff import Right, Role
from app.errors import BadValue, NotAllowed, NotFound, Sanctioned
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.duty import refresh_counter
from app.use_cases.legs import Leg, demand, run_leg, signed_in
from app.use_cases.rights import require
from app.use_cases.store_papers import sanctioned

_CODE = re.compile(r"[0-9A-Za-z]{4,50}")
"""As wide as ``pharCode`` of 7206; no source says how the code is built."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What 5102 said of one binding; ``found`` False: the platform names nobody like that."""

    staff_id: str
    found: bool
    code_changed: bool = False


def bind(doors: Doors, pharmacist: Pharmacist, operator: Operator) -> Pharmacist:
    """Bind a member of staff to the store as its pharmacist, or correct the binding.

    What the platform confirmed stays confirmed only while person and code are the same.
    :raises NotAllowed: the operator may not, or the member is no pharmacist; :raises Sanctioned: a
    sanction runs, so that nobody binds them anew (LN-2.4b); :raises NotFound: no such member;
    :raises BadValue: a code, name, document or date that cannot be.
    """
    _require(doors, operator)
    _check(pharmacist)
    with doors.uow() as uow:
        member = uow.staff.get(pharmacist.staff_id)
        if member.role is not Role.PHARMACIST or not member.active:
            raise NotAllowed(act="bind")
        old = uow.pharmacists.get(pharmacist.staff_id)
        if old is None or old.unbound_at is not None:
            _require_clean(uow, pharmacist.staff_id, old, shop_time(doors.clock.now()).date())
        same = old is not None and old.professional == pharmacist.professional
        kept = replace(
            pharmacist,
            sanctions=old.sanctions if old else pharmacist.sanctions,
            signing_key=old.signing_key if old else "",
            ca_keys=_keys_of(old, pharmacist, doors.clock.now()),
            confirmed_at=old.confirmed_at if same and old else None,
            unbound_at=None,
        )
        _keep(doors, uow, kept, "pharmacist.bound", operator)
    refresh_counter(doors)
    return kept


def unbind(doors: Doors, staff_id: str, operator: Operator) -> None:
    """The person leaves the store: the binding ends now, and with it a duty that runs.

    :raises NotAllowed, NotFound: as for :func:`bind`.
    """
    _require(doors, operator)
    now = doors.clock.now()
    with doors.uow() as uow:
        gone = replace(_bound(uow, staff_id), unbound_at=now)
        for duty in uow.duties.open():
            if duty.staff_id == staff_id:
                uow.duties.sign_off(duty.id, now, "signed_off")
        _keep(doors, uow, gone, "pharmacist.unbound", operator)
    refresh_counter(doors)


def sanction(doors: Doors, staff_id: str, one: Sanction, operator: Operator) -> Pharmacist:
    """The insurance does not accept this pharmacist for a while: not counted, may not review.

    :raises BadValue: it ends before it begins, or no reason; else as :func:`bind`.
    """
    _require(doors, operator)
    if not one.reason.strip() or (one.ends is not None and one.ends < one.begins):
        raise BadValue(what="sanction", why="a reason, and an end that is not before the beginning")
    with doors.uow() as uow:
        old = _bound(uow, staff_id)
        changed = replace(old, sanctions=(*old.sanctions, one))
        _keep(doors, uow, changed, "pharmacist.sanctioned", operator)
    refresh_counter(doors)
    return changed


def end_sanctions(doors: Doors, staff_id: str, last: date, operator: Operator) -> Pharmacist:
    """Every sanction that still runs ends with ``last``; those that would begin later fall away.

    :raises NotAllowed, NotFound: as for :func:`bind`.
    """
    _require(doors, operator)
    with doors.uow() as uow:
        old = _bound(uow, staff_id)
        ended = tuple(
            one if one.ends is not None and one.ends <= last else replace(one, ends=last)
            for one in old.sanctions
            if one.begins <= last
        )
        changed = replace(old, sanctions=ended)
        _keep(doors, uow, changed, "pharmacist.sanctions_ended", operator)
    refresh_counter(doors)
    return changed


def bindings(doors: Doors) -> list[Pharmacist]:
    """Everybody who is or was bound, by number of staff."""
    with doors.uow() as uow:
        known = {one.staff_id: one for one in uow.pharmacists.all()}
        order = [member.id for member in uow.staff.all()]
    return [known[staff_id] for staff_id in order if staff_id in known]


def confirm_with_platform(doors: Doors, operator: Operator) -> tuple[Confirmed, ...]:
    """5102: does the platform know our pharmacists at this institution (SJZ-A.3, LN-2.2b)?

    Found by document number, else by code and name. The platform's code prevails; whoever is not
    named loses the confirmation. Before the platform has answered nothing changes.
    :raises NotAllowed: no right; :raises Refused, NotSent, NoAnswer, Maintenance: no answer.
    """
    _require(doors, operator)
    operator = signed_in(doors, operator)
    answer = run_leg(doors, Leg(AskPractitioners()), operator)
    known = cast(Sequence[Practitioner], demand(answer, "5102"))
    told = []
    with doors.uow() as uow:
        for one in uow.pharmacists.all():
            if one.unbound_at is not None:
                continue
            row = _row_of(one, known)
            told.append(_confirmed(doors, uow, one, row))
        entry = {"found": sum(each.found for each in told), "asked": len(told)}
        now = doors.clock.now()
        uow.log.append("pharmacists.confirmed", operator.staff.id, now, entry)
        uow.commit()
    refresh_counter(doors)
    return tuple(told)


def _confirmed(
    doors: Doors, uow: UnitOfWork, one: Pharmacist, row: Practitioner | None
) -> Confirmed:
    if row is None:
        uow.pharmacists.keep(replace(one, confirmed_at=None))
        return Confirmed(one.staff_id, found=False)
    changed = row.code != one.professional.code
    uow.pharmacists.keep(
        replace(
            one,
            professional=replace(one.professional, code=row.code),
            confirmed_at=doors.clock.now(),
        )
    )
    return Confirmed(one.staff_id, found=True, code_changed=changed)


def _row_of(one: Pharmacist, known: Sequence[Practitioner]) -> Practitioner | None:
    """The platform's row in force for the person."""
    person = one.professional
    for row in known:
        same_cert = bool(person.cert_no) and row.cert_no.upper() == person.cert_no.upper()
        same_code = row.code == person.code and row.name.strip() == person.name.strip()
        if same_cert or same_code:
            return row
    return None


def _keys_of(old: Pharmacist | None, new: Pharmacist, now: datetime) -> tuple[CaKey, ...]:
    """What was bound stays; a key that was issued to another name ends with that name."""
    name = new.professional.name
    return tuple(
        key if key.ended_at or key.certificate.names(name) else replace(key, ended_at=now)
        for key in (old.ca_keys if old else ())
    )


def _require_clean(uow: UnitOfWork, staff_id: str, old: Pharmacist | None, day: date) -> None:
    """:raises Sanctioned: a sanction runs, of the binding before or in the compliance file."""
    runs = old is not None and any(
        one.begins <= day and (one.ends is None or day <= one.ends) for one in old.sanctions
    )
    if runs or sanctioned(uow, staff_id, day):
        raise Sanctioned(act="bind")


def _require(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.MANAGE_STAFF)


def _bound(uow: UnitOfWork, staff_id: str) -> Pharmacist:
    found = uow.pharmacists.get(staff_id)
    if found is None or found.unbound_at is not None:
        raise NotFound(what="pharmacist")
    return found


def _check(one: Pharmacist) -> None:
    """:raises BadValue: what no binding may lack or hold."""
    person = one.professional
    if not _CODE.fullmatch(person.code):
        raise BadValue(what="pharmacist code", why="4 to 50 letters and digits")
    if not person.name.strip() or not person.cert_no.strip():
        raise BadValue(what="pharmacist", why="name and document number are needed")
    if not one.licence_no.strip():
        raise BadValue(what="licence", why="a registration number is needed")
    if one.valid_from and one.valid_to and one.valid_to < one.valid_from:
        raise BadValue(what="licence", why="it ends before it begins")


def _keep(doors: Doors, uow: UnitOfWork, one: Pharmacist, act: str, operator: Operator) -> None:
    now = doors.clock.now()
    uow.pharmacists.keep(one)
    entry: dict[str, object] = {"member": one.staff_id, "remote": one.remote}
    entry["bound_today"] = one.bound_on(shop_time(now).date())
    uow.log.append(act, operator.staff.id, now, entry)
    uow.commit()
