"""The calendar of working days: what ships, and what the shop wrote beside its books."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from app.bounded import TooMuch, settings_text
from app.domain.working_days import WorkCalendar, YearDays
from app.errors import BadFile
from app.resources import resource

OWN: Final = "holidays.toml"
_LONGEST: Final = 31
"""No holiday is longer: a longer one is a slip of the keyboard."""


def load_calendar(folder: Path | None = None) -> WorkCalendar:
    """The shipped years; a year that ``folder``/holidays.toml names is taken from there.

    :raises BadFile: the shop's own file cannot be read or says what no calendar says.
    """
    years = _years(resource("calendar", "CN.toml"))
    own = folder.joinpath(OWN) if folder is not None else None
    if own is not None and own.exists():
        years |= _years(own)
    return WorkCalendar(years)


def _years(path: Path) -> dict[int, YearDays]:
    try:
        held = tomllib.loads(settings_text(path))
    except (OSError, UnicodeError, TooMuch):
        raise BadFile(file=path.name, why="papers.calendar_unreadable") from None
    except (tomllib.TOMLDecodeError, RecursionError):
        raise BadFile(file=path.name, why="papers.calendar_no_toml") from None
    try:
        return {int(one["year"]): _year(one) for one in held["year"]}
    except (KeyError, TypeError, ValueError):
        raise BadFile(file=path.name, why="papers.calendar_shape") from None


def _year(one: dict[str, Any]) -> YearDays:
    year = int(one["year"])
    off = {day for span in one["off"] for day in _span(span)}
    work = set(one["work"])
    days = off | work
    if off & work or not all(type(day) is date and day.year == year for day in days):
        raise ValueError
    return YearDays(frozenset(off), frozenset(work), str(one["source"]))


def _span(span: Sequence[date]) -> list[date]:
    first, last = span
    length = (last - first).days
    if not 0 <= length < _LONGEST:
        raise ValueError
    return [first + timedelta(days=each) for each in range(length + 1)]
