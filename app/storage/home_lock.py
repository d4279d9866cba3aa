"""One till process a home: a lock that the operating system lets go of when the process dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from app.errors import HomeInUse


class HomeLock:
    """Held from :meth:`acquire` to :meth:`release`, or to the end of the process, kill -9 too."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._file: IO[bytes] | None = None

    def acquire(self) -> None:
        """Take the home; :raises HomeInUse: when another process or object holds it."""
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The file stays for ever: removing it would let two processes lock two files of one name.
        file = (self._home / "lock").open("a+b")
        try:
            _lock(file)
        except OSError:
            file.close()
            raise HomeInUse(home=self._home.name) from None
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        self._file = file

    def release(self) -> None:
        """Let go; harmless when nothing is held."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        # A byte far beyond the text, so that the process number stays readable.
        file.seek(1 << 20)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
