"""The store's entry and its tills, on every database; the door of a store on PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from app.domain.pharmacist import Duty
from app.domain.rx_states import RxEvent
from app.domain.store import StoreRecord, TillRecord
from app.errors import (
    BadValue,
    NotFound,
    StoreBroken,
    StoreNewer,
    StoreTaken,
    TillInUse,
    TillTaken,
)
from app.storage.engine import open_store, with_password, without_password
from app.storage.shared_store import RingShelf, TillSeat, founding, look
from app.storage.tables_tills import STORE as STORE_TABLE
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import STORE, a_staff
from tests.fakes.clock import START
from tests.fakes.prescriptions import a_case
from tests.fakes.unit_of_work import secrets_for_tests

A_STORE = StoreRecord(
    STORE,
    "练习大药房",
    "P99990000001",
    "CN-130100",
    "http://127.0.0.1:9",
    "test",
    "by = '练习张三'",
)


def a_till(no, seat="seat-1"):
    return TillRecord(f"till-{no}", no, seat, START)


def founded(books):
    with books() as uow:
        uow.tills.found(A_STORE, "ring")
        uow.tills.register(a_till(1))
        uow.commit()


def test_a_store_and_its_tills_come_back_as_they_were_written(books):
    founded(books)
    with books() as uow:
        uow.tills.register(a_till(2))
        uow.commit()
    with books() as uow:
        assert uow.tills.store() == A_STORE
        assert uow.tills.all() == [a_till(1), a_till(2)]


def test_a_store_of_one_till_has_no_entry(books):
    with books() as uow, pytest.raises(NotFound):
        uow.tills.store()
    with books() as uow:
        assert uow.tills.all() == []


def test_books_hold_one_store(books, till, engine):
    founded(books)
    other = make_factory(engine, secrets_for_tests(), "another", "T9")
    with other() as uow, pytest.raises(StoreTaken):
        uow.tills.found(StoreRecord("another", "x", "P1", "r", "u", "test"), "ring")


def test_a_number_is_given_once_and_the_taken_ones_are_named(books):
    founded(books)
    with books() as uow, pytest.raises(TillTaken) as told:
        uow.tills.register(TillRecord("else", 1, "s", START))
    assert told.value.params == {"till": 1, "taken": "1"}


def test_who_takes_a_till_over_is_the_till(books):
    founded(books)
    with books() as uow:
        assert uow.tills.take_over(1, "seat-2", START) == a_till(1, "seat-2")
        with pytest.raises(NotFound):
            uow.tills.take_over(7, "seat-2", START)
        uow.commit()
    with books() as uow:
        assert uow.tills.all() == [a_till(1, "seat-2")]


def test_who_confirmed_the_area_does_not_stand_in_the_open(books, engine):
    founded(books)
    with engine.connect() as connection:
        row = connection.execute(select(STORE_TABLE)).one()
    assert "练习张三".encode() not in bytes(row.sealed_record)
    assert "练习张三" not in str(row)


def test_a_store_is_seen_without_keys_once_it_is_made(books, engine):
    assert look(engine) is None
    founded(books)
    seen = look(engine)
    assert seen is not None and not seen.made
    with books() as uow:
        uow.tills.made(START)
        uow.commit()
    seen = look(engine)
    assert seen is not None and seen.made
    assert (seen.id, seen.institution_code, seen.ring) == (STORE, "P99990000001", "ring")
    assert seen.tills == ((1, "till-1", "seat-1"),)


def test_the_ring_is_replaced_by_who_has_seen_it(books, engine):
    founded(books)
    shelf = RingShelf(engine)
    assert shelf.replace("ring", "ring 2") and not shelf.replace("ring", "ring 3")
    assert shelf.read() == "ring 2"


def test_the_pulse_of_prescriptions_changes_with_each_writing_at_whichever_till(till):
    one, two = till("till-1"), till("till-2")

    def pulse():
        with two() as uow:
            return uow.prescriptions.pulse()

    seen = [pulse()]
    assert pulse() == seen[0]
    with one() as uow:
        uow.prescriptions.add(a_case())
        uow.commit()
    seen.append(pulse())
    with one() as uow:
        case = uow.prescriptions.get("case-1")
        case.last_text = "练习中心原话"
        uow.prescriptions.save(case)
        uow.commit()
    seen.append(pulse())
    with one() as uow:
        case = uow.prescriptions.get("case-1")
        case.move(RxEvent.RETURNED)
        uow.prescriptions.save(case)
        uow.commit()
    seen.append(pulse())
    assert len(set(seen[:3])) == 3 and seen[3] == seen[0]


def test_the_pulse_of_duty_changes_when_somebody_comes_or_goes(till):
    one, two = till("till-1"), till("till-2")

    def pulse():
        with two() as uow:
            return uow.duties.pulse()

    nobody = pulse()
    with one() as uow:
        uow.duties.sign_on(Duty("duty-1", "staff-1", "till-1", START))
        uow.commit()
    somebody = pulse()
    assert somebody != nobody
    with two() as uow:
        uow.duties.sign_off("duty-1", START, "signed_off")
        uow.commit()
    assert pulse() == nobody


def test_another_store_s_prescriptions_have_a_pulse_of_their_own(books, engine):
    with books() as uow:
        before = uow.prescriptions.pulse()
    other = make_factory(engine, secrets_for_tests(), "another", "till-1")
    with other() as uow:
        uow.prescriptions.add(a_case())
        uow.commit()
    with books() as uow:
        assert uow.prescriptions.pulse() == before


# --- PostgreSQL alone -----------------------------------------------------------------------------

pg = pytest.mark.postgres


def make_store(place, made=True):
    with founding(place) as engine:
        with make_factory(engine, secrets_for_tests(), STORE, "till-1")() as uow:
            uow.tills.found(A_STORE, "ring")
            uow.commit()
        if made:
            with make_factory(engine, secrets_for_tests(), STORE, "till-1")() as uow:
                uow.tills.made(START)
                uow.commit()


@pg
def test_a_database_with_a_shop_takes_no_other(postgres_url):
    make_store(postgres_url)
    with pytest.raises(StoreTaken) as told, founding(postgres_url):
        pass
    assert told.value.params == {"code": "P99990000001"}


@pg
def test_what_a_setup_left_that_was_cut_off_is_cleared(postgres_url):
    make_store(postgres_url, made=False)
    with founding(postgres_url) as engine:
        assert look(engine) is None


@pg
def test_a_setup_that_fails_leaves_the_database_as_empty_as_it_was(postgres_url):
    with pytest.raises(ZeroDivisionError), founding(postgres_url) as engine:
        with make_factory(engine, secrets_for_tests(), STORE, "till-1")() as uow:
            uow.log.append("something", "x", START, {})
            uow.commit()
        raise ZeroDivisionError
    make_store(postgres_url)


@pg
def test_books_that_are_used_without_an_entry_are_somebody_s(postgres_books):
    engine = open_store(postgres_books)
    with make_factory(engine, secrets_for_tests(), STORE, "till-1")() as uow:
        uow.staff.add(a_staff(), "hash")
        uow.commit()
    with pytest.raises(StoreTaken), founding(postgres_books):
        pass
    with make_factory(engine, secrets_for_tests(), STORE, "till-1")() as uow:
        assert len(uow.staff.all()) == 1
    engine.dispose()


@pg
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", StoreNewer),
        ("DROP TABLE alembic_version", StoreBroken),
        ("UPDATE alembic_version SET version_num = '0003'", StoreTaken),
    ],
)
def test_books_of_others_are_left_alone(postgres_books, change, error):
    engine = open_store(postgres_books)
    with engine.begin() as connection:
        connection.execute(text(change))
    with pytest.raises(error), founding(postgres_books):
        pass
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM staff")).scalar_one() == 0
    engine.dispose()


@pg
def test_a_till_is_open_once(postgres_books):
    engine, elsewhere = open_store(postgres_books), open_store(postgres_books)
    here = TillSeat(engine, "till-1", 1)
    here.take()
    with pytest.raises(TillInUse) as told:
        TillSeat(elsewhere, "till-1", 1).take()
    assert told.value.params == {"till": 1}
    other = TillSeat(elsewhere, "till-2", 2)
    other.take()
    here.leave()
    here.leave()
    there = TillSeat(elsewhere, "till-1", 1)
    there.take()
    there.leave()
    other.leave()
    engine.dispose()
    elsewhere.dispose()


@pg
def test_a_seat_is_taken_anew_after_the_server_threw_its_line_away(postgres_books):
    engine, elsewhere = open_store(postgres_books), open_store(postgres_books)
    here = TillSeat(engine, "till-1", 1)
    here.take()
    here.keep()
    with elsewhere.connect() as connection:
        kill = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        connection.execute(text(f"{kill} AND pid <> pg_backend_pid()"))
    here.keep()
    with pytest.raises(TillInUse):
        TillSeat(elsewhere, "till-1", 1).take()
    here.leave()
    engine.dispose()
    elsewhere.dispose()


# --- addresses ------------------------------------------------------------------------------------


def test_a_password_is_taken_out_of_an_address_and_put_back():
    whole = "postgresql://yaotai:s3cret%40pw@db.invalid:5433/shop?sslmode=require"
    bare, password = without_password(whole)
    assert bare == "postgresql://yaotai@db.invalid:5433/shop?sslmode=require"
    assert password == "s3cret@pw"
    assert with_password(bare, password) == whole
    assert with_password(bare, "") == bare
    assert without_password(bare) == (bare, "")
    assert without_password("postgres://a@/b?host=/tmp")[0] == "postgresql://a@/b?host=%2Ftmp"


@pytest.mark.parametrize(
    "place",
    ["", "shop.db", "mysql://a:b@c/d", "postgresql://", "postgresql://u:p@h", "postgresql://h:x/d",
     "postgresql://u@h/d?password=s3cret"],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_telling_it(place):
    with pytest.raises(BadValue) as told:
        without_password(place)
    assert "s3cret" not in str(told.value)
