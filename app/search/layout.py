"""The stored index: named arrays and blobs in one file that is mapped, never read."""

from __future__ import annotations

import json
import mmap
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import BadFile

_MAGIC = b"YTIDX\x00\x03\x00"
"""The last but one byte is the format; a file of another one is made anew."""
_ALIGN = 64
_HEAD = struct.Struct("<8sQ")

Array = NDArray[Any]


def write(path: Path, facts: Mapping[str, object], arrays: Mapping[str, Array]) -> None:
    """Write the file anew; who has the old one mapped keeps the old one.

    :raises OSError: no room, no permission; the old file stands.
    """
    places: dict[str, tuple[str, int, int]] = {}
    at = 0
    for name, array in arrays.items():
        places[name] = (array.dtype.str, at, array.size)
        at += -(-array.nbytes // _ALIGN) * _ALIGN
    head = json.dumps({"facts": facts, "places": places, "bytes": at}).encode()
    start = -(-(_HEAD.size + len(head)) // _ALIGN) * _ALIGN
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as out:
        out.write(_HEAD.pack(_MAGIC, len(head)) + head)
        for name, array in arrays.items():
            out.seek(start + places[name][1])
            out.write(np.ascontiguousarray(array).tobytes())
        out.truncate(start + at)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


class Mapped:
    """An index file in memory as the operating system pages it in."""

    def __init__(self, path: Path) -> None:
        """Map the file; costs the same whatever its size.

        :raises BadFile: missing, of another format, cut short, or damaged in its head.
        """
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            raise BadFile(file=path.name, why="import.file_unreadable") from None
        try:
            magic, length = _HEAD.unpack_from(self._map)
            if magic != _MAGIC:
                raise ValueError
            told = json.loads(self._map[_HEAD.size : _HEAD.size + length])
            self._start = -(-(_HEAD.size + length) // _ALIGN) * _ALIGN
            if self._start + told["bytes"] != len(self._map):
                raise ValueError
            self.facts: dict[str, Any] = told["facts"]
            self._places: dict[str, tuple[str, int, int]] = told["places"]
        except (struct.error, ValueError, KeyError, TypeError):
            raise BadFile(file=path.name, why="import.file_damaged") from None

    def array(self, name: str) -> Array:
        """A named array, as it lies in the file."""
        kind, at, size = self._places[name]
        if not size:
            return np.zeros(0, np.dtype(kind))
        return np.frombuffer(self._map, np.dtype(kind), size, self._start + at)

    def blob(self, name: str) -> memoryview[int]:
        """A named run of bytes."""
        _, at, size = self._places[name]
        return memoryview(self._map)[self._start + at : self._start + at + size]

    def view(self, name: str) -> memoryview[int]:
        """The same as plain integers, for bisection."""
        kind, at, size = self._places[name]
        dtype = np.dtype(kind)
        raw = memoryview(self._map)[self._start + at : self._start + at + size * dtype.itemsize]
        return raw.cast("Q") if dtype.itemsize == 8 else raw.cast("I")
