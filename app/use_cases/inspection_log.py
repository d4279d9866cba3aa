"""The links of the log around the sales of a pack: runs without a hole, whatever the clock did."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from app.domain.clock import shop_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from app.use_cases.doors import Doors

    Times = list[tuple[datetime, datetime]]

STRETCH: Final = 20_000
"""Numbers of one look into a chain."""
_NEAR: Final = timedelta(hours=1)
"""Sales nearer than this have one run of the log between them."""
_JOINED: Final = 100
"""Entries between two runs that go along with them."""


class Around:
    """Times of sales by chain."""

    def __init__(self) -> None:
        self._of: dict[str, Times] = {}

    def add(self, chain: str, begins: datetime, ends: datetime) -> None:
        """One sale more; a clock that was set back meanwhile may have its end before its begin."""
        self._of.setdefault(chain, []).append((min(begins, ends), max(begins, ends)))

    def chains(self) -> Iterator[tuple[str, Times]]:
        """Chain by chain; what is near is one."""
        for chain in sorted(self._of):
            joined: Times = []
            for begins, ends in sorted(self._of[chain]):
                if joined and begins - joined[-1][1] <= _NEAR:
                    joined[-1] = joined[-1][0], max(ends, joined[-1][1])
                else:
                    joined.append((begins, ends))
            yield chain, joined


class Links:
    """What of a chain was written within some times."""

    def __init__(self, chain: str, times: Times) -> None:
        self.chain, self._times = chain, times
        self.window = times[0][0], max(ends for _, ends in times)
        self._begins = [begins for begins, _ in times]
        self._met: set[int] = set()
        self._runs: list[tuple[int, int]] = []

    def add(self, seq: int, at: datetime) -> None:
        """The next entry of the chain."""
        nth = bisect_right(self._begins, at) - 1
        if nth < 0 or at > self._times[nth][1]:
            return
        self._met.add(nth)
        if self._runs and seq - self._runs[-1][1] <= _JOINED:
            self._runs[-1] = self._runs[-1][0], seq
        else:
            self._runs.append((seq, seq))

    def runs(self) -> list[dict[str, Any]]:
        """Without a hole each."""
        return [{"chain": self.chain, "first": one, "last": last} for one, last in self._runs]

    def gaps(self) -> list[dict[str, str]]:
        """Times with sales of which the chain holds nothing at all."""
        return [
            {
                "chain": self.chain,
                "begins": shop_time(begins).isoformat(),
                "ends": shop_time(ends).isoformat(),
            }
            for nth, (begins, ends) in enumerate(self._times)
            if nth not in self._met
        ]


def look_through(doors: Doors, found: Links, last: int) -> Iterator[None]:
    """A whole chain in short steps: its moments need not grow, so no part may be left out."""
    for first in range(1, last + 1, STRETCH):
        with doors.uow() as uow:
            until = min(last, first + STRETCH - 1)
            written = uow.inspections.written(found.chain, first, until, found.window)
        for seq, at in written:
            found.add(seq, at)
        yield


def gap_rows(gaps: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """(chain, from when to when) as the paper says it."""
    for one in gaps:
        yield one["chain"], f"{one['begins'][:19]} — {one['ends'][:19]}".replace("T", " ")
