"""Real books for tests of use cases: SQLite in memory, its schema copied from a template.

The same tables, statements and rules as in the shop (the contract suite runs on them too), so
nothing here can drift away from what it stands for; a fresh set of books takes about a
millisecond.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, StaticPool, create_engine, event

from app.ports import Secrets, UnitOfWorkFactory
from app.storage.engine import keep_house_rules, open_store
from app.storage.unit_of_work import make_factory
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore
from tests.fakes.builders import STORE, TILL


@cache
def template() -> bytes:
    with TemporaryDirectory() as folder:
        place = Path(folder) / "template.db"
        open_store(place).dispose()
        source = sqlite3.connect(place)
        source.execute("PRAGMA journal_mode = DELETE")
        whole = source.serialize()
        source.close()
        return whole


@cache
def secrets_for_tests() -> Secrets:
    """One real key ring for the whole run; its folder is gone at once, its keys stay open."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        return Vault.create(home, FileMasterStore(home), recovery_cost=2)[0]


def memory_engine() -> Engine:
    """A fresh set of books in memory, for one thread at a time."""
    engine = create_engine("sqlite://", poolclass=StaticPool, hide_parameters=True)
    keep_house_rules(engine)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.deserialize(template())
        connection.execute("PRAGMA foreign_keys = ON")

    return engine


def memory_books(store_id: str = STORE, till_id: str = TILL) -> UnitOfWorkFactory:
    """Units of work over books in memory, sealed by :func:`secrets_for_tests`."""
    return make_factory(memory_engine(), secrets_for_tests(), store_id, till_id)
