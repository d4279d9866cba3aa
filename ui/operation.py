"""Lanes: long work leaves the screen's thread here and its result comes back to it here.

Nine threads, one queue each: *store* runs every unit of work in order, *line* waits for money,
*recovery* takes up what was left undecided, *review* is the pharmacist's: a settlement that waits
for its answer must not hold up a review; *printer* and *labels* wait for paper, and nothing waits
for them; *pictures* looks at faces; *outbox* sends what no customer waits for.
A result is a signal on the screen's thread.
"""

from __future__ import annotations

import logging
import queue
import sys
import threading
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.errors import YaotaiError
from ui import crash
from ui.gate import Gate

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

_log = logging.getLogger(__name__)

Tell = Callable[[object], None]
Work = Callable[[Tell], Any]
"""Work gets a function by which it may tell how far it has come."""


class Lane(StrEnum):
    """Where a piece of work runs."""

    STORE = "store"
    LINE = "line"
    RECOVERY = "recovery"
    REVIEW = "review"
    PRINTER = "printer"
    LABELS = "labels"
    DEVICES = "devices"
    PICTURES = "pictures"
    OUTBOX = "outbox"


class Operation(QObject):
    """One piece of work under way. Its signals are emitted on the screen's thread, once."""

    told = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    """Carries the :class:`app.errors.YaotaiError`."""


class Lanes(Protocol):
    """What view models are handed; tests hand in lanes that run by hand."""

    def start(self, lane: Lane, work: Work) -> Operation:
        """Queue the work and answer at once; connect to the operation before returning to Qt."""
        ...

    def give_way(self) -> None:
        """For work that nobody waits for, on its own lane: return when no customer's work is
        under way, or after a while all the same.
        """
        ...


class ClosingLanes(Lanes, Protocol):
    """Lanes that a window may close: they say when the last work is done."""

    closed: SignalInstance

    def close_later(self) -> None:
        """Let what was started finish, then say :attr:`closed`."""
        ...


def run_work(work: Work, tell: Tell) -> tuple[object, YaotaiError | None]:
    """Run a piece of work; what it did not foresee becomes the one general error.

    Only the kind of an unforeseen error and its place are logged: its text may hold personal data.
    """
    try:
        return work(tell), None
    except YaotaiError as error:
        return None, error
    except Exception as error:
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else "?"
        _log.error("unforeseen %s at %s", type(error).__name__, place)
        crash.note(error)
        return None, YaotaiError(kind=type(error).__name__, place=place)


FIRST_LANES = (Lane.STORE, Lane.LINE)
"""Where a customer waits."""

SWITCH_SECONDS = 0.0005
"""How long the screen waits at most for a lane that computes; Python's own 5 ms are seen."""


class ThreadLanes(QObject):
    """The real lanes: a thread and a queue for each."""

    _arrived = Signal(object)
    closed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live: set[Operation] = set()
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._closing = False
        sys.setswitchinterval(SWITCH_SECONDS)
        self._queues: dict[Lane, queue.SimpleQueue[tuple[Operation, Work] | None]] = {}
        self._threads: dict[Lane, threading.Thread] = {}
        self._gate = Gate()
        for lane in Lane:
            self._queues[lane] = queue.SimpleQueue()
            self._threads[lane] = threading.Thread(
                target=self._run, args=(lane,), name=f"yaotai-{lane.value}", daemon=True
            )
            self._threads[lane].start()

    def start(self, lane: Lane, work: Work) -> Operation:
        """Queue the work; after :meth:`close_later` nothing new is taken."""
        operation = Operation()
        if self._closing:
            return operation
        self._live.add(operation)
        if lane in FIRST_LANES:
            self._gate.ask()
        self._queues[lane].put((operation, work))
        return operation

    def _run(self, lane: Lane) -> None:
        while (entry := self._queues[lane].get()) is not None:
            operation, work = entry

            def tell(what: object, to: Operation = operation) -> None:
                self._arrived.emit(lambda: to.told.emit(what))

            value, error = run_work(work, tell)
            if lane in FIRST_LANES:
                self._gate.leave()
            self._arrived.emit(lambda to=operation, v=value, e=error: self._finish(to, v, e))
            del operation, work, entry, value, error, tell
        self._arrived.emit(lambda: self._ended(lane))

    def give_way(self) -> None:
        """As long as the lanes of the counter work or have work, within limits."""
        self._gate.give_way()

    @Slot(object)
    def _deliver(self, what: Callable[[], None]) -> None:
        what()

    def _finish(self, operation: Operation, value: object, error: YaotaiError | None) -> None:
        self._live.discard(operation)
        if error is None:
            operation.succeeded.emit(value)
        else:
            operation.failed.emit(error)

    def close_later(self) -> None:
        """Let each lane run empty in turn, the store last, then say :attr:`closed`."""
        if not self._closing:
            self._closing = True
            self._queues[_CLOSING_ORDER[0]].put(None)

    def _ended(self, lane: Lane) -> None:
        self._threads[lane].join()
        after = _CLOSING_ORDER.index(lane) + 1
        if after < len(_CLOSING_ORDER):
            self._queues[_CLOSING_ORDER[after]].put(None)
        else:
            self.closed.emit()

    def busy(self) -> bool:
        """Whether any operation has not been delivered yet."""
        return bool(self._live)


_CLOSING_ORDER = (
    Lane.PICTURES, Lane.DEVICES, Lane.PRINTER, Lane.LABELS, Lane.LINE, Lane.REVIEW, Lane.RECOVERY,
    Lane.OUTBOX, Lane.STORE,
)  # fmt: skip
