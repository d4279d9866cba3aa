"""The schema grows from nothing to the newest on both databases, and never shrinks."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from app.errors import StoreBroken, StoreNewer
from app.storage import migrate
from app.storage.engine import open_store
from app.storage.tables import METADATA


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_place(request, tmp_path):
    """Where no books are yet."""
    if request.param == "sqlite":
        return tmp_path / "new.db"
    return request.getfixturevalue("postgres_url")


def test_an_empty_database_grows_into_exactly_the_tables_of_the_program(empty_place):
    engine = open_store(empty_place)
    with engine.connect() as connection:
        assert migrate.version_of(connection) == migrate.HEAD
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_the_program_knows_every_revision_there_is():
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    revisions = [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(revisions)) == migrate.REVISIONS


def test_books_that_are_up_to_date_open_without_alembic(empty_place, monkeypatch):
    open_store(empty_place).dispose()
    monkeypatch.setitem(__import__("sys").modules, "alembic", None)
    open_store(empty_place).dispose()


def test_newer_books_are_refused_and_left_alone(empty_place):
    engine = open_store(empty_place)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreNewer) as told:
        open_store(empty_place)
    assert told.value.params == {"found": "9999", "known": migrate.HEAD}
    with engine.connect() as connection:
        assert migrate.version_of(connection) == "9999"
    engine.dispose()


def test_a_database_of_another_program_is_refused_and_left_alone(empty_place):
    engine = open_store(empty_place)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(StoreBroken):
        open_store(empty_place)
    engine.dispose()


def test_a_broken_upgrade_leaves_nothing_behind(empty_place, monkeypatch):
    def halfway(connection):
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        raise ZeroDivisionError

    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(migrate, "upgrade_within", halfway)
        open_store(empty_place)
    open_store(empty_place).dispose()


def test_books_that_would_need_an_upgrade_can_be_opened_for_looking_only(empty_place):
    with pytest.raises(StoreBroken):
        open_store(empty_place, upgrade=False)
