"""Who stands at the till: staff number and PIN, a growing lock, and a second person's word."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.domain.staff import Right, Role, Staff, lock_after
from app.errors import BadValue, LockedOut, NotAllowed, SignInRefused
from app.use_cases.doors import Doors, Operator

MIN_PIN = 6
"""Digits; six are typed on a number pad in two seconds."""


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Who comes to the counter to answer for an act: staff number and PIN, as typed."""

    number: str
    pin: str = field(repr=False)


def sign_in(doors: Doors, number: str, pin: str) -> Operator:
    """The member behind number and PIN.

    :raises SignInRefused: wrong, not said which; :raises LockedOut: too many wrong tries.
    """
    now = doors.clock.now()
    with doors.uow() as uow:
        found = uow.staff.by_number(number.strip())
        if found is None or not found[0].active:
            # The same work as for a known number, so that time tells nothing.
            doors.pins.verify(doors.pins.hash("000000"), pin)
            raise SignInRefused(act="sign_in")
        staff, pin_hash = found
        if staff.locked_until is not None and now < staff.locked_until:
            raise LockedOut(seconds=int((staff.locked_until - now).total_seconds()) + 1)
        right = doors.pins.verify(pin_hash, pin)
        wrong = 0 if right else staff.wrong_pins + 1
        until = None if right else now + lock_after(wrong)
        uow.staff.save(replace(staff, wrong_pins=wrong, locked_until=until))
        uow.log.append("staff.signed_in" if right else "staff.refused", staff.id, now, {})
        uow.commit()
    if not right:
        raise SignInRefused(act="sign_in")
    return Operator(replace(staff, wrong_pins=0, locked_until=None))


def approve(doors: Doors, number: str, pin: str, right: Right) -> Staff:
    """A second person's word at the counter, without logging the cashier out.

    :raises SignInRefused, LockedOut: as :func:`sign_in`; :raises NotAllowed: lacks the right.
    """
    staff = sign_in(doors, number, pin).staff
    if not staff.may(right):
        raise NotAllowed(act=right.value)
    return staff


def answering(doors: Doors, operator: Operator, right: Right, second: SecondPerson | None) -> Staff:
    """Who answers for the act: the operator, or the second person where the right is lacking.

    :raises NotAllowed: neither has it; :raises SignInRefused, LockedOut: as :func:`sign_in`.
    """
    if operator.staff.may(right):
        return operator.staff
    if second is None:
        raise NotAllowed(act=right.value)
    return approve(doors, second.number, second.pin, right)


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
