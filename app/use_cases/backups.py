"""Backups by themselves: made, proved by putting them back, thinned; and a till that was restored.

A backup that was put back knows nothing of what happened after it. What the platform knows of
those hours is compared and taken over before the first sale (:func:`catch_up`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from app.domain.clock import SHOP_ZONE, shop_time
from app.domain.settlement_states import UNDECIDED, SettlementEvent, SettlementState
from app.errors import (
    BadFile,
    PlatformError,
    SecretError,
    StoreBroken,
    StoreFull,
    StoreNewer,
    StoreReadOnly,
    YaotaiError,
)
from app.ports import UnitOfWork
from app.ports_backup import BackupProved, BackupRoom, BackupSeen
from app.use_cases.counter_board import Behind
from app.use_cases.doors import Doors, Operator

LAST: Final = "backup/last"
GOOD: Final = "backup/good"
RESTORED: Final = "backup/restored"
CAUGHT_UP: Final = "backup/caught_up"

EVERY: Final = timedelta(hours=6)
AGAIN: Final = timedelta(minutes=30)
"""Until one that failed is tried again."""

ALL_OF: Final = timedelta(days=2)
"""So far back every backup is kept; then one a day, then one a week."""
DAYS: Final = 14
WEEKS: Final = 8


@dataclass(frozen=True, slots=True)
class BackupDone:
    """The last try."""

    at: datetime
    name: str = ""
    proved: BackupProved | None = None
    why: str = ""
    """Message id of a failure; empty = it is proved."""

    @property
    def good(self) -> bool:
        """Whether it can be put back, with all its evidence."""
        return self.proved is not None and not self.proved.missing


def back_up(doors: Doors, room: BackupRoom, operator: Operator) -> BackupDone:
    """Make a backup, prove it by putting it back for a trial, thin the old ones out.

    Never raises for a disk or a damaged file: what failed is kept, shown and tried again. Old ones
    go only after a new one is proved.
    """
    now, name = doors.clock.now(), ""
    try:
        name = room.make(now).name
        done = BackupDone(now, name, room.prove(name))
        if done.good:
            for old in superfluous(room.backups(), now):
                room.remove(old.name)
    except YaotaiError as error:
        done = BackupDone(now, name, why=failure(error))
    with doors.uow() as uow:
        uow.settings.put(LAST, _text(done))
        if done.good:
            uow.settings.put(GOOD, now.isoformat())
        told = {"name": done.name, "good": done.good}
        uow.log.append(
            "backup.made" if done.good else "backup.failed", operator.staff.id, now, told
        )
        uow.commit()
    return done


_FAILURES: Final[tuple[tuple[type[YaotaiError], str], ...]] = (
    (StoreFull, "backup.fail_full"),
    (StoreReadOnly, "backup.fail_read_only"),
    (BadFile, "backup.fail_damaged"),
    (StoreBroken, "backup.fail_damaged"),
    (StoreNewer, "backup.fail_newer"),
)


def failure(error: YaotaiError) -> str:
    """What went wrong with a backup, as a message id: the words of the books would mislead here."""
    if type(error) is SecretError:  # a wrong recovery code has words of its own
        return "backup.fail_sealed"
    why = error.params.get("why", "")
    if isinstance(why, str) and why.startswith("backup."):
        return why
    return next((words for kind, words in _FAILURES if isinstance(error, kind)), error.message_id)


def last_good(doors: Doors) -> datetime | None:
    """When the last one that can be put back was made; None = there is none."""
    with doors.uow() as uow:
        text = uow.settings.get(GOOD)
    return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class BackupView:
    """What the manager sees of backups."""

    place: str
    same_disk: bool
    last: BackupDone | None
    good_at: datetime | None
    old: bool
    """The last good one is older than a day."""
    backups: tuple[BackupSeen, ...]


def backup_view(doors: Doors, room: BackupRoom) -> BackupView:
    """Everything at once; a slow disk keeps it waiting."""
    good_at = last_good(doors)
    return BackupView(
        room.place, room.same_disk, last_backup(doors), good_at,
        is_old(good_at, doors.clock.now()), room.backups(),
    )  # fmt: skip


OLD: Final = timedelta(days=1)
"""Older than this the last good one is told of on the morning board."""


def is_old(good_at: datetime | None, now: datetime) -> bool:
    """Whether the last good one is older than a day, or there is none."""
    return good_at is None or now - good_at >= OLD


def last_backup(doors: Doors) -> BackupDone | None:
    """How the last try went; None = there was none."""
    with doors.uow() as uow:
        text = uow.settings.get(LAST)
    return _read(text) if text else None


def backup_due(last: BackupDone | None, now: datetime) -> bool:
    """Whether the next one is to be made; a clock that was set back delays nothing."""
    if last is None:
        return True
    rest = EVERY if last.good else AGAIN
    return not timedelta(0) <= now - last.at < rest


def superfluous(found: Sequence[BackupSeen], now: datetime) -> list[BackupSeen]:
    """Those that nobody needs any more: of each day and of each week the newest is kept.

    The newest of all is kept whatever its age.
    """
    kept_days: set[str] = set()
    kept_weeks: set[str] = set()
    gone: list[BackupSeen] = []
    for number, one in enumerate(sorted(found, key=lambda each: each.made_at, reverse=True)):
        age, wall = now - one.made_at, shop_time(one.made_at)
        day, week = f"{wall:%Y-%m-%d}", f"{wall:%G-%V}"
        wanted = (
            number == 0
            or age < ALL_OF
            or (age < timedelta(days=DAYS) and day not in kept_days)
            or (age < timedelta(weeks=WEEKS) and week not in kept_weeks)
        )
        if wanted:
            kept_days.add(day)
            kept_weeks.add(week)
        else:
            gone.append(one)
    return gone


def _text(done: BackupDone) -> str:
    proved = done.proved
    told = {
        "at": done.at.isoformat(),
        "name": done.name,
        "why": done.why,
        "proved": {name: getattr(proved, name) for name in BackupProved.__dataclass_fields__}
        if proved
        else None,
    }
    return json.dumps(told, sort_keys=True)


def _read(text: str) -> BackupDone:
    told = json.loads(text)
    proved = BackupProved(**told["proved"]) if told["proved"] else None
    return BackupDone(datetime.fromisoformat(told["at"]), told["name"], proved, told["why"])


# --- a till that was restored ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Restored:
    """These books were put back and have not been held against the platform's yet."""

    made_at: datetime
    """Of the backup: from that day on the platform may know more."""
    name: str


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What the comparison after a restore brought."""

    days: int
    adopted: int
    standing: int
    """Differences that wait for people."""


RECEIPTS_LEFT_OUT: Final = 1000
"""Slip numbers of each day from the backup's to some ahead that are not used again: the lost hours
may have given them out."""
A_MINUTE: Final = 5
"""As many more for each minute of the day that is over: the same backup put back twice in a day
leaves out what was given between the two as well."""


AHEAD: Final = timedelta(minutes=1)
"""Message ids of a busy second may run ahead of the clock; lost ones lie before this."""


def mark_restored(
    uow: UnitOfWork,
    institution: str,
    till_no: int,
    made_at: datetime,
    name: str,
    now: datetime,
    given: Mapping[str, int],
) -> None:
    """Inside the caller's unit of work: no sale before :func:`catch_up`.

    Numbers of the lost hours are not given out again: neither slips' nor papers' nor messages',
    not even for the questions that the comparison itself asks. ``given``: what the books before
    gave out, by counter, where they could still be read; else time alone tells how many.
    """
    uow.numbers.start_beyond(institution, till_no, now + AHEAD)
    uow.settings.put(RESTORED, json.dumps({"made_at": made_at.isoformat(), "name": name}))
    uow.settings.put(GOOD, made_at.isoformat())  # it was proved by putting it back
    # As for slips: the same backup put back twice leaves out what was given between the two.
    minutes = max(0, (now - made_at) // timedelta(minutes=1))
    over = {f"{day:%Y%m%d}": many for day, many in _minutes_over(made_at, now, minutes).items()}
    uow.numbers.leave_out_serials(list(over), RECEIPTS_LEFT_OUT + A_MINUTE * minutes)
    for day, many in over.items():
        uow.numbers.leave_out(f"{till_no:02d}", day, RECEIPTS_LEFT_OUT + A_MINUTE * many)
    uow.numbers.at_least(given)
    _hand_over(uow, now)
    uow.log.append(
        "backup.restored", "restore", now, {"name": name, "made_at": made_at.isoformat()}
    )


CLOCK_AHEAD: Final = timedelta(days=1)
"""So far the till's clock may have been ahead when the backup was made, or behind when it sold."""


def _lost_days(made_at: datetime, until: datetime) -> list[date]:
    """Every day on which something may have happened that a backup does not know."""
    first = shop_time(min(made_at, until) - CLOCK_AHEAD).date()
    return [
        first + timedelta(days=one) for one in range((shop_time(until).date() - first).days + 1)
    ]


DAYS_AHEAD: Final = 2
"""So many days that have not come may have slips already, of a clock that was ahead and was set
right before the backup was put back; a jump late in the evening reaches the day after tomorrow."""


def _minutes_over(made_at: datetime, now: datetime, since: int) -> dict[date, int]:
    """Each day whose numbers may have been given out -> minutes in which that may have been."""
    wall, until = shop_time(now), max(made_at, now)
    over = dict.fromkeys(_lost_days(made_at, until), 24 * 60)
    over[wall.date()] = wall.hour * 60 + wall.minute
    last = shop_time(until).date()
    return over | {last + timedelta(days=one): since for one in range(1, DAYS_AHEAD + 1)}


def _hand_over(uow: UnitOfWork, now: datetime) -> None:
    """What was under way at the backup's moment was decided in the lost hours, nobody knows how.

    To reverse it now, as after a crash, could take back a settlement whose medicine was handed
    out: a person decides it with the platform's books.
    """
    for one in uow.settlements.undecided():
        if one.state is SettlementState.SUBMITTED:
            one.move(SettlementEvent.NO_ANSWER)
        elif one.state is SettlementState.REVERSING:
            one.move(SettlementEvent.REFUSED)
        if one.state in UNDECIDED:
            one.move(SettlementEvent.GIVEN_UP)
        uow.settlements.save(one)
        entry = {"settlement": one.id, "msgid": one.settle_msgid}
        uow.log.append("backup.undecided", "restore", now, entry)


def restored(doors: Doors) -> Restored | None:
    """Whether these books still have to be held against the platform's; if so, nothing is sold."""
    with doors.uow() as uow:
        text = uow.settings.get(RESTORED)
    if not text:
        return None
    told = json.loads(text)
    if not doors.counter.behind:
        doors.counter.behind = Behind.ALL
    return Restored(datetime.fromisoformat(told["made_at"]), told["name"])


def catch_up(doors: Doors, operator: Operator) -> CaughtUp | None:
    """Compare each day since the backup with the platform, adopt what only it knows, sell again.

    None = nothing to do, or a day was not answered: it is tried again.
    :raises PlatformError: nobody can be signed in.
    """
    # Not above: a start asks this module whether there is anything to do, and mostly there is not.
    from app.domain.statement import DayState
    from app.use_cases.reconcile_acts import take_over

    found = restored(doors)
    if found is None:
        doors.counter.behind = Behind.NOTHING
        return None
    now = doors.clock.now()
    days = _lost_days(found.made_at, now)
    try:
        take_over(doors, operator, days[0], days[-1], found.name)
    except PlatformError:
        _sell_meanwhile(doors, operator)
        raise
    with doors.uow() as uow:
        told = [uow.reconciliations.newest(day) for day in days]
        standing = len([one for one in uow.reconciliations.standing() if one.day in days])
        taken = _taken(uow, days, found.name)
    if any(one is None or one.state is DayState.UNFINISHED for one in told):
        _sell_meanwhile(doors, operator)
        return None
    # From the books and not from this round: a day that an earlier round took over counts too.
    done = CaughtUp(len(days), len(taken), standing)
    newest = _newest(doors, taken)
    with doors.uow() as uow:
        if newest is not None:
            uow.numbers.start_beyond(doors.shop.institution_code, doors.shop.till_no, newest)
        uow.settings.put(RESTORED, "")
        uow.settings.put(CAUGHT_UP, _caught_up_text(now, done))
        entry = {"days": done.days, "adopted": done.adopted, "standing": done.standing}
        uow.log.append("backup.caught_up", operator.staff.id, now, entry)
        uow.commit()
    doors.counter.behind = Behind.NOTHING
    return done


def _taken(uow: UnitOfWork, days: Sequence[date], name: str) -> list[str]:
    """Message ids of what was adopted on the ground of a backup."""
    found = uow.reconciliations.corrections(days[0], days[-1])
    return [one.msgid for one in found if one.ground == name]


def _caught_up_text(at: datetime, done: CaughtUp) -> str:
    told = {name: getattr(done, name) for name in CaughtUp.__dataclass_fields__}
    return json.dumps({"at": at.isoformat(), **told}, sort_keys=True)


TOLD_FOR: Final = timedelta(days=1)


def caught_up(doors: Doors) -> CaughtUp | None:
    """What the comparison after a restore brought, for a day; None = there was none of late."""
    with doors.uow() as uow:
        text = uow.settings.get(CAUGHT_UP)
    if not text:
        return None
    told = json.loads(text)
    if doors.clock.now() - datetime.fromisoformat(told.pop("at")) >= TOLD_FOR:
        return None
    return CaughtUp(**told)


def _newest(doors: Doors, adopted: Sequence[str]) -> datetime | None:
    """When the platform's last message of this till was allotted (design 4): 12 + 14 + 4."""
    ours = f"{doors.shop.till_no:02d}"
    stamps = [
        one[12:26]
        for one in adopted
        if one.startswith(doors.shop.institution_code) and one[26:28] == ours
    ]
    stamps = [one for one in stamps if len(one) == _STAMP and one.isdigit()]
    if not stamps:
        return None
    told = datetime.strptime(max(stamps), "%Y%m%d%H%M%S").replace(tzinfo=SHOP_ZONE)
    return told.astimezone(UTC)


_STAMP: Final = 14


def _sell_meanwhile(doors: Doors, operator: Operator) -> None:
    """Nobody can be asked now: what concerns no platform is sold; it is asked again by itself."""
    if doors.counter.behind is Behind.INSURED:
        return
    doors.counter.behind = Behind.INSURED
    with doors.uow() as uow:
        uow.log.append("backup.not_compared", operator.staff.id, doors.clock.now(), {})
        uow.commit()
