"""Boxes of a lot that are looked for and scanned at a stock-take (policy 3.5, S-19)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from app.domain.sample_states import SAMPLE, SampleEvent, SampleState

MOST_SCANNED = 2_000
"""So many boxes of one lot are scanned at one stock-take at most."""


class BoxTold(StrEnum):
    """What the books say of a box at the moment at which it was scanned at the shelf."""

    FOUND = "found"
    """Asked for and there."""
    EXTRA = "extra"
    """Nobody asked for it, and it lies where it may."""
    SOLD = "sold"
    """A live sale has it, and yet it lies here."""
    LEFT = "left"
    """It went back, away or was destroyed by the papers."""
    OTHER_LOT = "other_lot"
    """It came with another batch."""
    UNKNOWN = "unknown"
    """No receiving ever brought it."""


ODD = frozenset({BoxTold.SOLD, BoxTold.LEFT, BoxTold.OTHER_LOT, BoxTold.UNKNOWN})
"""Boxes that cannot lie there."""


@dataclass(frozen=True, slots=True)
class BoxScan:
    """One box that a person held in the hand; never changed, at most taken back."""

    id: str
    lot_id: str
    """The lot at whose place it was scanned."""
    code: str = field(repr=False)
    told: BoxTold
    """Of its own moment: a box that is sold an hour later was there all the same."""
    at: datetime
    by: str
    taken_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The boxes of one lot that one stock-take asks for."""

    stocktake_id: str
    lot_id: str
    medicine_id: str
    asked: tuple[str, ...] = field(repr=False)
    """Fixed when they were drawn; empty = no code of this lot lies here."""
    drawn_at: datetime
    state: SampleState = SampleState.OPEN
    finished_at: datetime | None = None
    finished_by: str = ""
    missing: tuple[str, ...] = field(default=(), repr=False)
    """Asked for, not scanned, and by the books still here."""
    away: tuple[str, ...] = field(default=(), repr=False)
    """Asked for, not scanned, sold or gone by a paper since they were drawn: nobody's fault."""
    listed_at: datetime | None = None
    """When its missing and odd boxes went onto the quality list."""
    listed_by: str = ""

    def finish(self, found: Iterable[str], away: Iterable[str], at: datetime, by: str) -> Sample:
        """Every box there was has been scanned; :raises IllegalTransition:."""
        there, gone = set(found), set(away)
        lacking = [code for code in self.asked if code not in there]
        return replace(
            self, state=SAMPLE.step(self.state, SampleEvent.FINISHED), finished_at=at,
            finished_by=by, missing=tuple(code for code in lacking if code not in gone),
            away=tuple(code for code in lacking if code in gone),
        )  # fmt: skip

    def reopen(self) -> Sample:
        """Scanned on; :raises IllegalTransition: also where its boxes are listed."""
        after = SAMPLE.step(self.state, SampleEvent.REOPENED)
        return replace(self, state=after, finished_at=None, finished_by="", missing=(), away=())

    def listed(self, at: datetime, by: str) -> Sample:
        """Its doubts are on the quality list; :raises IllegalTransition:."""
        after = SAMPLE.step(self.state, SampleEvent.LISTED)
        return replace(self, state=after, listed_at=at, listed_by=by)


def standing_scans(scans: Iterable[BoxScan]) -> dict[str, BoxScan]:
    """Code -> the scan that counts, the newest; those that were taken back are left out."""
    return {one.code: one for one in scans if not one.taken_back}
