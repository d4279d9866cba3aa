"""A clock that stands until it is moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""A Friday, ten in the morning in the shop."""


class FixedClock:
    """:class:`app.ports.Clock` for tests."""

    def __init__(self, at: datetime = START) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def advance(
        self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> datetime:
        """Move on (or back, with negative figures); answers the new moment."""
        self._at += timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        return self._at

    def set(self, at: datetime) -> None:
        self._at = at
