"""Renames that belong together: all of them, or none."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Self


class Moves:
    """Takes back what it moved, the last first, where the block that it is used in fails."""

    def __init__(self) -> None:
        self._back: list[tuple[Path, Path]] = []
        self._made: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            return
        for one, place in reversed(self._back):
            with suppress(OSError):
                one.replace(place)
        for folder in self._made:
            with suppress(OSError):
                folder.rmdir()

    def made(self, folder: Path) -> Path:
        """A fresh folder for what is moved; it goes again, too."""
        self._made.append(folder)
        return folder

    def move(self, one: Path, place: Path) -> None:
        """To where nothing lies; :raises OSError: it stays where it is."""
        one.replace(place)
        self._back.append((place, one))

    def put_over(self, one: Path, place: Path, before: Path) -> None:
        """In the stead of a file of which ``before`` is a copy; at no time is there none.

        :raises OSError: the file of before stays.
        """
        one.replace(place)
        self._back.append((before, place))
