"""The recorder's health at opening: looked at once a day, judged by the pack, answered once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.clock import shop_time
from app.domain.recorder import (
    Doubted,
    RecorderAnswer,
    RecorderCheck,
    RecorderDoubt,
    RecorderLimits,
    RecorderState,
    RecorderWay,
    doubts_of,
)
from app.domain.staff import Right
from app.errors import BadValue, NotFound, PackValueMissing
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require

DRIFT_SECONDS: Final = 60
"""How far off the recorder's clock may be where the shop set nothing."""
_DRIFT_KEY: Final = "video/drift_seconds"
_LARGEST_DRIFT: Final = 3600
_RETENTION: Final = "video"
_HISTORY: Final = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class RecorderDay:
    """How the recorder stands today."""

    check: RecorderCheck | None
    """The newest look of today; None = nobody has looked yet."""
    doubts: tuple[Doubted, ...]
    """Of that look, with their figures."""
    limits: RecorderLimits
    history: tuple[RecorderCheck, ...] = ()
    """The looks of the last two months, newest first."""


def limits_of(doors: Doors, drift_seconds: int) -> RecorderLimits:
    """What is demanded today: days of the pack (K-08), clock by the shop's setting."""
    now, days = doors.clock.now(), []
    for kind in ("special", "ordinary"):
        try:
            days.append(doors.policy_on(kind, now).store.retention_days.get(_RETENTION))
        except PackValueMissing:
            continue
    known = [one for one in days if one is not None]
    # The longest rule wins; a pack that is silent judges nothing.
    return RecorderLimits(doors.channels(), max(known) if known else None, drift_seconds)


def recorder_day(doors: Doors) -> RecorderDay:
    """Today's look, what is wrong with it, and those of the weeks before."""
    now = doors.clock.now()
    with doors.uow() as uow:
        drift = _drift(uow.settings.get(_DRIFT_KEY))
        checks = uow.videos.checks(now - _HISTORY, now + timedelta(seconds=1))
    limits = limits_of(doors, drift)
    today = shop_time(now).date()
    mine = [one for one in checks if shop_time(one.at).date() == today]
    newest = mine[-1] if mine else None
    return RecorderDay(newest, _told(newest, limits, now), limits, tuple(reversed(checks)))


def _told(
    check: RecorderCheck | None, limits: RecorderLimits, now: datetime
) -> tuple[Doubted, ...]:
    """The doubts of a look with figures; those that the look was kept with count."""
    if check is None:
        return ()
    if check.doubts == (RecorderDoubt.UNREAD,):
        return (Doubted(RecorderDoubt.UNREAD),)
    # Judged by what was demanded then, that the sentence says what the books hold.
    then = replace(limits, keep_days=check.keep_days)
    today = shop_time(now).date()
    found = {one.doubt: one for one in doubts_of(check.state, then, today)}
    return tuple(found.get(doubt, Doubted(doubt)) for doubt in check.doubts)


def record_look(
    doors: Doors, operator: Operator, way: RecorderWay, state: RecorderState | None
) -> RecorderDay:
    """Keep a look at the recorder; ``None``: it could not be read at all.

    :raises BadValue: no channel was looked at, or a day of the future.
    """
    now = doors.clock.now()
    today = shop_time(now).date()
    if state is not None:
        if not state.channels:
            raise BadValue(what="camera number", why="none was looked at")
        if state.oldest is not None and state.oldest > today:
            raise BadValue(what="oldest recording", why="a day to come")
    with doors.uow() as uow:
        limits = limits_of(doors, _drift(uow.settings.get(_DRIFT_KEY)))
        doubts = (
            tuple(one.doubt for one in doubts_of(state, limits, today))
            if state is not None
            else (RecorderDoubt.UNREAD,)
        )
        check = RecorderCheck(
            doors.ids.new(), now, operator.staff.id, way,
            state or RecorderState({}), doubts, limits.keep_days,
        )  # fmt: skip
        uow.videos.add_check(check)
        entry = {"check": check.id, "way": way.value, "doubts": " ".join(doubts)}
        uow.log.append("recorder.looked_at", operator.staff.id, now, entry)
        uow.commit()
    return recorder_day(doors)


def answer_look(
    doors: Doors, check_id: str, answer: RecorderAnswer, operator: Operator
) -> RecorderDay:
    """What is done about the doubts of a look; :raises NotFound: it is not open."""
    now = doors.clock.now()
    with doors.uow() as uow:
        found = [
            one
            for one in uow.videos.checks(now - _HISTORY, now + timedelta(seconds=1))
            if one.id == check_id and one.is_open
        ]
        if not found:
            raise NotFound(what="recorder check")
        said = replace(
            found[0], answer=answer.value, answered_by=operator.staff.id, answered_at=now
        )
        uow.videos.answer_check(said)
        entry = {"check": check_id, "answer": answer.value}
        uow.log.append("recorder.answered", operator.staff.id, now, entry)
        uow.commit()
    return recorder_day(doors)


def set_drift(doors: Doors, seconds: int, operator: Operator) -> RecorderDay:
    """How far off the recorder's clock may be before it is spoken of.

    :raises NotAllowed: neither administrator nor manager; :raises BadValue: not 1 to 3600.
    """
    require(doors, operator, Right.DEVICES)
    if not 1 <= seconds <= _LARGEST_DRIFT:
        raise BadValue(what="seconds", why=f"1 to {_LARGEST_DRIFT}")
    with doors.uow() as uow:
        before = _drift(uow.settings.get(_DRIFT_KEY))
        uow.settings.put(_DRIFT_KEY, str(seconds))
        entry = {"before": before, "after": seconds}
        uow.log.append("video.drift_set", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    return recorder_day(doors)


def _drift(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else DRIFT_SECONDS
