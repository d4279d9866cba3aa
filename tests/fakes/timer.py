"""A timer that moves only when somebody waits: nothing sleeps, and every wait is counted."""

from __future__ import annotations

from threading import Condition


class HandTimer:
    """:class:`app.ports_devices.Timer` for tests with one thread."""

    def __init__(self) -> None:
        self.at = 0.0
        self.pauses: list[float] = []

    def now(self) -> float:
        return self.at

    def wait(self, until: Condition, seconds: float) -> None:
        self.at += seconds

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.at += seconds
