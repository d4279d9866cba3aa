"""The open shop's part for backups: made by themselves, and catching up after one was put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.ports_backup import BackupRoom, BackupSeen
    from app.use_cases.backups import BackupDone
    from app.use_cases.doors import Doors, Operator


class ShopBackup:
    """``ui.screens.backup_door.BackupDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    _recovery: Doors
    _system: Operator
    _backup_room: Callable[[], BackupRoom]

    def last_backup(self) -> BackupDone | None:
        """How the last try went; None = there was none."""
        from app.use_cases.backups import last_backup

        return last_backup(self.doors)

    def backups(self) -> tuple[BackupSeen, ...]:
        """Those that are kept, newest first."""
        return self._backup_room().backups()

    def backup_place(self) -> str:
        """The folder that they lie in."""
        return self._backup_room().place

    def back_up(self, operator: Operator) -> BackupDone:
        """One now; what failed is told, never raised."""
        from app.use_cases.backups import back_up

        return back_up(self._recovery, self._backup_room(), operator)

    def tend_backup(self) -> None:
        """One every few hours, while the till sells; a practice shop has nothing to lose."""
        if self.doors.shop.practice:
            return
        from app.use_cases.backups import backup_due, last_backup

        if backup_due(last_backup(self._recovery), self.doors.clock.now()):
            self.back_up(self._system)

    def catch_up(self) -> None:
        """After a backup was put back: compare before the first sale; tried again by itself."""
        if not self.doors.counter.behind:
            return
        from app.use_cases.backups import catch_up

        try:
            catch_up(self._recovery, self._system)
        except PlatformError:
            return
