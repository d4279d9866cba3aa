"""A store that stops being designated: its transition, the day it ends, and the gap (HY-3.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.errors import BadValue

UNTIL_TRANSITION_END = "until_transition_end"
"""``gap_policy``: the gap between both days is closed; else the store settles until delisted."""


class Standing(StrEnum):
    """How a store that stops stands on a day."""

    LEAVING = "leaving"
    """Settles still; persons move to another store, and who has moved settles there (HY-3.5)."""
    GAP = "gap"
    """The transition is over, the cancellation not yet in force: 1 January is moved for holidays
    (K-11)."""
    DELISTED = "delisted"
    """Settles nothing any more (HY-1.3)."""


@dataclass(frozen=True, slots=True)
class Delisting:
    """The two days of the store's record.

    :raises BadValue: the transition does not end before the cancellation.
    """

    transition_end: date
    """Last day of the transition."""
    delist_date: date
    """First day on which the store is not designated."""

    def __post_init__(self) -> None:
        if self.transition_end >= self.delist_date:
            raise BadValue(what="transition_end", why="not before delist_date")

    def standing(self, day: date) -> Standing:
        """On that day of the shop."""
        if day >= self.delist_date:
            return Standing.DELISTED
        return Standing.GAP if day > self.transition_end else Standing.LEAVING

    def blocks(self, day: date, gap_policy: str | None) -> bool:
        """Whether nobody settles here on that day; without a policy the gap is open (K-11)."""
        standing = self.standing(day)
        closed = standing is Standing.GAP and gap_policy == UNTIL_TRANSITION_END
        return closed or standing is Standing.DELISTED
