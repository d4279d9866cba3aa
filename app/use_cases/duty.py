"""Who is on duty: signing on and off with a second factor, absence, and what the books say now.

A duty ends with its business day: a night pharmacist signs on again, and a forgotten sign-off
never counts on the next day (LN-2.1, HY-1.5.1). A remote reviewer never counts as present.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.clock import BusinessDay, from_micros, micros, shop_time
from app.domain.pharmacist import Duty, Pharmacist, Presence, bound_until, presence, too_few_in
from app.domain.policy import StaffRules
from app.errors import NotAllowed, NotFound, PackValueMissing, RuleBroken
from app.ports import UnitOfWork
from app.use_cases.counter_board import Counter
from app.use_cases.delisting import delisting_in
from app.use_cases.doors import Doors
from app.use_cases.interface_version import chosen_version
from app.use_cases.sign_in import sign_in
from app.use_cases.views import Note

SIGNED_OFF, ABSENT, REPLACED, DAY_OVER = "signed_off", "absent", "replaced", "day_over"
SERVICE = "service"
"""Kind of the list of service switches (SJZ-A.6, A.10)."""


def sign_on(
    doors: Doors, number: str, pin: str, *, token: str = "", remote: bool = False
) -> Presence:
    """A bound pharmacist begins a duty here: PIN, and the own e-certificate where the pack asks.

    The token is kept in memory for this duty and nowhere else. Signing on again begins a new
    interval. ``remote``: reviews from elsewhere and never counts as present.
    :raises SignInRefused, LockedOut: as at sign-in; :raises RuleBroken: PHARMACIST_NOT_BOUND
    (not bound, licence over, sanctioned), DUTY_TOKEN_NEEDED.
    """
    staff = sign_in(doors, number, pin).staff
    now = doors.clock.now()
    with doors.uow() as uow:
        bound = uow.pharmacists.get(staff.id)
        if bound is None or not bound.bound_on(shop_time(now).date()):
            raise _refusal("PHARMACIST_NOT_BOUND", "SJZ-A.3", "LN-2.1")
        if _token_wanted(doors, now) and not token.strip():
            raise _refusal("DUTY_TOKEN_NEEDED", "LN-2.1", "HY-1.5.1")
        for open_one in _open_of(uow, staff.id):
            _close(uow, open_one, now, REPLACED)
        away = remote or bound.remote
        duty = Duty(doors.ids.new(), staff.id, doors.shop.till_id, now, remote=away)
        uow.duties.sign_on(duty)
        uow.log.append("duty.on", staff.id, now, {"duty": duty.id, "remote": away})
        uow.commit()
    doors.counter.keep_token(staff.id, token.strip())
    return refresh_counter(doors).presence


def practice_duty(doors: Doors, staff_id: str) -> None:
    """Practice opens with its pharmacists there: once a day, by nobody's PIN.

    Whoever was on duty today already is left alone: signed off is signed off.
    :raises NotAllowed: in a real shop a duty needs its second factor.
    """
    if not doors.shop.practice:
        raise NotAllowed(act="practice_duty")
    now = doors.clock.now()
    midnight = shop_time(now).replace(hour=0, minute=0, second=0, microsecond=0)
    with doors.uow() as uow:
        had = uow.duties.between(midnight, midnight + timedelta(days=1))
        if any(duty.staff_id == staff_id and _same_day(duty.on_at, now) for duty in had):
            return
        for old in _open_of(uow, staff_id):
            _close(uow, old, midnight, DAY_OVER)
        duty = Duty(doors.ids.new(), staff_id, doors.shop.till_id, now)
        uow.duties.sign_on(duty)
        uow.log.append("duty.on", "practice", now, {"duty": duty.id, "remote": False})
        uow.commit()


def sign_off(doors: Doors, number: str, pin: str) -> Presence:
    """The pharmacist's duty ends.

    :raises SignInRefused, LockedOut: as at sign-in; :raises NotFound: not on duty.
    """
    staff = sign_in(doors, number, pin).staff
    now = doors.clock.now()
    with doors.uow() as uow:
        running = _open_of(uow, staff.id)
        if not running:
            raise NotFound(what="duty")
        for duty in running:
            _close(uow, duty, now, SIGNED_OFF)
            uow.log.append("duty.off", staff.id, now, {"duty": duty.id, "why": SIGNED_OFF})
        uow.commit()
    doors.counter.keep_token(staff.id, "")
    return refresh_counter(doors).presence


def note_absence(doors: Doors, staff_id: str, by: str) -> None:
    """Somebody says that the pharmacist went away; the pack's minutes run from now.

    Said twice, the first time counts. :raises NotFound: not on duty.
    """
    now = doors.clock.now()
    with doors.uow() as uow:
        running = _open_of(uow, staff_id)
        if not running:
            raise NotFound(what="duty")
        for duty in running:
            if _away_since(uow, duty) is None:
                uow.settings.put(_away_key(duty), str(micros(now)))
                uow.log.append("duty.away", by, now, {"duty": duty.id})
        uow.commit()


def come_back(doors: Doors, number: str, pin: str) -> Presence:
    """The pharmacist is back, with the PIN. :raises NotFound: the duty has ended meanwhile."""
    staff = sign_in(doors, number, pin).staff
    now = doors.clock.now()
    with doors.uow() as uow:
        running = _open_of(uow, staff.id)
        if not running:
            raise NotFound(what="duty")
        for duty in running:
            uow.settings.put(_away_key(duty), "")
            uow.log.append("duty.back", staff.id, now, {"duty": duty.id})
        uow.commit()
    return refresh_counter(doors).presence


def watch_duties(doors: Doors) -> tuple[Note, ...]:
    """One look of the recovery's poll: ends duties that are over, warns before, refreshes.

    An absence longer than the pack's minutes closes the interval at the minute where it became
    too long; from half of them on a note warns (HY-1.5.1): it stands on the counter's board,
    where the screens read it.
    """
    now = doors.clock.now()
    limit = absence_limit(doors, now)
    with doors.uow() as uow:
        ended = False
        for duty in uow.duties.open():
            over = _over_at(uow, duty, now, limit)
            if over is not None:
                try:
                    _close(uow, duty, *over)
                except NotFound:  # another till of the store looked at this very moment
                    continue
                uow.log.append("duty.off", duty.staff_id, now, {"duty": duty.id, "why": over[1]})
                ended = True
        if ended:
            uow.commit()
    return refresh_counter(doors).warnings


def _long_away(uow: UnitOfWork, now: datetime, limit: timedelta | None) -> tuple[Note, ...]:
    """Who has been away for half of what is allowed, with the minutes that are left."""
    if limit is None:
        return ()
    notes = []
    for duty in uow.duties.open():
        since = _away_since(uow, duty)
        if since is not None and limit <= 2 * (now - since) < 2 * limit:
            left = -(-(since + limit - now) // timedelta(minutes=1))
            name = uow.staff.get(duty.staff_id).name
            params: dict[str, object] = {"name": name, "minutes": left}
            notes.append(Note("duty.away_warn", params, "warn", rule_ids=("HY-1.5.1",)))
    return tuple(notes)


def refresh_counter(doors: Doors) -> Counter:
    """Read presence, service switches and long absences, and show them on the board."""
    now = doors.clock.now()
    limit = absence_limit(doors, now)
    with doors.uow() as uow:
        warnings = _long_away(uow, now, limit)
        reading = Counter(
            presence_in(uow, now), closed_services(uow, now), delisting_in(uow), warnings
        )
        on_duty = frozenset(duty.staff_id for duty in uow.duties.open())
        doors.counter.infver = chosen_version(uow).infver  # another till may have changed it
    doors.counter.show(reading)
    doors.counter.keep_only(on_duty)
    return reading


def presence_in(uow: UnitOfWork, at: datetime) -> Presence:
    """Present and bound at a moment, inside the caller's unit of work.

    Only duties of the same business day count, also before the poll has closed older ones.
    """
    pharmacists = uow.pharmacists.all()
    today = [duty for duty in uow.duties.open() if _same_day(duty.on_at, at)]
    present, bound = presence(pharmacists, today, at)
    here = {duty.staff_id for duty in today if not duty.remote and duty.covers(at)}
    names = tuple(_names(pharmacists, here, at))
    return Presence(present, bound, names, bound_until(pharmacists, shop_time(at).date()))


def closed_services(uow: UnitOfWork, at: datetime) -> frozenset[str]:
    """Services whose switch is off today; none where the list was never imported.

    A service that the imported list does not name has no switch here and stays as the pack says.
    """
    day = shop_time(at).date()
    rows = uow.lists.all_listed(SERVICE)
    in_force = {row.code for row in rows if not row.disease and row.covers(day)}
    return frozenset(row.code for row in rows) - in_force


@dataclass(frozen=True, slots=True)
class BoundFew:
    """How the bound pharmacists stand against the area's least number (HY-1.1.3)."""

    bound: int
    need: int
    days: int | None
    """Until a licence's end leaves too few; None = none does within the days of warning."""

    @property
    def said(self) -> str:
        """``short`` of the least, ``ends``: at the least and one licence ends soon, or ``good``."""
        if self.bound < self.need:
            return "short"
        return "good" if self.days is None else "ends"


def bound_few(doors: Doors) -> BoundFew | None:
    """The strictest of the area's settlement types; None = it names no least number."""
    now, found = doors.clock.now(), []
    for kind in doors.settlement_types:
        try:
            policy = doors.policy_on(kind, now)
        except PackValueMissing:
            continue
        if policy.staff.min_bound:
            found.append((policy.staff.min_bound, policy.store.agreement_warn_days))
    if not found:
        return None
    need, warn_days = max(found)
    with doors.uow() as uow:
        seen = presence_in(uow, now)
    days = too_few_in(seen.bound, need, seen.until, shop_time(now).date(), warn_days)
    return BoundFew(seen.bound, need, days)


def absence_limit(doors: Doors, at: datetime) -> timedelta | None:
    """The shortest absence that any settlement type of the pack allows; None = it says nothing."""
    minutes = [
        rules.absence_warn_minutes
        for rules in _staff_rules(doors, at)
        if rules.absence_warn_minutes is not None
    ]
    return timedelta(minutes=min(minutes)) if minutes else None


def _staff_rules(doors: Doors, at: datetime) -> list[StaffRules]:
    found = []
    for kind in (*doors.settlement_types, "self_paid"):
        try:
            found.append(doors.policy_on(kind, at).staff)
        except PackValueMissing:
            continue
    return found


def _token_wanted(doors: Doors, at: datetime) -> bool:
    return any(rules.pharmacist_token == "duty" for rules in _staff_rules(doors, at))  # noqa: S105


def _open_of(uow: UnitOfWork, staff_id: str) -> list[Duty]:
    return [duty for duty in uow.duties.open() if duty.staff_id == staff_id]


def _close(uow: UnitOfWork, duty: Duty, at: datetime, why: str) -> None:
    uow.duties.sign_off(duty.id, at, why)
    if uow.settings.get(_away_key(duty)):
        uow.settings.put(_away_key(duty), "")


def _over_at(
    uow: UnitOfWork, duty: Duty, now: datetime, limit: timedelta | None
) -> tuple[datetime, str] | None:
    """When and why an open duty is over; None while it goes on."""
    ends = []
    since = _away_since(uow, duty)
    if since is not None and limit is not None and now - since >= limit:
        ends.append((since + limit, ABSENT))
    if not _same_day(duty.on_at, now):
        midnight = shop_time(duty.on_at).replace(hour=0, minute=0, second=0, microsecond=0)
        ends.append((midnight + timedelta(days=1), DAY_OVER))
    return min(ends, default=None)


def _away_key(duty: Duty) -> str:
    return f"duty_away/{duty.id}"


def _away_since(uow: UnitOfWork, duty: Duty) -> datetime | None:
    text = uow.settings.get(_away_key(duty))
    return from_micros(int(text)) if text else None


def _same_day(one: datetime, other: datetime) -> bool:
    return BusinessDay.of(one) == BusinessDay.of(other)


def _names(pharmacists: Iterable[Pharmacist], here: set[str], at: datetime) -> Iterable[str]:
    day = shop_time(at).date()
    for one in pharmacists:
        if one.staff_id in here and one.bound_on(day) and not one.remote:
            yield one.professional.name


def _refusal(code: str, *rules: str) -> RuleBroken:
    note = Note(f"finding.{code}", {}, "block", code, rules)
    return RuleBroken((note,), code=code)
