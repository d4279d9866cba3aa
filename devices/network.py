"""A connection over TCP: a printer with a network socket (port 9100)."""

from __future__ import annotations

import socket

from app.errors import DeviceSilent, NotConnected
from devices.connection import DROPPED_CHUNKS, SLICE, WRITE_LIMIT

_OPEN_SECONDS = 3.0
_CHUNK = 4096


class NetworkConnection:
    """:class:`devices.connection.Connection` over a socket, opened when made."""

    def __init__(self, host: str, port: int, *, device: str) -> None:
        """:raises NotConnected: nobody takes the connection in time."""
        self._device = device
        try:
            self._socket = socket.create_connection((host, port), _OPEN_SECONDS)
        except OSError:
            raise NotConnected(device=device) from None

    def read(self) -> bytes:
        """See :class:`devices.connection.Connection`."""
        try:
            self._socket.settimeout(SLICE)
            data = self._socket.recv(_CHUNK)
        except TimeoutError:
            return b""
        except OSError:
            raise self._gone() from None
        if not data:
            raise self._gone()
        return data

    def write(self, data: bytes) -> None:
        """See :class:`devices.connection.Connection`."""
        try:
            self._socket.settimeout(WRITE_LIMIT)
            self._socket.sendall(data)
        except TimeoutError:
            raise DeviceSilent(device=self._device) from None
        except OSError:
            raise self._gone() from None

    def drop_input(self) -> None:
        """See :class:`devices.connection.Connection`."""
        try:
            self._socket.setblocking(False)
            for _ in range(DROPPED_CHUNKS):
                if not self._socket.recv(_CHUNK):
                    raise self._gone()
        except BlockingIOError:
            return
        except OSError:
            raise self._gone() from None

    def close(self) -> None:
        """See :class:`devices.connection.Connection`.

        The sending side first: what is on its way is delivered and not thrown away.
        """
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it is gone already, and the socket is given back all the same
        finally:
            self._socket.close()

    def _gone(self) -> NotConnected:
        self._socket.close()
        return NotConnected(device=self._device)
