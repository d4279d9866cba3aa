"""The last bytes of each device, masked, kept in a ring of two files; and playing them back."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.errors import BadFile, NotConnected
from app.ports import Clock
from app.ports_devices import Timer
from devices.connection import SLICE, Connection

Mask = Callable[[bytes], bytes]
"""Bytes of one side, as many as went in, without anything that names a person."""

RING_SIZE: Final = 512 * 1024
"""Bytes of both files of one device together."""
_QUIET: Final = 2.0
"""Seconds without a byte after which what came is complete enough to be masked and written."""
_MOST_WAITING: Final = 8192
_SILENCE_AT_THE_END: Final = 10.0
_HEAD: Final = "# yaotai ring 1"
SENT, CAME, GONE = ">", "<", "!"


class RingLog:
    """What went to and came from one device; nothing personal reaches the disk.

    Bytes that came are masked together, up to the next request or a pause, and written in the
    pieces in which they came: a mask must see a whole answer to leave its frame intact. A disk
    that is full ends the log, never the device.
    """

    def __init__(
        self, path: Path, kind: str, mask: Mask, timer: Timer, clock: Clock, size: int = RING_SIZE
    ) -> None:
        """``kind`` says which driver can play it back; ``path.old`` is the older half."""
        self._path, self._mask, self._timer = path, mask, timer
        self._head = f"{_HEAD} {kind}\n# {clock.now().isoformat(timespec='seconds')}\n"
        self._half = size // 2
        self._began = timer.now()
        self._waiting: list[tuple[float, bytes]] = []
        self._written = self._half  # so that the first line begins a file
        self._broken = False

    def sent(self, data: bytes) -> None:
        """These bytes are about to leave."""
        self.flush()
        self._line(self._timer.now(), SENT, self._mask(data))

    def came(self, piece: bytes) -> None:
        """This piece came; an empty one tells that nothing did."""
        if piece:
            self._waiting.append((self._timer.now(), piece))
        if not self._waiting:
            return
        quiet = not piece and self._timer.now() - self._waiting[-1][0] >= _QUIET
        if quiet or sum(len(one) for _, one in self._waiting) > _MOST_WAITING:
            self.flush()

    def gone(self) -> None:
        """The device went."""
        self.flush()
        self._line(self._timer.now(), GONE, b"")

    def flush(self) -> None:
        """Mask and write what came so far."""
        waiting, self._waiting = self._waiting, []
        masked = self._mask(b"".join(piece for _, piece in waiting))
        at = 0
        for moment, piece in waiting:
            self._line(moment, CAME, masked[at : at + len(piece)])
            at += len(piece)

    def _line(self, moment: float, mark: str, data: bytes) -> None:
        if self._broken:
            return
        line = f"{round((moment - self._began) * 1000)} {mark} {data.hex()}\n"
        try:
            self._turn_if_full()
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "a", encoding="ascii") as file:
                file.write(line)
        except OSError:
            self._broken = True
        self._written += len(line)

    def _turn_if_full(self) -> None:
        if self._written < self._half:
            return
        with contextlib.suppress(FileNotFoundError):
            self._path.replace(_older(self._path))
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(self._head)
        self._written = len(self._head)


def _older(path: Path) -> Path:
    return path.with_name(path.name + ".old")


class RecordedConnection:
    """:class:`devices.connection.Connection` that writes down what passes through it."""

    def __init__(self, inner: Connection, log: RingLog) -> None:
        self._inner, self._log = inner, log

    def read(self) -> bytes:
        """See the connection."""
        try:
            piece = self._inner.read()
        except NotConnected:
            self._log.gone()
            raise
        self._log.came(piece)
        return piece

    def write(self, data: bytes) -> None:
        """See the connection."""
        self._log.sent(data)
        self._inner.write(data)

    def drop_input(self) -> None:
        """See the connection."""
        self._inner.drop_input()

    def close(self) -> None:
        """See the connection."""
        self._log.flush()
        self._inner.close()


# --- playing back ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a ring log."""

    millis: int
    mark: str
    data: bytes


def read_ring(path: Path) -> tuple[str, list[Entry]]:
    """The kind of device and all that is known of it, oldest first.

    :raises BadFile: it cannot be read, or is no ring log.
    """
    kind, entries = _read_half(path)
    older = _older(path)
    if older.exists():
        before_kind, before = _read_half(older)
        if before_kind == kind:
            entries = before + entries
    return kind, entries


def _read_half(path: Path) -> tuple[str, list[Entry]]:
    try:
        if path.stat().st_size > 2 * RING_SIZE:
            raise BadFile(file=path.name, why="import.file_too_large")
        lines = path.read_text("ascii").splitlines()
    except FileNotFoundError:
        raise BadFile(file=path.name, why="device_log.no_file") from None
    except OSError:
        raise BadFile(file=path.name, why="import.file_unreadable") from None
    except ValueError:
        raise BadFile(file=path.name, why="device_log.no_log") from None
    if not lines or not lines[0].startswith(_HEAD + " "):
        raise BadFile(file=path.name, why="device_log.no_log")
    entries = [_entry(line, path) for line in lines if not line.startswith("#")]
    return lines[0].removeprefix(_HEAD).strip(), entries


def _entry(line: str, path: Path) -> Entry:
    parts = line.split(" ")
    try:
        millis, mark, data = int(parts[0]), parts[1], bytes.fromhex(parts[2])
    except (ValueError, IndexError):
        raise BadFile(file=path.name, why="device_log.no_log") from None
    if mark not in (SENT, CAME, GONE):
        raise BadFile(file=path.name, why="device_log.no_log")
    return Entry(millis, mark, data)


class ReplayTimer:
    """:class:`app.ports_devices.Timer` of a conversation that is over: waiting only counts."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        """Seconds that the replay counted."""
        return self.at

    def wait(self, until: object, seconds: float) -> None:
        """Count."""
        self.at += seconds

    def pause(self, seconds: float) -> None:
        """Count."""
        self.at += seconds


class ReplayedConnection:
    """:class:`devices.connection.Connection` whose far end is a log.

    A request is answered by what came after the same request then; one that the log does not hold
    next is answered by silence and counted in ``strange``.
    """

    def __init__(self, entries: list[Entry], timer: ReplayTimer, device: str) -> None:
        self._entries, self._timer, self._device = entries, timer, device
        self._at = 0
        self._silence = 0.0
        self.strange = 0

    def next_sent(self) -> bytes | None:
        """What was sent next then, what came before it left out; None at the end."""
        for entry in self._entries[self._at :]:
            if entry.mark == SENT:
                return entry.data
        return None

    def skip(self) -> None:
        """Leave out the next request and what came upon it."""
        self._to_next_sent()
        self._at += 1

    def read(self) -> bytes:
        """See the connection."""
        if self._at >= len(self._entries):
            # Longer than any driver waits: what was silence then must be silence now.
            self._silence += SLICE
            if self._silence > _SILENCE_AT_THE_END:
                raise NotConnected(device=self._device)
            self._timer.pause(SLICE)
            return b""
        entry = self._entries[self._at]
        if entry.mark == CAME:
            self._at += 1
            return entry.data
        if entry.mark == GONE:
            self._at += 1
            raise NotConnected(device=self._device)
        self._timer.pause(SLICE)
        return b""

    def write(self, data: bytes) -> None:
        """See the connection."""
        if self.next_sent() is None:
            raise NotConnected(device=self._device)
        self._to_next_sent()
        if self._entries[self._at].data == data:
            self._at += 1
        else:
            self.strange += 1

    def drop_input(self) -> None:
        """Nothing: what was dropped then was never written down."""

    def close(self) -> None:
        """Nothing to give back."""

    def _to_next_sent(self) -> None:
        while self._at < len(self._entries) and self._entries[self._at].mark != SENT:
            self._at += 1
