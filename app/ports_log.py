"""The doors to the anchors of the log, and to the walk that holds it against them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.domain.anchor import Anchor, AnchorKind, AnchorsRead, Head
    from app.ports import LogEntry


class AnchorKeeper(Protocol):
    """A place outside the database that only grows."""

    def read(self) -> AnchorsRead:
        """All of it; :raises BadFile: it cannot be read."""
        ...

    def keep(
        self, at: datetime, day: str, kind: AnchorKind, heads: Sequence[Head],
        base: Sequence[Head] = (),
    ) -> Anchor:  # fmt: skip
        """One more, on the disk when it answers; :raises StoreFull, StoreReadOnly:."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    """What an entry of the log must be, from a witness outside."""

    chain: str
    """Empty = of whichever chain: typed from a paper."""
    seq: int
    digits: str
    """The hash, or its beginning."""
    source: str
    """``file``, ``backup``, ``paper`` or ``log`` (a close names the heads of the other tills)."""
    day: str
    """When it was told, for people."""
    act: str = ""
    """The act that must stand there; empty = any."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first link that does not hold."""

    chain: str
    seq: int
    what: str
    """``missing``, ``changed``, ``unlinked``, ``unlike`` (a witness says otherwise) or ``cut``
    (a witness knows of an entry, the log ends before)."""
    source: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk over the log found."""

    chains: tuple[tuple[str, int], ...]
    """(chain, entries that hold), in order."""
    agree: int
    """Marks that agree with the log."""
    broken: Broken | None = None

    @property
    def held(self) -> int:
        """Entries that hold."""
        return sum(many for _, many in self.chains)


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which entries are wanted, newest first."""

    begins: datetime | None = None
    ends: datetime | None = None
    """Not included."""
    act: str = ""
    """The whole name, or its beginning with a dot at the end (``sale.``)."""
    staff: str = ""
    """Id of who acted."""
    chain: str = ""
    """Of one till; empty = all."""
    limit: int = 50
    after: tuple[int, str, int] | None = None
    """(microseconds, chain, number) of the last entry of the page before."""


class LogReader(Protocol):
    """The log, read and never written."""

    def heads(self) -> list[Head]:
        """The last entry of every chain."""
        ...

    def walk(self, marks: Sequence[Mark]) -> Walked:
        """Every entry of every chain, held against its chain and the marks; flat memory."""
        ...

    def page(self, wanted: LogQuery) -> list[LogEntry]:
        """One page, newest first."""
        ...
