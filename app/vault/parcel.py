"""Parcels for an inspector: one zip with the pieces in the clear and a list of their digests.

A stranger checks it with ``unzip`` and ``sha256sum -c SHA256SUMS``. Until it is whole it has
another name; what a crash leaves of it is remembered in a note and removed at the next start.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from app.domain.clock import shop_time
from app.errors import StoreError, StoreFull, StoreReadOnly
from app.vault.keys import write_private

LIST_NAME: Final = "SHA256SUMS"
EXPORTS_FOLDER: Final = "exports"
"""Of a shop's folder, where nobody names another."""
_NOTE: Final = "parcel-open"
"""Of a shop's folder: which file is being written, so that a crash leaves nothing in the clear."""
_PACKED: Final = (".jpg", ".jpeg", ".png")
_OLDEST: Final = (1980, 1, 1, 0, 0, 0)
"""Zip knows no earlier time."""


class Parcels:
    """:class:`app.ports_evidence.ParcelMaker` for a shop's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, folder: str, name: str) -> ZipParcel:
        """A new one; :raises StoreFull, StoreReadOnly: it cannot be begun there."""
        self.clear_leftovers()
        place = self._place(folder)
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            whole = _free_name(place, name)
            part = whole.with_name(f".{whole.name}.part").absolute()
            self._write_note([*self._open_parts(), part])
        except OSError as failure:
            raise _refused(failure) from None
        try:
            return ZipParcel(part, whole, partial(self._forget, part))
        except OSError as failure:
            self._forget(part)
            raise _refused(failure) from None

    def free(self, folder: str) -> int:
        """Bytes free where that folder is, or would be; :raises StoreError: it cannot be asked."""
        place = self._place(folder)
        while not place.exists() and place != place.parent:
            place = place.parent
        try:
            return shutil.disk_usage(place).free
        except OSError as failure:
            raise StoreError(why=failure.strerror or "") from None

    def _place(self, folder: str) -> Path:
        return Path(folder) if folder.strip() else self._folder / EXPORTS_FOLDER

    def _open_parts(self) -> list[Path]:
        try:
            text = (self._folder / _NOTE).read_bytes()
        except OSError:
            return []
        return [Path(os.fsdecode(line)) for line in text.splitlines() if line.strip()]

    def _write_note(self, parts: list[Path]) -> None:
        if parts:
            lines = b"".join(os.fsencode(str(part)) + b"\n" for part in parts)
            write_private(self._folder / _NOTE, lines)
        else:
            (self._folder / _NOTE).unlink(missing_ok=True)

    def _forget(self, part: Path) -> None:
        with contextlib.suppress(OSError):
            self._write_note([one for one in self._open_parts() if one != part])

    def clear_leftovers(self) -> int:
        """Remove what a crash left half written; what lies on a stick that is not there waits."""
        removed = 0
        for part in self._open_parts():
            # Only what is named as ours: the note lies in a folder that others may have copied.
            if part.name.startswith(".") and part.name.endswith(".zip.part"):
                try:
                    if not part.parent.is_dir():
                        continue
                    removed += part.exists()
                    part.unlink(missing_ok=True)
                except OSError:
                    continue
            self._forget(part)
        return removed


class ZipParcel:
    """:class:`app.ports_evidence.ParcelWriter`: a zip that gets its name when it is whole."""

    def __init__(self, part: Path, whole: Path, forget: Callable[[], None]) -> None:
        self._part, self._whole, self._forget = part, whole, forget
        self._digests: list[tuple[str, str]] = []
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w")

    def add(self, name: str, content: bytes, at: datetime) -> str:
        """One file more; its SHA-256 in hex."""
        digest = hashlib.sha256(content).hexdigest()
        self._digests.append((digest, name))
        self._put(name, content, at)
        return digest

    def _put(self, name: str, content: bytes, at: datetime) -> None:
        stamp = shop_time(at).timetuple()[:6]
        entry = zipfile.ZipInfo(name, max(stamp, _OLDEST))
        entry.external_attr = 0o600 << 16
        packed = name.lower().endswith(_PACKED)
        entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        try:
            self._zip.writestr(entry, content)
        except OSError as failure:
            raise _refused(failure) from None

    def close(self, at: datetime) -> str:
        """Add the list of digests, be durable; the SHA-256 of that list."""
        told = "".join(f"{digest}  {name}\n" for digest, name in sorted(self._digests, key=_name))
        text = told.encode()
        self._put(LIST_NAME, text, at)
        try:
            self._zip.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as failure:
            raise _refused(failure) from None
        return hashlib.sha256(text).hexdigest()

    def publish(self) -> str:
        """Its name; where it is."""
        try:
            self._part.replace(self._whole)
        except OSError as failure:
            raise _refused(failure) from None
        self._forget()
        return str(self._whole)

    def abandon(self) -> None:
        """Leave nothing of it."""
        with contextlib.suppress(OSError, ValueError):
            self._zip.close()
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)
            self._forget()


def _name(row: tuple[str, str]) -> str:
    return row[1]


def _free_name(place: Path, name: str) -> Path:
    """``name.zip``, or with a number behind: what was exported before is not written over."""
    whole, number = place / f"{name}.zip", 2
    while whole.exists():
        whole, number = place / f"{name}-{number}.zip", number + 1
    return whole


def _refused(failure: OSError) -> StoreError:
    kind = StoreFull if failure.errno == errno.ENOSPC else StoreReadOnly
    return kind(why=failure.strerror or "")
