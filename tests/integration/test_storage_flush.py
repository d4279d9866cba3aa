"""Completing a sale is one durable step: one commit in the log ahead, which is flushed once."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from app.storage.engine import fold, open_store
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import STORE, TILL, a_sale, cash_for
from tests.fakes.clock import START
from tests.fakes.unit_of_work import secrets_for_tests
from ui.bench._commit_limit import LogAhead

ROOT = Path(__file__).resolve().parents[2]


def complete(books, sale_id):
    with books() as uow:
        sale = uow.sales.get(sale_id)
        sale.complete(cash_for(sale), f"R-{sale_id}", START)
        uow.sales.save(sale)
        uow.codes.take(sale_id, [f"{sale_id}{no}" for no in range(3)], START)
        uow.log.append("sale.completed", "staff-1", START, {"sale": sale_id})
        uow.commit()


@pytest.fixture
def engine_with_sales(sqlite_place):
    engine = open_store(sqlite_place)
    books = make_factory(engine, secrets_for_tests(), STORE, TILL)
    with books() as uow:
        for number in range(5):
            uow.sales.add(a_sale(f"sale-{number}"))
        uow.commit()
    yield engine, books, sqlite_place
    engine.dispose()


def test_a_completion_is_one_commit(engine_with_sales):
    _, books, place = engine_with_sales
    log = LogAhead(place.with_name(place.name + "-wal"))
    log.look()
    before = log.commits
    for number in range(5):
        complete(books, f"sale-{number}")
    log.look()
    assert log.commits - before == 5


def test_every_connection_is_durable_and_minds_its_keys(engine_with_sales):
    engine, _, _ = engine_with_sales
    with engine.connect() as connection:
        for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == wanted


def test_folding_moves_the_log_into_the_file(engine_with_sales):
    engine, books, place = engine_with_sales
    before = place.stat().st_size
    fold(engine)
    assert place.stat().st_size > before
    complete(books, "sale-0")


COMPLETIONS = """
import os, sys
from app.storage.engine import open_store
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import STORE, TILL, a_sale
from tests.fakes.unit_of_work import secrets_for_tests
from tests.integration.test_storage_flush import complete
books = make_factory(open_store(sys.argv[1]), secrets_for_tests(), STORE, TILL)
with books() as uow:
    for number in range(6):
        uow.sales.add(a_sale(f"sale-{number}"))
    uow.commit()
complete(books, "sale-0")
os.write(2, b"MARK\\n")
for number in range(1, 6):
    complete(books, f"sale-{number}")
os.write(2, b"MARK\\n")
"""


def test_the_operating_system_sees_one_flush_a_completion(sqlite_place):
    """Watches the system calls of a process of its own; skipped where that is not allowed."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    trace = sqlite_place.with_name("trace")
    calls = "trace=fsync,fdatasync,write"
    watched = [strace, "-f", "-o", str(trace), "-e", calls, sys.executable, "-c", COMPLETIONS]
    done = subprocess.run([*watched, str(sqlite_place)], cwd=ROOT, capture_output=True, text=True)
    if "PTRACE" in done.stderr or "ptrace" in done.stderr:
        pytest.skip("this machine does not let us watch system calls")
    assert done.returncode == 0, done.stderr
    _, between, _ = trace.read_text().split('"MARK\\n"')
    assert between.count("sync(") == 5
