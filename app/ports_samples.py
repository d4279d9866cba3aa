"""The door to the boxes that a stock-take asks for, and to those that were scanned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.domain.stocktake_sample import BoxScan, Sample


class SampleBook(Protocol):
    """Asked boxes of the store's stock-takes, a row a lot."""

    def add(self, samples: Sequence[Sample]) -> int:
        """Drawn ones; a lot that was drawn before keeps its boxes. Answers how many are new."""
        ...

    def save(self, sample: Sample) -> None:
        """Write what became of one; :raises NotFound:."""
        ...

    def get(self, stocktake_id: str, lot_id: str) -> Sample:
        """:raises NotFound:."""
        ...

    def of_take(self, stocktake_id: str) -> list[Sample]:
        """Every one, by lot."""
        ...

    def add_scan(self, stocktake_id: str, scan: BoxScan) -> None:
        """A box was scanned."""
        ...

    def take_back(self, scan_id: str) -> None:
        """It was scanned at the wrong place; it stays in the books; :raises NotFound:."""
        ...

    def scans(self, stocktake_id: str, lot_id: str | None = None) -> list[BoxScan]:
        """In the order in which they came in; ``lot_id``: of one lot only."""
        ...
