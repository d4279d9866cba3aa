"""The doors to an inspection: which sales are meant, the log's chains, accounts, packs, looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from app.domain.inspection import (
        InspectorPass,
        Looked,
        PackRecord,
        SaleKey,
        Scope,
        ScopeCount,
    )
    from app.domain.inspection_sheet import Sheet
    from app.ports import LogEntry


class InspectionBook(Protocol):
    """The whole store, whichever till it was; reads everything, writes only of inspections."""

    # --- sales --------------------------------------------------------------------------------

    def count(self, scope: Scope) -> ScopeCount:
        """How many sales, and what they come to."""
        ...

    def keys(self, scope: Scope, after: tuple[datetime, str] | None, limit: int) -> list[SaleKey]:
        """The next ones by (completed at, id); ``after``: the last of the page before."""
        ...

    def newest(self, scope: Scope, text: str, limit: int) -> list[SaleKey]:
        """Newest first; ``text`` narrows by receipt number or the name of a drug."""
        ...

    # --- the log ------------------------------------------------------------------------------

    def written(
        self, chain_id: str, first: int, last: int, within: tuple[datetime, datetime]
    ) -> list[tuple[int, datetime]]:
        """(number, moment) of those of the entries first..last that were written in a time.

        Where a clock was set back moments do not grow with the numbers.
        """
        ...

    def entries(self, chain_id: str, first: int, last: int) -> list[LogEntry]:
        """Those numbers of one chain, in order."""
        ...

    # --- accounts -----------------------------------------------------------------------------

    def add_pass(self, one: InspectorPass) -> None:
        """A new one, in the place of the member's earlier one."""
        ...

    def pass_of(self, staff_id: str) -> InspectorPass | None:
        """The member's; None = there never was one."""
        ...

    def passes(self) -> list[InspectorPass]:
        """The store's, the newest first."""
        ...

    # --- looks and packs ----------------------------------------------------------------------

    def mark(self, term: str) -> str:
        """A keyed hash, hex: the same words have the same mark, and nobody can guess back."""
        ...

    def looked(self, look: Looked) -> None:
        """Write down a look; its words sealed."""
        ...

    def looks(self, limit: int, by: str = "") -> list[Looked]:
        """Newest first."""
        ...

    def add_pack(self, pack: PackRecord) -> None:
        """A pack that was made; :raises BadValue: its id is taken."""
        ...

    def packs(self, limit: int) -> list[PackRecord]:
        """Newest first."""
        ...


class PackStream(Protocol):
    """A file of a pack that grows; :raises StoreFull, StoreReadOnly: the disk does not go along."""

    def write(self, data: bytes) -> None:
        """Some bytes more."""
        ...

    def close(self) -> str:
        """Count it; answers its SHA-256 in hex."""
        ...


class PackWriter(Protocol):
    """A folder that is being written; nothing of it stands under its name before the end.

    Every method raises :class:`app.errors.StoreFull` or :class:`app.errors.StoreReadOnly` where
    the disk does not go along.
    """

    def add(self, name: str, content: bytes) -> str:
        """One file more; answers its SHA-256 in hex."""
        ...

    def stream(self, name: str) -> PackStream:
        """A file to write on bit by bit; it counts once it is closed."""
        ...

    def path(self, name: str) -> Path:
        """Where somebody else writes a file of the pack; :meth:`take` counts it afterwards."""
        ...

    def take(self, name: str) -> str:
        """Count what was written to :meth:`path`; answers its SHA-256."""
        ...

    def digests(self) -> Mapping[str, str]:
        """File -> SHA-256 of everything counted so far, by name."""
        ...

    def publish(self) -> str:
        """Durable, and under its name; answers where it is."""
        ...

    def abandon(self) -> None:
        """Leave nothing of it; harmless after :meth:`publish`."""
        ...


class PackMaker(Protocol):
    """Makes packs as folders."""

    def begin(self, folder: str, name: str) -> PackWriter:
        """A new one. ``name`` empty: ``folder`` itself becomes the pack and must not be there yet
        (:raises BadFile:); else a folder of that name in it, a free one."""
        ...

    def free(self, folder: str) -> int:
        """Bytes free where that folder is, or would be."""
        ...

    def clear_leftovers(self) -> int:
        """Remove what a crash left half written; how many."""
        ...


class PackPaper(Protocol):
    """Draws ``pack.pdf``; called in this order."""

    def begin(self, path: Path, facts: Sequence[tuple[str, str]], sheets: int) -> None:
        """The file and its first page: what the pack is; :raises FileNotWritten:."""
        ...

    def contents(self, keys: Iterable[SaleKey], first: int) -> None:
        """The next rows of the contents, numbered from ``first``."""
        ...

    def sheet(self, sheet: Sheet) -> None:
        """One sale."""
        ...

    def totals(self, rows: Sequence[tuple[str, str]]) -> None:
        """The last page: figures and the heads of the log."""
        ...

    def close(self) -> None:
        """End the file; harmless when said twice."""
        ...
