"""The door to the register of complaints."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from app.domain.complaint import Complaint


class ComplaintBook(Protocol):
    """Of the whole store; everything that was said lies sealed."""

    def put(self, complaint: Complaint) -> None:
        """A new one, or with one step more; :raises StoreStale: another till was faster."""
        ...

    def get(self, complaint_id: str) -> Complaint:
        """:raises NotFound:."""
        ...

    def all(self, most: int) -> list[Complaint]:
        """Open ones first, by the day on which they are due; then closed ones, newest first."""
        ...

    def waiting(self, today: date) -> tuple[int, int]:
        """How many are open, and how many of them are late."""
        ...
