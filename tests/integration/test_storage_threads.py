"""Threads and processes side by side: no number twice, no log torn, one process a home."""

import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.errors import HomeInUse, RuleBroken
from app.storage.engine import open_store
from app.storage.home_lock import HomeLock
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import INSTITUTION, STORE, TILL, a_code, a_sale
from tests.fakes.clock import START
from tests.fakes.unit_of_work import secrets_for_tests

ROOT = Path(__file__).resolve().parents[2]


shared = pytest.mark.parametrize(
    "engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
"""Books that several threads may share: not those in memory."""


@shared
def test_two_threads_never_get_one_number_nor_tear_the_log(books):
    def act(_):
        with books() as uow:
            msgid = uow.numbers.next_msgid(INSTITUTION, 1, START)
            uow.log.append("number.taken", "staff-1", START, {"msgid": msgid})
            uow.commit()
        return msgid

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(act, range(120)))
    assert len(set(taken)) == 120
    with books() as uow:
        logged = [entry.entry for entry in uow.log.tail(200)]
        assert uow.log.verify() == (120, "")
    # Newest first in the log, and the numbers grow with it.
    assert logged == sorted(logged, reverse=True)


@shared
def test_tills_side_by_side_share_counters_and_keep_chains_of_their_own(till):
    def act(number):
        name = f"{number % 4 + 1:02d}"
        with till(name)() as uow:
            serial = uow.numbers.next_serial("visit")
            uow.log.append("visit.numbered", "staff-1", START, {"serial": serial})
            uow.commit()
        return serial

    with ThreadPoolExecutor(4) as pool:
        serials = list(pool.map(act, range(80)))
    assert sorted(serials) == list(range(1, 81))
    with till("01")() as uow:
        assert uow.log.verify() == (80, "")
        assert len(uow.log.tail(100)) == 20


@shared
def test_of_many_sales_that_want_one_code_one_gets_it(till):
    codes = [a_code(number) for number in range(3)]
    with till("01")() as uow:
        for number in range(8):
            uow.sales.add(a_sale(f"sale-{number}"))
        uow.commit()

    def act(number):
        try:
            with till(f"{number:02d}")() as uow:
                uow.codes.take(f"sale-{number}", codes[:: (-1) ** number], START)
                uow.commit()
        except RuleBroken:
            return "refused"
        return "sold"

    with ThreadPoolExecutor(4) as pool:
        ends = Counter(pool.map(act, range(8)))
    assert ends == {"sold": 1, "refused": 7}
    with till("01")() as uow:
        assert len({one.sale_id for one in uow.codes.where(codes).values()}) == 1


def test_a_home_is_held_by_one(tmp_path):
    home = tmp_path / "home"
    with HomeLock(home):
        with pytest.raises(HomeInUse):
            HomeLock(home).acquire()
        assert (home / "lock").read_text() == str(os.getpid())
    with HomeLock(home):
        pass


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a matter of POSIX")
def test_a_process_killed_outright_leaves_its_home_free(tmp_path):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from app.storage.home_lock import HomeLock\n"
            "held = HomeLock(Path(sys.argv[1])); held.acquire()\n"
            "print('held', flush=True); sys.stdin.read()",
            str(tmp_path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert holder.stdout.readline() == b"held\n"
    try:
        with pytest.raises(HomeInUse):
            HomeLock(tmp_path).acquire()
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
    with HomeLock(tmp_path):
        pass


KILLED = """
import os, signal, sys
from pathlib import Path
from app.storage.engine import open_store
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import STORE, TILL, a_sale
from tests.fakes.clock import START
from tests.fakes.unit_of_work import secrets_for_tests
books = make_factory(open_store(sys.argv[1]), secrets_for_tests(), STORE, TILL)
for number in range(20):
    with books() as uow:
        uow.sales.add(a_sale(f"sale-{number}", ))
        uow.log.append("sale.added", "staff-1", START, {"sale": number})
        uow.commit()
with books() as uow:
    uow.sales.add(a_sale("torn"))
    uow.log.append("sale.added", "staff-1", START, {"sale": "torn"})
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a matter of POSIX")
def test_what_was_committed_survives_a_kill_and_nothing_else(sqlite_place):
    done = subprocess.run([sys.executable, "-c", KILLED, str(sqlite_place)], cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    engine = open_store(sqlite_place)
    books = make_factory(engine, secrets_for_tests(), STORE, TILL)
    with books() as uow:
        assert {sale.id for sale in uow.sales.unfinished(TILL)} == {f"sale-{n}" for n in range(20)}
        assert uow.log.verify() == (20, "")
    engine.dispose()
