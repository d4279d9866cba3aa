"""Nobody at the till: after a while it locks; whoever left or changed level is found out, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.operation import Lane
from ui.scan_filter import now_ms
from ui.screens.payment.view_model import BUSY

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.use_cases.doors import Operator
    from app.use_cases.people_page import Presence
    from ui.main_window import MainWindow

ASK_MS = 60_000
"""How often the books are asked who may still act, and after how long a till locks."""


class IdleLock(QObject):
    """Ticked by the window's clock. The basket stays; another cashier may sign in and go on."""

    def __init__(self, window: MainWindow, clock: Callable[[], int] = now_ms) -> None:
        """``clock``: milliseconds, monotonic: a clock that is set changes nothing here."""
        super().__init__(window)
        self._window, self._clock = window, clock
        self._asked: int | None = None
        self._told = ""
        self.minutes = 0
        """0 until the books have said otherwise."""

    def tick(self) -> None:
        """Lock where it is time, and ask now and then whether somebody may still act."""
        window = self._window
        session, now = window.session, self._clock()
        if session.locked or session.operator is None or not window.is_shop_open:
            self._asked = None
            return
        if self._asked is None:
            # Who just signed in was here: what was before does not count.
            window.scans.touched_at = max(window.scans.touched_at, now)
        if self._asked is None or now - self._asked >= ASK_MS:
            self._asked = now
            who = session.operator
            session.run(
                Lane.STORE,
                lambda _: session.shop.operator_now(who),
                lambda told: self._heard(who, told),
                lambda _error: None,
            )
        idle = now - window.scans.touched_at
        # A settlement under way is told on the screen first; the next tick locks.
        if self.minutes and idle >= self.minutes * 60_000 and window.payment.stage not in BUSY:
            session.lock()

    def _heard(self, who: Operator, told: Presence) -> None:
        session = self._window.session
        self.minutes = told.idle_minutes
        if session.operator is not who or session.locked:
            return  # somebody else by now
        if told.operator is None:
            session.lock()
            return
        session.operator = told.operator
        if self._told != who.staff.id:
            self._told = who.staff.id
            for note in told.notes:
                session.told.emit(note)
