"""Evidence as sealed files in dated folders; the books hold what each one is and its digest."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from app.domain.evidence import EvidenceKind, Exhibit, digest_of
from app.domain.evidence_keeping import Room, StoredFile
from app.errors import NotFound, SecretError, StoreError, StoreFull, StoreReadOnly
from app.ports import Secrets

PURPOSE: Final = "evidence"
EVIDENCE_FOLDER: Final = "evidence"
"""Of a shop's folder."""
_SUFFIX: Final = ".sealed"
_TORN: Final = ".new"
"""A write that was cut off."""
_NAME = re.compile(r"\d{4}/\d\d-\d\d/([A-Za-z0-9-]{1,64})(\.sealed|\.new)")
_SEALING: Final = 4096
"""Bytes that sealing adds at the very most."""
MOST_BYTES: Final = 256 * 1024 * 1024
"""No piece is larger: a file beyond it is never read, whatever it is called."""


class EvidenceFiles:
    """:class:`app.ports_evidence.EvidenceStore` in a folder. Safe for use by several threads."""

    def __init__(self, folder: Path, secrets: Secrets) -> None:
        self._folder, self._secrets = folder, secrets

    def put(self, exhibit: Exhibit, content: bytes) -> None:
        """Seal and write; when this returns it is on the disk.

        Written before the books are: a crash between leaves a file that nothing names, never a
        row without its file.
        :raises StoreFull, StoreReadOnly: nothing is kept then.
        """
        path = self._path(exhibit)
        sealed = self._secrets.seal(PURPOSE, content, _place(exhibit.id, exhibit.kind))
        beside = path.with_suffix(_TORN)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            _settle_folder(path.parent)
        except OSError as failure:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            kind = StoreFull if failure.errno == errno.ENOSPC else StoreReadOnly
            raise kind(why=failure.strerror or "") from None

    def get(self, exhibit: Exhibit) -> bytes:
        """The plain bytes.

        :raises NotFound: the file is gone. :raises SecretError: it was altered or exchanged.
        :raises StoreError: the disk does not let it be read.
        """
        sealed = self._read(self._path(exhibit), exhibit.size + _SEALING)
        content = self._secrets.open(PURPOSE, sealed, _place(exhibit.id, exhibit.kind))
        if digest_of(content) != exhibit.digest:
            raise SecretError(why="evidence is not what the books say")
        return content

    def there(self, exhibit: Exhibit) -> bool:
        """Whether there is a file in its place, whatever it holds."""
        return os.path.lexists(self._path(exhibit))

    def place(self, exhibit: Exhibit) -> str:
        """The name of its file in the folder."""
        return f"{exhibit.at:%Y}/{exhibit.at:%m-%d}/{exhibit.id}{_SUFFIX}"

    def remove(self, exhibit: Exhibit) -> None:
        """Destroy its file; durable when it returns. :raises StoreReadOnly: it stays.

        Nothing is written over it first: on flash that hits other cells, and what is left on the
        medium is a ciphertext.
        """
        self._destroy(self._path(exhibit))

    # --- the folder ------------------------------------------------------------------------------

    def walk(self) -> Iterator[StoredFile]:
        """Every file, day by day, the oldest day first; links are named and not followed.

        :raises StoreReadOnly: a folder cannot be read.
        """
        if os.path.lexists(self._folder):
            yield from self._walk(self._folder)

    def _walk(self, folder: Path) -> Iterator[StoredFile]:
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as failure:
            raise StoreReadOnly(why=failure.strerror or "") from None
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from self._walk(Path(entry.path))
                continue
            try:
                held = entry.stat(follow_symlinks=False)
            except OSError:
                continue  # went while we looked
            yield self._seen(Path(entry.path), held)

    def _seen(self, path: Path, held: os.stat_result) -> StoredFile:
        name = path.relative_to(self._folder).as_posix()
        named = _NAME.fullmatch(name) if stat.S_ISREG(held.st_mode) else None
        changed = datetime.fromtimestamp(int(held.st_mtime), UTC)
        return StoredFile(name, named[1] if named else "", held.st_size, changed)

    def days(self) -> list[date]:
        """The days (UTC) of which there is a folder, oldest first."""
        found = []
        for year in self._folders(self._folder):
            for day in self._folders(year):
                with contextlib.suppress(ValueError):
                    found.append(date.fromisoformat(f"{year.name}-{day.name}"))
        return sorted(found)

    def _folders(self, parent: Path) -> list[Path]:
        try:
            with os.scandir(parent) as found:
                return [Path(one.path) for one in found if one.is_dir(follow_symlinks=False)]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as failure:
            raise StoreReadOnly(why=failure.strerror or "") from None

    def of_day(self, day: date) -> list[StoredFile]:
        """The files of one day, by name; what lies deeper is no piece."""
        folder = self._folder / f"{day:%Y}" / f"{day:%m-%d}"
        return [one for one in self._walk(folder) if one.name.count("/") == 2]

    def is_ours(self, file: StoredFile) -> bool:
        """Whether it opens as a piece sealed under the id of its name; a torn write by its name."""
        if not file.exhibit_id or file.size > MOST_BYTES:
            return False
        if file.name.endswith(_TORN):
            return True
        try:
            sealed = self._read(self._folder / file.name, MOST_BYTES)
        except (NotFound, SecretError, StoreError):
            return False
        for kind in EvidenceKind:
            with contextlib.suppress(SecretError):
                self._secrets.open(PURPOSE, sealed, _place(file.exhibit_id, kind))
                return True
        return False

    def remove_file(self, file: StoredFile) -> None:
        """Destroy a file that no book names; :raises StoreReadOnly: it stays."""
        self._destroy(self._folder / file.name)

    def room(self) -> Room:
        """The disk that the folder lies on, or will lie on; :raises StoreError:."""
        place = self._folder
        while not place.exists() and place != place.parent:
            place = place.parent
        try:
            found = shutil.disk_usage(place)
        except OSError as failure:
            raise StoreError(why=failure.strerror or "") from None
        return Room(found.free, found.total)

    # --- bytes -----------------------------------------------------------------------------------

    def _path(self, exhibit: Exhibit) -> Path:
        return self._folder / self.place(exhibit)

    def _read(self, path: Path, most: int) -> bytes:
        try:
            held = path.lstat()
            # What stands in its place and is no file could keep whoever reads it for ever.
            if not stat.S_ISREG(held.st_mode) or held.st_size > most:
                raise SecretError(why="evidence is not what the books say")
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound(what="evidence") from None
        except OSError as failure:
            raise StoreError(why=failure.strerror or "") from None

    def _destroy(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                _settle_folder(path.parent)
        except NotADirectoryError:
            return
        except OSError as failure:
            raise StoreReadOnly(why=failure.strerror or "") from None


def _place(exhibit_id: str, kind: EvidenceKind) -> str:
    return f"evidence|{exhibit_id}|{kind.value}"


def _settle_folder(folder: Path) -> None:
    """The name of a new file is on the disk only when its folder is; so is that of a lost one."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
