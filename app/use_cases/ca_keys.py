"""Binding a pharmacist to a key of a certificate authority; whether the shop takes no other."""

from __future__ import annotations

from dataclasses import replace

from app.domain.ca_key import CaKey, Certificate
from app.domain.pharmacist import Pharmacist
from app.domain.staff import Right
from app.errors import NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require
from app.use_cases.rx_common import refuse
from app.use_cases.signing import DEMANDED, YES


def offered_keys(doors: Doors, operator: Operator) -> tuple[Certificate, ...]:
    """The certificates of the keys that are plugged in here, to be bound.

    :raises NotAllowed: no right to manage staff; :raises DeviceError: none, or not to be read.
    """
    _require(doors, operator)
    return doors.signer.plugged_in()


def bind_key(doors: Doors, staff_id: str, key_id: str, operator: Operator) -> Pharmacist:
    """From now on the pharmacist signs with the key of that certificate, which is plugged in.

    One that was bound before ends; what it signed stays the pharmacist's.
    :raises RuleBroken: RX_CA_GONE, RX_CA_EXPIRED, RX_CA_HOLDER: issued to somebody of another
        name, RX_CA_TAKEN: another pharmacist's; :raises NotAllowed, NotFound, DeviceError.
    """
    _require(doors, operator)
    # Outside of a unit of work: a key may take seconds.
    told = next((one for one in doors.signer.plugged_in() if one.key_id == key_id), None)
    if told is None:
        raise refuse("rx_ca_gone", severity="warn")
    now = doors.clock.now()
    if not told.valid_at(now):
        raise refuse("rx_ca_expired")
    with doors.uow() as uow:
        old = _bound(uow, staff_id)
        if not told.names(old.professional.name):
            raise refuse("rx_ca_holder", holder=told.shown_holder)
        others = (one for one in uow.pharmacists.all() if one.staff_id != staff_id)
        if any(one.ca_key and one.ca_key.certificate.key_id == key_id for one in others):
            raise refuse("rx_ca_taken")
        ended = _ended(old, doors)
        changed = replace(ended, ca_keys=(*ended.ca_keys, CaKey(told, now)))
        _keep(doors, uow, changed, "pharmacist.key_bound", operator, key_id)
    return changed


def end_key(doors: Doors, staff_id: str, operator: Operator) -> Pharmacist:
    """The pharmacist signs with the shop's internal key again, where the shop takes that.

    :raises NotAllowed, NotFound: no such pharmacist, or no key is bound.
    """
    _require(doors, operator)
    with doors.uow() as uow:
        old = _bound(uow, staff_id)
        if old.ca_key is None:
            raise NotFound(what="key")
        key_id = old.ca_key.certificate.key_id
        changed = _ended(old, doors)
        _keep(doors, uow, changed, "pharmacist.key_ended", operator, key_id)
    return changed


def demand_ca(doors: Doors, demanded: bool, operator: Operator) -> None:
    """Whether pharmacists of this shop sign by CA keys only; :raises NotAllowed."""
    _require(doors, operator)
    with doors.uow() as uow:
        uow.settings.put(DEMANDED, YES if demanded else "")
        now = doors.clock.now()
        uow.log.append("signing.ca_demanded", operator.staff.id, now, {"demanded": demanded})
        uow.commit()


def is_demanded(doors: Doors) -> bool:
    """Whether the shop takes CA signatures of pharmacists only."""
    with doors.uow() as uow:
        return uow.settings.get(DEMANDED) == YES


def _ended(one: Pharmacist, doors: Doors) -> Pharmacist:
    now = doors.clock.now()
    keys = (key if key.ended_at else replace(key, ended_at=now) for key in one.ca_keys)
    return replace(one, ca_keys=tuple(keys))


def _require(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.MANAGE_STAFF)


def _bound(uow: UnitOfWork, staff_id: str) -> Pharmacist:
    found = uow.pharmacists.get(staff_id)
    if found is None or found.unbound_at is not None:
        raise NotFound(what="pharmacist")
    return found


def _keep(
    doors: Doors, uow: UnitOfWork, one: Pharmacist, act: str, operator: Operator, key_id: str
) -> None:
    """The log names the key by the digest of its certificate: no holder, no serial."""
    uow.pharmacists.keep(one)
    entry = {"member": one.staff_id, "key": key_id}
    uow.log.append(act, operator.staff.id, doors.clock.now(), entry)
    uow.commit()
