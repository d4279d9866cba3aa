"""What becomes of evidence: holds that keep it, records of what was deleted, what is damaged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.clock import shop_time
from app.domain.evidence import EvidenceKind, Exhibit

LEAST_WORDS: Final = 4
"""Signs of a purpose or a file number below which it is none."""


class HoldScope(StrEnum):
    """What a hold covers."""

    EXHIBIT = "exhibit"
    SALE = "sale"
    PERSON = "person"
    PERIOD = "period"
    """Everything whose days count from a moment within two days of the shop, both whole."""
    KIND = "kind"
    """Everything of one kind of record or of evidence."""


class HoldReason(StrEnum):
    """Why nothing of it may be deleted."""

    COURT = "court"
    """司法机关: a court or procurator's office."""
    INSURANCE = "insurance"
    """医保部门: an inspection of the insurance bureau."""
    DRUG = "drug"
    """药监部门: an inspection of the drug regulator."""
    POLICE = "police"
    COMPLAINT = "complaint"
    """A customer's complaint or dispute."""
    INTERNAL = "internal"
    """The shop's own examination."""


@dataclass(frozen=True, slots=True)
class Hold:
    """保全: while it stands nothing that it covers is deleted, what is taken later included."""

    id: str
    scope: HoldScope
    target: str
    """Id of the piece, the sale or the person; ``FIRST/LAST`` days; name of the kind."""
    reason: HoldReason
    file_no: str = field(repr=False)
    """The number of the file at whoever asked; may name persons, so it is sealed."""
    set_at: datetime
    set_by: str
    lifted_at: datetime | None = None
    lifted_by: str = ""
    lifted_second: str = ""
    """Who agreed to the lifting."""
    also: tuple[str, ...] = field(default=(), compare=False)
    """Of a person: the other records with the same document, as the books have them now."""

    @property
    def stands(self) -> bool:
        """Whether it was not lifted."""
        return self.lifted_at is None

    def covers(self, exhibit: Exhibit) -> bool:
        """Whether it keeps this piece from being deleted."""
        return self.keeps(
            kinds=(exhibit.kind.value, "evidence"), record_id=exhibit.id,
            sale_id=exhibit.sale_id, person_id=exhibit.person_id, at=exhibit.at,
        )  # fmt: skip

    def keeps(
        self, *, kinds: tuple[str, ...], record_id: str, sale_id: str, person_id: str, at: datetime
    ) -> bool:
        """Whether it keeps a record of any kind; ``at``: from when on its days count."""
        if not self.stands or not self.target:
            return False
        if self.scope is HoldScope.KIND:
            return self.target in kinds
        if self.scope is HoldScope.PERIOD:
            first, _, last = self.target.partition("/")
            return first <= shop_time(at).date().isoformat() <= last
        if self.scope is HoldScope.PERSON:
            return person_id in (self.target, *self.also)
        named = {HoldScope.EXHIBIT: record_id, HoldScope.SALE: sale_id}
        return named[self.scope] == self.target


def held_by(exhibit: Exhibit, holds: Iterable[Hold]) -> Hold | None:
    """The first hold that covers a piece; None = it may go when its time comes."""
    return next((hold for hold in holds if hold.covers(exhibit)), None)


@dataclass(frozen=True, slots=True)
class Deletion:
    """The record of a deletion: it stays when the piece is gone."""

    exhibit: Exhibit
    rule: str
    """The ``retention.*`` key that kept it longest."""
    days: int
    begun_at: datetime
    """From when on the days were counted."""
    due_at: datetime
    decided_at: datetime
    run: str
    """Id of the run that decided it."""
    by: str
    destroyed_at: datetime | None = None
    """When its file was gone; None = it is being destroyed, or its disk does not let it go."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A piece as the vault's own lists show it."""

    exhibit: Exhibit
    till_id: str
    """The till whose disk it lies on."""


@dataclass(frozen=True, slots=True)
class KindCount:
    """How much of a kind is kept."""

    kind: EvidenceKind
    pieces: int
    size: int
    """Bytes in the clear."""
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked at a piece, and when."""

    exhibit_id: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """The record of an export: what left the vault in the clear."""

    id: str
    at: datetime
    by: str
    second: str
    purpose: str = field(repr=False)
    pieces: int
    missing: int
    """Asked for and not to be had: gone, altered, or on another till's disk."""
    digest: str
    """SHA-256 of the parcel's own list of digests."""


class Damage(StrEnum):
    """What can be wrong with the files of the vault."""

    MISSING = "missing"
    """The books name it, no deletion explains it, and the file is not there."""
    ALTERED = "altered"
    """Changed, cut short, or put in another piece's place."""
    RETURNED = "returned"
    """Deleted by its record, and the file is there again."""
    STUCK = "stuck"
    """Its deletion was decided, and its disk does not let it go."""
    UNNAMED = "unnamed"
    """A piece of ours that no book names: a crash, or an act that was given up."""
    FOREIGN = "foreign"
    """No piece of ours at all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One damaged or unexplained file."""

    damage: Damage
    name: str
    """Its place in the folder: day and id, nothing personal."""
    exhibit_id: str = ""
    kind: EvidenceKind | None = None
    sale_id: str = ""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the vault's folder as a walk finds it."""

    name: str
    """Relative to the folder, with slashes."""
    exhibit_id: str
    """As its name says; empty where it is not named like a piece of ours."""
    size: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """The disk that the vault lies on, in bytes."""

    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the disk will be full if the vault goes on growing as it did."""

    taken: int
    """Bytes that came in the period looked at."""
    deleted: int
    days: int
    """Length of that period."""
    full_on: datetime | None
    """None = it does not grow, or not within a hundred years."""
    warn: bool


_FAR: Final = 36_500


def forecast(
    room: Room, taken: int, deleted: int, days: int, warn_days: int | None, now: datetime
) -> Forecast:
    """The growth of the last ``days`` days carried on; nothing else that fills the disk is known.

    ``warn_days``: days ahead on which the shop is warned; None = nobody said.
    """
    grown = taken - deleted
    left = room.free * days // grown if grown > 0 else _FAR
    if left >= _FAR:
        return Forecast(taken, deleted, days, None, warn=False)
    warn = warn_days is not None and left < warn_days
    return Forecast(taken, deleted, days, now + timedelta(days=left), warn)
