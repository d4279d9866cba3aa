"""A pseudo-terminal with an emulated device behind it: a real port for practice and tests."""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections.abc import Callable
from pathlib import Path

from devices.connection import FarEnd, Unplugged

_CHUNK = 4096


class PtyPort:
    """One emulated device on a pseudo-terminal that any program can open by its path.

    Not on Windows, which has none. What a pseudo-terminal cannot show: parity, modem lines and
    the pace of a line (devices.md 7.2).
    """

    def __init__(self, make_far_end: Callable[[], FarEnd], link: Path | None = None) -> None:
        """``link`` is a stable name that is made when plugged and gone when unplugged."""
        self._make, self._link = make_far_end, link
        self._thread: threading.Thread | None = None
        self._wake = -1
        self._send = threading.Lock()
        self._master = -1
        self.path = ""

    def plug(self) -> str:
        """Start the device; the path to open it by."""
        import tty

        self._master, slave = os.openpty()
        # In cooked mode what the device says before it is opened would be echoed back to it.
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        if self._link is not None:
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(self.path)
            self.path = str(self._link)
        woken, self._wake = os.pipe()
        work = (self._make(), self._master, slave, woken)
        self._thread = threading.Thread(target=self._serve, args=work, daemon=True)
        self._thread.start()
        return self.path

    def unplug(self) -> None:
        """Pull the cable: both ends close and the path is gone; harmless when repeated."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        os.close(self._wake)  # the end of the pipe wakes the thread, which closes the rest
        thread.join()

    def send(self, piece: bytes) -> None:
        """The device speaks unasked."""
        with self._send:
            if self._master >= 0:
                os.write(self._master, piece)

    def join(self) -> None:
        """Wait until the device has gone by itself."""
        if self._thread is not None:
            self._thread.join()

    def _serve(self, far_end: FarEnd, master: int, slave: int, woken: int) -> None:
        with contextlib.suppress(Unplugged, OSError):
            while True:
                ready, _, _ = select.select([master, woken], [], [])
                if woken in ready:
                    break
                for piece in far_end.hear(os.read(master, _CHUNK)):
                    self.send(piece)
        with self._send:
            self._master = -1
        if self._link is not None:
            self._link.unlink(missing_ok=True)
        # The slave stayed open until here: without it a till that closes would end the device.
        for descriptor in (slave, master, woken):
            os.close(descriptor)
