"""Working days by the official calendar: holidays off, make-up days on (policy LN-3.4a)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from app.errors import BadValue

LONGEST: Final = 1000
"""More working days than this is a slip of the keyboard."""

_WEEKEND: Final = 5
"""Saturday is the sixth day of a week."""


@dataclass(frozen=True, slots=True)
class YearDays:
    """One year as the authority published it."""

    off: frozenset[date]
    """Days off, weekends of a holiday among them."""
    work: frozenset[date]
    """Saturdays and Sundays that are worked (调休上班)."""
    source: str
    """The notice it comes from; what a shop wrote itself says so."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The years that are known; any other year is counted by plain weekdays, and that is said."""

    years: Mapping[int, YearDays] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        """Whether it is a working day."""
        year = self.years.get(day.year)
        if year is not None:
            if day in year.work:
                return True
            if day in year.off:
                return False
        return day.weekday() < _WEEKEND

    def after(self, start: date, days: int) -> date:
        """The last of so many working days, the first of them being the one after ``start``.

        :raises BadValue: no days at all, or absurdly many.
        """
        if not 0 < days <= LONGEST:
            raise BadValue(what="working days", why=f"{days}")
        day, left = start, days
        while left:
            day += timedelta(days=1)
            left -= self.works(day)
        return day

    def left(self, today: date, due: date) -> int:
        """Working days from tomorrow until ``due``; negative = so many since it was due."""
        if due >= today:
            return self._count(today, due)
        return -self._count(due, today)

    def _count(self, first: date, last: date) -> int:
        days = (last - first).days
        return sum(self.works(first + timedelta(days=each)) for each in range(1, days + 1))

    def unknown(self, first: date, last: date) -> tuple[int, ...]:
        """Years between two days for which no calendar is known."""
        return tuple(y for y in range(first.year, last.year + 1) if y not in self.years)
