"""Folders that are costly to make: made once a process, kept in memory, laid out for each test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class MadeFolder:
    """What lay in a folder: relative paths, each with its mode; a folder has no bytes."""

    entries: tuple[tuple[str, int, bytes | None], ...]

    @classmethod
    def of(cls, folder: Path) -> MadeFolder:
        """As it lies there now; whoever wrote in it has closed it."""
        found = sorted(folder.rglob("*"))
        return cls(tuple(_entry(folder, each) for each in found))

    def lay_out(self, folder: Path) -> None:
        """The same files once more, below ``folder``, with their modes."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, mode, content in self.entries:
            place = folder / name
            if content is None:
                place.mkdir(exist_ok=True)
            else:
                place.write_bytes(content)
            place.chmod(mode)


def _entry(folder: Path, each: Path) -> tuple[str, int, bytes | None]:
    content = None if each.is_dir() else each.read_bytes()
    return str(each.relative_to(folder)), each.stat().st_mode & 0o777, content
