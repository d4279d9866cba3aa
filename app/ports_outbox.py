"""The door to the outbox: what waits for the line, and what became of it (design 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from app.domain.upload_states import COUNTED, UploadState

if TYPE_CHECKING:
    from app.ports import OutboxRow


@dataclass(frozen=True, slots=True)
class Turn:
    """A row whose turn it may be, without what it says: enough to choose by."""

    seq: int
    key: str
    aggregate: str
    kind: str
    tries: int
    next_try_at: datetime | None
    """None = it was never on its way."""
    behind: bool
    """An older row of its aggregate rests, or is held itself."""
    behind_until: datetime | None
    """Until when the one before it rests, where that is known."""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A row with where it stands."""

    seq: int
    row: OutboxRow = field(repr=False)
    state: UploadState
    tries: int = 0
    """How often it was on the wire."""
    next_try_at: datetime | None = None
    """Of a row that was on its way: not before; while it is under way: when its sender is given
    up."""
    settled_at: datetime | None = None
    answer: Mapping[str, object] = field(default_factory=dict, repr=False)
    """``text`` the platform's words, ``serial`` its number, ``gaps``, ``by`` the row that replaced
    it, ``reason`` and ``staff`` of a person's act, ``refused`` how often it was on the wire
    when it was refused last."""


class OutboxBook(Protocol):
    """Events that wait for the line, of the whole store; none is ever deleted."""

    def add(self, rows: Sequence[OutboxRow]) -> None:
        """In the act's own transaction; a used key is refused. A row with gaps is incomplete."""
        ...

    def waiting(self, most: int = COUNTED) -> tuple[int, datetime | None]:
        """How many wait for the line, counted up to ``most``, and since when the oldest does."""
        ...

    def counts(self, most: int = COUNTED) -> dict[UploadState, int]:
        """How many rows stand in each state, up to ``most`` each; no row = not there."""
        ...

    def oldest(self, limit: int, after: int = 0) -> list[OutboxEntry]:
        """Waiting rows in the order in which they were written, beyond a number ``after``."""
        ...

    def newest(
        self, states: Sequence[UploadState], limit: int, before: int = 0
    ) -> list[OutboxEntry]:
        """Rows in one of the states, newest first; below a number ``before``, where one is
        given.
        """
        ...

    def alone(self) -> None:
        """Until this unit ends no other till chooses or books rows; a sale writes on."""
        ...

    def turns(self, now: datetime, far: datetime, limit: int) -> list[Turn]:
        """Up to ``limit`` rows that rested until ``now``, then as many that never left, oldest
        first. A rest that ends beyond ``far`` was noted before a clock was set back.

        Costs the same however many rows wait, rest, are held or are done.
        """
        ...

    def hold(self, held: Iterable[tuple[int, str]]) -> None:
        """Rows by number, each behind its aggregate or behind the row with a key."""
        ...

    def rest(self, rests: Iterable[tuple[int, datetime]]) -> None:
        """Rows by number: not before."""
        ...

    def release(self, moved: Sequence[int]) -> None:
        """These rows hold nobody any more: who stood behind them may come, some at a time."""
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
