"""Parcels for an inspector: one zip with the pieces in the clear and a list of their digests.

A stranger checks it with ``unzip`` and ``sha256sum -c SHA256SUMS``. Until it is whole it has
another name; what a crash leaves of it is remembered in a note and removed at the next start.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import zipfile
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from app.domain.clock import shop_time
from app.vault.half_written import HalfWritten, free_bytes, free_name, refused

LIST_NAME: Final = "SHA256SUMS"
_PACKED: Final = (".jpg", ".jpeg", ".png")
_OLDEST: Final = (1980, 1, 1, 0, 0, 0)
"""Zip knows no earlier time."""


class Parcels:
    """:class:`app.ports_evidence.ParcelMaker` for a shop's folder."""

    def __init__(self, folder: Path) -> None:
        self.open = HalfWritten(folder, "parcel-open", ".zip.part")

    def begin(self, folder: str, name: str) -> ZipParcel:
        """A new one; :raises StoreFull, StoreReadOnly: it cannot be begun there."""
        self.clear_leftovers()
        place = self.open.place(folder)
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            whole = free_name(place, name, ".zip")
            part = self.open.part_of(whole)
            self.open.remember(part)
        except OSError as failure:
            raise refused(failure) from None
        try:
            return ZipParcel(part, whole, partial(self.open.forget, part))
        except OSError as failure:
            self.open.forget(part)
            raise refused(failure) from None

    def free(self, folder: str) -> int:
        """Bytes free where that folder is, or would be; :raises StoreError: it cannot be asked."""
        return free_bytes(self.open.place(folder))

    def clear_leftovers(self) -> int:
        """Remove what a crash left half written; what lies on a stick that is not there waits."""
        return self.open.clear()


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
            raise refused(failure) from None

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
            raise refused(failure) from None
        return hashlib.sha256(text).hexdigest()

    def publish(self) -> str:
        """Its name; where it is."""
        try:
            self._part.replace(self._whole)
        except OSError as failure:
            raise refused(failure) from None
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
