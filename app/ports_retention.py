"""The door to records that grow old: what is done with, how it goes, the proofs of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from app.domain.evidence_keeping import Hold
from app.domain.record_kinds import Aged, Gone, KindStock, Proof, RecordKind


class AgingBook(Protocol):
    """Records of the whole store by kind; only those of :data:`RUN_KINDS`."""

    def stock(self, kind: RecordKind, until: datetime) -> KindStock:
        """What stands there with something that can go; unfinished are those since ``until``."""
        ...

    def look(
        self, kind: RecordKind, after: str, until: datetime, now: datetime, limit: int
    ) -> tuple[list[Aged], str]:
        """Of the next ``limit`` records (those that count since ``until`` or before, how to go on).

        ``after``: empty = from the beginning; an empty answer = the kind is through.
        """
        ...

    def measure(self, found: Sequence[Aged]) -> int:
        """Bytes, as they lie there, that would go with them (all of one kind)."""
        ...

    def erase(self, found: Sequence[Aged]) -> list[Gone]:
        """Take them out (all of one kind); what is gone already, or a person who was met or named
        since the look, is not answered.
        """
        ...

    def named_by(self, ids: Sequence[str], hold: Hold) -> set[str]:
        """Those of the persons whom a held sale names, as patient or as proxy, or a sale within a
        held period; of a held person also those whom he bought for, or who bought for him.
        """
        ...

    def wiper(self) -> Callable[[], bool]:
        """To be called after the unit of work: cut off what the database's own log still holds.

        Answers whether nobody stood in the way.
        """
        ...

    def prove(self, proofs: Sequence[Proof]) -> None:
        """Write the proofs; :raises BadValue: one was written before."""
        ...

    def proofs(self, limit: int, *, run: str = "", kind: RecordKind | None = None) -> list[Proof]:
        """Newest first."""
        ...

    def proof_count(self) -> int:
        """How many there are."""
        ...

    def told(self) -> dict[tuple[str, int], str]:
        """What the log's chains say: digest of its proofs by (run, batch), of every till."""
        ...

    def batch(self, run: str, number: int) -> list[Proof]:
        """The proofs of one batch, by id."""
        ...

    def of_person(self, person_id: str, now: datetime) -> list[Aged]:
        """What names a person, of every kind; what is not done with counts from now on."""
        ...
