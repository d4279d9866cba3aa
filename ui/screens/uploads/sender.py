"""Sends what waits for the platform, a slice at a time, on a lane where nobody waits."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ui.operation import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.errors import YaotaiError
    from app.use_cases.drain_outbox import Drained
    from ui.screens.session import Session

FIRST_MS = 10_000
"""After the shop has opened: its first moments belong to the counter."""
EVERY_MS = 10_000
NEXT_MS = 150
"""Between two slices while something can leave: the till writes to the same books."""
COUNTER_MS = 400
"""Until it is looked again whether the counter is still busy with money."""
PROBES_MS = (3_000, 8_000, 20_000, 40_000, 60_000)
"""Between tries of a line that is down, by how many found it so; half to one and a half of each,
so that the tills of a town do not come back at one moment."""


class UploadSender(QObject):
    """A timer with one slice under way at most; it stops with the window.

    While the line is down it tries ever more seldom, and wakes at once when any other call of the
    till finds the line standing.
    """

    moved = Signal(object)
    """A :class:`Drained`: what is shown of the queue is old."""
    ended = Signal(object)
    """The run that a person asked for is over: the sum of its slices, or the error."""
    line_back = Signal()
    """From whichever thread found it."""

    def __init__(
        self,
        session: Session,
        counter_busy: Callable[[], bool] = lambda: False,
        dice: Callable[[int], int] = random.randrange,
    ) -> None:
        """``counter_busy``: whether money is under way at this till."""
        super().__init__()
        self._session, self._counter_busy, self._dice = session, counter_busy, dice
        self._under_way, self._stopped, self._started = False, False, False
        self._asked: Drained | None = None
        self._downs, self._soon = 0, False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._slice)
        self.line_back.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    @property
    def sending(self) -> bool:
        """Whether a run that a person asked for is under way."""
        return self._asked is not None

    @property
    def rest_millis(self) -> int:
        """How long it rests before the next try."""
        return self._timer.interval()

    def start(self) -> None:
        """From now on by itself."""
        if not self._started:
            self._started = True
            self._session.shop.when_line_returns(self.line_back.emit)
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

    def go_on(self) -> None:
        """A person put a row right: it need not wait for the next look."""
        self._soon = not self._downs
        if self._soon and not self._under_way:
            self._again(NEXT_MS)

    def _wake(self) -> None:
        """The line stands: what rested because of it goes on at once."""
        self._downs = 0
        if not self._under_way:
            self._again(NEXT_MS)

    def _slice(self) -> None:
        if self._under_way or self._stopped:
            return
        if self._counter_busy():
            self._again(COUNTER_MS)
            return
        self._under_way = True
        self._timer.stop()
        way = self._session.lanes.give_way
        self._session.run(
            Lane.OUTBOX, lambda _: self._session.shop.send_uploads(way), self._sent, self._failed
        )

    def _sent(self, done: Drained) -> None:
        self._under_way = False
        if not done.idle:
            self.moved.emit(done)
        down = done.line_down or done.silent
        goes_on = not (done.idle or down or done.stopped)
        if self._asked is not None:
            self._asked = self._asked.plus(done)
            if not goes_on:
                told, self._asked = self._asked, None
                self.ended.emit(told)
        self._downs = self._downs + 1 if down else 0
        goes_on, self._soon = goes_on or self._soon, False
        if down or done.stopped:
            self._again(self._probe())
        else:
            self._again(NEXT_MS if goes_on else EVERY_MS)

    def _failed(self, error: YaotaiError) -> None:
        # In the background a failure is no news for the counter: what waits stays counted.
        self._under_way = False
        if self._asked is not None:
            self._asked = None
            self.ended.emit(error)
        self._again(PROBES_MS[-1])

    def _probe(self) -> int:
        step = PROBES_MS[min(max(self._downs, 1), len(PROBES_MS)) - 1]
        step = step if self._downs else PROBES_MS[-1]  # the line stands, the platform refuses
        return step // 2 + self._dice(step)

    def _again(self, milliseconds: int) -> None:
        if not self._stopped:
            self._timer.start(milliseconds)
