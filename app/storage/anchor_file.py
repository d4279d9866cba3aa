"""The file of anchors in a home: lines are added and flushed, never written over."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from app.domain.anchor import (
    FIRST,
    LINE_LIMIT,
    Anchor,
    AnchorKind,
    AnchorsRead,
    Head,
    next_anchor,
    read_anchors,
)
from app.domain.clock import micros
from app.errors import BadFile, StoreFull, StoreReadOnly, why_of_file

ANCHORS: Final = "anchors.log"
"""Of a shop's folder."""
_LIMIT: Final = 64 * 1024 * 1024
"""Bytes that are read: far more than a till fills in its life."""


class AnchorFile:
    """:class:`app.ports_log.AnchorKeeper`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()

    def read(self) -> AnchorsRead:
        """Nothing where no file is yet; :raises BadFile: it cannot be read, or is no such file."""
        try:
            if self._path.stat().st_size > _LIMIT:
                raise BadFile(file=self._path.name, why="too large")
            with self._path.open("rb") as file:
                data = file.read(_LIMIT)
        except FileNotFoundError:
            return AnchorsRead()
        except OSError as error:
            raise BadFile(file=self._path.name, why=why_of_file(error)) from None
        return read_anchors(data.decode("utf-8", errors="replace").split("\n"))

    def keep(
        self,
        at: datetime,
        day: str,
        kind: AnchorKind,
        heads: Sequence[Head],
        base: Sequence[Head] = (),
    ) -> Anchor:
        """One line more, flushed; lanes take their turn, processes keep each other out by the home.

        :raises StoreFull, StoreReadOnly: it is not kept; :raises BadFile: the file is none of ours.
        """
        with self._turn:
            return self._keep(at, day, kind, heads, base)

    def _keep(
        self, at: datetime, day: str, kind: AnchorKind, heads: Sequence[Head], base: Sequence[Head]
    ) -> Anchor:
        held = self.read()
        prev = held.anchors[-1].hash if held.anchors else FIRST
        made = next_anchor(prev, micros(at), day, kind, heads, base)
        if len(made.line) > LINE_LIMIT:
            raise BadFile(file=self._path.name, why="too large")
        try:
            self._append(made.line.encode() + b"\n")
        except OSError as error:
            kind_of = StoreFull if error.errno == errno.ENOSPC else StoreReadOnly
            raise kind_of(why=error.strerror or "") from None
        return made

    def _append(self, line: bytes) -> None:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "rb+", buffering=0) as file:
            size = os.fstat(handle).st_size
            if size:
                file.seek(size - 1)
                # A line that a crash cut off stays as it is; the next one begins on its own.
                line = line if file.read(1) == b"\n" else b"\n" + line
            if file.write(line) != len(line):
                raise OSError(errno.ENOSPC, "not whole")
            os.fsync(handle)
