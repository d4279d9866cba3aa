"""Brings a database's schema up to date, never down; Alembic is loaded only when it has work."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from app.errors import StoreBroken, StoreNewer
from app.storage.errors import translated

LAST = 44
"""The number of the newest migration; whoever adds one raises it."""

REVISIONS = tuple(f"{number:04d}" for number in range(1, LAST + 1))
"""Every schema this program knows, oldest first; a test holds it against ``migrations/``."""

HEAD = REVISIONS[-1]

_LOCK = 5_927_430_112_774_001
"""Advisory lock: two tills that start at once upgrade one after the other."""


def bring_up_to_date(engine: Engine, *, upgrade: bool = True) -> None:
    """Upgrade to :data:`HEAD` in one transaction; nothing to do costs one short query.

    :raises StoreNewer: when the schema is not one of ours; :raises StoreBroken: when there are
    tables but no version, or the store is old and ``upgrade`` is false.
    """
    with engine.connect() as connection:
        found = version_of(connection)
    if found == HEAD:
        return
    if found is not None and found not in REVISIONS:
        raise StoreNewer(found=found, known=HEAD)
    if not upgrade:
        raise StoreBroken(why="not a store of this version")
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            # Another till may have done it while this one waited for its turn.
            if version_of(connection) != HEAD:
                upgrade_within(connection)
    except DBAPIError as error:
        # Somebody set the version back by hand: the steps find what they would make.
        odd = StoreBroken(why="the tables are not those of their version")
        raise translated(error.orig) or odd from None


def version_of(connection: Connection) -> str | None:
    """The schema's revision, None for an empty database.

    :raises StoreBroken: when there are tables but no version.
    """
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if tables:
            raise StoreBroken(why="tables without a version")
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if len(found) > 1:
        raise StoreBroken(why="more than one version")
    return str(found[0]) if found else None


def upgrade_within(connection: Connection) -> None:
    """To :data:`HEAD` inside the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
