"""Link state from real calls: whether the last message got an answer, and how long it took."""

from __future__ import annotations

from threading import Lock

from app.domain.insurance import Answer, Call, Header, Message, Outcome
from app.ports import InsurancePlatform


class LineState:
    """What the status bar shows; written by whichever thread spoke last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._up: bool | None = None
        self._millis = 0

    def note(self, answer: Answer) -> None:
        """An answer of any kind proves the line; silence or a failed start says it is down."""
        with self._lock:
            self._up = answer.outcome in (Outcome.SUCCESS, Outcome.REFUSED)
            self._millis = answer.millis

    def read(self) -> tuple[bool | None, int]:
        """(up, milliseconds of the last call); None = nothing was asked yet."""
        with self._lock:
            return self._up, self._millis


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
