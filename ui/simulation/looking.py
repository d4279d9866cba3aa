"""What the parts of the checker share: reading the till's file and the platform's books.

By SQL alone, never by use cases: the checker shares no code with what it checks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ui.simulation.store import SimStore

UNDECIDED = ("submitted", "unknown", "reversing", "cancelling")
UNRESOLVED = (*UNDECIDED, "disputed")
OFF_SHELF = "return_bad"
FIRST = "0" * 64


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold: ``kind`` is its short name."""

    kind: str
    text: str
    about: frozenset[str]
    lost: bool = False
    doubled: bool = False


class Looking:
    """Eyes and voice of the checker."""

    def __init__(self, store: SimStore) -> None:
        self._store = store
        self._reader: sqlite3.Connection | None = None
        self.violations: list[Violation] = []

    def _all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        if self._reader is None:
            self._reader = self._store.disk.reader()
        return self._reader.execute(sql, values).fetchall()

    def replaces(self, sale_id: str) -> str:
        """The sale in whose place this one was sold; empty = none, or the books know neither."""
        rows = self._all("SELECT replaces FROM sale WHERE id = ?", sale_id)
        return str(rows[0]["replaces"]) if rows else ""

    def _among(self, sql: str, values: Sequence[object], *more: object) -> list[sqlite3.Row]:
        """As :meth:`_all`; ``IN (*)`` stands for one of the values."""
        return self._all(
            sql.replace("IN (*)", f"IN ({','.join('?' * len(values))})"), *values, *more
        )

    def _theirs(self, sql: str, *values: object) -> list[Any]:
        with self._store.platform.state.transaction() as books:
            return books.all(sql, *values)

    def rest(self) -> None:
        """Let go of the file; it is opened again when something is asked."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def begin_anew(self) -> None:
        """Other books lie there now: what was seen of the old ones is forgotten."""

    def _documents(self) -> set[str]:
        """Message ids of settlements beside which a documented correction stands."""
        return {row["msgid"] for row in self._all("SELECT msgid FROM statement_correction")}

    def _behind(self) -> bool:
        """Whether the books were put back and are not compared with the platform's yet."""
        found = self._all("SELECT value FROM setting WHERE key = 'backup/restored'")
        return bool(found and found[0]["value"])

    def _say(
        self, kind: str, text: str, about: Iterable[str] = (), *, lost: bool = False,
        doubled: bool = False,
    ) -> None:  # fmt: skip
        self.violations.append(Violation(kind, text, frozenset(about), lost, doubled))
