"""Whether the books themselves are sound: asked by ``yaotai doctor``, changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, text

from app.storage.migrate import version_of


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """What the database says of itself."""

    kind: str
    """``sqlite`` or ``postgresql``."""
    revision: str
    trouble: str
    """The first fault that SQLite finds in its own file; empty = none. A server looks itself."""


def store_health(engine: Engine) -> StoreHealth:
    """Read the schema's revision and, of a file, every page; :raises StoreError: in its kinds."""
    with engine.connect() as connection:
        kind = connection.dialect.name
        revision = version_of(connection) or ""
        trouble = ""
        if kind == "sqlite":
            found = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
            trouble = "" if found == "ok" else str(found)
    return StoreHealth(kind, revision, trouble)
