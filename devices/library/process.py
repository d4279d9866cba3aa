"""A vendor's library in a process of its own: a crash or a hang there is a sentence here."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from app.errors import DeviceFailed, LibraryGone
from app.ports_devices import Timer
from devices.library import wire
from devices.library.wire import MAX_LINE, Function, Handle, Returned, Value

OPENING: Final = 20.0
"""Seconds for starting the process and loading the library; some look for their device first."""
LEAVING: Final = 1.0
"""Seconds that a process has to end by itself once its input ended."""


_SEARCHED: Final = "LD_LIBRARY_PATH"


@dataclass(frozen=True, slots=True)
class LibraryPlace:
    """Where a library lies and what runs it."""

    path: str
    host: tuple[str, ...]
    """The command of the host: a Python or a bundle of the library's word size."""
    convention: str = "c"
    """``c``, or ``stdcall`` as 32-bit Windows libraries may want."""


def host_of_source(interpreter: str = sys.executable) -> tuple[str, ...]:
    """The host's command with an interpreter: isolated, it needs nothing but its one file."""
    return (interpreter, "-I", "-S", str(Path(__file__).with_name("host.py")))


class VendorLibrary:
    """One library, called by the table of its functions. One thread at a time calls.

    The process starts with the first call; after a crash, a hang or a kill the call at hand
    raises :class:`LibraryGone`, and the next one starts anew. Handles do not live that long.
    Values go over the pipe alone: not into arguments, environment, logs or errors.
    """

    def __init__(
        self, place: LibraryPlace, table: Iterable[Function], *, device: str, timer: Timer
    ) -> None:
        """``device`` is the message id of the name of what is reached through the library."""
        self._place, self._device, self._timer = place, device, timer
        self._table = {function.name: function for function in table}
        self._process: _Process | None = None
        self._starts = 0

    def call(self, name: str, *values: Value) -> Returned:
        """Call a function of the table with one value for each argument but the HANDLE_REFs.

        :raises LibraryGone: it crashed, hung, was ended, or cannot be used; says why.
        :raises DeviceFailed: it has no such function, or answered more than fits a line.
        :raises BadValue: the values are not what the table says.
        """
        function = self._table[name]
        now = self._starts if self._process is not None else None
        if any(isinstance(value, Handle) and value.process != now for value in values):
            raise self._gone("stale_handle", function)
        process = self._process or self._start()
        number = process.next_number()
        line = wire.call_line(number, function, values, self._starts)
        return self._ask(process, line, number, function, function.limit)

    def open(self) -> None:
        """Start the process and load the library now; :raises LibraryGone: it cannot be used."""
        if self._process is None:
            self._start()

    @property
    def pid(self) -> int | None:
        """The process that runs it now."""
        return self._process.pid if self._process is not None else None

    def watch(self) -> None:
        """Look whether its process still runs; :raises LibraryGone: it went."""
        if self._process is not None and self._process.has_ended():
            self.close()
            raise self._gone("crashed")

    def close(self) -> None:
        """End the process; harmless when repeated, and from another thread while one calls."""
        process, self._process = self._process, None
        if process is not None:
            process.end()

    def _start(self) -> _Process:
        file = Path(self._place.path).absolute()
        if not file.is_file():
            raise self._gone("missing")  # known without a process, however often it is tried
        self._starts += 1
        try:
            process = _Process(self._place.host, file.parent, self._timer)
        except OSError:
            raise self._gone("no_host") from None
        self._process = process
        number = process.next_number()
        line = wire.open_line(number, str(file), self._place.convention)
        self._ask(process, line, number, None, OPENING)
        return process

    def _ask(
        self, process: _Process, line: bytes, number: int, function: Function | None, limit: float
    ) -> Returned:
        try:
            told = process.ask(line, limit)
            return wire.answer(told, number, function, self._starts)
        except TimeoutError:
            why = "hung"
        except EOFError:
            why = "crashed" if process.has_answered else "no_host"
        except wire.Failure as failure:
            why = str(failure)
            if why in ("no_function", "too_long"):
                named = self._gone(why, function).params  # its process is as good as before
                raise DeviceFailed(**named) from None
        except ValueError:
            why = "nonsense"
        self.close()
        process.end()  # a close in another thread may have forgotten it first
        raise self._gone(why, function)

    def _gone(self, why: str, function: Function | None = None) -> LibraryGone:
        file = Path(self._place.path.replace("\\", "/")).name
        named = f"{file}:{function.name}" if function is not None else file
        return LibraryGone(device=self._device, library=named, why=f"device_library.{why}")


def _environment() -> dict[str, str]:
    """Ours, without what OpenCV's loader adds to it as soon as a camera has been looked through.

    Its libraries are no vendor's, and the empty part that it leaves means the working folder: the
    same library would load or not, as a camera was used before.
    """
    told = dict(os.environ)
    if _SEARCHED in told:
        parts = told[_SEARCHED].split(":")
        told[_SEARCHED] = ":".join(one for one in parts if one and "cv2" not in Path(one).parts)
        if not told[_SEARCHED]:
            del told[_SEARCHED]
    return told


class _Process:
    """One start of the host: a line out, a line in, on a thread of its own."""

    def __init__(self, command: tuple[str, ...], folder: Path, timer: Timer) -> None:
        """It works in ``folder``, where many libraries look for settings beside themselves.

        :raises OSError: it cannot be started.
        """
        windows = os.name == "nt"
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=_environment(),
            # Away from the terminal: what stops the till there must not look like a crash here.
            start_new_session=not windows,
            creationflags=0x08000000 if windows else 0,  # CREATE_NO_WINDOW
        )
        self._timer = timer
        self._changed = threading.Condition()
        self._asked: bytes | None = None
        self._told: bytes | None = None
        self._is_over = False
        self._numbers = 0
        self.has_answered = False
        self._thread = threading.Thread(target=self._run, name="library", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def next_number(self) -> int:
        """Of the next request."""
        self._numbers += 1
        return self._numbers

    def has_ended(self) -> bool:
        """Whether the process is no more."""
        return self._process.poll() is not None

    def ask(self, line: bytes, seconds: float) -> bytes:
        """The answer; :raises TimeoutError: none in time; :raises EOFError: it ended."""
        over = self._timer.now() + seconds
        with self._changed:
            self._asked, self._told = line, None
            self._changed.notify_all()
            while self._told is None and not self._is_over:
                left = over - self._timer.now()
                if left <= 0:
                    raise TimeoutError
                self._timer.wait(self._changed, left)
            if self._told is None:
                raise EOFError
            self.has_answered = True
            return self._told

    def end(self) -> None:
        """Let it go if it is idle, kill it if it is not; nothing of it is left behind."""
        with self._changed:
            is_idle = self._asked is None and not self._is_over
            self._is_over = True
            self._changed.notify_all()
        if not is_idle:
            self._process.kill()
        try:
            self._process.wait(LEAVING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(LEAVING)  # a kernel that does not let go of it keeps it
        self._thread.join(LEAVING)

    def _run(self) -> None:
        source, sink = self._process.stdout, self._process.stdin
        if source is not None and sink is not None:
            while (line := self._next()) is not None:
                if not self._exchange(source, sink, line):
                    break
            with contextlib.suppress(OSError):
                sink.close()
            source.close()
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def _next(self) -> bytes | None:
        with self._changed:
            while self._asked is None and not self._is_over:
                self._changed.wait()
            return None if self._is_over else self._asked

    def _exchange(self, source: IO[bytes], sink: IO[bytes], line: bytes) -> bool:
        try:
            sink.write(line)
            sink.flush()
            told = source.readline(MAX_LINE + 1)
        except (OSError, ValueError):
            return False
        if not told:
            return False
        with self._changed:
            self._asked, self._told = None, told  # what has no end of line is no JSON either
            self._changed.notify_all()
        return True
