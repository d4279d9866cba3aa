"""The real clock and the real maker of ids."""

from __future__ import annotations

from datetime import UTC, datetime

import uuid6


class SystemClock:
    """:class:`app.ports.Clock` of the operating system."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)


class UuidIds:
    """:class:`app.ports.Ids`: UUIDv7, so that ids sort by the time they were made."""

    def new(self) -> str:
        """A UUIDv7 as text."""
        return str(uuid6.uuid7())
