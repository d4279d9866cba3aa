"""What the screens ask of the shop about backups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from app.use_cases.backups import BackupDone, BackupView, CaughtUp
    from app.use_cases.doors import Operator


class BackupDoor(Protocol):
    """Making one on the *outbox* lane, where no customer waits; looking on the *recovery* lane."""

    def backup_view(self) -> BackupView:
        """Place, list and how the last try went."""
        ...

    def back_up(self, operator: Operator) -> BackupDone:
        """One now; what failed is told, never raised."""
        ...

    def choose_backup_place(self, place: Path | None, operator: Operator) -> None:
        """Where they go from now on; None = beside the books. :raises StoreReadOnly:."""
        ...

    def tend_backup(self) -> None:
        """One where one is due."""
        ...

    def behind(self) -> str:
        """Memory only: what a restored till may not sell yet: ``all``, ``insured``, nothing."""
        ...

    def caught_up(self) -> CaughtUp | None:
        """What the comparison after a restore brought; the *store* lane."""
        ...
