"""The same empty books on each database: what the contract suite runs on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.ports import UnitOfWorkFactory
from app.storage.engine import open_store
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import STORE, TILL
from tests.fakes.unit_of_work import memory_engine, secrets_for_tests, template


@pytest.fixture
def sqlite_place(tmp_path: Path) -> Path:
    """An SQLite file with empty books."""
    place = tmp_path / "books.db"
    place.write_bytes(template())
    return place


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Empty books on each database in turn."""
    if request.param == "memory":
        made = memory_engine()
    elif request.param == "sqlite":
        made = open_store(request.getfixturevalue("sqlite_place"))
    else:
        made = open_store(request.getfixturevalue("postgres_books"))
    yield made
    made.dispose()


@pytest.fixture
def till(engine: Engine) -> Callable[[str], UnitOfWorkFactory]:
    """The units of work of a till by its name, on the same books."""
    return lambda name: make_factory(engine, secrets_for_tests(), STORE, name)


@pytest.fixture
def books(till: Callable[[str], UnitOfWorkFactory]) -> UnitOfWorkFactory:
    """The units of work of the first till."""
    return till(TILL)
