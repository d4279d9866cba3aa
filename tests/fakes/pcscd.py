"""The system's smart card service, started by a test for itself: ``pcscd`` with ``vpcd``.

Both stand at fixed places (a socket of the system, ports 35963 and 35964), so there is one at a
time on a machine; ``vpcd`` listens on every interface: it is for machines of tests alone, and it
runs no longer than its test.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

try:
    import fcntl
except ImportError:  # Windows has no pcscd either
    fcntl = None  # type: ignore[assignment]

PORTS = (35963, 35964)
READERS = ("Virtual PCD 00 00", "Virtual PCD 00 01")
SOCKET = Path("/run/pcscd/pcscd.comm")
_DRIVERS = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_WAITING = 90.0


def why_not() -> str:
    """What is missing for the real stack; empty = it can run."""
    if fcntl is None or not hasattr(os, "geteuid"):
        return "no pcscd on this system"
    if importlib.util.find_spec("smartcard") is None:
        return "pyscard is not installed (./yaotai test installs it where no systemd runs)"
    if shutil.which("pcscd") is None or not _DRIVERS.exists():
        return "pcscd or vsmartcard-vpcd is not installed (Debian; ./yaotai test installs them)"
    if os.geteuid() != 0:
        return "pcscd can be started by root only"
    return ""


class Service:
    """``pcscd`` of this test: killed and started again as the test likes."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait for its readers; skips where it does not come up."""
        self._process = subprocess.Popen(
            ["pcscd", "--foreground"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for port in PORTS:
            until = time.monotonic() + 10.0
            while not _is_listening(port):
                if self._process.poll() is not None or time.monotonic() > until:
                    self.stop()
                    pytest.skip("pcscd does not start with the readers of vpcd here")
                time.sleep(0.02)

    def kill(self) -> None:
        """As if it had crashed."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(5.0)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None


def _is_listening(port: int) -> bool:
    """Seen in the system's table: a connection would be a card that is put in."""
    wanted = f":{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        rows = Path(table).read_text("ascii").splitlines()[1:] if Path(table).exists() else []
        if any(row.split()[1].endswith(wanted) and row.split()[3] == "0A" for row in rows):
            return True
    return False


def _is_served() -> bool:
    """Whether the machine has a service of its own."""
    probe = socket.socket(socket.AF_UNIX)
    try:
        probe.connect(str(SOCKET))
    except OSError:
        return False
    finally:
        probe.close()
    return True


@contextmanager
def service() -> Iterator[Service]:
    """A running service; one at a time on this machine, whoever tests."""
    if reason := why_not():
        pytest.skip(reason)
    with (Path(tempfile.gettempdir()) / "yaotai-test-pcscd.lock").open("a") as lock:
        until = time.monotonic() + _WAITING
        while not _locked(lock.fileno()):
            if time.monotonic() > until:
                pytest.skip("another test holds the only smart card service of this machine")
            time.sleep(0.1)
        if _is_served() or any(_is_listening(port) for port in PORTS):
            pytest.skip("this machine has a smart card service of its own: left alone")
        running = Service()
        try:
            running.start()
            yield running
        finally:
            running.stop()


def _locked(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
