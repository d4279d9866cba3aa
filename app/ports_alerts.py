"""The door to alerts of the supervision subsystem and to pharmacists' notes on watched drugs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.domain.supervision import Alert


@dataclass(frozen=True, slots=True)
class SaleNote:
    """What a pharmacist noted on a line of a watched drug (LN-5.2)."""

    sale_id: str
    line_no: int
    medicine_id: str
    staff_id: str
    at: datetime
    words: str = field(repr=False)


class AlertBook(Protocol):
    """Of the whole store; nothing is deleted."""

    def put(self, alert: Alert) -> None:
        """A new one (version 0), or what became of one; :raises StoreStale: when behind."""
        ...

    def get(self, alert_id: str) -> Alert:
        """:raises NotFound:."""
        ...

    def of_sale(self, sale_id: str) -> list[Alert]:
        """Oldest first."""
        ...

    def between(self, begins: datetime, ends: datetime, most: int) -> list[Alert]:
        """Of a period and every open one of before, newest first, at most so many."""
        ...

    def open_ones(self) -> tuple[int, datetime | None]:
        """How many wait for an answer, and since when the oldest does."""
        ...


class SaleNoteBook(Protocol):
    """Notes on lines; a line has the last one that was written."""

    def put(self, note: SaleNote) -> None:
        """Write one; what stood there before is said anew."""
        ...

    def of_sale(self, sale_id: str) -> dict[int, SaleNote]:
        """By the number of the line."""
        ...

    def between(self, begins: datetime, ends: datetime) -> list[SaleNote]:
        """Of a period, oldest first."""
        ...
