"""A deletion run killed with SIGKILL before and after each durable step; its own process.

``python evidence_crash.py FOLDER`` prints one JSON document: for each place where it died, what
the books and the disk said at once, and what they say after the next morning's run.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from app.domain.evidence import Exhibit
from app.storage.engine import open_store
from app.storage.unit_of_work import make_factory
from app.use_cases.delete_evidence import deletion_run
from tests.fakes.builders import STORE, TILL
from tests.fakes.clock import START
from tests.fakes.evidence import VaultBench, vault_bench
from tests.fakes.unit_of_work import secrets_for_tests, template

PIECES = 3


class Mortal:
    """Counts what is durable; at the wanted place the process dies."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.seen = wanted, 0

    def pass_by(self) -> None:
        self.seen += 1
        if self.seen == self.wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, bench: VaultBench) -> None:
        units, files = bench.doors.uow, bench.files
        unlink = files.remove

        def opened() -> Any:
            uow = units()
            inner = uow.commit

            def commit() -> None:
                self.pass_by()
                inner()
                self.pass_by()

            uow.commit = commit
            return uow

        def remove(exhibit: Exhibit) -> None:
            self.pass_by()
            unlink(exhibit)
            self.pass_by()

        object.__setattr__(bench.doors, "uow", opened)
        files.remove = remove


def opened(folder: Path) -> VaultBench:
    engine = open_store(folder / "books.db")
    bench = vault_bench(folder, make_factory(engine, secrets_for_tests(), STORE, TILL))
    bench.packs.days = {"self_paid": {"purchase_list": 3, "drug_records": 3}}
    return bench


def told(folder: Path, ids: list[str]) -> dict[str, object]:
    bench = opened(folder)
    with bench.doors.uow() as uow:
        rows = uow.keeping.named(ids)
        records = {one.exhibit.id: one for one in uow.keeping.deletions(99)}
        holds, broken = uow.log.verify()
        logged = sum(one.act == "evidence.deleted" for one in uow.log.tail(999))
    return {
        "there": [bench.files.there(rows[one]) for one in ids],
        "marked": [rows[one].deleted_at is not None for one in ids],
        "recorded": [one in records for one in ids],
        "reported": [one in records and records[one].destroyed_at is not None for one in ids],
        "logged": logged,
        "chain": broken if holds else "empty",
    }


def die(folder: Path, wanted: int) -> bool:
    """Whether the run was killed; false = it has fewer steps than that."""
    child = os.fork()
    if child == 0:
        bench = opened(folder)
        bench.clock.advance(days=20)
        mortal = Mortal(wanted)
        mortal.watch(bench)
        list(deletion_run(bench.doors, "system"))
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def main(place: Path) -> None:
    first = place / "first"
    first.mkdir()
    (first / "books.db").write_bytes(template())
    bench = opened(first)
    ids = [bench.keep(sale_id=f"sale-{number}").id for number in range(PIECES)]
    walks, wanted = [], 1
    while True:
        folder = place / f"walk-{wanted}"
        shutil.copytree(first, folder)
        if not die(folder, wanted):
            break
        night = told(folder, ids)
        morning = opened(folder)
        morning.clock.set(START)
        morning.clock.advance(days=21)
        list(deletion_run(morning.doors, "system"))
        walks.append({"at": wanted, "night": night, "morning": told(folder, ids)})
        wanted += 1
    sys.stdout.write(json.dumps(walks))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
