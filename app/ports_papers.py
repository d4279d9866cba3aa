"""The doors to the store's own papers, its claims, the shop's marks of drugs, and month values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.indicators import Mark
from app.domain.papers import Claim, PaperKind, StorePaper


@dataclass(frozen=True, slots=True)
class MonthValue:
    """A fraction as it last stood in a month."""

    month: str
    """2026-11."""
    name: str
    part: int
    whole: int
    at: datetime


@dataclass(frozen=True, slots=True)
class InsuranceChange:
    """A drug that entered or left the insurance's list by an import, or changed its class."""

    medicine_id: str
    before: str
    after: str
    batch_no: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaperTerm:
    """What a sale needs of a paper that was not withdrawn."""

    kind: PaperKind
    begins: date
    ends: date | None
    title: str = ""
    """Of a suspension: why."""

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.begins <= day and (self.ends is None or day <= self.ends)


class PaperBook(Protocol):
    """Of the whole store."""

    def add(self, paper: StorePaper) -> None:
        """A new one; :raises BadValue: its id is used, or what it renews is renewed already."""
        ...

    def withdraw(self, paper_id: str, at: datetime) -> None:
        """It counts no more; :raises NotFound:."""
        ...

    def all(self) -> list[StorePaper]:
        """By kind, then the day on which they begin."""
        ...

    def terms(self) -> list[PaperTerm]:
        """Agreements and qualifications that were not withdrawn; cheap, for every insured sale."""
        ...

    def zone(self, till_id: str) -> str:
        """Where a till stands; empty = in no zone of its own."""
        ...

    def put_zone(self, till_id: str, zone: str) -> None:
        """Say where a till stands."""
        ...

    def add_claim(self, claim: Claim) -> None:
        """A new one; :raises BadValue: its id is used."""
        ...

    def save_claim(self, claim: Claim) -> None:
        """Write what came of it; :raises NotFound:."""
        ...

    def claim(self, claim_id: str) -> Claim:
        """:raises NotFound:."""
        ...

    def claims(self) -> list[Claim]:
        """Newest first."""
        ...

    def mark(self, medicine_id: str, mark: Mark, at: datetime, by: str) -> None:
        """Say something of a drug; said twice it stands once."""
        ...

    def unmark(self, medicine_id: str, mark: Mark) -> None:
        """Take it back; nothing where it was not said."""
        ...

    def marks(self) -> dict[str, Collection[Mark]]:
        """Everything said, by drug."""
        ...

    def marks_of(self, medicine_ids: Sequence[str]) -> dict[str, Collection[Mark]]:
        """What is said of these drugs."""
        ...

    def keep_month(self, values: Sequence[MonthValue]) -> None:
        """The last value of a month takes the place of an earlier one."""
        ...

    def months(self, name: str) -> list[MonthValue]:
        """Oldest first."""
        ...

    def note_insurance(self, changes: Sequence[InsuranceChange]) -> None:
        """What an import changed."""
        ...

    def insurance_changes(self, since: datetime) -> list[InsuranceChange]:
        """Newest first."""
        ...
