"""Packs for an inspector: a folder of files with their digests, under its name only when whole.

Until then it has another name; what a crash leaves of it is remembered in a note and removed before
the next one is begun.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from app.errors import BadFile
from app.vault.half_written import HalfWritten, free_bytes, free_name, refused

_PIECE: Final = 1024 * 1024


class Packs:
    """:class:`app.ports_inspection.PackMaker` for a shop's folder."""

    def __init__(self, folder: Path) -> None:
        self.open = HalfWritten(folder, "pack-open", ".pack.part")

    def begin(self, folder: str, name: str) -> FolderPack:
        """A new one; :raises BadFile: ``folder`` is to be the pack, and something lies there.

        :raises StoreFull, StoreReadOnly: it cannot be begun there.
        """
        self.clear_leftovers()
        whole = self._whole(folder, name)
        part = self.open.part_of(whole)
        try:
            whole.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.open.remember(part)
            part.mkdir(mode=0o700)
        except OSError as failure:
            self.open.forget(part)
            raise refused(failure) from None
        return FolderPack(part, whole, partial(self.open.forget, part))

    def _whole(self, folder: str, name: str) -> Path:
        place = self.open.place(folder)
        if name:
            return free_name(place, name)
        if place.exists() and not (place.is_dir() and not any(place.iterdir())):
            raise BadFile(file=place.name, why="inspection.folder_there")
        return place

    def free(self, folder: str) -> int:
        """Bytes free where that folder is, or would be; :raises StoreError: it cannot be asked."""
        return free_bytes(self.open.place(folder))

    def clear_leftovers(self) -> int:
        """Remove what a crash left half written; what lies on a stick that is not there waits."""
        return self.open.clear()


class FolderPack:
    """:class:`app.ports_inspection.PackWriter`."""

    def __init__(self, part: Path, whole: Path, forget: Callable[[], None]) -> None:
        self._part, self._whole, self._forget = part, whole, forget
        self._digests: dict[str, str] = {}
        self._open: list[_Stream] = []

    def add(self, name: str, content: bytes) -> str:
        """One file more; its SHA-256 in hex."""
        stream = self.stream(name)
        stream.write(content)
        self._open.remove(stream)
        return stream.close()

    def stream(self, name: str) -> _Stream:
        """A file to write on bit by bit."""
        stream = _Stream(self.path(name), partial(self._digests.__setitem__, name))
        self._open.append(stream)
        return stream

    def path(self, name: str) -> Path:
        """Where a file of the pack lies until it is published."""
        path = self._part / name
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as failure:
            raise refused(failure) from None
        return path

    def take(self, name: str) -> str:
        """Count what somebody else wrote; its SHA-256 in hex."""
        told = hashlib.sha256()
        try:
            with self.path(name).open("rb") as file:
                while piece := file.read(_PIECE):
                    told.update(piece)
                os.fsync(file.fileno())
        except OSError as failure:
            raise refused(failure) from None
        self._digests[name] = told.hexdigest()
        return self._digests[name]

    def digests(self) -> Mapping[str, str]:
        """File -> SHA-256, by name."""
        return dict(sorted(self._digests.items()))

    def publish(self) -> str:
        """Its name; where it is."""
        try:
            if self._whole.is_dir():
                self._whole.rmdir()
            self._part.rename(self._whole)
        except OSError as failure:
            raise refused(failure) from None
        with contextlib.suppress(OSError):
            self._forget()
        return str(self._whole)

    def abandon(self) -> None:
        """Leave nothing of it."""
        for stream in self._open:
            stream.drop()
        if self._part.is_dir():
            shutil.rmtree(self._part, ignore_errors=True)
            with contextlib.suppress(OSError):
                self._forget()


class _Stream:
    def __init__(self, path: Path, count: Callable[[str], None]) -> None:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as failure:
            raise refused(failure) from None
        self._file = os.fdopen(handle, "wb", buffering=_PIECE)
        self._told, self._count = hashlib.sha256(), count

    def write(self, data: bytes) -> None:
        """Some bytes more."""
        self._told.update(data)
        try:
            self._file.write(data)
        except OSError as failure:
            raise refused(failure) from None

    def close(self) -> str:
        """Durable; its SHA-256 in hex."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as failure:
            raise refused(failure) from None
        self._count(self._told.hexdigest())
        return self._told.hexdigest()

    def drop(self) -> None:
        """Let go of the file, whatever becomes of it."""
        with contextlib.suppress(OSError):
            self._file.close()
