"""What all books of one unit of work share: the connection, the keys, who acts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, CursorResult, Executable, Row, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

from app.ports import Secrets
from app.storage.errors import judged
from app.storage.hot import Hot, HotList

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresInsert

Values = Mapping[str, Any]


_CHUNK = 500
"""How many values one IN list holds: far below every driver's limit."""


def chunks(values: Sequence[str]) -> Iterator[list[str]]:
    """The values, each once, in runs that fit into one IN list."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), _CHUNK):
        yield distinct[start : start + _CHUNK]


def upsert(dialect: str, table: Table) -> sqlite.Insert | PostgresInsert:
    """The database's own INSERT that knows ON CONFLICT."""
    if dialect == "postgresql":
        # Loaded late: a till on SQLite starts without it.
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    return sqlite.insert(table)


@dataclass(frozen=True, slots=True)
class Session:
    """One open transaction on one connection, used by one thread."""

    connection: Connection
    secrets: Secrets
    store_id: str
    till_id: str

    @property
    def stamp(self) -> dict[str, str]:
        """The columns that say who acted."""
        return {"store_id": self.store_id, "till_id": self.till_id}

    def run(
        self,
        statement: Executable,
        values: Values | Sequence[Values] | None = None,
        what: str = "row",
    ) -> CursorResult[Any]:
        """Execute; a list of values goes to the driver as one batch.

        :raises BadValue: naming ``what`` when a unique value is taken; :raises StoreError: when
        another rule of the table forbids the row.
        """
        try:
            return self.connection.execute(statement, values)
        except IntegrityError as error:
            raise judged(error.orig, what) from None

    def one(self, statement: Executable, values: Values | None = None) -> Row[Any] | None:
        """The only row, or none."""
        return self.connection.execute(statement, values).first()

    def hot(self, statement: Hot, values: Values) -> list[Any]:
        """The rows of a statement of the counter's own path."""
        return statement.rows(self.connection, values)

    def plain(self, statement: Hot, values: Values | None = None) -> list[Any]:
        """As :meth:`hot`, each row a bare tuple: where many are looked at and few are kept."""
        return statement.plain(self.connection, values or {})

    def any_of(
        self, statement: HotList, values: Iterable[str], also: Values | None = None
    ) -> list[Any]:
        """The rows of such a statement about any of the values; none for no value."""
        return statement.rows(self.connection, values, also)

    def write(self, statement: Hot, values: Values | Sequence[Values], what: str = "row") -> int:
        """Run a statement of the counter's own path; errors as in :meth:`run`."""
        return statement.write(self.connection, values, what)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.connection.dialect.name

    def seal(self, purpose: str, plain: str | bytes, place: str) -> bytes | None:
        """Ciphertext, or None for nothing at all."""
        if not plain:
            return None
        data = plain.encode() if isinstance(plain, str) else plain
        return self.secrets.seal(purpose, data, place)

    def unseal(self, purpose: str, sealed: bytes | None, place: str) -> bytes:
        """The plain bytes, empty where nothing was sealed."""
        if sealed is None:
            return b""
        return self.secrets.open(purpose, bytes(sealed), place)
