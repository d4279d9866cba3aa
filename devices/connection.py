"""A pipe of bytes to a device: a serial port, or two ends in memory with the same manners."""

from __future__ import annotations

import errno
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final, Protocol

import serial

from app.errors import DeviceBusy, DeviceError, DeviceForbidden, DeviceSilent, NotConnected
from app.ports_devices import Timer

try:
    from termios import error as _TermiosError
except ImportError:  # Windows has no termios, and its ports never raise this
    _TermiosError = OSError  # type: ignore[misc, assignment]

SLICE: Final = 0.05
"""Seconds that one look at a connection may last: how soon a thread hears that it must end."""
WRITE_LIMIT: Final = 2.0
"""Seconds after which a device that takes no bytes is called silent."""
_CHUNK: Final = 4096
DROPPED_CHUNKS: Final = 16
"""Pieces of 4096 bytes that :meth:`Connection.drop_input` forgets at most: more is no rest of an
answer but a device that never stops talking, and nobody waits for it."""

PORT_FAILURES: Final = (OSError, _TermiosError, TypeError, ValueError)
"""All that a port raises when its device went (devices.md 7.1): SerialException is an OSError,
``in_waiting`` and ``flush`` raise the bare ones, a close in another thread a TypeError."""


class Connection(Protocol):
    """Bytes to and from one device.

    :raises NotConnected: from any call but ``close`` once the device went or this end was closed.
    """

    def read(self) -> bytes:
        """What has come by now; waits one :data:`SLICE` at most, then answers ``b""``."""
        ...

    def write(self, data: bytes) -> None:
        """Send all of it; :raises DeviceSilent: the device takes no more bytes."""
        ...

    def drop_input(self) -> None:
        """Forget what came and was not read: the rest of an answer that nobody waits for."""
        ...

    def close(self) -> None:
        """Give the port back; harmless when repeated, from any thread, and after an unplug."""
        ...


class SystemTimer:
    """:class:`app.ports_devices.Timer` of the operating system."""

    def now(self) -> float:
        """Seconds, monotonic."""
        return time.monotonic()

    def wait(self, until: threading.Condition, seconds: float) -> None:
        """Until notified or the time is over."""
        until.wait(seconds)

    def pause(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)


# --- a serial port --------------------------------------------------------------------------------


class SerialConnection:
    """:class:`Connection` over a serial port, opened when made.

    Time limits are set once at opening: pyserial's setter talks to the device and raises when it
    is gone (devices.md 7.1).
    """

    def __init__(
        self, port: str, baud: int, *, device: str, bits: int = 8, parity: str = "N", stop: int = 1
    ) -> None:
        """Open ``port`` for this process alone; ``device`` is the message id of its name.

        :raises NotConnected: no such port. :raises DeviceBusy: another program holds it.
        :raises DeviceForbidden: this user may not open it.
        """
        self._device = device
        try:
            self._serial = serial.Serial(
                port, baud, bits, parity, stop, timeout=SLICE, write_timeout=WRITE_LIMIT,
                exclusive=True,
            )  # fmt: skip
        except PORT_FAILURES as failure:
            raise _why_not_opened(failure, device) from None

    def read(self) -> bytes:
        """See :class:`Connection`."""
        try:
            return bytes(self._serial.read(min(max(1, self._serial.in_waiting), _CHUNK)))
        except PORT_FAILURES:
            raise self._gone() from None

    def write(self, data: bytes) -> None:
        """See :class:`Connection`."""
        try:
            self._serial.write(data)
        except serial.SerialTimeoutException:
            raise DeviceSilent(device=self._device) from None
        except PORT_FAILURES:
            raise self._gone() from None

    def drop_input(self) -> None:
        """See :class:`Connection`."""
        try:
            self._serial.reset_input_buffer()
        except PORT_FAILURES:
            raise self._gone() from None

    def close(self) -> None:
        """See :class:`Connection`."""
        try:
            self._serial.close()
        except PORT_FAILURES:
            return  # it is gone already: nothing is left to give back

    def _gone(self) -> NotConnected:
        self.close()  # pyserial believes a port open whose device went
        return NotConnected(device=self._device)


_HELD = {errno.EAGAIN, errno.EBUSY}
_FORBIDDEN = {errno.EACCES, errno.EPERM}


def _why_not_opened(failure: Exception, device: str) -> DeviceError:
    code = getattr(failure, "errno", None)
    # Windows tells a held port in the text only: "... PermissionError(13, ...)".
    if code in _HELD or "PermissionError" in str(failure):
        return DeviceBusy(device=device)
    return (DeviceForbidden if code in _FORBIDDEN else NotConnected)(device=device)


# --- two ends in memory ---------------------------------------------------------------------------


class Unplugged(Exception):
    """Raised by an emulated device in the middle of its answer: somebody pulled the cable."""


class FarEnd(Protocol):
    """An emulated device: hears bytes, answers pieces in the order in which they leave it."""

    def hear(self, data: bytes) -> Iterable[bytes]:
        """What the device sends because of these bytes."""
        ...


class LoopbackEnd:
    """:class:`Connection`: one end of a :class:`LoopbackPair`."""

    def __init__(self, pair: LoopbackPair, device: str) -> None:
        self._pair, self._device = pair, device
        self._inbox: deque[bytes] = deque()
        self.peer: LoopbackEnd | None = None

    def read(self) -> bytes:
        """See :class:`Connection`; one piece a call, as it was sent."""
        with self._pair.lock:
            if not self._inbox and not self._pair.parted:
                self._pair.timer.wait(self._pair.lock, SLICE)
            if self._inbox:
                return self._inbox.popleft()
            self._require_open()
            return b""

    def write(self, data: bytes) -> None:
        """See :class:`Connection`."""
        with self._pair.lock:
            self._require_open()
            if self.peer is not None:
                self.peer.take(bytes(data))
                return
        try:
            for piece in self._pair.far_answers(bytes(data)):
                self._pair.send(piece)
        except Unplugged:
            self._pair.part()

    def take(self, piece: bytes) -> None:
        """Put a piece into this end's inbox; the caller holds the pair's lock."""
        if piece:
            self._inbox.append(piece)
            self._pair.lock.notify_all()

    def drop_input(self) -> None:
        """See :class:`Connection`."""
        with self._pair.lock:
            self._require_open()
            self._inbox.clear()

    def close(self) -> None:
        """See :class:`Connection`."""
        with self._pair.lock:
            self._inbox.clear()
        self._pair.part()

    def _require_open(self) -> None:
        if self._pair.parted:
            raise NotConnected(device=self._device)


class LoopbackPair:
    """Two ends in memory, for practice and tests.

    With a :class:`FarEnd` there is one end only: the device answers in the thread that writes, so
    that nothing has to be waited for.
    """

    def __init__(self, timer: Timer, device: str, far_end: FarEnd | None = None) -> None:
        self.timer, self.lock = timer, threading.Condition()
        self.parted = False
        self._far_end = far_end
        self.near = LoopbackEnd(self, device)
        self.far = LoopbackEnd(self, device)
        if far_end is None:
            self.near.peer, self.far.peer = self.far, self.near

    def far_answers(self, data: bytes) -> Iterable[bytes]:
        """What the emulated device says to it."""
        return self._far_end.hear(data) if self._far_end is not None else ()

    def send(self, piece: bytes) -> None:
        """The device speaks unasked: a scanner does."""
        with self.lock:
            self.near.take(piece)

    def part(self) -> None:
        """Pull the plug: both ends raise NotConnected once what came before it was read."""
        with self.lock:
            self.parted = True
            self.lock.notify_all()


class LoopbackPort:
    """A port in memory: opened like a real one, by one at a time, unplugged and plugged again."""

    def __init__(self, timer: Timer, device: str, make_far_end: Callable[[], FarEnd]) -> None:
        self._timer, self._device, self._make = timer, device, make_far_end
        self._pair: LoopbackPair | None = None
        self._plugged = True

    def open(self) -> Connection:
        """:raises NotConnected: unplugged; :raises DeviceBusy: opened and not closed yet."""
        if not self._plugged:
            raise NotConnected(device=self._device)
        if self._pair is not None and not self._pair.parted:
            raise DeviceBusy(device=self._device)
        self._pair = LoopbackPair(self._timer, self._device, self._make())
        return self._pair.near

    def unplug(self) -> None:
        """The cable is out."""
        self._plugged = False
        if self._pair is not None:
            self._pair.part()

    def plug(self) -> None:
        """The cable is in again; the old connection stays dead."""
        self._plugged = True

    def send(self, piece: bytes) -> None:
        """The device speaks unasked; nobody hears it while the port is closed."""
        if self._pair is not None:
            self._pair.send(piece)
