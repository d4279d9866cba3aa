"""Opens the books: SQLite for one till, PostgreSQL by URL for several tills of a store."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError

from app.errors import BadValue, StoreBroken
from app.storage.errors import translated
from app.storage.migrate import bring_up_to_date

APPLICATION_ID = 0x59414F54
"""Stamped into every SQLite file of ours ("YAOT"), so that another program's is never taken."""

BUSY_MILLIS = 5000
"""How long a unit of work waits for another writer before it gives up."""

CHECKPOINT_PAGES = 4000
"""The write-ahead log is folded in by :func:`fold` in quiet moments; this many pages (16 MB) is
only the emergency limit, so that a sale's commit flushes once and never pays for a fold."""


_SERVER = ("postgresql:", "postgresql+psycopg:", "postgres:")
_SECRETS = ("password", "sslpassword")


def on_a_server(place: str) -> bool:
    """Whether it is the URL of a database server, not a path."""
    return place.startswith(_SERVER)


def without_password(place: str) -> tuple[str, str]:
    """(the URL as it may stand in a file, its password) of a ``postgresql://`` URL.

    :raises BadValue: no such URL, no database in it, or a password that is no plain one.
    """
    try:
        url = make_url(place)
        _ = url.port
    except (ArgumentError, ValueError):
        raise BadValue(what="database", why=URL_FORM) from None
    if not on_a_server(place) or not (url.database or "service" in url.query):
        raise BadValue(what="database", why=URL_FORM)
    if any(name in url.query for name in _SECRETS):
        raise BadValue(what="database", why=URL_FORM)
    bare = url.set(drivername="postgresql")._replace(password=None)
    return bare.render_as_string(hide_password=False), url.password or ""


def with_password(place: str, password: str) -> str:
    """The URL that opens; to be kept nowhere."""
    if not password:
        return place
    return make_url(place).set(password=password).render_as_string(hide_password=False)


URL_FORM = "postgresql://user:password@host/database"


def open_store(
    place: str | Path,
    *,
    busy_millis: int = BUSY_MILLIS,
    upgrade: bool = True,
    max_pages: int | None = None,
) -> Engine:
    """The engine of a store, its schema brought up to date (never down).

    ``place`` is a path of an SQLite file (made if missing; its folder must be there) or a
    ``postgresql://`` URL. The engine may be used by several threads, each with its own unit of
    work. ``max_pages`` limits the size of an SQLite file.

    :raises StoreNewer: written by a newer Yaotai; :raises StoreBroken: not a store;
    :raises StoreAway, StoreDenied, StoreAbsent: of a server; :raises StoreError: its other kinds.
    """
    text = str(place)
    if on_a_server(text):
        engine = connect_server(text, busy_millis)
    else:
        engine = _sqlite(Path(place), busy_millis, max_pages)
    try:
        bring_up_to_date(engine, upgrade=upgrade)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _sqlite(path: Path, busy_millis: int, max_pages: int | None) -> Engine:
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={
            "timeout": busy_millis / 1000,
            "check_same_thread": False,
            "cached_statements": 512,
        },
        query_cache_size=2000,
    )
    keep_house_rules(engine)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # We say BEGIN ourselves (below); the driver's own guesses are switched off.
        connection.isolation_level = None
        _claim(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        # What is erased stays in no free page: every writer wipes, or old bytes would outlive it.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        if max_pages is not None:
            connection.execute(f"PRAGMA max_page_count = {max_pages}")

    return engine


def _claim(connection: sqlite3.Connection) -> None:
    """Stamp an empty file as ours; :raises StoreBroken: when it is another program's."""
    try:
        (found,) = connection.execute("PRAGMA application_id").fetchone()
        if found == APPLICATION_ID:
            return
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if found != 0 or tables != 0:
            raise StoreBroken(why="another program's database")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    except sqlite3.Error as error:
        raise translated(error) or error from None


_ALIVE = " ".join(
    f"-c tcp_keepalives_{name}={value}"
    for name, value in (("idle", 10), ("interval", 3), ("count", 3))
)
"""The server too gives a dead line up in seconds: a till that lost its power is open nowhere, and
what it held (its place, a half act) must be free when it starts again."""


def connect_server(place: str, busy_millis: int = BUSY_MILLIS) -> Engine:
    """An engine on a database server as it is: its schema is neither looked at nor changed."""
    url = make_url(place).set(drivername="postgresql+psycopg")
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        query_cache_size=2000,
        connect_args={
            "connect_timeout": 10,
            # A line that is dead without a word is given up in seconds, not in minutes.
            "keepalives_idle": 10,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,
            "options": f"-c lock_timeout={busy_millis} -c client_min_messages=warning {_ALIVE}",
        },
    )
    keep_house_rules(engine)
    return engine


def keep_house_rules(engine: Engine) -> None:
    """Errors in the house's words on either database; writers take their turn on SQLite."""
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            # A unit that reads first and writes later must not lose its turn in between.
            cursor = connection.connection.cursor()
            try:
                cursor.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                raise translated(error) or error from None
            finally:
                cursor.close()

    @event.listens_for(engine, "handle_error")
    def in_our_words(context: ExceptionContext) -> None:
        ours = translated(context.original_exception)
        if ours is not None:
            raise ours from None


def fold(engine: Engine) -> None:
    """Fold SQLite's write-ahead log into the file as far as nobody is reading; quiet moments only.

    Does nothing on PostgreSQL.
    """
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        cursor.close()
    finally:
        raw.close()


def scrub(engine: Engine) -> bool:
    """Fold the whole write-ahead log in and cut it off: what was erased is in no file any more.

    Answers whether nobody stood in the way (a reader, another writer); tried again after the next
    run. A server's own log is its keeper's: nothing is done there, and the answer is yes.
    """
    if engine.dialect.name != "sqlite":
        return True
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        # It would keep writers out while it waits for a reader: the counter comes first.
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(patience)}")
            cursor.close()
    finally:
        raw.close()
    return not busy
