"""The open shop's part for crash reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from app.domain.crash import CrashReport
    from app.use_cases.doors import Doors, Operator


class ShopCrash:
    """``ui.screens.crash_door.CrashDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    devices_folder: Path

    def crash_reports(self) -> tuple[CrashReport, ...]:
        """Those that nobody put aside, newest first."""
        return CrashFolder(self.devices_folder).reports()

    def put_crashes_aside(self, operator: Operator) -> int:
        """Somebody saw them; how many."""
        from app.use_cases.crashes import put_crashes_aside

        return put_crashes_aside(self.doors, operator, CrashFolder(self.devices_folder))


@dataclass(frozen=True, slots=True)
class CrashFolder:
    """:class:`app.use_cases.crashes.CrashFiles` of a shop's folder."""

    folder: Path

    def reports(self) -> tuple[CrashReport, ...]:
        """See the port."""
        from ui.crash import reports

        return reports(self.folder)

    def put_aside(self, marks: Collection[str]) -> int:
        """See the port."""
        from app.errors import StoreReadOnly
        from ui.crash import put_aside

        try:
            return put_aside(self.folder, marks)
        except OSError as error:
            raise StoreReadOnly(why=error.strerror or "") from None
