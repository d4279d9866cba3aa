"""Sends what waits for the platform, a slice at a time, on a lane where nobody waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ui.operation import Lane

if TYPE_CHECKING:
    from app.errors import YaotaiError
    from app.use_cases.drain_outbox import Drained
    from ui.screens.session import Session

FIRST_MS = 20_000
"""After the shop has opened: its first minute belongs to the counter."""
EVERY_MS = 10_000
NEXT_MS = 150
"""Between two slices while something can leave: the till writes to the same books."""
DOWN_MS = 60_000


class UploadSender(QObject):
    """A timer with one slice under way at most; it stops with the window."""

    moved = Signal(object)
    """A :class:`Drained`: what is shown of the queue is old."""
    ended = Signal(object)
    """The run that a person asked for is over: the sum of its slices, or the error."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._under_way, self._stopped = False, False
        self._asked: Drained | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._slice)

    @property
    def sending(self) -> bool:
        """Whether a run that a person asked for is under way."""
        return self._asked is not None

    def start(self) -> None:
        """From now on by itself."""
        if not self._timer.isActive():
            self._timer.start(FIRST_MS)

    def stop(self) -> None:
        """The window closes; what is under way ends by itself."""
        self._stopped = True
        self._timer.stop()

    def send_now(self) -> None:
        """A person asks: until nothing can leave any more, and then it is told."""
        from app.use_cases.drain_outbox import Drained

        if self._asked is None:
            self._asked = Drained()
            self._slice()

    def _slice(self) -> None:
        if self._under_way or self._stopped:
            return
        self._under_way = True
        self._timer.stop()
        self._session.run(
            Lane.OUTBOX, lambda _: self._session.shop.send_uploads(), self._sent, self._failed
        )

    def _sent(self, done: Drained) -> None:
        self._under_way = False
        if not done.idle:
            self.moved.emit(done)
        goes_on = not done.idle and not done.line_down and not done.stopped
        if self._asked is not None:
            self._asked = self._asked.plus(done)
            if not goes_on:
                told, self._asked = self._asked, None
                self.ended.emit(told)
        rest = NEXT_MS if goes_on else DOWN_MS if done.line_down or done.stopped else EVERY_MS
        self._again(rest)

    def _failed(self, error: YaotaiError) -> None:
        # In the background a failure is no news for the counter: what waits stays counted.
        self._under_way = False
        if self._asked is not None:
            self._asked = None
            self.ended.emit(error)
        self._again(DOWN_MS)

    def _again(self, milliseconds: int) -> None:
        if not self._stopped:
            self._timer.start(milliseconds)
