"""A full disk, a locked, read-only or foreign file: each has its own error, and no sale is torn."""

import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy.exc import SQLAlchemyError

from app.domain.insurance import Answer, Outcome
from app.domain.returns import Return, ReturnReason
from app.errors import StoreBroken, StoreBusy, StoreError, StoreFull, StoreReadOnly
from app.ports import OutboxRow, RequestRow
from app.storage.engine import fold, open_store
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import (
    CERT_NO,
    STORE,
    TILL,
    a_person,
    a_prescription,
    a_sale,
    a_settlement,
    a_staff,
)
from tests.fakes.clock import START
from tests.fakes.unit_of_work import secrets_for_tests, template


def books_at(place, **options):
    engine = open_store(place, **options)
    return engine, make_factory(engine, secrets_for_tests(), STORE, TILL)


def fill(books):
    """Write until an error comes; answers how many units were committed."""
    for number in range(10_000):
        with books() as uow:
            uow.settings.put(f"n{number}", "练" * 5000)
            uow.settings.put("last", str(number))
            uow.commit()
    raise AssertionError("never full")


def assert_whole(books):
    """The last unit is there whole or not at all."""
    with books() as uow:
        last = int(uow.settings.get("last"))
        assert uow.settings.get(f"n{last}") != ""
        assert uow.settings.get(f"n{last + 1}") == ""


def test_full_books_say_so_and_keep_what_was_committed(sqlite_place):
    pages = sqlite_place.stat().st_size // 4096
    engine, books = books_at(sqlite_place, max_pages=pages + 40)
    with pytest.raises(StoreFull):
        fill(books)
    assert_whole(books)
    engine.dispose()


DISK, ROOM = 4_194_304, 300_000


@pytest.fixture
def tiny_disk():
    """A file system of so many bytes; only root can mount one."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    folder = Path(mkdtemp(prefix="yaotai-disk-"))
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(folder)], capture_output=True
    )
    if mount.returncode != 0:
        folder.rmdir()
        pytest.skip("this machine does not let us mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


def test_a_full_disk_says_so_and_goes_on_when_there_is_room_again(tiny_disk):
    ballast = tiny_disk / "ballast"
    place, empty = tiny_disk / "books.db", template()
    # Empty books grow with their tables: what is left beside them is always the same.
    ballast.write_bytes(bytes(DISK - len(empty) - ROOM))
    place.write_bytes(empty)
    engine, books = books_at(place)
    with pytest.raises(StoreFull):
        fill(books)
    assert_whole(books)
    ballast.unlink()
    with books() as uow:
        uow.sales.add(a_sale())
        uow.commit()
    with books() as uow:
        assert uow.sales.get("sale-1") == a_sale()
    engine.dispose()


def test_a_read_only_file_says_so(sqlite_place):
    open_store(sqlite_place).dispose()
    link = subprocess.run(["chattr", "+i", str(sqlite_place)], capture_output=True)
    if link.returncode != 0:
        if os.geteuid() == 0:
            pytest.skip("root writes read-only files, and this disk knows no other lock")
        sqlite_place.chmod(0o400)
    try:
        with pytest.raises(StoreReadOnly):
            _, books = books_at(sqlite_place)
            with books() as uow:
                uow.settings.put("a", "b")
                uow.commit()
    finally:
        subprocess.run(["chattr", "-i", str(sqlite_place)], capture_output=True)


def test_a_folder_that_is_not_there_says_so(tmp_path):
    with pytest.raises(StoreReadOnly):
        open_store(tmp_path / "nowhere" / "books.db")


def test_a_file_locked_by_another_process_is_busy_and_free_again(sqlite_place):
    engine, books = books_at(sqlite_place, busy_millis=20)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sqlite3, sys\n"
            "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
            "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()",
            str(sqlite_place),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreBusy), books():
            pass
    finally:
        holder.communicate()
    with books() as uow:
        uow.settings.put("a", "b")
        uow.commit()
    engine.dispose()


@pytest.mark.parametrize(
    "content",
    [b"not a database at all " * 300, b"SQLite format 3\x00" + b"\xff" * 5000],
    ids=["garbage", "torn"],
)
def test_garbage_is_told_as_broken_and_left_alone(tmp_path, content):
    place = tmp_path / "books.db"
    place.write_bytes(content)
    with pytest.raises(StoreBroken):
        open_store(place)
    assert place.read_bytes() == content


def test_the_database_of_another_program_is_left_alone(tmp_path):
    place = tmp_path / "other.db"
    with sqlite3.connect(place) as other:
        other.execute("CREATE TABLE contacts (name)")
    other.close()
    before = place.read_bytes()
    with pytest.raises(StoreBroken):
        open_store(place)
    assert place.read_bytes() == before


def test_pages_that_went_bad_are_told_as_broken(sqlite_place):
    engine, books = books_at(sqlite_place)
    with books() as uow:
        for number in range(40):
            uow.sales.add(a_sale(f"sale-{number}"))
        uow.commit()
    fold(engine)
    engine.dispose()
    content = bytearray(sqlite_place.read_bytes())
    content[8192:] = b"\xa5" * (len(content) - 8192)
    sqlite_place.write_bytes(content)
    with pytest.raises(StoreBroken):
        engine, books = books_at(sqlite_place)
        with books() as uow:
            uow.sales.get("sale-7")
    engine.dispose()


def test_no_error_of_the_database_shows_what_was_written(sqlite_place):
    engine, books = books_at(sqlite_place)
    with pytest.raises(StoreError) as told, books() as uow:
        uow.sales.add(a_sale(cashier_id=None, receipt_no=CERT_NO))
    assert CERT_NO not in repr(told.value)
    with engine.connect() as connection, pytest.raises(SQLAlchemyError) as raw:
        connection.exec_driver_sql("SELECT ? FROM nowhere", (CERT_NO,))
    assert CERT_NO not in str(raw.value)
    engine.dispose()


@pytest.mark.postgres
def test_a_server_that_went_away_is_an_error_of_the_store(postgres_cluster):
    with pytest.raises(StoreError):
        open_store(f"postgresql://postgres@/none?host={postgres_cluster}-gone")


@pytest.mark.postgres
def test_a_till_waits_its_turn_only_so_long(postgres_books):
    first_engine, first = books_at(postgres_books)
    second_engine, second = books_at(postgres_books, busy_millis=20)
    with first() as uow:
        uow.settings.put("a", "b")
        with pytest.raises(StoreBusy), second():
            pass
    with second() as uow:
        assert uow.settings.get("a") == ""
    first_engine.dispose()
    second_engine.dispose()


def test_nothing_that_names_a_person_lies_in_the_clear(sqlite_place):
    """Every file of a home is searched for each invented identifier, the log ahead too."""
    engine, books = books_at(sqlite_place)
    marks = write_everything(books)
    searched = 0
    for folded in (False, True):
        if folded:
            fold(engine)
        for path in sqlite_place.parent.iterdir():
            content = path.read_bytes()
            searched += len(content)
            for mark in marks:
                for coding in ("utf-8", "utf-16-le", "gb18030"):
                    assert mark.encode(coding) not in content, (path.name, mark)
    assert searched > 100_000
    engine.dispose()


def write_everything(books):
    """Puts invented identifiers into every field that may hold one; answers them."""
    person = a_person()
    marks = [person.psn_no, person.name, person.cert_no, "练习病史", "练习店员", "练习医生"]
    told = "|".join(marks)
    with books() as uow:
        uow.persons.keep(person, "person-1", START)
        paper = a_prescription(diagnosis_name="练习病史", doctor_name="练习医生")
        uow.sales.add(a_sale(prescription=paper))
        uow.settlements.add(a_settlement(last_text=told))
        row = RequestRow("m1", "2102", "SettleBasket", "set-1", told.encode(), START)
        uow.requests.write(row)
        uow.requests.answer("m1", Answer(Outcome.REFUSED, "-1", told, raw=told.encode()), START)
        uow.requests.answer("m1", Answer(Outcome.REFUSED, "-1", told, raw=told.encode()), START)
        whole = replace(row, msgid="m2", text=told, answer=told.encode(), outcome=Outcome.REFUSED)
        uow.requests.write(whole)
        uow.outbox.add([OutboxRow("k", "sale-1", "sold", {"who": told}, START)])
        uow.staff.add(a_staff(name="练习店员"), "$argon2id$")
        reason = ReturnReason.QUALITY
        uow.returns.add(Return("r", "sale-1", reason, "staff-1", START, (), note=told))
        uow.commit()
    return marks


def test_no_copy_of_the_books_is_left_behind(sqlite_place):
    engine, books = books_at(sqlite_place)
    with books() as uow:
        uow.sales.add(a_sale())
        uow.commit()
    engine.dispose()
    shutil.move(sqlite_place, sqlite_place.with_name("moved.db"))
    assert [path.name for path in sqlite_place.parent.iterdir()] == ["moved.db"]


@pytest.mark.postgres
def test_a_connection_that_breaks_inside_a_unit_loses_that_unit_only(postgres_books):
    engine, books = books_at(postgres_books)
    other, _ = books_at(postgres_books)
    with pytest.raises(StoreError), books() as uow:
        uow.sales.add(a_sale("torn"))
        with other.connect() as connection:
            kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> %s"
            mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            connection.exec_driver_sql(f"{kill} AND datname = current_database()", (mine,))
        uow.sales.add(a_sale("later"))
    with books() as uow:
        assert uow.sales.unfinished(TILL) == []
        uow.sales.add(a_sale())
        uow.commit()
    engine.dispose()
    other.dispose()
