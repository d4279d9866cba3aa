"""What a completion could cost at least: the same rows by bare SQLAlchemy. Imports nothing of ours.

Also the two peers of the budget: an ORM unit of work over the same tables, and one flush of the
same number of bytes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Engine,
    MetaData,
    Table,
    bindparam,
    create_engine,
    delete,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.ext.automap import automap_base
from sqlalchemy.orm import Session

Row = Mapping[str, Any]


def open_copy(place: Path) -> Engine:
    """An engine on a copy of the books with the same habits of durability."""
    engine = create_engine(f"sqlite:///{place}")

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA wal_autocheckpoint = 4000")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's event hands it in
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


class Written:
    """The rows that one completion wrote: what stands new, what was changed by its key, and what
    it took away, by one column and its value."""

    def __init__(
        self,
        changed: Mapping[str, tuple[Sequence[str], Row]],
        added: Mapping[str, Sequence[Row]],
        removed: Mapping[str, tuple[str, str]],
    ) -> None:
        self.changed = changed
        self.added = added
        self.removed = removed


def bare_core(engine: Engine) -> Callable[[Written], None]:
    """One transaction of the same rows, each table's in one statement."""
    known = MetaData()
    known.reflect(engine)
    statements: dict[str, Any] = {}

    def change(table: Table, keys: Sequence[str], row: Row) -> Any:  # noqa: ANN401
        where = [table.c[key] == bindparam(f"k_{key}") for key in keys]
        rest: dict[str, Any] = {name: bindparam(name) for name in row if name not in keys}
        return update(table).where(*where).values(rest)

    def run(written: Written) -> None:
        with engine.begin() as connection:
            for name, (keys, row) in written.changed.items():
                if name not in statements:
                    statements[name] = change(known.tables[name], keys, row)
                values = {f"k_{key}" if key in keys else key: each for key, each in row.items()}
                connection.execute(statements[name], values)
            for name, rows in written.added.items():
                if f"+{name}" not in statements:
                    statements[f"+{name}"] = insert(known.tables[name])
                connection.execute(statements[f"+{name}"], list(rows))
            for name, (key, gone) in written.removed.items():
                if f"-{name}" not in statements:
                    column = known.tables[name].c[key]
                    statements[f"-{name}"] = delete(known.tables[name]).where(
                        column == bindparam("k_gone")
                    )
                connection.execute(statements[f"-{name}"], {"k_gone": gone})

    return run


def orm_unit(engine: Engine) -> Callable[[Written], None]:
    """The same rows as mapped objects in one ORM session."""
    base: Any = automap_base()
    base.prepare(autoload_with=engine)
    classes = base.classes

    def run(written: Written) -> None:
        with Session(engine) as session:
            for name, (keys, row) in written.changed.items():
                found = session.get_one(classes[name], tuple(row[key] for key in keys))
                for column, value in row.items():
                    setattr(found, column, value)
            for name, rows in written.added.items():
                session.add_all(classes[name](**row) for row in rows)
            for name, (key, gone) in written.removed.items():
                mine = getattr(classes[name], key) == gone
                for found in session.scalars(select(classes[name]).where(mine)):
                    session.delete(found)
            session.commit()

    return run


def bare_flush(place: Path, size: int) -> Callable[[], None]:
    """Append so many bytes to a file and wait until the disk has them."""
    file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    data = b"\xa5" * size
    flush = getattr(os, "fdatasync", os.fsync)

    def run() -> None:
        os.write(file, data)
        flush(file)

    return run


class LogAhead:
    """Counts what is appended to an SQLite write-ahead log; each commit is flushed once."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._salt, self._at = b"", 0
        self.commits = self.frames = 0

    def skip(self) -> None:
        """What was written since the last look is none of the sales' own."""
        commits, frames = self.commits, self.frames
        self.look()
        self.commits, self.frames = commits, frames

    def look(self) -> None:
        """Count the frames written since the last look."""
        with self._place.open("rb") as log:
            head = log.read(32)
            size = 24 + int.from_bytes(head[8:12])
            if head[16:24] != self._salt:
                # Folded in and begun anew: what lies behind belongs to the log before.
                self._salt, self._at = head[16:24], 32
            log.seek(self._at)
            while (frame := log.read(size))[8:16] == self._salt:
                self.frames += 1
                self.commits += int.from_bytes(frame[4:8]) > 0
                self._at += size
