"""The small shop's backups: never restored, none made."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from app.use_cases.backups import BackupDone, BackupView, CaughtUp
from app.use_cases.doors import Operator

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


class FakeBackups:
    """A till that was never put back."""

    behind_now: str = ""
    made: int = 0
    place: str = "/backups"
    brought: CaughtUp | None = None
    last: BackupDone | None = None

    def backup_view(self) -> BackupView:
        good = self.last.at if self.last is not None and self.last.good else None
        return BackupView(self.place, True, self.last, good, good is None, ())

    def back_up(self, operator: Operator) -> BackupDone:
        self.made += 1
        self.last = BackupDone(NOON, "x", why="backup.fail_place")
        return self.last

    def choose_backup_place(self, place: Path | None, operator: Operator) -> None:
        self.place = str(place or "/backups")

    def tend_backup(self) -> None:
        return

    def behind(self) -> str:
        return self.behind_now

    def caught_up(self) -> CaughtUp | None:
        return self.brought
