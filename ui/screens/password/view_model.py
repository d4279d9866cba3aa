"""The patient types their password for one settlement: on a pad, or on a keypad. No widgets.

Digits are sealed as soon as they are confirmed, and overwritten whatever else happens: cancelled,
too late, locked, closed. Nothing here is told, logged or kept but how many there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.domain.abort import Abort
from app.domain.patient_password import DIGITS, ENTRY_SECONDS, Digits
from app.errors import Cancelled, DeviceSilent, YaotaiError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from app.domain.patient_password import SealedPassword
    from ui.screens.session import Session

_TICK_MS = 1000


class PasswordViewModel(QObject):
    """One entry at a time; ``changed`` after every key."""

    changed = Signal()
    _pressed = Signal(object, int)
    _answered = Signal(object, object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self._shop = session, session.shop
        self.asking = False
        self.on_pad = False
        """Whether the patient types on a pad of their own and no keypad is shown."""
        self.count = 0
        self.seconds_left = 0
        self.order: tuple[int, ...] = tuple(range(10))
        """The digits in the order in which the keypad shows them."""
        self._typed = Digits()
        self._abort = Abort()
        self._done: Callable[[SealedPassword], None] = lambda _: None
        self._left: Callable[[], None] = lambda: None
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self.second_passed)
        self._pressed.connect(self._pad_pressed, Qt.ConnectionType.QueuedConnection)
        self._answered.connect(self._pad_answered, Qt.ConnectionType.QueuedConnection)
        session.operator_changed.connect(self._locked)

    @property
    def complete(self) -> bool:
        """Whether it may be confirmed."""
        return self.count == DIGITS

    def ask(self, done: Callable[[SealedPassword], None], left: Callable[[], None]) -> None:
        """Let the patient type; one of the two is called, once, unless the window closes."""
        self._typed, self._abort = Digits(), Abort()
        self._done, self._left = done, left
        self.asking, self.count = True, 0
        self.seconds_left = ENTRY_SECONDS
        self.on_pad = self._shop.has_pad()
        self.order = self._shuffled() if self._shop.keypad_shuffled() else tuple(range(10))
        if self.on_pad:
            self._ask_pad(self._abort, self._typed)
        self._tick.start()
        self.changed.emit()

    def _ask_pad(self, abort: Abort, typed: Digits) -> None:
        self._shop.read_pad(
            typed, ENTRY_SECONDS, abort, lambda count: self._pressed.emit(abort, count)
        ).add_done_callback(lambda future: self._answered.emit(typed, future))

    @staticmethod
    def _shuffled() -> tuple[int, ...]:
        import random  # not before somebody wants it: it costs a start

        digits = list(range(10))
        random.SystemRandom().shuffle(digits)
        return tuple(digits)

    # --- the keypad ---------------------------------------------------------------------------

    def press(self, digit: int) -> None:
        """A digit of the keypad."""
        if self.asking and not self.on_pad:
            self._typed.add(digit)
            self._count()

    def drop(self) -> None:
        """The last one was a slip."""
        if self.asking and not self.on_pad:
            self._typed.drop()
            self._count()

    def clear(self) -> None:
        """It was no person who typed: a scanner that hangs at the keyboard."""
        if self.asking and not self.on_pad:
            self._typed.clear()
            self._count()

    def confirm(self) -> None:
        """All digits are there: sealed at once."""
        if self.asking and not self.on_pad and self._typed.complete:
            self._seal()

    def cancel(self) -> None:
        """Patient or cashier: nothing was sent, the quote stands."""
        if self.asking:
            self._end()
            self.session.tell("patient_password.cancelled")
            self._left()

    def second_passed(self) -> None:
        """One second less; at the end what was typed is wiped."""
        self.seconds_left -= 1
        if self.asking and self.seconds_left <= 0:
            self._end()
            self.session.tell("patient_password.too_late", "warn")
            self._left()
        else:
            self.changed.emit()

    def stop(self) -> None:
        """The window closes."""
        if self.asking:
            self._end()

    def _count(self) -> None:
        self.count = len(self._typed)
        self.changed.emit()

    def _locked(self) -> None:
        if self.session.locked:
            self.cancel()

    # --- the pad ------------------------------------------------------------------------------

    @Slot(object, int)
    def _pad_pressed(self, abort: Abort, count: int) -> None:
        if self.asking and abort is self._abort:
            self.count = count
            self.changed.emit()

    @Slot(object, object)
    def _pad_answered(self, typed: Digits, future: Future[None]) -> None:
        if not self.asking or typed is not self._typed:
            typed.clear()  # confirmed on the pad after nobody waited any more
            return
        from concurrent.futures import CancelledError

        try:
            future.result(0)
        except (CancelledError, Cancelled):
            self.cancel()
        except DeviceSilent:
            self.seconds_left = 0
            self.second_passed()
        except YaotaiError as error:
            self._end()
            self.session.tell_error(error)
            self._left()
        else:
            self._seal()

    # --- the end ------------------------------------------------------------------------------

    def _seal(self) -> None:
        try:
            sealed = self._shop.seal_password(self._typed)
        except YaotaiError as error:
            self._end()
            self.session.tell_error(error)
            self._left()
            return
        self._end()
        self._done(sealed)

    def _end(self) -> None:
        """Overwritten here; a pad that still waits overwrites its own when it is told."""
        self.asking, self.count = False, 0
        self._tick.stop()
        self._abort.trip()
        if not self.on_pad:
            self._typed.clear()
        self._typed = Digits()
        self.changed.emit()
