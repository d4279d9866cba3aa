"""The door of a store on a database server: who is in, whose keys, and one process a till."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, inspect, select, text, update

from app.errors import StoreBroken, StoreEmpty, StoreError, StoreNewer, StoreTaken, TillInUse
from app.storage.books_tills import ONLY
from app.storage.engine import connect_server
from app.storage.migrate import HEAD, REVISIONS, bring_up_to_date, version_of
from app.storage.tables import ACT_LOG, METADATA, STAFF
from app.storage.tables_tills import STORE, TILL
from app.storage.unit_of_work import SqlUnitOfWork  # noqa: F401 - with it METADATA is whole

_SETUP_LOCK = 5_927_430_112_774_002
"""Advisory lock: two setups on one database come one after the other."""


@dataclass(frozen=True, slots=True)
class StoreSeen:
    """What anybody with the database's password may see of a store; nothing of it is personal."""

    id: str
    institution_code: str
    ring: str
    """Data keys of the store, each wrapped: the recovery code opens them."""
    made: bool
    """Whether ``setup`` finished."""
    tills: tuple[tuple[int, str, str], ...]
    """(number, id, seat) of each till, by number."""


def look(engine: Engine) -> StoreSeen | None:
    """The store of a database whose schema is up to date; None where there is none."""
    with engine.connect() as connection:
        return _look(connection)


def _look(connection: Connection) -> StoreSeen | None:
    row = connection.execute(select(STORE)).first()
    if row is None:
        return None
    query = select(TILL.c.no, TILL.c.id, TILL.c.seat).where(TILL.c.store_id == row.id)
    tills = connection.execute(query.order_by(TILL.c.no)).all()
    return StoreSeen(
        id=row.id,
        institution_code=row.institution_code,
        ring=row.ring,
        made=row.made_at is not None,
        tills=tuple((till.no, till.id, till.seat) for till in tills),
    )


def existing_store(place: str) -> Engine:
    """The books of a store that a till is to join, brought up to date; an empty place stays empty.

    :raises StoreEmpty: no books; :raises StoreNewer, StoreBroken: not ours to open;
    :raises StoreError: in its other kinds.
    """
    engine = connect_server(place)
    try:
        with engine.connect() as connection:
            if version_of(connection) is None:
                raise StoreEmpty()
        bring_up_to_date(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def founding(place: str) -> Iterator[Engine]:
    """The empty books of a shop that is being made; they are empty again if that fails.

    What a setup left that was cut off is cleared: no till ever opened it, nobody was told its
    recovery code.

    :raises StoreTaken: a shop is there already; :raises StoreNewer: a newer Yaotai's;
    :raises StoreBroken: another program's tables; :raises StoreBusy: another setup is at work.
    """
    engine = connect_server(place)
    try:
        with engine.connect() as guard:
            guard.execute(select(func.pg_advisory_lock(_SETUP_LOCK)))
            guard.commit()
            guard.detach()  # closing it lets go of the lock
            _make_room(engine)
            try:
                bring_up_to_date(engine)
                yield engine
            except BaseException:
                with suppress(StoreError):
                    _clear(engine)
                raise
    finally:
        engine.dispose()


def _make_room(engine: Engine) -> None:
    """:raises StoreTaken, StoreNewer, StoreBroken: nothing was touched."""
    with engine.connect() as connection:
        found = version_of(connection)
        if found is None:
            return
        if found not in REVISIONS:
            raise StoreNewer(found=found, known=HEAD)
        if found != HEAD:
            raise StoreTaken()
        seen = _look(connection)
        if seen is None:
            used = (connection.execute(select(one).limit(1)).first() for one in (ACT_LOG, STAFF))
            if any(used):
                raise StoreTaken()
            return
        if seen.made:
            raise StoreTaken(code=seen.institution_code)
    _clear(engine)


def _clear(engine: Engine) -> None:
    """Take down the tables of ours, whole."""
    with engine.begin() as connection:
        known = {one.name for one in METADATA.sorted_tables} | {"alembic_version"}
        if set(inspect(connection).get_table_names()) - known:
            raise StoreBroken(why="tables of another program")
        METADATA.drop_all(connection)
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        # What the first migration made beside its tables.
        connection.execute(text("DROP FUNCTION IF EXISTS act_log_append_only()"))


class RingShelf:
    """:class:`app.vault.keyring.SharedRing`: the store's wrapped keys, changed one at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self) -> str:
        """As it is now."""
        with self._engine.connect() as connection:
            return str(connection.execute(select(STORE.c.ring)).scalar_one())

    def replace(self, before: str, after: str) -> bool:
        """Put ``after`` in the place of ``before``; False = somebody else was quicker."""
        query = update(STORE).where(STORE.c.place == ONLY, STORE.c.ring == before)
        with self._engine.begin() as connection:
            return connection.execute(query.values(ring=after)).rowcount == 1


class TillSeat:
    """One process a till, on whatever machine: a lock that the server lets go of with the line."""

    def __init__(self, engine: Engine, till_id: str, till_no: int) -> None:
        self._engine, self._till, self._no = engine, till_id, till_no
        self._line: Connection | None = None

    def take(self) -> None:
        """:raises TillInUse: another process is this till."""
        line = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            key = func.hashtextextended(f"till|{self._till}", 0)
            taken = line.execute(select(func.pg_try_advisory_lock(key))).scalar_one()
            line.detach()  # never given back to the pool: the lock lives as long as this line
        except BaseException:
            line.close()
            raise
        if not taken:
            line.close()
            raise TillInUse(till=self._no)
        self._line = line

    def keep(self) -> None:
        """After the server was restarted the lock is taken anew; for quiet moments.

        :raises TillInUse: another process became this till meanwhile; :raises StoreError:.
        """
        if self._line is None:
            return
        try:
            self._line.execute(select(1))
        except StoreError:
            self.leave()
            self.take()

    def leave(self) -> None:
        """Let go; harmless when nothing is held."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(StoreError):
                line.close()
