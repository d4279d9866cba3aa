"""What the page 人员 shows: everybody, their licences, the store's own levels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.domain.staff import RIGHTS, Right, Role
from app.domain.staff_licence import LicenceKind, StaffLicence, Standing, check_licence, standing
from app.errors import BadValue
from app.use_cases.notes import Note
from app.use_cases.rights import require
from app.use_cases.store_papers import any_policy

if TYPE_CHECKING:
    from datetime import date, datetime

    from app.domain.staff import Staff
    from app.domain.staff_level import Level
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator

WARN_DAYS = 30
"""How long before its last day a licence is spoken of, where the area's pack names no days."""
IDLE_KEY = "staff.idle_minutes"
IDLE_MINUTES = 10
"""After so long without a key or a click the till locks; a shop may say otherwise, 0 = never."""
MOST_IDLE = 120


@dataclass(frozen=True, slots=True)
class LicenceSeen:
    """One licence as the page shows it."""

    id: str
    """Empty: of a pharmacist's binding, which is kept in the duty panel."""
    kind: LicenceKind
    number: str
    expires: date
    standing: Standing


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One member of staff."""

    staff: Staff
    licences: tuple[LicenceSeen, ...]
    locked_until: datetime | None
    """Until when wrong PINs keep the member out; None = not now."""

    @property
    def worst(self) -> LicenceSeen | None:
        """The licence that needs somebody first."""
        bad = [one for one in self.licences if one.standing is not Standing.GOOD]
        return min(bad, key=lambda one: one.expires, default=None)


@dataclass(frozen=True, slots=True)
class PeopleView:
    """The page."""

    people: tuple[PersonRow, ...]
    levels: tuple[Level, ...]
    idle_minutes: int
    strict: bool
    """Whether an ended health certificate keeps its holder from drugs here."""


def people_view(doors: Doors, operator: Operator) -> PeopleView:
    """Who is here first, by number, then who left; :raises NotAllowed:."""
    require(doors, operator, Right.MANAGE_STAFF)
    now = doors.clock.now()
    today, policy = shop_time(now).date(), any_policy(doors)
    days = max(policy.store.agreement_warn_days, default=WARN_DAYS) if policy else WARN_DAYS
    with doors.uow() as uow:
        people = sorted(uow.staff.all(), key=lambda one: (not one.active, one.number))
        licences = [*uow.licences.all(), *_bound(uow)]
        levels = tuple(uow.levels.all())
        idle = idle_minutes(uow)
    rows = tuple(
        PersonRow(
            one,
            tuple(_seen(each, today, days) for each in licences if each.staff_id == one.id),
            one.locked_until if one.locked_until is not None and one.locked_until > now else None,
        )
        for one in people
    )
    strict = policy is not None and policy.staff.health_certificate == "block"
    return PeopleView(rows, levels, idle, strict)


def _bound(uow: UnitOfWork) -> list[StaffLicence]:
    """What a pharmacist's binding says of the licence; it locks reviewing by itself."""
    return [
        StaffLicence("", one.staff_id, LicenceKind.PHARMACIST, one.licence_no, one.valid_to)
        for one in uow.pharmacists.all()
        if one.unbound_at is None and one.valid_to is not None
    ]


def _seen(one: StaffLicence, today: date, days: int) -> LicenceSeen:
    return LicenceSeen(
        one.id, one.kind, one.number, one.expires, standing(one.expires, today, days)
    )


def add_licence(
    doors: Doors, operator: Operator, staff_id: str, kind: LicenceKind, number: str, expires: date
) -> StaffLicence:
    """A licence, or the renewal of one; of the same kind the one before counts no more.

    :raises NotAllowed:; :raises NotFound: no such member; :raises BadValue: no number, or a
    pharmacist's licence, which is kept with the binding.
    """
    require(doors, operator, Right.MANAGE_STAFF)
    if kind is LicenceKind.PHARMACIST:
        raise BadValue(what="licence", why="kept with the pharmacist's binding")
    now = doors.clock.now()
    one = check_licence(StaffLicence(doors.ids.new(), staff_id, kind, number.strip(), expires))
    with doors.uow() as uow:
        uow.staff.get(staff_id)
        if kind is not LicenceKind.OTHER:
            for before in uow.licences.of(staff_id):
                if before.kind is kind:
                    uow.licences.withdraw(before.id)
        uow.licences.add(one)
        entry = {"licence": one.id, "member": staff_id, "kind": kind.value,
                 "expires": expires.isoformat()}  # fmt: skip
        uow.log.append("licence.kept", operator.staff.id, now, entry)
        uow.commit()
    return one


def withdraw_licence(doors: Doors, operator: Operator, licence_id: str) -> None:
    """Entered by mistake; :raises NotAllowed, NotFound:."""
    require(doors, operator, Right.MANAGE_STAFF)
    with doors.uow() as uow:
        gone = uow.licences.withdraw(licence_id)
        entry = {"licence": gone.id, "member": gone.staff_id}
        uow.log.append("licence.withdrawn", operator.staff.id, doors.clock.now(), entry)
        uow.commit()


def idle_minutes(uow: UnitOfWork) -> int:
    """After how many minutes without input the tills of the store lock; 0 = never."""
    told = uow.settings.get(IDLE_KEY, str(IDLE_MINUTES))
    return int(told) if told.isdecimal() else IDLE_MINUTES


def set_idle_minutes(doors: Doors, operator: Operator, minutes: int) -> int:
    """:raises NotAllowed:; :raises BadValue: fewer than 0, or more than two hours."""
    require(doors, operator, Right.MANAGE_STAFF)
    if not 0 <= minutes <= MOST_IDLE:
        raise BadValue(what="minutes", why=f"0 to {MOST_IDLE}")
    with doors.uow() as uow:
        uow.settings.put(IDLE_KEY, str(minutes))
        uow.log.append("staff.idle_set", operator.staff.id, doors.clock.now(), {"minutes": minutes})
        uow.commit()
    return minutes


def roles_for(operator: Operator, now: Role | None = None) -> tuple[Role, ...]:
    """The roles that this person may give; ``now``: what the member is, which may stay."""
    own = operator.staff.rights()
    given = [role for role in Role if RIGHTS[role] <= own]
    return tuple(given) if now is None or now in given else (now, *given)


@dataclass(frozen=True, slots=True)
class Presence:
    """Who stands at a till, as the books know them now."""

    operator: Operator | None
    """None: left, or another PIN is due: no act any more."""
    idle_minutes: int
    notes: tuple[Note, ...] = ()
    """What to tell the person about their own licences."""


def presence(doors: Doors, operator: Operator) -> Presence:
    """Asked now and then while somebody is signed in.

    A session that began before somebody left or changed level must not outlast it.
    """
    now = shop_time(doors.clock.now()).date()
    with doors.uow() as uow:
        known = uow.staff.get(operator.staff.id)
        minutes = idle_minutes(uow)
        licences = uow.licences.of(known.id)
    if not known.active or known.must_change_pin:
        return Presence(None, minutes)
    notes = tuple(
        Note(f"people.own_{stands.value}", {"kind": f"people.licence_{one.kind.value}",
                                            "day": one.expires}, "warn")
        for one in licences
        if (stands := standing(one.expires, now, WARN_DAYS)) is not Standing.GOOD
    )  # fmt: skip
    return Presence(replace(operator, staff=replace(known, barred=operator.staff.barred)),
                    minutes, notes)  # fmt: skip
