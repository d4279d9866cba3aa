"""A connection over a device file of Linux: a printer at USB (``/dev/usb/lp0``, printer class)."""

from __future__ import annotations

import errno
import os
import select
import threading
import time

from app.errors import DeviceBusy, DeviceError, DeviceForbidden, DeviceSilent, NotConnected
from devices import connection as pipes
from devices.connection import SLICE

_CHUNK = 4096
_AT_ONCE = 8192
"""Bytes given to the kernel in one piece: what its printer driver takes in two."""
_GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL if hasattr(select, "poll") else 0
_LATER = {errno.EAGAIN, errno.EWOULDBLOCK, errno.EINTR}
_STUCK = {errno.ENOSPC, errno.EBUSY}
"""What the kernel's printer driver says of one without paper or off-line."""


class FileConnection:
    """:class:`devices.connection.Connection` over a file, opened when made, for this program alone.

    Linux only. On Windows a USB printer hangs behind the print spooler, which takes bytes (RAW) and
    gives none back: a connection of its own, which does not exist yet.
    """

    def __init__(self, path: str, *, device: str) -> None:
        """:raises NotConnected: no such file, or no such files on this system.

        :raises DeviceBusy: another program holds it; :raises DeviceForbidden: this user may not.
        """
        self._device, self._lock, self._file = device, threading.Lock(), -1
        try:
            import fcntl

            self._file = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            raise NotConnected(device=device) from None
        except OSError as failure:
            self.close()
            raise _why(failure, device) from None

    def read(self) -> bytes:
        """See :class:`devices.connection.Connection`."""
        ready = self._wait(select.POLLIN, SLICE)
        data = self._take(ready)
        if ready and not data:
            # An answer of no bytes: this class of printers gives them for as long as it is asked.
            time.sleep(SLICE)
        return data

    def write(self, data: bytes) -> None:
        """See :class:`devices.connection.Connection`."""
        left, end = memoryview(data), time.monotonic() + pipes.WRITE_LIMIT
        while left:
            self._wait(select.POLLOUT, SLICE)
            with self._lock:
                try:
                    taken = os.write(self._require(), left[:_AT_ONCE])
                except OSError as failure:
                    if failure.errno not in _LATER | _STUCK:
                        raise self._gone() from None
                    taken = 0
            left = left[taken:]
            if taken:
                end = time.monotonic() + pipes.WRITE_LIMIT
            elif time.monotonic() >= end:
                raise DeviceSilent(device=self._device)

    def drop_input(self) -> None:
        """See :class:`devices.connection.Connection`."""
        for _ in range(pipes.DROPPED_CHUNKS):
            if not self._take(self._wait(select.POLLIN, 0)):
                return

    def _take(self, ready: int) -> bytes:
        if not ready:
            return b""
        with self._lock:
            try:
                data = os.read(self._require(), _CHUNK)
            except OSError as failure:
                if failure.errno in _LATER:
                    return b""
                raise self._gone() from None
            if not data and ready & _GONE:
                raise self._gone()
        return data

    def close(self) -> None:
        """See :class:`devices.connection.Connection`."""
        with self._lock:
            self._shut()

    def _shut(self) -> None:
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def _require(self) -> int:
        if self._file < 0:
            raise NotConnected(device=self._device)
        return self._file

    def _wait(self, what: int, seconds: float) -> int:
        """Until it is ready; :raises NotConnected: the device went or this end was closed."""
        poll = select.poll()
        poll.register(self._require(), what)
        try:
            ready = dict(poll.poll(seconds * 1000))
        except OSError:
            ready = {0: _GONE}  # closed in another thread
        events = next(iter(ready.values()), 0)
        with self._lock:
            self._require()
            if events & _GONE and not events & what:
                raise self._gone()
        return events

    def _gone(self) -> NotConnected:
        """The caller holds the lock."""
        self._shut()
        return NotConnected(device=self._device)


def _why(failure: OSError, device: str) -> DeviceError:
    if failure.errno in (errno.EBUSY, errno.EAGAIN, errno.EACCES) and not isinstance(
        failure, PermissionError
    ):
        return DeviceBusy(device=device)
    return (DeviceForbidden if isinstance(failure, PermissionError) else NotConnected)(
        device=device
    )
