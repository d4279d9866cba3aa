"""A person's way to end what a device waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Abort:
    """Given along with something that may wait for a customer; tripped from any thread, once.

    Tripped before the work begins, the work does not begin.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tripped = False
        self._end: Callable[[], None] | None = None

    @property
    def tripped(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._tripped

    def trip(self) -> None:
        """End the waiting; harmless when repeated, and when nothing waits."""
        with self._lock:
            self._tripped = True
            end, self._end = self._end, None
        if end is not None:
            end()

    @contextmanager
    def ends_by(self, end: Callable[[], None]) -> Iterator[None]:
        """While inside, :meth:`trip` calls ``end``, on the thread that trips."""
        with self._lock:
            already = self._tripped
            self._end = None if already else end
        if already:
            end()
        try:
            yield
        finally:
            with self._lock:
                self._end = None
