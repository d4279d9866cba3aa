"""Who stands at the till: staff number or badge, PIN, and a growing lock."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.domain.pin import MIN_PIN as MIN_PIN
from app.domain.pin import weak_pin
from app.domain.staff import Role, Staff, lock_after
from app.errors import AccountOver, BadValue, LockedOut, PinToChange, PinWeak, SignInRefused
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import answering as answering
from app.use_cases.rights import approve as approve

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain.staff import Right
    from app.ports import UnitOfWork

BADGE_LENGTH = (8, 64)
"""Signs of a badge's code: shorter ones are guessed, longer ones are no badge."""


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Who comes to the counter to answer for an act: number or badge, and PIN."""

    number: str = field(repr=False)
    """As typed, or the code of a badge as scanned: that one is a secret."""
    pin: str = field(repr=False)


def sign_in(doors: Doors, number: str, pin: str, fresh: str | None = None) -> Operator:
    """The member behind a staff number, or behind a badge's code, and the PIN.

    A wrong try counts for the member whichever way they were named; the lock lies in the books,
    so that closing the till opens nothing. While it lasts no PIN is looked at.
    ``fresh``: an own PIN from now on; it must be given where somebody else set the one before.

    :raises SignInRefused: wrong, not said which; :raises LockedOut: too many wrong tries;
    :raises PinToChange: the PIN is somebody else's choice and ``fresh`` was not given;
    :raises PinWeak: ``fresh`` is one that anybody would try first, or the old one;
    :raises AccountOver: an inspector outside of the days of the account.
    """
    now = doors.clock.now()
    with doors.uow() as uow:
        # One at a time in the store: a try that is being looked at must not write back what
        # somebody else changed about the member meanwhile, nor be counted as one of two.
        uow.staff.lock()
        found = _named(uow, number.strip())
        if found is None or not found[0].active:
            # The same work as for a known number, so that time tells nothing.
            doors.pins.verify(doors.pins.hash("000000"), pin)
            if found is not None:
                uow.log.append("staff.refused", found[0].id, now, {"why": "left"})
                uow.commit()
            raise SignInRefused(act="sign_in")
        staff, pin_hash = found
        _require_unlocked(staff, now)
        right = doors.pins.verify(pin_hash, pin)
        wrong = 0 if right else staff.wrong_pins + 1
        until = None if right else now + lock_after(wrong)
        staff = replace(staff, wrong_pins=wrong, locked_until=until)
        if right and fresh is not None:
            _require_strong(doors, staff, fresh, pin_hash)
            staff = replace(staff, must_change_pin=False)
            uow.staff.set_pin(staff.id, doors.pins.hash(fresh))
            uow.log.append("staff.pin_changed", staff.id, now, {})
        uow.staff.save(staff)
        uow.log.append("staff.signed_in" if right else "staff.refused", staff.id, now, {})
        barred = _barred(doors, uow, staff, now) if right else frozenset()
        over = right and staff.role is Role.INSPECTOR and _days_over(uow, staff, now)
        uow.commit()
    if not right:
        raise SignInRefused(act="sign_in")
    if over:
        raise AccountOver(act="inspect")
    if staff.must_change_pin:
        raise PinToChange(act="sign_in")
    return Operator(replace(staff, barred=barred))


def _named(uow: UnitOfWork, told: str) -> tuple[Staff, str] | None:
    found = uow.staff.by_number(told)
    if found is None and BADGE_LENGTH[0] <= len(told) <= BADGE_LENGTH[1]:
        found = uow.staff.by_badge(told)
    return found


def _days_over(uow: UnitOfWork, staff: Staff, now: datetime) -> bool:
    """An inspector's account ends by itself (EZ-9c)."""
    known = uow.inspections.pass_of(staff.id)
    return known is None or not known.holds(now)


def _require_unlocked(staff: Staff, now: datetime) -> None:
    """A clock that was set back makes no lock longer than the one that was earned."""
    if staff.locked_until is None or now >= staff.locked_until:
        return
    left = min(staff.locked_until - now, lock_after(staff.wrong_pins))
    raise LockedOut(seconds=int(left.total_seconds()) + 1)


def _require_strong(doors: Doors, staff: Staff, fresh: str, before: str) -> None:
    why = weak_pin(fresh, staff.number)
    if not why and doors.pins.verify(before, fresh):
        why = "same"
    if why:
        raise PinWeak(why=f"pin.{why}")


def _barred(doors: Doors, uow: UnitOfWork, staff: Staff, now: datetime) -> frozenset[Right]:
    """What an ended licence takes away for as long as no new one is entered."""
    from app.domain.staff_licence import HANDS_ON, LicenceKind, holds

    if holds(uow.licences.of(staff.id), LicenceKind.HEALTH, shop_time(now).date()) is not False:
        return frozenset()
    from app.use_cases.store_papers import any_policy

    policy = any_policy(doors)
    strict = policy is not None and policy.staff.health_certificate == "block"
    return HANDS_ON if strict else frozenset()


def change_pin(doors: Doors, operator: Operator, pin: str, fresh: str) -> None:
    """One's own PIN, by whoever knows the one before.

    :raises SignInRefused, LockedOut: of the PIN before; :raises PinWeak: see :func:`sign_in`.
    """
    sign_in(doors, operator.staff.number, pin, fresh)


def add_staff(doors: Doors, number: str, name: str, role: Role, pin: str, by: str) -> Staff:
    """A new member of staff; :raises BadValue: number or PIN is no such thing, or taken."""
    if not number.strip().isalnum() or not name.strip():
        raise BadValue(what="staff number", why="letters and digits, and a name")
    if len(pin) < MIN_PIN or not pin.isdigit():
        raise BadValue(what="PIN", why=f"at least {MIN_PIN} digits")
    member = Staff(doors.ids.new(), number.strip(), name.strip(), role)
    with doors.uow() as uow:
        if uow.staff.by_number(member.number) is not None:
            raise BadValue(what="staff number", why="taken")
        uow.staff.add(member, doors.pins.hash(pin))
        entry = {"member": member.id, "role": role.value}
        uow.log.append("staff.added", by, doors.clock.now(), entry)
        uow.commit()
    return member


def wants_own_pin(doors: Doors, member: Staff) -> None:
    """Somebody else set the PIN: the first sign-in asks for another (design 10)."""
    with doors.uow() as uow:
        known = uow.staff.get(member.id)
        uow.staff.save(replace(known, must_change_pin=True))
        uow.commit()
