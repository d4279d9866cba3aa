"""The doors to sums of movements: the balance table and what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from app.domain.balance import Balance, CodeCount, Heading, Period, Uploaded


class SumsPart(Protocol):
    """Movements read for the kept sums, not yet among them."""

    @property
    def more(self) -> bool:
        """Whether further ones wait."""
        ...

    @property
    def size(self) -> int:
        """How many sums were read."""
        ...

    def keep(self) -> None:
        """Put them among the kept sums, atomically; needs no open unit of work."""
        ...


class BalanceBook(Protocol):
    """Sums of movements over whole shop days. Nothing here is a stock figure of its own."""

    def of_store(self, period: Period) -> list[Balance]:
        """A line for each drug that ever moved until the period ends, by drug id."""
        ...

    def of_medicine(self, period: Period, medicine_id: str) -> list[Balance]:
        """A line for each of its lots that ever moved until the period ends, by lot id."""
        ...

    def lots_of_store(self, period: Period) -> list[Balance]:
        """A line for each lot of every drug, by drug and lot id."""
        ...

    def told(self, period: Period, medicine_id: str) -> Mapping[Heading, Uploaded]:
        """What became of the upload rows of a drug's movements, by heading."""
        ...

    def unsettled(self, period: Period) -> Mapping[str, Uploaded]:
        """By drug: movements whose upload row is not confirmed; the rest is not there."""
        ...

    def codes(self, period: Period, medicine_id: str) -> CodeCount:
        """Trace codes received and sold with the drug's boxes."""
        ...

    def read_part(self, limit: int) -> SumsPart | None:
        """The next movements for the kept sums; None = nothing to do, or none are kept here."""
        ...

    def check_sums(self) -> bool:
        """Sum every covered movement anew; false = the kept sums were wrong and are gone."""
        ...
