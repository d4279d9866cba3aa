"""The shop's video recorder as far as a till knows it: by its status file, or by people's eyes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from app.domain.clock import shop_time
from app.domain.recorder import RecorderState
from app.errors import BadValue, DeviceFailed, NotConnected, NotOffered
from app.ports import Clock
from app.ports_devices import Timer
from devices.recorder import wire

_LOOK: Final = 0.1
_ROUNDS: Final = 50
"""Between two looks at whether the file is there: five seconds."""


class StatusRecorder:
    """:class:`app.ports_video.VideoRecorder` over a status file; what a supervisor watches.

    ``read`` answers its bytes and raises OSError. ``device`` is the message id of its name.
    """

    def __init__(self, read: Callable[[], bytes], timer: Timer, clock: Clock, device: str) -> None:
        """:raises NotConnected: there is no such file."""
        self._read, self._timer, self._clock, self._device = read, timer, clock, device
        self._rounds = 0
        self._bytes()

    def state(self) -> RecorderState:
        """What the file says of today.

        :raises NotConnected: it is gone; :raises DeviceFailed: it cannot be read, or is of
        another day.
        """
        content = self._bytes()
        try:
            status = wire.parse(content)
        except BadValue:
            raise self._failed("device_recorder.unreadable") from None
        today = shop_time(self._clock.now()).date()
        if shop_time(status.read_at).date() != today:
            raise self._failed("device_recorder.stale")
        if status.oldest is not None and status.oldest > today:
            raise self._failed("device_recorder.unreadable")
        return RecorderState(status.channels, status.oldest, status.ahead_seconds, status.free_days)

    def watch(self) -> None:
        """See :class:`devices.supervisor.Watched`; :raises NotConnected: the file is gone."""
        self._timer.pause(_LOOK)
        self._rounds += 1
        if self._rounds >= _ROUNDS:
            self._rounds = 0
            self._bytes()

    def close(self) -> None:
        """Nothing to give back."""

    def _bytes(self) -> bytes:
        try:
            return self._read()
        except OSError:
            raise NotConnected(device=self._device) from None

    def _failed(self, why: str) -> DeviceFailed:
        return DeviceFailed(device=self._device, why=why)


class WatchedByPeople:
    """A recorder that nobody can ask: staff read it off its screen once a day."""

    def __init__(self, timer: Timer, device: str, attend: Callable[[], None]) -> None:
        """``attend`` has its lamp say that nothing of it can be known here."""
        self._timer, self._device, self._attend = timer, device, attend

    def state(self) -> RecorderState:
        """:raises NotOffered: always."""
        raise NotOffered(device=self._device)

    def watch(self) -> None:
        """Nothing of it can be watched, and its lamp says so."""
        self._attend()
        self._timer.pause(_LOOK)

    def close(self) -> None:
        """Nothing to give back."""


def file_reader(path: Path) -> Callable[[], bytes]:
    """Reads a status file, no more of it than one can be large."""

    def read() -> bytes:
        with path.open("rb") as file:
            return file.read(wire.LARGEST + 1)

    return read
