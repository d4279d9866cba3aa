"""What happened, in plain words and as one figure: the story of a failing seed and the digest."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.clock import shop_time

KEPT = 400
"""Events that are kept for a story; the digest has them all."""


@dataclass
class Story:
    """Events in their order; told of a sale or a till when something is wrong with it."""

    digest: str = ""
    count: int = 0
    _events: deque[tuple[int, str, frozenset[str]]] = field(
        default_factory=lambda: deque(maxlen=KEPT)
    )

    def add(self, at: datetime, who: str, what: str, about: frozenset[str] = frozenset()) -> None:
        """One event: ``who`` is a till or the world, ``about`` the ids that it touched."""
        self.count += 1
        line = f"{shop_time(at):%m-%d %H:%M:%S} {who}: {what}"
        self.digest = hashlib.sha256(f"{self.digest}{line}".encode()).hexdigest()[:32]
        self._events.append((self.count, line, about))

    def last(self, about: frozenset[str], most: int = 25) -> list[str]:
        """The newest events that touched one of ``about``, or the newest of all."""
        mine = [each for each in self._events if about & each[2]] if about else []
        chosen = (mine or list(self._events))[-most:]
        return [f"#{number} {line}" for number, line, _about in chosen]
