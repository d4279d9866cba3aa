"""Books of an earlier version are brought up to date with everything that stood in them."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from app.storage import migrate
from app.storage.engine import APPLICATION_ID, open_store
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import STORE, TILL
from tests.fakes.prescriptions import a_case
from tests.fakes.unit_of_work import secrets_for_tests

OLD_SALE = """
INSERT INTO sale (id, store_id, till_id, state, opened_at, done_at, cashier_id, person_id,
                  receipt_no, practice, replaces, total, line_count, first_line, version)
VALUES ('old', ?, ?, 'done', 1, 2, 'staff-1', 'person-1', 'no-1', 1, '', 0, 0, '', 3)
"""


def books_of(revision, place):
    """Books as a program of that revision left them, with one done sale."""
    engine = create_engine(f"sqlite:///{place}")
    config = Config()
    folder = Path(migrate.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.exec_driver_sql(OLD_SALE, (STORE, TILL))
    engine.dispose()
    return place


@pytest.mark.parametrize("revision", migrate.REVISIONS[:-1])
def test_books_of_every_earlier_version_keep_their_sales_and_take_prescriptions(revision, tmp_path):
    engine = open_store(books_of(revision, tmp_path / "books.db"))
    units = make_factory(engine, secrets_for_tests(), STORE, TILL)
    with units() as uow:
        uow.prescriptions.add(a_case(sale_id="old"))
        uow.commit()
    with units() as uow:
        assert uow.sales.get("old").version == 3
        assert uow.prescriptions.of_sale("old") == a_case(sale_id="old")
    with engine.connect() as connection:
        assert migrate.version_of(connection) == migrate.HEAD
    engine.dispose()
