"""Rules of the area that end: told a quarter before, and when nothing follows them (HY-4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from app.domain.clock import SHOP_ZONE, shop_time
from app.domain.policy import Policy
from app.errors import PackValueMissing
from app.use_cases.doors import Doors

WARNED: Final = timedelta(days=90)
"""So long before the last day it is told."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A settlement type that stops with its rules: on the day after nobody can settle so."""

    settlement: str
    last: date
    days_left: int
    """Until the last day; negative once it is past."""
    who: str
    """Who can say what follows."""


def endings(doors: Doors) -> Iterator[Ending]:
    """Types whose rules end within the quarter, or ended within it, with none to follow."""
    now = doors.clock.now()
    today = shop_time(now).date()
    for kind in (*doors.settlement_types, "account"):
        final = _final(doors, kind, now) or _final(doors, kind, now - WARNED)
        if final is None or final.valid_to is None:
            continue
        left = (final.valid_to - today).days
        if left <= WARNED.days:
            yield Ending(kind, final.valid_to, left, final.who)


def _final(doors: Doors, kind: str, since: datetime) -> Policy | None:
    """The last rules of those that follow each other without a gap; None = none at that moment."""
    found: Policy | None = None
    moment = since
    while True:
        try:
            found = doors.policy_on(kind, moment)
        except PackValueMissing:
            return found
        if found.valid_to is None:
            return found
        after = found.valid_to + timedelta(days=1)
        moment = datetime.combine(after, time(12), SHOP_ZONE)
