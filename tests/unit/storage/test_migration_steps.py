"""Books of an earlier version are brought up to date with everything that stood in them."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url, select, text

from app.domain.catalogue import generic_key, key_of
from app.domain.money import Quantity
from app.domain.stocktake import CountEntry
from app.storage import migrate
from app.storage.codec import to_text
from app.storage.engine import APPLICATION_ID, open_store
from app.storage.tables import MEDICINE
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import STORE, TILL, a_medicine
from tests.fakes.prescriptions import a_case
from tests.fakes.unit_of_work import secrets_for_tests

OLD_SALE = """
INSERT INTO sale (id, store_id, till_id, state, opened_at, done_at, cashier_id, person_id,
                  receipt_no, practice, replaces, total, line_count, first_line, version)
VALUES ('old', ?, ?, 'done', 1, 2, 'staff-1', 'person-1', 'no-1', 1, '', 0, 0, '', 3)
"""


@cache
def empty_books(revision):
    """The file of a revision, one step on from the file of the revision before it."""
    below = migrate.REVISIONS.index(revision) - 1
    with TemporaryDirectory() as folder:
        place = Path(folder) / "books.db"
        if below >= 0:
            place.write_bytes(empty_books(migrate.REVISIONS[below]))
        engine = create_engine(f"sqlite:///{place}")
        config = Config()
        scripts = Path(migrate.__file__).parent / "migrations"
        config.set_main_option("script_location", str(scripts))
        with engine.begin() as connection:
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
        engine.dispose()
        return place.read_bytes()


def books_of(revision, place):
    """Books as a program of that revision left them, with one done sale."""
    place.write_bytes(empty_books(revision))
    engine = create_engine(f"sqlite:///{place}")
    with engine.begin() as connection:
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


OLD_DRUG = """
INSERT INTO medicine (id, key, shop_code, barcode, trace_product_code, body)
VALUES (:id, :key, '', '', '', :body)
"""
NAMES = ("Ｖc 片", "ß Ａ\u3000片", "", "ﬁ片", "İ片")


def to_0004(engine):
    config = Config()
    folder = Path(migrate.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def drugs_of_0004(request, tmp_path):
    """Where books of revision 0004 are, with more drugs than one step reads, and those drugs."""
    place = tmp_path / "books.db"
    url = f"sqlite:///{place}"
    if request.param == "postgres":
        place = request.getfixturevalue("postgres_url")
        url = make_url(str(place)).set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    to_0004(engine)
    drugs = [
        a_medicine(number, generic_name=NAMES[number % len(NAMES)], national_code=f"N{number % 7}")
        for number in range(1, 4502)
    ]
    rows = [{"id": one.id, "key": key_of(one), "body": to_text(one)} for one in drugs]
    with engine.begin() as connection:
        connection.execute(text(OLD_DRUG), rows)
    engine.dispose()
    return place, drugs


def test_drugs_of_an_older_store_are_found_as_if_saved_today(drugs_of_0004):
    place, drugs = drugs_of_0004
    engine = open_store(place)
    with engine.connect() as connection:
        rows = connection.execute(select(MEDICINE).order_by(MEDICINE.c.id)).all()
    assert [(row.generic_key, row.national_code) for row in rows] == [
        (generic_key(one), one.national_code) for one in drugs
    ]
    with make_factory(engine, secrets_for_tests(), STORE, TILL)() as uow:
        fifth = [one for one in drugs if one.generic_name == NAMES[0]]
        assert uow.medicines.alike(["vc片"], []) == fifth
    engine.dispose()


OLD_TAKE = """
INSERT INTO stocktake (id, store_id, till_id, number, state, opened_at, version, body)
VALUES ('take-1', ?, ?, 'PC-1', 'counting', 1, 1, '{}')
"""
OLD_SHEET = """
INSERT INTO stocktake_sheet
  (store_id, till_id, id, stocktake_id, digest, at, by_id, entries, body)
VALUES (?, ?, 'sheet-1', 'take-1', 'digest', 1, 'staff-1', 2, ?)
"""


def test_sheets_of_counts_kept_line_by_line_come_back_count_by_count(tmp_path):
    place = books_of("0032", tmp_path / "books.db")
    lines = (
        ("r-1", "med-1", "lot-1", "40000", "staff-1", "1000000", "z-1", "A-1", "first", "sheet",
         "", "", ""),
        ("r-2", "med-2", "", "5000", "staff-1", "2000000", "", "", "first", "sheet",
         "X-1", "2026-01-01", "2028-01-01"),
    )  # fmt: skip
    engine = create_engine(f"sqlite:///{place}")
    with engine.begin() as connection:
        connection.exec_driver_sql(OLD_TAKE, (STORE, TILL))
        body = "\n".join(map("\t".join, lines))
        connection.exec_driver_sql(OLD_SHEET, (STORE, TILL, body))
    engine.dispose()
    engine = open_store(place)
    begins = datetime(1970, 1, 1, tzinfo=UTC)
    with make_factory(engine, secrets_for_tests(), STORE, TILL)() as uow:
        assert uow.stocktakes.entries("take-1") == [
            CountEntry("r-1", "med-1", "lot-1", Quantity.of(4), "staff-1",
                       begins + timedelta(seconds=1), "z-1", "A-1", device="sheet"),
            CountEntry("r-2", "med-2", "", Quantity.of("0.5"), "staff-1",
                       begins + timedelta(seconds=2), device="sheet", batch="X-1",
                       made_on=date(2026, 1, 1), expires_on=date(2028, 1, 1)),
        ]  # fmt: skip
    engine.dispose()
