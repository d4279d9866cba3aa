"""Scans from a keyboard-wedge scanner, recognised by timing wherever the focus is.

Judged by the median gap between keys and the end key, never by the largest gap: a busy machine
makes hiccups of hundreds of milliseconds (devices 4.2). The key events' own times are used. From
the sixth quick key on nothing reaches a field any more, and what the first five left there is
taken out again; the end key presses nothing.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

from app.domain.code_read import CodeRead, ScanSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.scan_snapshot import Snapshot

MIN_LENGTH = 6
MEDIAN_GAP_MS = 30
"""Scanners send a key each 1-15 ms; nobody types six keys at a median below 30."""
PAUSE_MS = 600
"""After such a pause a new string begins, whatever came before."""
QUIET_MS = 150
"""A burst without an end key is over after so much silence."""
SECOND_END_MS = 100
"""A second end key so soon after a scan belongs to it: CR LF is typed as two."""
HOLD_MS = 60
"""So long a digit that would choose something waits whether it is the first of a code."""
TORN_IN_A_ROW = 2
"""So many scans without their end key, and the scanner sends none any more."""

GROUP_SEPARATOR = "\x1d"


def _median(gaps: list[int]) -> float:
    from statistics import median  # brings fractions and random along: not before the first key

    return median(gaps)


class Burst:
    """The keys of one string and when each came; decides whether a machine typed it."""

    def __init__(self) -> None:
        self.chars: list[str] = []
        self.times: list[int] = []
        self.composed = False
        """Whether an input method had a hand in it."""

    def feed(self, char: str, at: int) -> bool:
        """Take a key at a time in milliseconds; answers whether it began a new string."""
        fresh = not self.times or at - self.times[-1] > PAUSE_MS or at < self.times[-1]
        if fresh:
            self.clear()
        self.chars.append(char)
        self.times.append(at)
        return fresh

    def looks_like_scan(self) -> bool:
        """Long enough, and half of the gaps shorter than a hand can make."""
        if len(self.chars) < MIN_LENGTH:
            return False
        gaps = [b - a for a, b in zip(self.times, self.times[1:], strict=False)]
        return _median(gaps) <= MEDIAN_GAP_MS

    def is_quick(self) -> bool:
        """Whether what came so far may be the beginning of a scan: searching may wait."""
        gaps = [b - a for a, b in zip(self.times, self.times[1:], strict=False)]
        return len(gaps) >= 2 and _median(gaps) <= MEDIAN_GAP_MS

    def follows(self, at: int) -> bool:
        """Whether a key at that time comes as quickly after the last one as a scanner's."""
        return bool(self.times) and 0 <= at - self.times[-1] <= MEDIAN_GAP_MS

    def text(self) -> str:
        """What was typed."""
        return "".join(self.chars)

    def clear(self) -> None:
        """Forget it."""
        self.chars.clear()
        self.times.clear()
        self.composed = False


class PressedAt:
    """When a key was really pressed, on this process's clock.

    Event times and our clock run at the same speed from different zeros; the smallest difference
    ever seen is the difference of the zeros, what is above it is time spent in a queue.
    """

    def __init__(self) -> None:
        self._offset: int | None = None

    def of(self, event_ms: int, now_ms: int) -> int:
        """The moment of the press in our milliseconds; ``event_ms`` 0 = unknown, so now."""
        if event_ms <= 0:
            return now_ms
        seen = now_ms - event_ms
        # A jump of the event clock by more than a minute is another clock, not a queue.
        if self._offset is None or seen < self._offset or seen - self._offset > 60_000:
            self._offset = seen
        return event_ms + self._offset


def now_ms() -> int:
    """Milliseconds of the monotonic clock."""
    return time.monotonic_ns() // 1_000_000


class ScanFilter(QObject):
    """Application-wide: sees each key once, eats what a scanner typed, says the code once."""

    scanned = Signal(object)
    """A :class:`app.domain.code_read.CodeRead`."""
    torn = Signal()
    """A code whose end got lost; nothing of it is used."""
    burst_ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.touched_at = now_ms()
        """When somebody pressed a key or a button last, in any window of the program."""
        self._burst = Burst()
        self._snapshot: Snapshot | None = None
        self._pressed = PressedAt()
        self._last: tuple[QWidget, int, int] | None = None
        self._eating = False
        self._ended_at = -SECOND_END_MS - 1
        self._torn, self._waited = 0, False
        self.has_suffix = False
        """Whether this scanner ends its codes by a key: then silence ends none."""
        self.pressed_at = 0
        self.quick = False
        """Whether the key at hand came as quickly after the last as a scanner's: it is no act."""
        self.place: QWidget | None = None
        """The window into which the last code was typed."""
        self.route: Callable[[QKeyEvent], bool] = lambda event: False
        """Where keys go that are no part of a scan; True = taken."""
        self.is_choice: Callable[[QKeyEvent], bool] = lambda event: False
        """Whether a digit would choose something, whatever has the focus."""
        self.in_sight: Callable[[], QWidget | None] = QApplication.focusWidget
        """Who of what is in sight has the focus; asked where a key comes to what is not."""
        self.private: Callable[[QKeyEvent, bool], bool] | None = None
        """Who gets every key of this window while a password is typed."""
        self._private_at = 0
        self._held: list[tuple[QWidget, QKeyEvent]] = []
        self._replaying = False
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(HOLD_MS)
        self._hold.timeout.connect(self._let_go)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._on_quiet)

    def bursting(self) -> bool:
        """Whether keys come so quickly that a scan may be under way."""
        return self._burst.is_quick()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's door: only key presses and input methods, only their first receiver."""
        kind = event.type()
        if kind == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent):
            if self.private is not None and isinstance(watched, QWidget):
                return not self._is_elsewhere(watched)
            return isinstance(watched, QWidget) and self._on_composed(watched, event)
        if kind != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            if kind == QEvent.Type.MouseButtonPress:
                self.touched_at = now_ms()
            return False
        self.touched_at = now_ms()
        if not isinstance(watched, QWidget) or self._seen_before(watched, event):
            return False
        if not watched.isVisible() and not self._is_elsewhere(watched):
            return self._brought(watched, event)
        if self._replaying:
            return self._route(watched, event)
        if self.private is not None and not self._is_elsewhere(watched):
            return self._on_private(event, self.private)
        return self._on_key(watched, event)

    def _brought(self, watched: QWidget, event: QKeyEvent) -> bool:
        """A key for a field whose page went goes to what is in sight, or nowhere."""
        focus = self.in_sight()
        if focus is not None and focus is not watched and focus.isVisible():
            QApplication.sendEvent(focus, event.clone())
        return True

    def keep_private(self, take: Callable[[QKeyEvent, bool], bool] | None) -> None:
        """From now on keys of this window go to ``take`` alone: no field, no code, no memory.

        It hears whether the key came as quickly as a machine's. None = as usual again.
        """
        self._forget()
        self.private, self._private_at, self._last = take, 0, None

    def _on_private(self, event: QKeyEvent, take: Callable[[QKeyEvent, bool], bool]) -> bool:
        at = event.timestamp() or now_ms()
        quick = 0 <= at - self._private_at <= MEDIAN_GAP_MS
        self._private_at = at
        return take(event, quick)

    def _is_elsewhere(self, watched: QWidget) -> bool:
        """Keys of another window of the program, such as the review station's, are its own."""
        home = self.parent()
        return isinstance(home, QWidget) and watched.window() is not home.window()

    def _seen_before(self, watched: QWidget, event: QKeyEvent) -> bool:
        # An event that nobody took climbs to the parents: the same press, not another one.
        mark = (event.key(), event.timestamp())
        if self._last is not None:
            receiver, *seen = self._last
            # A field may be gone by now: panels make and delete theirs.
            other = watched is not receiver and isValid(receiver)
            climbs = other and watched.isAncestorOf(receiver)
            if climbs and tuple(seen) == mark:
                return True
        self._last = (watched, *mark)
        return False

    # --- keys ------------------------------------------------------------------------------------

    def _on_key(self, watched: QWidget, event: QKeyEvent) -> bool:
        arrived = now_ms()
        self.pressed_at = self._pressed.of(event.timestamp(), arrived)
        at = event.timestamp() or arrived
        self.quick = self._burst.follows(at)
        held = bool(self._held)
        if _is_end(event):
            return self._on_end(watched, event, at)
        if event.isAutoRepeat():
            return self._route(watched, event)
        char = _char(event)
        if self.quick and not char and _is_spelt_control(event):
            # GS as a function key, or another control character of the code: never an act.
            char = GROUP_SEPARATOR if _is_function_key(event) else ""
            if not char:
                return True
        if char and self._feed(watched, char, at):
            return True
        if not watched.isVisible():
            return self._brought(watched, event)  # the digit before this one turned the page
        if char and self._is_held(watched, event, char):
            return True
        if not char:
            self._let_go()  # what was pressed before comes before
        return self._after(watched, event) if held else self._route(watched, event)

    def _after(self, watched: QWidget, event: QKeyEvent) -> bool:
        """A key after held ones: what they did may have handed the focus on, and it goes there."""
        focus = QApplication.focusWidget()
        if focus is None or focus is watched or focus.window() is not watched.window():
            return self._route(watched, event)
        self._replaying = True
        try:
            QApplication.sendEvent(focus, event.clone())
        finally:
            self._replaying = False
        return True

    def _is_held(self, watched: QWidget, event: QKeyEvent, char: str) -> bool:
        """A digit that would act waits: it may be the first of a code, and codes press nothing."""
        if not char.isdigit():
            return False
        if isinstance(watched, QLineEdit | QPlainTextEdit) and not self.is_choice(event):
            return False
        self._held.append((watched, event.clone()))
        if self.quick:
            self._hold.stop()  # the end of the burst decides
        else:
            self._hold.start()
        return True

    def _let_go(self) -> None:
        """It was a person's key after all."""
        held, self._held = self._held, []
        self._replaying = True
        try:
            for watched, event in held:
                if isValid(watched) and watched.isVisible():
                    QApplication.sendEvent(watched, event)
        finally:
            self._replaying = False

    def _route(self, watched: QWidget, event: QKeyEvent) -> bool:
        return not self._is_elsewhere(watched) and self.route(event)

    def _feed(self, watched: QWidget, char: str, at: int) -> bool:
        """Take a key in; True = it belongs to a scan that has been recognised."""
        if self._burst.feed(char, at):
            self._begin(watched)
        elif self._held and not self.quick:
            self._let_go()
        self._waited = False
        self._quiet.start(QUIET_MS)
        if not self._eating and self._burst.looks_like_scan():
            self._eating = True
            self._held.clear()
            self._hold.stop()
            self._put_back()
        return self._eating

    def _begin(self, watched: QWidget) -> None:
        self._let_go()
        from ui.scan_snapshot import Snapshot  # the first key needs it, no start does

        self._eating = False
        self._snapshot = Snapshot.of(watched)
        self.place = watched.window()

    def _put_back(self) -> None:
        if self._snapshot is not None:
            self._snapshot.restore()
        self._snapshot = None

    def _on_end(self, watched: QWidget, event: QKeyEvent, at: int) -> bool:
        if self._eating:
            self._ended_at, self.has_suffix, self._torn = at, True, 0
            self._emit_scan(ended=True)
            return True
        self._forget()
        if 0 <= at - self._ended_at <= SECOND_END_MS:
            return True
        return self._route(watched, event)

    def _on_composed(self, watched: QWidget, event: QInputMethodEvent) -> bool:
        """One sign at a time is a key that an input method handed on, such as a digit.

        Several at once are words that a person chose; what is being composed is no code yet.
        """
        text = event.commitString()
        if event.preeditString():
            self._burst.composed = True
        if len(text) != 1:
            return False
        taken = self._feed(watched, text, now_ms())
        self._burst.composed = True
        return taken

    # --- ends ------------------------------------------------------------------------------------

    def _on_quiet(self) -> None:
        if not self._eating:
            self._forget()
            self.burst_ended.emit()
        elif not self.has_suffix:
            self._emit_scan(ended=False)
        elif not self._waited:
            # A busy machine makes pauses in the middle of a code: its end is waited for.
            self._waited = True
            self._quiet.start(PAUSE_MS - QUIET_MS)
        else:
            self._torn += 1
            self.has_suffix = self._torn < TORN_IN_A_ROW
            self._forget()
            self.torn.emit()

    def _emit_scan(self, *, ended: bool) -> None:
        read = CodeRead(self._burst.text(), ScanSource.WEDGE, ended, self._burst.composed)
        self._forget()
        self.scanned.emit(read)

    def _forget(self) -> None:
        self._let_go()
        self._burst.clear()
        self._quiet.stop()
        self._snapshot, self._eating, self._waited = None, False, False


_ENDS = frozenset((Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab))
_SPELT_ENDS = frozenset((Qt.Key.Key_J, Qt.Key.Key_M, Qt.Key.Key_I))
"""LF, CR and Tab as some scanners type them: with Ctrl."""


def _has_control(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


def _is_end(event: QKeyEvent) -> bool:
    key = Qt.Key(event.key())
    return key in _ENDS or (_has_control(event) and key in _SPELT_ENDS)


def _is_function_key(event: QKeyEvent) -> bool:
    return bool(Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35)


def _is_spelt_control(event: QKeyEvent) -> bool:
    """A key by which a scanner spells a control character: Ctrl and a sign, or a function key."""
    letter = Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Underscore
    return _is_function_key(event) or (_has_control(event) and letter)


def _char(event: QKeyEvent) -> str:
    if _has_control(event) and event.key() == Qt.Key.Key_BracketRight:
        return GROUP_SEPARATOR
    text = event.text()
    return text if len(text) == 1 and (text.isprintable() or text == GROUP_SEPARATOR) else ""
