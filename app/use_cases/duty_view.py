"""Duty and register as a screen shows them: who is here since when, who is bound, what is short."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.clock import from_micros, shop_time
from app.domain.pharmacist import Pharmacist, Presence
from app.domain.staff import Right, Role
from app.errors import NotFound, PackValueMissing
from app.ports import UnitOfWork
from app.use_cases.attendance import HOURS
from app.use_cases.doors import Doors, Operator
from app.use_cases.duty import presence_in
from app.use_cases.rights import require
from app.use_cases.rx_page import DAYS, HISTORY


@dataclass(frozen=True, slots=True)
class OnDuty:
    """One person who is signed on now."""

    staff_id: str
    number: str
    name: str = field(repr=False)
    since: datetime
    away_since: datetime | None = None
    remote: bool = False
    counts: bool = True
    """Whether the person counts as present: bound today, here, not remote."""


@dataclass(frozen=True, slots=True)
class DutyView:
    """Who is here, whether they are enough, and since when they are not."""

    presence: Presence
    needed: int
    on_duty: tuple[OnDuty, ...]
    token_wanted: bool
    """The pack asks for the pharmacist's own e-certificate at signing on."""
    short_since: datetime | None = None
    """Since when too few are here today; None = nobody signed off today, or they are enough."""
    business_hours: str = ""
    history_days: int = DAYS
    """How far back a reviewing pharmacist sees purchases."""

    @property
    def short(self) -> bool:
        """Whether sales that need a pharmacist stop."""
        return self.presence.present < self.needed


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A pharmacist of the staff with the binding, where there is one."""

    staff_id: str
    number: str
    name: str = field(repr=False)
    active: bool
    binding: Pharmacist | None = field(default=None, repr=False)
    bound_today: bool = False


def needed_present(doors: Doors, at: datetime) -> int:
    """How many must be present for what any settlement type of the pack sells; at least one."""
    found = [1]
    for kind in (*doors.settlement_types, "self_paid"):
        try:
            least = doors.policy_on(kind, at).staff.min_present
        except PackValueMissing:
            continue
        if least:
            found.append(least)
    return max(found)


def duty_view(doors: Doors) -> DutyView:
    """Who is on duty now, from the books."""
    now = doors.clock.now()
    needed = needed_present(doors, now)
    with doors.uow() as uow:
        seen = presence_in(uow, now)
        rows = tuple(_on_duty(uow, now))
        since = _short_since(uow, now) if seen.present < needed else None
        hours = uow.settings.get(HOURS)
        days = int(uow.settings.get(HISTORY) or DAYS)
    return DutyView(seen, needed, rows, _token_wanted(doors, now), since, hours, days)


def register(doors: Doors, operator: Operator) -> tuple[RegisterRow, ...]:
    """Every pharmacist of the staff, bound or not, by number.

    :raises NotAllowed: the right to manage staff is lacking.
    """
    require(doors, operator, Right.MANAGE_STAFF)
    day = shop_time(doors.clock.now()).date()
    with doors.uow() as uow:
        bound = {one.staff_id: one for one in uow.pharmacists.all()}
        staff = [one for one in uow.staff.all() if one.role is Role.PHARMACIST]
    return tuple(
        RegisterRow(
            one.id,
            one.number,
            one.name,
            one.active,
            bound.get(one.id),
            one.id in bound and bound[one.id].bound_on(day),
        )
        for one in staff
    )


def _on_duty(uow: UnitOfWork, now: datetime) -> list[OnDuty]:
    day = shop_time(now).date()
    rows = []
    for duty in uow.duties.open():
        try:
            member = uow.staff.get(duty.staff_id)
        except NotFound:
            continue
        bound = uow.pharmacists.get(duty.staff_id)
        away = uow.settings.get(f"duty_away/{duty.id}")
        here = not duty.remote and bound is not None and bound.bound_on(day) and not bound.remote
        rows.append(
            OnDuty(
                member.id,
                member.number,
                member.name,
                duty.on_at,
                from_micros(int(away)) if away else None,
                duty.remote,
                here and shop_time(duty.on_at).date() == day,
            )
        )
    return rows


def _short_since(uow: UnitOfWork, now: datetime) -> datetime | None:
    """When the last of today went off."""
    midnight = shop_time(now).replace(hour=0, minute=0, second=0, microsecond=0)
    today = uow.duties.between(midnight, midnight + timedelta(days=1))
    return max((duty.off_at for duty in today if duty.off_at is not None), default=None)


def _token_wanted(doors: Doors, at: datetime) -> bool:
    for kind in (*doors.settlement_types, "self_paid"):
        try:
            if doors.policy_on(kind, at).staff.pharmacist_token == "duty":  # noqa: S105 - a rule
                return True
        except PackValueMissing:
            continue
    return False
