"""Rosters of special-disease (慢特病) and two-disease (两病) persons: who is on them since when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

SPECIAL, TWO_DISEASE = "special", "two_disease"
ROSTER_TYPES = (SPECIAL, TWO_DISEASE)
"""Settlement types whose benefit begins with a roster (HY-3.4, EZ-8)."""


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One person with one disease on the roster of one settlement type; both days count."""

    settlement: str
    disease: str
    disease_name: str
    begins: date
    ends: date | None = None
    cert_no: str = field(default="", repr=False)
    name: str = field(default="", repr=False)

    def over_on(self, day: date) -> bool:
        """Whether the benefit has ended before that day."""
        return self.ends is not None and self.ends < day

    def holds_on(self, day: date) -> bool:
        """Whether the benefit runs on that day."""
        return self.begins <= day and not self.over_on(day)


@dataclass(frozen=True, slots=True)
class RosterBatch:
    """One import of the roster of one settlement type (EZ-9a): the newest in effect counts."""

    settlement: str
    version: str
    """Batch number, as its publisher names it."""
    effective: date
    imported_at: datetime
    importer_id: str
    source: str
    checksum: str
    entries: int
    persons: int

    def age_days(self, now: datetime) -> int:
        """Whole days since it was imported; a clock set back makes nothing younger than today."""
        return max(0, (now - self.imported_at) // timedelta(days=1))


@dataclass(frozen=True, slots=True)
class RosterSeen:
    """What the rosters in effect say of one person; empty = no roster in effect, nobody asked."""

    batches: tuple[RosterBatch, ...] = ()
    entries: tuple[RosterEntry, ...] = ()

    def batch_of(self, settlement: str) -> RosterBatch | None:
        """The batch of that settlement type that is in effect."""
        return next((one for one in self.batches if one.settlement == settlement), None)

    def of(self, settlement: str, diseases: Iterable[str], day: date) -> RosterEntry | None:
        """The row for one of these diseases, the earliest begun; what has ended is no row."""
        wanted = frozenset(diseases)
        found = [
            one
            for one in self.entries
            if one.settlement == settlement and one.disease in wanted and not one.over_on(day)
        ]
        return min(found, key=lambda one: one.begins, default=None)

    def not_over(self, settlement: str, day: date) -> tuple[RosterEntry, ...]:
        """Rows of one type that run or will run, one a disease: the earliest begun."""
        kept: dict[str, RosterEntry] = {}
        for one in sorted(self.entries, key=lambda each: each.begins):
            if one.settlement == settlement and not one.over_on(day):
                kept.setdefault(one.disease, one)
        return tuple(kept[code] for code in sorted(kept))

    def holds(self, settlement: str, diseases: Iterable[str], day: date) -> bool:
        """Whether the benefit of one of these diseases runs on that day."""
        entry = self.of(settlement, diseases, day)
        return entry is not None and entry.holds_on(day)


def counted(entries: Sequence[RosterEntry]) -> dict[str, tuple[int, int]]:
    """Rows and persons of each settlement type, in a fixed order."""
    told: dict[str, tuple[int, int]] = {}
    for kind in ROSTER_TYPES:
        persons = [one.cert_no for one in entries if one.settlement == kind]
        if persons:
            told[kind] = (len(persons), len(set(persons)))
    return told
