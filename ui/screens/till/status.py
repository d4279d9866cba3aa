"""The line at the top: who, where, is the line up, what waits. View model and bar."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.clock import shop_time
from ui.operation import Lane

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain.line import Line
    from ui.screens.session import Session

EVERY_MS = 5_000


class StatusViewModel(QObject):
    """Facts of the bar; asked for in the background, shown when they come."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.shop = session, session.shop
        self.line: Line | None = None
        """As it was when it was asked for last; None = not yet."""
        self.waiting = 0
        self.oldest: datetime | None = None
        self.ages = (10, 120)
        """Minutes that the oldest row waits until the bar turns amber, and red."""
        self._asked = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.ask)

    def start(self) -> None:
        """Ask now and on a timer."""
        self.ask()
        ages = self.shop.outbox_ages
        self.session.run(Lane.STORE, lambda _: ages(), self.use_ages, lambda _: None)
        self._timer.start(EVERY_MS)

    def stop(self) -> None:
        """The window closes."""
        self._timer.stop()

    def ask(self) -> None:
        """Ask for what changed; a question still under way is not asked twice."""
        if self._asked:
            return
        self._asked = 2
        self.session.run(
            Lane.RECOVERY, lambda _: self.shop.line_state(), self._line, lambda _: self._lost()
        )
        self.session.run(
            Lane.STORE, lambda _: self.shop.outbox_waiting(), self._outbox, lambda _: self._lost()
        )

    def ask_line(self) -> None:
        """The platform just answered, or did not: the bar says no other thing beside it."""
        self.session.run(Lane.STORE, lambda _: self.shop.line_state(), self._heard, lambda _: None)

    def ask_waiting(self) -> None:
        """Something was just booked: count at once what waits for the platform."""
        self.session.run(
            Lane.STORE, lambda _: self.shop.outbox_waiting(), self._counted, lambda _: None
        )

    def use_ages(self, ages: tuple[int, int]) -> None:
        """Minutes from which the oldest row that waits makes the bar amber, and red."""
        self.ages = ages
        self.changed.emit()

    def _lost(self) -> None:
        self._asked -= 1

    def _line(self, line: Line) -> None:
        self._asked -= 1
        self._heard(line)

    def _heard(self, line: Line) -> None:
        self.line = line
        self.changed.emit()

    def _outbox(self, waiting: tuple[int, datetime | None]) -> None:
        self._asked -= 1
        self._counted(waiting)

    def _counted(self, waiting: tuple[int, datetime | None]) -> None:
        self.waiting, self.oldest = waiting
        self.changed.emit()

    # --- texts -----------------------------------------------------------------------------------

    def line_text(self) -> tuple[str, str]:
        """(words, tone) of the line; the words say what the colour says."""
        say, line = self.session.say, self.line
        if line is None or line.up is None:
            return say("status.line_unasked"), "second"
        if line.trouble is not None:
            return say(f"status.line_{line.trouble.value}", age=self._lasting(line.since)), "bad"
        if line.drifts is not None:
            minutes = round(abs(line.drifts) / timedelta(minutes=1))
            return say("status.line_drift", minutes=minutes), "warn"
        if line.slow:
            return say("status.line_slow", seconds=round(line.millis / 1000)), "warn"
        return say("status.line_up", millis=line.millis), "good"

    def _lasting(self, since: datetime | None) -> str:
        """How long the trouble lasts, with a blank before it; nothing within the first minute."""
        minutes = int((self.shop.now() - since).total_seconds() // 60) if since else 0
        return f" {self._age(minutes)}" if minutes > 0 else ""

    def outbox_text(self) -> tuple[str, str]:
        """(words, tone) of the queue with the age of its oldest row."""
        say = self.session.say
        if not self.waiting or self.oldest is None:
            return say("status.waiting", count=self.waiting), "second"
        # A clock that was set back makes nothing younger than now.
        minutes = max(0, int((self.shop.now() - self.oldest).total_seconds() // 60))
        warn, late = self.ages
        tone = "bad" if minutes >= late else "warn" if minutes >= warn else "second"
        return say("status.waiting_since", count=self._count(), age=self._age(minutes)), tone

    def _count(self) -> str:
        """Rows beyond what is counted are told with a plus."""
        from app.domain.upload_states import COUNTED  # no first paint counts any

        return f"{self.waiting}+" if self.waiting >= COUNTED else str(self.waiting)

    def _age(self, minutes: int) -> str:
        for unit, length in (("days", 24 * 60), ("hours", 60)):
            if minutes >= length:
                return self.session.say(f"status.age_{unit}", number=minutes // length)
        return self.session.say("status.age_minutes", number=minutes)

    def clock_text(self) -> str:
        """Hours and minutes on the shop's wall."""
        return f"{shop_time(self.shop.now()):%H:%M}"
