"""The small shop's crash reports."""

from __future__ import annotations

from app.domain.crash import CrashReport
from app.ports_log import Broken
from app.use_cases.doors import Operator


class FakeCrashes:
    """None, until a test puts some there."""

    crashes: tuple[CrashReport, ...] = ()

    def crash_reports(self) -> tuple[CrashReport, ...]:
        return self.crashes

    trouble: Broken | None = None

    def log_trouble(self) -> Broken | None:
        return self.trouble

    def put_crashes_aside(self, operator: Operator) -> int:
        del operator
        many, self.crashes = len(self.crashes), ()
        return many
