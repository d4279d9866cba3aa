"""What a scan costs at least: a reading thread on a serial port and one queued signal of Qt.

Imports nothing of ours.
"""

from __future__ import annotations

import os
import threading
import time
import tty

import serial
from PySide6.QtCore import QObject, Qt, Signal


class BareScanner(QObject):
    """A pseudo-terminal, a thread that reads lines from it, a slot on the screen's thread."""

    read = Signal(bytes)

    def __init__(self) -> None:
        super().__init__()
        self.heard_at = 0
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self._port = serial.Serial(os.ttyname(slave), 9600, timeout=0.05)
        self._slave = slave
        self._ends = False
        self.read.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def send(self, code: bytes) -> None:
        """The bytes of one code with their CR."""
        self.heard_at = 0
        os.write(self._master, code)

    def _run(self) -> None:
        kept = b""
        while not self._ends:
            kept += self._port.read(max(1, self._port.in_waiting))
            if kept.endswith(b"\r"):
                self.read.emit(kept)
                kept = b""

    def _hear(self, code: bytes) -> None:
        del code
        self.heard_at = time.perf_counter_ns()

    def close(self) -> None:
        """End the thread, give everything back."""
        self._ends = True
        self._thread.join()
        self._port.close()
        os.close(self._master)
        os.close(self._slave)
