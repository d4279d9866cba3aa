"""Scans from a keyboard-wedge scanner, recognised by timing wherever the focus is.

Judged by the median gap between keys and the end key, never by the largest gap: a busy machine
makes hiccups of hundreds of milliseconds (devices 4.2). The key events' own times are used.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import isValid

if TYPE_CHECKING:
    from collections.abc import Callable

MIN_LENGTH = 6
MEDIAN_GAP_MS = 30
"""Scanners send a key each 1-15 ms; nobody types six keys at a median below 30."""
PAUSE_MS = 600
"""After such a pause a new string begins, whatever came before."""
QUIET_MS = 150
"""A burst without an end key is over after so much silence."""

GROUP_SEPARATOR = "\x1d"


def _median(gaps: list[int]) -> float:
    from statistics import median  # brings fractions and random along: not before the first key

    return median(gaps)


@dataclass
class Burst:
    """The keys of one string and when each came; decides whether a machine typed it."""

    chars: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)

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

    def text(self) -> str:
        """What was typed."""
        return "".join(self.chars)

    def clear(self) -> None:
        """Forget it."""
        self.chars.clear()
        self.times.clear()


@dataclass
class _Snapshot:
    """A text field as it was before the burst, so that a code leaves no trace in it."""

    field_: QLineEdit
    text: str
    cursor: int

    def restore(self) -> None:
        if not isValid(self.field_):
            return
        self.field_.setText(self.text)
        self.field_.setCursorPosition(self.cursor)


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

    scanned = Signal(str)
    burst_ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._burst = Burst()
        self._snapshot: _Snapshot | None = None
        self._pressed = PressedAt()
        self._last: tuple[QWidget, int, int] | None = None
        self.pressed_at = 0
        self.route: Callable[[QKeyEvent], bool] = lambda event: False
        """Where keys go that are no part of a scan; True = taken."""
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._on_quiet)

    def bursting(self) -> bool:
        """Whether keys come so quickly that a scan may be under way."""
        return self._burst.is_quick()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's door: only key presses, only their first receiver."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if not isinstance(watched, QWidget) or self._is_elsewhere(watched):
            return False
        if self._seen_before(watched, event):
            return False
        return self._on_key(watched, event)

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

    def _on_key(self, watched: QWidget, event: QKeyEvent) -> bool:
        arrived = now_ms()
        self.pressed_at = self._pressed.of(event.timestamp(), arrived)
        at = event.timestamp() or arrived
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            if self._burst.looks_like_scan():
                self._emit_scan()
                return True
            self._burst.clear()
        elif (char := _char(event)) and not event.isAutoRepeat():
            if self._burst.feed(char, at):
                self._snapshot = _snapshot_of(watched)
            self._quiet.start()
        return self.route(event)

    def _on_quiet(self) -> None:
        if self._burst.looks_like_scan():
            self._emit_scan()
        else:
            self._burst.clear()
            self.burst_ended.emit()

    def _emit_scan(self) -> None:
        text = self._burst.text()
        self._burst.clear()
        self._quiet.stop()
        if self._snapshot is not None:
            self._snapshot.restore()
        self._snapshot = None
        self.scanned.emit(text)


def _snapshot_of(widget: QWidget) -> _Snapshot | None:
    if isinstance(widget, QLineEdit):
        return _Snapshot(widget, widget.text(), widget.cursorPosition())
    return None


def _char(event: QKeyEvent) -> str:
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    if control and event.key() == Qt.Key.Key_BracketRight:
        return GROUP_SEPARATOR
    text = event.text()
    return text if len(text) == 1 and (text.isprintable() or text == GROUP_SEPARATOR) else ""
