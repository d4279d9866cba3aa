"""Who goes first: background work stands aside while a customer's work is under way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

WAIT_SECONDS = 2.0
"""How long background work stands aside at most: then it takes its turn too."""


class Gate:
    """Counts the pieces of work that a customer waits for; shared by all threads."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._inside = 0

    def ask(self) -> None:
        """A piece of work wants to run, or runs."""
        with self._free:
            self._inside += 1

    def leave(self) -> None:
        """It is done."""
        with self._free:
            self._inside -= 1
            self._free.notify_all()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Both, around a piece of work."""
        self.ask()
        try:
            yield
        finally:
            self.leave()

    def give_way(self) -> None:
        """Return when nobody is inside, or after a while all the same."""
        with self._free:
            self._free.wait_for(lambda: self._inside == 0, WAIT_SECONDS)
