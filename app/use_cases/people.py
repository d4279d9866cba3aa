"""人员: who works here, joins, changes level, leaves, comes back; badges and first PINs.

Nobody hands out more than they hold, and nobody touches somebody who holds more: a manager
neither makes an administrator nor sets the PIN of one. The last active administrator stays one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.domain.day_close import OpenItem, OpenKind
from app.domain.pin import MIN_PIN, weak_pin
from app.domain.shift_states import ShiftState
from app.domain.staff import RIGHTS, Right, Role, Staff
from app.errors import BadValue, LastAdministrator, NotAllowed, SecondPersonNeeded
from app.use_cases.rights import refused, require
from app.use_cases.sign_in import BADGE_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.domain.staff_level import Level
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator

NAME_LENGTH = 40
NUMBER_LENGTH = 16
_SHIFTS = 200
"""The newest of the store; an open one is never far behind."""
LEVELLED = frozenset({Role.CASHIER, Role.PHARMACIST, Role.MANAGER})
"""Roles whose members may have a level of the store's own in place of the role's rights."""


@dataclass(frozen=True, slots=True)
class Joiner:
    """Somebody who begins here."""

    number: str
    name: str
    role: Role
    level_id: str = ""


@dataclass(frozen=True, slots=True)
class FirstPin:
    """A member and the PIN that was drawn for the first sign-in; it is told once and kept
    nowhere."""

    staff: Staff
    pin: str


def join(doors: Doors, operator: Operator, joiner: Joiner) -> FirstPin:
    """A new member with a PIN drawn here, to be changed at the first sign-in.

    :raises NotAllowed: no right, or the new one would hold more than the operator;
    :raises BadValue: a number or name that cannot be, or a number that is somebody's.
    """
    require(doors, operator, Right.MANAGE_STAFF)
    number, name = joiner.number.strip(), " ".join(joiner.name.split())
    if not number.isalnum() or not number.isascii() or len(number) > NUMBER_LENGTH:
        raise BadValue(what="staff number", why=f"letters and digits, at most {NUMBER_LENGTH}")
    if not 1 <= len(name) <= NAME_LENGTH:
        raise BadValue(what="name", why=f"at most {NAME_LENGTH} characters")
    pin, now = _draw(doors, number), doors.clock.now()
    with doors.uow() as uow:
        uow.staff.lock()
        level = _level(uow, joiner.role, joiner.level_id)
        member = Staff(
            doors.ids.new(), number, name, joiner.role, level=level, must_change_pin=True
        )
        above = _is_above(operator, member)
        if not above:
            if uow.staff.by_number(number) is not None:
                raise BadValue(what="staff number", why="taken")
            uow.staff.add(member, doors.pins.hash(pin))
            uow.log.append("staff.added", operator.staff.id, now, _told(member))
            uow.commit()
    if above:
        _refuse(doors, operator)
    return FirstPin(member, pin)


def set_level(
    doors: Doors, operator: Operator, staff_id: str, role: Role, level_id: str = ""
) -> Staff:
    """Another role, or a level of the store's own ("" = what the role carries).

    :raises NotAllowed: before or after, the member holds more than the operator;
    :raises LastAdministrator:; :raises BadValue: the role has no levels, or it is withdrawn.
    """

    def changed(uow: UnitOfWork, member: Staff) -> Staff:
        return replace(member, role=role, level=_level(uow, role, level_id))

    return _change(doors, operator, staff_id, "staff.level", changed)


def leave(doors: Doors, operator: Operator, staff_id: str, last_day: date) -> Staff:
    """Somebody leaves: PIN and badge are dead at once, a pharmacist's binding and duty end.

    ``last_day``: what the books will say; not in the future, since it takes effect now.
    :raises NotAllowed, LastAdministrator: as for :func:`set_level`; :raises SecondPersonNeeded:
    oneself; :raises BadValue: a day that is still to come, or gone already.
    """
    if staff_id == operator.staff.id:
        raise SecondPersonNeeded(act="leave")
    if last_day > shop_time(doors.clock.now()).date():
        raise BadValue(what="last day", why="not in the future")

    def changed(uow: UnitOfWork, member: Staff) -> Staff:
        if not member.active:
            raise BadValue(what="member", why="left already")
        uow.staff.set_badge(member.id, "")
        return replace(
            member, active=False, has_badge=False, left_on=last_day, must_change_pin=True
        )

    gone = _change(doors, operator, staff_id, "staff.left", changed)
    _end_duty(doors, operator, staff_id)
    return gone


def _end_duty(doors: Doors, operator: Operator, staff_id: str) -> None:
    with doors.uow() as uow:
        bound = uow.pharmacists.get(staff_id)
    if bound is not None and bound.unbound_at is None:
        from app.use_cases.pharmacists import unbind

        unbind(doors, staff_id, operator)


def come_back(doors: Doors, operator: Operator, staff_id: str) -> FirstPin:
    """Somebody who left is here again, with a fresh PIN and no badge.

    :raises NotAllowed: as for :func:`set_level`; :raises BadValue: never left.
    """

    def changed(_uow: UnitOfWork, member: Staff) -> Staff:
        if member.active:
            raise BadValue(what="member", why="is here")
        return replace(member, active=True, left_on=None)

    return _with_pin(doors, operator, staff_id, "staff.came_back", changed)


def reset_pin(doors: Doors, operator: Operator, staff_id: str) -> FirstPin:
    """A fresh PIN for whoever forgot theirs; ends a lock, and is changed at the next sign-in.

    :raises NotAllowed: the member holds more than the operator; :raises BadValue: has left.
    """

    def changed(_uow: UnitOfWork, member: Staff) -> Staff:
        if not member.active:
            raise BadValue(what="member", why="has left")
        return member

    return _with_pin(doors, operator, staff_id, "staff.pin_reset", changed)


def _with_pin(
    doors: Doors,
    operator: Operator,
    staff_id: str,
    act: str,
    change: Callable[[UnitOfWork, Staff], Staff],
) -> FirstPin:
    pin = ""

    def changed(uow: UnitOfWork, member: Staff) -> Staff:
        nonlocal pin
        pin = _draw(doors, member.number)
        uow.staff.set_pin(member.id, doors.pins.hash(pin))
        told = change(uow, member)
        return replace(told, must_change_pin=True, wrong_pins=0, locked_until=None)

    return FirstPin(_change(doors, operator, staff_id, act, changed), pin)


def give_badge(doors: Doors, operator: Operator, staff_id: str, code: str) -> Staff:
    """A badge, or another card that a scanner reads, for a member; the one before is dead.

    Kept is a keyed hash: whoever copies the database can print no badge.
    :raises NotAllowed: the member holds more than the operator; :raises BadValue: too short or
    long a code, a staff number, or somebody's badge already.
    """
    code = code.strip()
    if not BADGE_LENGTH[0] <= len(code) <= BADGE_LENGTH[1]:
        raise BadValue(what="badge", why=f"{BADGE_LENGTH[0]} to {BADGE_LENGTH[1]} signs")

    def changed(uow: UnitOfWork, member: Staff) -> Staff:
        if not member.active:
            raise BadValue(what="member", why="has left")
        if uow.staff.by_number(code) is not None:
            raise BadValue(what="badge", why="is a staff number")
        uow.staff.set_badge(member.id, code)
        return replace(member, has_badge=True)

    return _change(doors, operator, staff_id, "staff.badge_given", changed)


def withdraw_badge(doors: Doors, operator: Operator, staff_id: str) -> Staff:
    """Lost: from now on the badge opens nothing; the PIN with the number still does.

    :raises NotAllowed: the member holds more than the operator.
    """

    def changed(uow: UnitOfWork, member: Staff) -> Staff:
        uow.staff.set_badge(member.id, "")
        return replace(member, has_badge=False)

    return _change(doors, operator, staff_id, "staff.badge_withdrawn", changed)


def open_of(doors: Doors, operator: Operator, staff_id: str) -> tuple[OpenItem, ...]:
    """What is open under a member's name: settlements, baskets, returns, cards, shifts.

    Told before and after somebody leaves; nothing of it keeps anybody.
    """
    from app.use_cases.day_open_items import open_items

    require(doors, operator, Right.MANAGE_STAFF)
    with doors.uow() as uow:
        items = [one for one in open_items(uow, "") if one.owner == staff_id]
        shifts = [one for one in uow.shifts.recent("", _SHIFTS) if one.state is ShiftState.OPEN]
    items += [
        OpenItem(OpenKind.SHIFT, one.number, staff_id, one.opened_at)
        for one in shifts
        if one.holder == staff_id
    ]
    return tuple(items)


# --- what all of them hold to ---------------------------------------------------------------------


def _change(
    doors: Doors,
    operator: Operator,
    staff_id: str,
    act: str,
    change: Callable[[UnitOfWork, Staff], Staff],
) -> Staff:
    """One change of one member under the store's lock, with its entry in the log."""
    require(doors, operator, Right.MANAGE_STAFF)
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.staff.lock()
        before = uow.staff.get(staff_id)
        above = _is_above(operator, before)
        if not above:
            after = change(uow, before)
            above = _is_above(operator, after)
        if not above:
            _keep_an_administrator(uow, before, after)
            uow.staff.save(after)
            uow.log.append(act, operator.staff.id, now, _told(after))
            uow.commit()
    if above:
        _refuse(doors, operator)
    return after


def _is_above(operator: Operator, member: Staff) -> bool:
    """Whether a member holds, or would hold if active, what the operator does not, or further."""
    held = member.level.rights if member.level is not None else RIGHTS[member.role]
    return not operator.staff.covers(held, member.level)


def _refuse(doors: Doors, operator: Operator) -> None:
    refused(doors, operator.staff.id, Right.MANAGE_STAFF)
    raise NotAllowed(act=Right.MANAGE_STAFF.value)


def is_administrator(member: Staff) -> bool:
    """Whether somebody can set the shop up, and let others do so."""
    return member.active and member.role is Role.ADMINISTRATOR


def _keep_an_administrator(uow: UnitOfWork, before: Staff, after: Staff) -> None:
    if not is_administrator(before) or is_administrator(after):
        return
    if not any(is_administrator(one) and one.id != before.id for one in uow.staff.all()):
        raise LastAdministrator(act=Right.MANAGE_STAFF.value)


def _level(uow: UnitOfWork, role: Role, level_id: str) -> Level | None:
    if not level_id:
        return None
    if role not in LEVELLED:
        raise BadValue(what="level", why="not of this role")
    level = uow.levels.get(level_id)
    if level.withdrawn:
        raise BadValue(what="level", why="withdrawn")
    return level


def _told(member: Staff) -> dict[str, object]:
    entry: dict[str, object] = {"member": member.id, "role": member.role.value}
    if member.level is not None:
        entry["level"], entry["version"] = member.level.id, member.level.version
    if member.left_on is not None:
        entry["last_day"] = member.left_on.isoformat()
    return entry


def _draw(doors: Doors, number: str) -> str:
    """A PIN by chance that nobody would try first."""
    while weak_pin(pin := f"{doors.dice(10**MIN_PIN):0{MIN_PIN}d}", number):
        pass
    return pin
