"""A snapshot put back into a database server: what is there goes aside, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sqlalchemy import (
    Connection,
    RowMapping,
    Table,
    create_engine,
    func,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from app.errors import BackupRefused, StoreBroken, StoreError, TillInUse
from app.storage.engine import connect_server
from app.storage.migrate import bring_up_to_date, upgrade_within, version_of
from app.storage.tables import COUNTER, METADATA
from app.storage.tables_tills import STORE, TILL
from app.storage.unit_of_work import SqlUnitOfWork  # noqa: F401 - with it METADATA is whole

_ROWS: Final = 2000
_FUNCTION: Final = "act_log_append_only()"


def tills_on_server(place: str, store_id: str) -> tuple[tuple[int, str], ...]:
    """(number, id) of each till of the books that lie there; none where there are no books.

    :raises BackupRefused: another shop's books; :raises StoreError: in its kinds.
    """
    engine = connect_server(place)
    try:
        with engine.connect() as connection:
            if version_of(connection) is None:
                return ()
        bring_up_to_date(engine)
        with engine.connect() as connection:
            store = connection.execute(select(STORE.c.id)).scalar()
            if store not in (None, store_id):
                raise BackupRefused(why="backup.refused_shop")
            rows = connection.execute(select(TILL.c.no, TILL.c.id).order_by(TILL.c.no))
            return tuple((row.no, row.id) for row in rows)
    finally:
        engine.dispose()


def numbers_given(books: Path, server: str, store_id: str) -> dict[str, int]:
    """What the books that are about to be replaced gave out: the last number by its counter.

    ``server``: where they lie on a database server, else empty. Nothing is told of books that
    are not there or cannot be read; they are not changed.
    """
    if not server and not books.exists():
        return {}
    query = select(COUNTER.c.name, COUNTER.c.value).where(COUNTER.c.store_id == store_id)
    engine = connect_server(server) if server else create_engine(f"sqlite:///{books}")
    try:
        with engine.connect() as connection:
            return {row.name: int(row.value) for row in connection.execute(query)}
    except (SQLAlchemyError, StoreError):
        return {}
    finally:
        engine.dispose()


def put_back_on_server(place: str, source: Path, store: tuple[str, str], aside: str) -> bool:
    """Make the books of a server those of ``source``, a snapshot of this program's schema.

    What is there is moved into the schema ``aside``, never deleted; keys and tills of the store
    stay those of now: they only ever grow. All of it is one transaction. ``store``: its id, and
    the key ring that it gets where there is none.

    :return: whether there was anything to move aside;
    :raises TillInUse: a till has the books open; :raises BackupRefused: another shop's, or no
    right to make a schema; :raises StoreBroken: another program's tables;
    :raises StoreError: in its kinds, and then nothing was changed.
    """
    store_id, ring = store
    tills_on_server(place, store_id)
    engine = connect_server(place)
    try:
        with engine.begin() as connection:
            kept = _keep(connection, store_id) if version_of(connection) is not None else None
            if kept is not None:
                _move_aside(connection, aside)
            upgrade_within(connection)
            _fill(connection, source, kept or {})
            if not kept:
                connection.execute(update(STORE).values(ring=ring))
        return kept is not None
    finally:
        engine.dispose()


def _keep(connection: Connection, store_id: str) -> dict[Table, list[RowMapping]]:
    """The rows that outlive a restore, and the place of every till, held until all is done."""
    found = {one: list(connection.execute(select(one)).mappings()) for one in (STORE, TILL)}
    if found[STORE] and found[STORE][0]["id"] != store_id:
        raise BackupRefused(why="backup.refused_shop")
    for till in found[TILL]:
        key = func.hashtextextended(f"till|{till['id']}", 0)
        if not connection.execute(select(func.pg_try_advisory_xact_lock(key))).scalar_one():
            raise TillInUse(till=till["no"])
    return {one: rows for one, rows in found.items() if found[STORE]}


def _move_aside(connection: Connection, aside: str) -> None:
    tables = set(inspect(connection).get_table_names())
    known = {one.name for one in METADATA.sorted_tables} | {"alembic_version"}
    if tables - known:
        raise StoreBroken(why="tables of another program")
    may = "SELECT has_database_privilege(current_database(), 'CREATE')"
    if not connection.execute(text(may)).scalar_one():
        raise BackupRefused(why="backup.refused_rights")
    schema = connection.dialect.identifier_preparer.quote(aside)
    connection.execute(text(f"CREATE SCHEMA {schema}"))
    quote = connection.dialect.identifier_preparer.quote
    for name in sorted(tables):
        connection.execute(text(f"ALTER TABLE {quote(name)} SET SCHEMA {schema}"))
    connection.execute(text(f"ALTER FUNCTION {_FUNCTION} SET SCHEMA {schema}"))


def _fill(connection: Connection, source: Path, kept: dict[Table, list[RowMapping]]) -> None:
    snapshot = create_engine(f"sqlite:///{source}", hide_parameters=True)
    try:
        with snapshot.connect() as books:
            for table in METADATA.sorted_tables:
                if table in kept:
                    _insert(connection, table, kept[table])
                    continue
                found = books.execute(select(table)).mappings()
                while rows := found.fetchmany(_ROWS):
                    _insert(connection, table, rows)
                _run_on(connection, table)
    finally:
        snapshot.dispose()


def _insert(connection: Connection, table: Table, rows: Iterable[RowMapping]) -> None:
    told = [dict(row) for row in rows]
    if told:
        connection.execute(table.insert(), told)


def _run_on(connection: Connection, table: Table) -> None:
    """The next running number is beyond those that came with the rows."""
    for column in table.primary_key.columns:
        if column.autoincrement is True:
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            newest = func.coalesce(func.max(column), 0) + 1
            connection.execute(select(func.setval(sequence, newest, False)).select_from(table))
