"""The open shop's part for crash reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.crash import CrashReport
    from app.use_cases.doors import Doors, Operator


class ShopCrash:
    """``ui.screens.crash_door.CrashDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    devices_folder: Path

    def crash_reports(self) -> tuple[CrashReport, ...]:
        """Those that nobody put aside, newest first."""
        from ui.crash import reports

        return reports(self.devices_folder)

    def put_crashes_aside(self, operator: Operator) -> int:
        """Somebody saw them; how many."""
        from ui.crash import put_aside

        many = put_aside(self.devices_folder)
        with self.doors.uow() as uow:
            told = {"many": many}
            uow.log.append("crash.put_aside", operator.staff.id, self.doors.clock.now(), told)
            uow.commit()
        return many
