"""What sending costs at least, and what other queues on disk do. Imports nothing of ours."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import requests

Post = tuple[str, Mapping[str, str], bytes]
"""URL, headers and body as they were sent."""


class Bare:
    """The same messages on one connection, one after the other, with nothing between them."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False

    def seconds(self, posts: Sequence[Post]) -> float:
        """How long they take, each answer read whole."""
        begun = time.perf_counter()
        for url, headers, body in posts:
            self._session.post(url, data=body, headers=dict(headers), timeout=10).json()
        return time.perf_counter() - begun

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()


def peers(folder: Path, message: str, count: int) -> dict[str, object]:
    """Messages a second that each peer takes off its disk and ticks off; nothing is sent."""
    found: dict[str, object] = {}
    for name, measure in (("litequeue", _litequeue), ("persistqueue", _persistqueue)):
        try:
            module = importlib.import_module(name)
        except ImportError:
            found[name] = "not installed: uv pip install --group bench"
            continue
        found[f"{name}_per_second"] = measure(module, folder / name, message, count)
    return found


def _litequeue(module: object, folder: Path, message: str, count: int) -> float:
    folder.mkdir()
    make: Callable[..., object] = module.LiteQueue  # type: ignore[attr-defined]
    queue: object = make(str(folder / "queue.db"))
    for _ in range(count):
        queue.put(message)  # type: ignore[attr-defined]
    begun = time.perf_counter()
    for _ in range(count):
        taken = queue.pop()  # type: ignore[attr-defined]
        queue.done(taken.message_id)  # type: ignore[attr-defined]
    took = time.perf_counter() - begun
    queue.close()  # type: ignore[attr-defined]
    return count / took


def _persistqueue(module: object, folder: Path, message: str, count: int) -> float:
    make: Callable[..., object] = module.SQLiteAckQueue  # type: ignore[attr-defined]
    queue: object = make(str(folder), auto_commit=True)
    for _ in range(count):
        queue.put(message)  # type: ignore[attr-defined]
    begun = time.perf_counter()
    for _ in range(count):
        queue.ack(queue.get())  # type: ignore[attr-defined]
    took = time.perf_counter() - begun
    queue.close()  # type: ignore[attr-defined]
    return count / took
