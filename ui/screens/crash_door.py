"""What the screens ask of the shop about crash reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.domain.crash import CrashReport
    from app.ports_log import Broken
    from app.use_cases.doors import Operator


class CrashDoor(Protocol):
    """The *store* lane."""

    def crash_reports(self) -> tuple[CrashReport, ...]:
        """Those that nobody put aside, newest first."""
        ...

    def log_trouble(self) -> Broken | None:
        """Memory only: what the till found wrong with its log."""
        ...

    def put_crashes_aside(self, operator: Operator) -> int:
        """Somebody saw them; how many."""
        ...
