"""Time as the shop sees it: aware instants, business days, quarters, ages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from app.errors import BadValue

_EPOCH, _MICRO = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

SHOP_ZONE = ZoneInfo("Asia/Shanghai")
"""One zone for the whole country; slips and messages are written in it."""


def require_aware(moment: datetime) -> datetime:
    """The moment in UTC; :raises BadValue: for a naive one."""
    if moment.tzinfo is None:
        raise BadValue(what="time", why="naive; every moment carries its zone")
    return moment.astimezone(UTC)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC: how moments are stored."""
    return (require_aware(moment) - _EPOCH) // _MICRO


def from_micros(value: int) -> datetime:
    """The aware UTC moment of a stored value."""
    return _EPOCH + timedelta(microseconds=value)


LONGEST_WAIT = timedelta(hours=1)
"""Longer than anything is waited for; a longer wait was noted by a clock that was ahead."""


def still_waits(now: datetime, until: datetime) -> bool:
    """Whether the noted moment is still to come. One far ahead was noted before the clock was set
    back: nobody waits a day for it.
    """
    return now < until <= now + LONGEST_WAIT


def shop_time(moment: datetime) -> datetime:
    """The moment on the shop's wall clock."""
    return require_aware(moment).astimezone(SHOP_ZONE)


@dataclass(frozen=True, slots=True, order=True)
class BusinessDay:
    """A day of the shop's calendar: of numbers, duties and papers.

    On which day money counts is said by :meth:`app.domain.shift.ShiftRules.day_of`.
    """

    day: date

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """The day of the calendar that holds the moment."""
        return cls(shop_time(moment).date())

    def __str__(self) -> str:
        return self.day.isoformat()


def quarter_of(moment: datetime) -> str:
    """Quarter in the shop's zone, as 2026Q4 (quotas never roll over between them, HY-3.6a)."""
    day = shop_time(moment).date()
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def age_on(birth: date, moment: datetime) -> int:
    """Age in full years on the shop's date, the birthday counting (policy 4.1 step 7)."""
    day = shop_time(moment).date()
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
