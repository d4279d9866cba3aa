"""The books as one file of a moment: taken while the till sells, and looked through afterwards.

A snapshot is always an SQLite store of today's schema, also of books that lie on a server: one
thing to keep, to look into and to put back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine, func, select

from app.domain.clock import from_micros
from app.errors import StoreBroken, StoreNewer
from app.storage.engine import APPLICATION_ID, open_store
from app.storage.errors import translated
from app.storage.log_walk import verify_chains
from app.storage.migrate import HEAD, REVISIONS
from app.storage.tables import METADATA

_ROWS: Final = 2000
"""Of a server's table, copied at a time."""


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """What a snapshot holds: enough to see that what was put back is what was kept."""

    schema: str
    sales: int
    settlements: int
    moves: int
    log_rows: int
    log_heads: str
    """``chain:seq:hash`` of every chain, in order, joined by blanks."""
    newest_at: str
    """ISO; of the newest log row: how far these books go. Empty = nothing happened yet."""

    def as_dict(self) -> dict[str, object]:
        """For the manifest."""
        return asdict(self)


def take_snapshot(engine: Engine, target: Path) -> SnapshotFacts:
    """Write the books of this moment to ``target``, which must not be there; nobody waits for it.

    :raises StoreFull, StoreReadOnly: nothing is left then; :raises StoreError: its other kinds.
    """
    try:
        if engine.dialect.name == "sqlite":
            _vacuum_into(engine, target)
        else:
            _copy_all(engine, target)
        return look_through(target)
    except BaseException:
        for path in (target, *_beside(target)):
            path.unlink(missing_ok=True)
        raise


def _beside(target: Path) -> tuple[Path, ...]:
    return tuple(target.with_name(target.name + end) for end in ("-wal", "-shm", "-journal"))


def _vacuum_into(engine: Engine, target: Path) -> None:
    raw = engine.raw_connection()
    try:
        # One statement, one reading moment: in write-ahead mode writers go on meanwhile.
        raw.cursor().execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise translated(error) or error from None
    finally:
        raw.close()
    target.chmod(0o600)


def _copy_all(engine: Engine, target: Path) -> None:
    """A server's books of one moment, table by table, into a new store file."""
    made = open_store(target)
    try:
        with (
            engine.connect().execution_options(
                isolation_level="REPEATABLE READ", stream_results=True
            ) as source,
            made.begin() as sink,
        ):
            for table in METADATA.sorted_tables:
                found = source.execute(select(table))
                while rows := found.fetchmany(_ROWS):
                    sink.execute(table.insert(), [dict(row._mapping) for row in rows])
    finally:
        made.dispose()
    target.chmod(0o600)
    with _reading(target) as books:
        books.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# --- looked through -------------------------------------------------------------------------------


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        yield connection
    except sqlite3.DatabaseError:
        raise StoreBroken(why="not a database, or damaged") from None
    finally:
        connection.close()


def look_through(path: Path) -> SnapshotFacts:
    """Prove a snapshot: ours, whole, keys hold, every chain of the log unbroken.

    :raises StoreBroken: in words; :raises StoreNewer: of a newer Yaotai.
    """
    with _reading(path) as books:
        if _one(books, "PRAGMA application_id") != APPLICATION_ID:
            raise StoreBroken(why="another program's database")
        if _one(books, "PRAGMA integrity_check") != "ok":
            raise StoreBroken(why="damaged")
        if books.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise StoreBroken(why="rows point at rows that are not there")
        schema = str(_one(books, "SELECT version_num FROM alembic_version"))
        if schema not in REVISIONS:
            raise StoreNewer(found=schema, known=HEAD)
        newest = _one(books, "SELECT max(at) FROM act_log")
        heads = books.execute(
            "SELECT chain_id, seq, hash FROM act_log WHERE (chain_id, seq) IN"
            " (SELECT chain_id, max(seq) FROM act_log GROUP BY chain_id) ORDER BY chain_id"
        )
        return SnapshotFacts(
            schema=schema,
            sales=_count(books, "sale"),
            settlements=_count(books, "settlement"),
            moves=_count(books, "stock_move"),
            log_rows=_chains(path),
            log_heads=" ".join(f"{chain}:{seq}:{found}" for chain, seq, found in heads),
            newest_at=from_micros(int(str(newest))).isoformat() if newest is not None else "",
        )


def _chains(path: Path) -> int:
    """How many entries the log holds; :raises StoreBroken: a chain does not hold."""
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)
    try:
        with engine.connect() as connection:
            held, broken = verify_chains(connection)
    finally:
        engine.dispose()
    if broken:
        raise StoreBroken(why=f"the log does not hold: {broken}")
    return held


def _one(books: sqlite3.Connection, query: str) -> object:
    row = books.execute(query).fetchone()
    return None if row is None else row[0]


def _count(books: sqlite3.Connection, table: str) -> int:
    query = str(select(func.count()).select_from(METADATA.tables[table]))
    return int(str(_one(books, query)))
