"""Link state from real calls: whether the last message got an answer, and how long it took."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from app.domain.insurance import Answer, Call, Header, Message
from app.domain.line import Line
from app.ports import Clock, InsurancePlatform


class LineState:
    """What the status bar shows; written by whichever thread spoke last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._line = Line()
        self._told: list[Callable[[], None]] = []

    def when_back(self, tell: Callable[[], None]) -> None:
        """Call ``tell`` on the thread of the call that found the line standing again."""
        self._told.append(tell)

    def note(self, answer: Answer) -> None:
        """An answer of any kind proves the line; everything else says what is wrong with it."""
        with self._lock:
            was = self._line
            self._line = was.after(answer, self._clock.now())
            back = was.up is False and self._line.up is True
        if back:
            for tell in self._told:
                tell()

    def read(self) -> Line:
        """The line as of the last call."""
        with self._lock:
            return self._line


class WatchedPlatform:
    """:class:`app.ports.InsurancePlatform` that passes everything on and notes how it went."""

    def __init__(self, inner: InsurancePlatform, state: LineState) -> None:
        self._inner, self._state = inner, state

    def compose(self, call: Call, header: Header) -> Message:
        """As the platform behind it."""
        return self._inner.compose(call, header)

    def send(self, message: Message) -> Answer:
        """As the platform behind it."""
        answer = self._inner.send(message)
        self._state.note(answer)
        return answer
