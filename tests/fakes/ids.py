"""Ids that a test can foretell."""

from __future__ import annotations

from itertools import count


class CountingIds:
    """:class:`app.ports.Ids`: shaped like a UUIDv7, counting up; sorted as they were made."""

    def __init__(self, start: int = 1) -> None:
        self._numbers = count(start)
        self.made: list[str] = []

    def new(self) -> str:
        number = next(self._numbers)
        one = f"00000000-0000-7000-8000-{number:012d}"
        self.made.append(one)
        return one
