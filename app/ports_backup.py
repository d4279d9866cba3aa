"""Where backups lie and how one is made: the port of :mod:`app.use_cases.backups`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BackupSeen:
    """One backup in the folder."""

    name: str
    made_at: datetime
    size: int
    """Bytes, without the evidence beside it."""


@dataclass(frozen=True, slots=True)
class BackupProved:
    """What putting a backup back for a trial showed."""

    sales: int
    log_rows: int
    evidence: int
    """Pieces that belong to it."""
    missing: int
    """Of them not beside the backup, or altered."""
    newest_at: str
    """ISO; how far its books go. Empty = nothing happened yet."""


class BackupRoom(Protocol):
    """The folder of backups of one till."""

    @property
    def place(self) -> str:
        """Where it is, for people."""
        ...

    @property
    def same_disk(self) -> bool:
        """Whether it lies on the disk of the books: both would be gone with it."""
        ...

    def make(self, at: datetime) -> BackupSeen:
        """A new one, on the disk when this returns; the till may sell meanwhile.

        :raises StoreFull, StoreReadOnly: nothing is left of it; :raises StoreError: its kinds.
        """
        ...

    def prove(self, name: str) -> BackupProved:
        """Open it, put it back beside, look it through, take it away again.

        :raises BadFile, SecretError, StoreBroken: what is wrong with it.
        """
        ...

    def backups(self) -> tuple[BackupSeen, ...]:
        """Newest first; what is damaged at its head is left out."""
        ...

    def remove(self, name: str) -> None:
        """One that is no longer kept, and evidence in the pool that no other one names."""
        ...
