"""The door to what the books said of a drug at the moment of each typed count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CountMoment:
    """The ledger as the count's own transaction saw it, whatever the clock said."""

    entry_id: str
    at: datetime
    books: Mapping[str, int]
    """Lot -> ten-thousandths, of the drug's lots with goods; a lot that is not named had none."""


class MomentBook(Protocol):
    """Moments of typed counts; those of a carried sheet have nothing but their time."""

    def add(self, stocktake_id: str, moment: CountMoment) -> None:
        """Beside its count, in the same transaction."""
        ...

    def of_take(self, stocktake_id: str) -> list[CountMoment]:
        """In the order in which the counts came in."""
        ...

    def last_at(self, stocktake_id: str) -> datetime | None:
        """The time of the newest one; no later count is older."""
        ...
