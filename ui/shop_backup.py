"""The open shop's part for backups: made by themselves, and catching up after one was put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from app.ports_backup import BackupRoom
    from app.use_cases.backups import BackupDone, BackupView, CaughtUp
    from app.use_cases.doors import Doors, Operator


class ShopBackup:
    """``ui.screens.backup_door.BackupDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    _recovery: Doors
    _sending: Doors
    _system: Operator
    backup_room: Callable[[Path | None], BackupRoom]
    devices_folder: Path
    _backup_looked: datetime | None = None
    day_closed: bool = False

    def backup_view(self) -> BackupView:
        """Place, list and how the last try went; a stick may be slow to answer."""
        from app.use_cases.backups import backup_view

        return backup_view(self._sending, self.backup_room(None))

    def back_up(self, operator: Operator) -> BackupDone:
        """One now; what failed is told, never raised."""
        from app.use_cases.backups import back_up

        return back_up(self._sending, self.backup_room(None), operator)

    def choose_backup_place(self, place: Path | None, operator: Operator) -> None:
        """Where they go from now on; None = beside the books."""
        from ui.backups import choose_place

        choose_place(self.devices_folder, place)
        with self._recovery.uow() as uow:
            now, told = self._recovery.clock.now(), {"beside": place is None}
            uow.log.append("backup.place", operator.staff.id, now, told)
            uow.commit()

    def tend_backup(self) -> None:
        """One every few hours and after each close of day; a practice shop has nothing to lose."""
        if self.doors.shop.practice:
            return
        from app.use_cases.backups import AGAIN, backup_due, last_backup

        now = self.doors.clock.now()
        looked, wanted = self._backup_looked, self.day_closed
        if not wanted and looked is not None and looked <= now < looked + AGAIN:
            return
        self._backup_looked, self.day_closed = now, False
        if wanted or backup_due(last_backup(self._sending), now):
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

    def behind(self) -> str:
        """What may not be sold because a backup was put back: ``all``, ``insured``, nothing."""
        return self.doors.counter.behind

    def caught_up(self) -> CaughtUp | None:
        """What the comparison after a restore brought, for a day."""
        from app.use_cases.backups import caught_up

        return caught_up(self.doors)
