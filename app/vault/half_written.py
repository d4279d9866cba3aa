"""What is being written in the clear outside the vault, noted so that no crash leaves it there.

A note in the shop's own folder names each file or folder before its first byte. What a crash leaves
is removed when the next one is begun, or at the next start.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path
from typing import Final

from app.errors import StoreError, StoreFull, StoreReadOnly
from app.vault.keys import write_private

EXPORTS_FOLDER: Final = "exports"
"""Of a shop's folder, where nobody names another."""
_LIVE: Final[set[Path]] = set()
"""What this process is writing now: an inspector's and a manager's may run side by side."""


class HalfWritten:
    """The note of one kind of writing."""

    def __init__(self, folder: Path, note: str, suffix: str) -> None:
        """``folder``: the shop's; ``suffix``: how the names of this kind end while half written."""
        self._folder, self._note, self._suffix = folder, folder / note, suffix

    def place(self, folder: str) -> Path:
        """The folder that was named, or the shop's own for exports."""
        return Path(folder) if folder.strip() else self._folder / EXPORTS_FOLDER

    def part_of(self, whole: Path) -> Path:
        """The name that it has until it is whole."""
        return whole.with_name(f".{whole.name.removesuffix('.zip')}{self._suffix}").absolute()

    def remember(self, part: Path) -> None:
        """Before its first byte; :raises OSError: it cannot be noted."""
        self.write_note([*self._noted(), part])
        _LIVE.add(part)

    def forget(self, part: Path) -> None:
        """It is whole, or nothing of it is left."""
        _LIVE.discard(part)
        with contextlib.suppress(OSError):
            self.write_note([one for one in self._noted() if one != part])

    def _noted(self) -> list[Path]:
        try:
            text = self._note.read_bytes()
        except OSError:
            return []
        return [Path(os.fsdecode(line)) for line in text.splitlines() if line.strip()]

    def write_note(self, parts: list[Path]) -> None:
        """The note as it is to be; :raises OSError: it cannot be written."""
        if parts:
            write_private(self._note, b"".join(os.fsencode(str(part)) + b"\n" for part in parts))
        else:
            self._note.unlink(missing_ok=True)

    def clear(self) -> int:
        """Remove what a crash left; what lies on a stick that is not there waits. How many went."""
        removed = 0
        for part in self._noted():
            if part in _LIVE:
                continue
            # Only what is named as ours: the note lies in a folder that others may have copied.
            if part.name.startswith(".") and part.name.endswith(self._suffix):
                if not part.parent.is_dir():
                    continue
                removed += _remove(part)
                if part.exists():
                    continue
            self.forget(part)
        return removed


def _remove(part: Path) -> bool:
    there = part.exists()
    if part.is_dir() and not part.is_symlink():
        shutil.rmtree(part, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return there and not part.exists()


def free_bytes(place: Path) -> int:
    """Bytes free where that folder is, or would be; :raises StoreError: it cannot be asked."""
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        return shutil.disk_usage(place).free
    except OSError as failure:
        raise StoreError(why=failure.strerror or "") from None


def refused(failure: OSError) -> StoreError:
    """What to say of a disk that takes nothing."""
    kind = StoreFull if failure.errno == errno.ENOSPC else StoreReadOnly
    return kind(why=failure.strerror or "")


def free_name(place: Path, name: str, ending: str = "") -> Path:
    """The name, or with a number behind: what was exported before is not written over."""
    whole, number = place / f"{name}{ending}", 2
    while whole.exists():
        whole, number = place / f"{name}-{number}{ending}", number + 1
    return whole
