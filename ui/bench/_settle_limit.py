"""What a settlement costs at least: its flushes and round trips. Imports nothing of ours."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import requests

Post = tuple[str, Mapping[str, str], bytes]
"""URL, headers and body as they were sent."""


class Bare:
    """The same waits in the same order, with nothing between them."""

    def __init__(self, place: Path, flush_size: int) -> None:
        self._file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._data = b"\xa5" * flush_size
        self._sync: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)
        self._session = requests.Session()
        self._session.trust_env = False

    def flush(self) -> None:
        """Append the bytes of one commit and wait until the disk has them."""
        os.write(self._file, self._data)
        self._sync(self._file)

    def post(self, one: Post) -> None:
        """One round trip, the answer read whole."""
        url, headers, body = one
        self._session.post(url, data=body, headers=dict(headers), timeout=10).json()

    def flow(self, flushes: int, posts: Sequence[Post]) -> None:
        """Flush before and after each round trip, and whatever more was flushed."""
        for one in posts:
            self.flush()
            self.post(one)
        for _ in range(flushes - len(posts)):
            self.flush()

    def close(self) -> None:
        """Let go of file and connection."""
        self._session.close()
        os.close(self._file)
