"""One question at the insurance terminal: asked, given up, answered. No widgets here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.domain.abort import Abort
from app.errors import Cancelled, YaotaiError
from app.use_cases.notes import Note
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from ui.screens.session import Session


class TerminalQuestion(QObject):
    """Whoever asks gets the answer of this very question, in the screen's thread; what comes after
    it was given up, or the till was locked, goes nowhere.
    """

    changed = Signal()
    """It waits, or no longer does; never for an answer, which has a signal of its own."""
    told = Signal(object)
    """What the terminal answered."""
    failed = Signal(object)
    """The note that says why it did not."""
    _done = Signal(object, object)

    def __init__(self, session: Session, cancelled: str) -> None:
        """``cancelled``: message id for a question that was ended at the terminal."""
        super().__init__()
        self._session, self._cancelled = session, cancelled
        self.waiting = False
        self._abort = Abort()
        self._done.connect(self._take, Qt.ConnectionType.QueuedConnection)
        session.operator_changed.connect(self._locked)

    def ask(self, start: Callable[[Abort], Future[Any]]) -> None:
        """Have the terminal wait; the one before must be over."""
        self._abort, self.waiting = Abort(), True
        abort = self._abort
        start(abort).add_done_callback(lambda done: self._done.emit(abort, done))
        self.changed.emit()

    def cancel(self) -> None:
        """The cashier gives up; what the terminal still says is not listened to."""
        if self.waiting:
            self.waiting = False
            self._abort.trip()
            self.changed.emit()

    def _locked(self) -> None:
        if self._session.locked:
            self.cancel()

    @Slot(object, object)
    def _take(self, abort: Abort, future: Future[Any]) -> None:
        if abort is not self._abort or not self.waiting:
            return  # of a customer who left, or who was given up
        from concurrent.futures import CancelledError

        self.waiting = False
        try:
            told = future.result(0)
        except (CancelledError, Cancelled):
            self.failed.emit(Note(self._cancelled, {}, "told"))
        except YaotaiError as error:
            self.failed.emit(notes_of(error)[0])
        else:
            self.told.emit(told)
