"""A logged scanner, once more through the driver: how long each code was, never which."""

from __future__ import annotations

from typing import Final

from app.domain.code_read import CodeRead
from app.errors import DeviceError, NotConnected
from app.ports_devices import Timer
from devices.connection import Connection
from devices.scanner.driver import SerialScanner

KIND: Final = "scanner"


class _Counted:
    """A connection that knows whether anything came."""

    def __init__(self, inner: Connection) -> None:
        self._inner = inner
        self.came = 0

    def read(self) -> bytes:
        piece = self._inner.read()
        self.came += len(piece)
        return piece

    def write(self, data: bytes) -> None:
        self._inner.write(data)

    def drop_input(self) -> None:
        self._inner.drop_input()

    def close(self) -> None:
        self._inner.close()


def replay(connection: Connection, timer: Timer) -> list[tuple[str, DeviceError | None]]:
    """What the driver makes of the log: ``code:<signs>``, ``code:<signs>:no_suffix``, ``gone``.

    A log holds no pauses: codes of a scanner without suffix follow each other without an end.
    """
    told: list[tuple[str, DeviceError | None]] = []

    def heard(read: CodeRead) -> None:
        told.append((f"code:{len(read.text)}{'' if read.ended else ':no_suffix'}", None))

    def failed(error: DeviceError) -> None:
        told.append(("failed", error))

    line, before = _Counted(connection), 0
    scanner = SerialScanner(line, timer, heard, failed)
    while True:
        try:
            scanner.watch()
        except NotConnected:
            if line.came == before:
                return told
            before = line.came
            told.append(("gone", None))
            scanner = SerialScanner(line, timer, heard, failed)
