"""A far end as a process of its own, and a wire that remembers: shared by several benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import get_context

from sync.insurance.transport import Reply, Transport

Post = tuple[str, Mapping[str, str], bytes]
"""(url, headers, body) of one message."""


@contextmanager
def far_end(serve: Callable[..., None], *told: object) -> Iterator[str]:
    """The URL of ``serve(pipe, *told)`` in another process: it takes no turns with the till.

    :raises TimeoutError: it does not say its URL within half a minute.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, *told), daemon=True)
    process.start()
    try:
        if not ours.poll(30):
            raise TimeoutError("the far end did not start")
        yield str(ours.recv())
    finally:
        process.terminate()
        process.join()


class Recording:
    """The true transport, noting what goes through; ``answered`` hears of each once it is back."""

    def __init__(self, inner: Transport, answered: Callable[[Post], None]) -> None:
        self._inner, self._answered = inner, answered

    def post(
        self, url: str, headers: Mapping[str, str], body: bytes, limit: float | None = None
    ) -> Reply:
        """As the transport behind it."""
        reply = self._inner.post(url, headers, body)
        self._answered((url, headers, body))
        return reply

    def close(self) -> None:
        """As the transport behind it."""
        self._inner.close()
