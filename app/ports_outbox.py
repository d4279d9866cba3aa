"""The door to the outbox: what waits for the line, and what became of it (design 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from app.domain.upload_states import UploadState

if TYPE_CHECKING:
    from app.ports import OutboxRow


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A row with where it stands."""

    seq: int
    row: OutboxRow = field(repr=False)
    state: UploadState
    tries: int = 0
    """How often it was on the wire."""
    next_try_at: datetime | None = None
    """Not before; while it is under way: when its sender is given up."""
    settled_at: datetime | None = None
    answer: Mapping[str, object] = field(default_factory=dict, repr=False)
    """``text`` the platform's words, ``serial`` its number, ``gaps``, ``by`` the row that replaced
    it, ``reason`` and ``staff`` of a person's act."""


class OutboxBook(Protocol):
    """Events that wait for the line, of the whole store; none is ever deleted."""

    def add(self, rows: Sequence[OutboxRow]) -> None:
        """In the act's own transaction; a used key is refused. A row with gaps is incomplete."""
        ...

    def waiting(self) -> tuple[int, datetime | None]:
        """How many wait for the line, and since when the oldest does."""
        ...

    def counts(self) -> dict[UploadState, int]:
        """How many rows stand in each state; a state without rows is not there."""
        ...

    def oldest(self, limit: int, after: int = 0) -> list[OutboxEntry]:
        """Waiting rows in the order in which they were written, beyond a number ``after``."""
        ...

    def newest(self, states: Sequence[UploadState], limit: int) -> list[OutboxEntry]:
        """Rows in one of the states, newest first."""
        ...

    def stepped_aside(self, aggregate: str) -> list[OutboxEntry]:
        """Rows of one aggregate that need a person, oldest first."""
        ...

    def many(self, keys: Sequence[str]) -> dict[str, OutboxEntry]:
        """Those that exist, by key."""
        ...

    def keep(self, entry: OutboxEntry, was: OutboxEntry) -> bool:
        """Write what became of a row; False when it is not as it ``was``: another was faster."""
        ...
