"""A scanner at a serial port: each code goes to its one consumer as soon as it is whole."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.code_read import CodeRead, ScanSource
from app.errors import DeviceError, DeviceFailed
from app.ports_devices import Timer
from devices.connection import SLICE, Connection
from devices.scanner import wire

DEVICE = wire.DEVICE


class SerialScanner:
    """What a supervisor watches. Nothing is ever sent to a scanner.

    ``consumer`` hears each code, ``failed`` of what came and was none (:class:`DeviceFailed`); both
    on the thread that watches. A half code that was on its way when the device went is forgotten.
    """

    def __init__(
        self,
        connection: Connection,
        timer: Timer,
        consumer: Callable[[CodeRead], None],
        failed: Callable[[DeviceError], None] = lambda error: None,
    ) -> None:
        self._connection, self._timer = connection, timer
        self._consumer, self._failed = consumer, failed
        self._assembler = wire.Assembler()
        self._last = timer.now()

    def watch(self) -> None:
        """See :class:`devices.supervisor.Watched`; waits one slice of the connection at most."""
        chunk = self._connection.read()
        found: list[wire.Found] = []
        if chunk:
            found = self._assembler.feed(chunk)
            self._last = self._timer.now()
        elif self._assembler.waiting() and self._silence() >= self._assembler.patience():
            found = self._assembler.silent()
        for one in found:
            self._hand_on(one)

    def _silence(self) -> float:
        return self._timer.now() - self._last

    def _hand_on(self, one: wire.Found) -> None:
        if isinstance(one, wire.Code):
            self._consumer(CodeRead(one.text, ScanSource.SERIAL, one.ended))
        else:
            self._failed(DeviceFailed(device=DEVICE, why=one.why))

    def close(self) -> None:
        """Give the port back; harmless when repeated."""
        self._connection.close()


class TypingScanner:
    """A scanner that types: it has no port of its own, so nothing of it can be watched."""

    def __init__(self, timer: Timer) -> None:
        self._timer = timer

    def watch(self) -> None:
        """See :class:`devices.supervisor.Watched`: what it types, the window sees."""
        self._timer.pause(SLICE)

    def close(self) -> None:
        """Nothing to give back."""
