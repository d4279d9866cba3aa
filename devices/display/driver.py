"""A customer display over a connection that stays open; it is written to and never heard."""

from __future__ import annotations

from typing import Final

from app.domain.display import DARK, Figure
from app.ports_devices import Timer
from devices.connection import Connection
from devices.display import wire

_REST: Final = 0.05


class LedDisplay:
    """:class:`app.ports_devices.CustomerDisplay`; one thread at a time."""

    def __init__(self, connection: Connection, timer: Timer, dialect: wire.Dialect) -> None:
        """Dark from now on; :raises NotConnected: the device went."""
        self._connection, self._timer, self._dialect = connection, timer, dialect
        self._connection.write(wire.INIT + wire.show(DARK, dialect))

    def show(self, figure: Figure) -> None:
        """Show it until the next one; :raises DeviceError: the port is gone or takes nothing."""
        self._connection.write(wire.show(figure, self._dialect))

    def watch(self) -> None:
        """Nothing comes from a display; reading it finds out that its port went."""
        if self._connection.read():
            self._timer.pause(_REST)  # noise on an open line

    def close(self) -> None:
        """Give the port back; what stands on the display stays."""
        self._connection.close()
