"""A check names every damage once, and calls nothing damaged that is not."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.evidence_keeping import Damage
from app.errors import StoreReadOnly
from app.use_cases.check_evidence import BATCH, CheckTally, LastCheck, check_evidence, last_check
from app.use_cases.delete_evidence import deletion_run
from app.use_cases.exhibits import seal_exhibit
from tests.fakes.evidence import CASHIER, VaultBench, vault_bench


@pytest.fixture
def bench(tmp_path: Path) -> VaultBench:
    return vault_bench(tmp_path)


def check(bench: VaultBench) -> CheckTally:
    return list(check_evidence(bench.doors, "staff-m"))[-1]


def place(bench: VaultBench, exhibit: Exhibit) -> Path:
    return bench.folder / "evidence" / bench.files.place(exhibit)


def damages(tally: CheckTally) -> list[tuple[Damage, str]]:
    return [(one.damage, one.exhibit_id) for one in tally.findings]


def kept(bench: VaultBench) -> LastCheck:
    with bench.doors.uow() as uow:
        found = last_check(bench.doors, uow)
    assert found is not None
    return found


def test_a_good_vault_is_good(bench: VaultBench) -> None:
    for _ in range(BATCH + 2):
        bench.keep(sale_id="sale-1")
    tally = check(bench)
    assert (tally.opened, tally.files, tally.findings) == (BATCH + 2, BATCH + 2, ())
    assert kept(bench).is_good
    assert json.loads(bench.acts("evidence.checked")[0])["pieces"] == BATCH + 2


def test_an_empty_vault_without_a_folder_is_good(bench: VaultBench) -> None:
    assert check(bench).findings == ()


def test_nobody_looked_yet(bench: VaultBench) -> None:
    with bench.doors.uow() as uow:
        assert last_check(bench.doors, uow) is None


@pytest.mark.rule("LN-2.4a")
def test_a_missing_file(bench: VaultBench) -> None:
    gone, there = bench.keep(sale_id="sale-7"), bench.keep()
    place(bench, gone).unlink()
    tally = check(bench)
    assert damages(tally) == [(Damage.MISSING, gone.id)]
    assert tally.findings[0].sale_id == "sale-7"
    assert kept(bench).findings == tally.findings
    assert kept(bench).counts == {Damage.MISSING: 1}
    assert bench.files.there(there)


@pytest.mark.parametrize("how", ["flipped", "cut", "empty", "swapped", "huge", "link", "folder"])
def test_an_altered_file(bench: VaultBench, how: str) -> None:
    one = bench.keep(content=b"first practice piece")
    other = bench.keep(content=b"other practice piece")
    path = place(bench, one)
    held = path.read_bytes()
    if how == "flipped":
        path.write_bytes(held[:-1] + bytes([held[-1] ^ 1]))
    elif how == "cut":
        path.write_bytes(held[:30])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "swapped":
        path.write_bytes(place(bench, other).read_bytes())
    elif how == "huge":
        with path.open("ab") as file:
            file.truncate(3_000_000_000)
    else:
        path.unlink()
        if how == "link":
            path.symlink_to(place(bench, other))
        else:
            path.mkdir()
    found = damages(check(bench))
    assert (Damage.ALTERED, one.id) in found
    assert (Damage.ALTERED, other.id) not in found


def test_a_file_that_no_book_names_counts_from_the_next_day_on(bench: VaultBench) -> None:
    made = seal_exhibit(bench.doors, EvidenceKind.SIGNATURE, b"practice", "text/plain", CASHIER)
    then = bench.clock.now().timestamp()
    os.utime(place(bench, made), (then, then))
    assert check(bench).findings == ()
    bench.clock.advance(days=1, minutes=1)
    assert damages(check(bench)) == [(Damage.UNNAMED, made.id)]


def test_garbage_in_the_folder_is_named_and_touched_by_nobody(bench: VaultBench) -> None:
    good = bench.keep()
    top = bench.folder / "evidence"
    day = place(bench, good).parent
    (top / "readme.txt").write_text("x")
    (day / "photo.jpg").write_bytes(b"\xff\xd8")
    (day / "unknown-id.sealed").write_bytes(os.urandom(200))
    (day / "inner").mkdir()
    (day / "inner" / "deep.sealed").write_bytes(b"x")
    (top / "link").symlink_to(bench.folder)
    os.mkfifo(day / "pipe.sealed")
    copy = top / "1999" / "01-01"
    copy.mkdir(parents=True)
    (copy / place(bench, good).name).write_bytes(place(bench, good).read_bytes())
    os.utime(copy / place(bench, good).name, (0, 0))
    found = check(bench).findings
    assert {(one.damage, Path(one.name).name) for one in found} == {
        (Damage.FOREIGN, "readme.txt"),
        (Damage.FOREIGN, "photo.jpg"),
        (Damage.FOREIGN, "unknown-id.sealed"),
        (Damage.FOREIGN, "deep.sealed"),
        (Damage.FOREIGN, "link"),
        (Damage.FOREIGN, "pipe.sealed"),
        (Damage.UNNAMED, place(bench, good).name),
    }
    assert len(bench.files_there()) == 8, "looking removes nothing"


def test_a_file_that_came_back_after_its_deletion_goes_again(bench: VaultBench) -> None:
    one = bench.keep()
    held = place(bench, one).read_bytes()
    bench.clock.advance(days=20)
    list(deletion_run(bench.doors, "system"))
    bench.packs.days = {"self_paid": {"purchase_list": 3, "drug_records": 3}}
    list(deletion_run(bench.doors, "system"))
    assert not bench.files.there(one)
    assert check(bench).findings == ()
    place(bench, one).write_bytes(held)
    assert damages(check(bench)) == [(Damage.RETURNED, one.id)]
    list(deletion_run(bench.doors, "system"))
    assert not bench.files.there(one)
    assert check(bench).findings == ()


class _ReadOnly:
    def __init__(self, bench: VaultBench) -> None:
        self._inner = bench.files

    def __getattr__(self, name: str):
        return getattr(self._inner, name)

    def remove(self, exhibit: Exhibit) -> None:
        raise StoreReadOnly(why="read-only")


def test_a_file_that_the_disk_does_not_let_go(bench: VaultBench) -> None:
    one = bench.keep()
    bench.packs.days = {"self_paid": {"purchase_list": 3, "drug_records": 3}}
    bench.clock.advance(days=20)
    doors = replace(bench.doors, evidence=_ReadOnly(bench))
    list(deletion_run(doors, "system"))
    assert damages(check(bench)) == [(Damage.STUCK, one.id)]


def test_a_check_that_is_given_up_is_not_kept(bench: VaultBench) -> None:
    bench.keep()
    steps = check_evidence(bench.doors, "staff-m")
    next(steps)
    next(steps)
    steps.close()
    with bench.doors.uow() as uow:
        assert last_check(bench.doors, uow) is None
    assert bench.acts("evidence.checked") == []


def test_what_is_deleted_while_it_is_looked_for_is_not_missing(bench: VaultBench) -> None:
    bench.packs.days = {"self_paid": {"purchase_list": 3, "drug_records": 3}}
    for _ in range(BATCH + 5):
        bench.keep()
    bench.clock.advance(days=20)
    steps = check_evidence(bench.doors, "staff-m")
    next(steps)
    next(steps)
    list(deletion_run(bench.doors, "system"))
    assert list(steps)[-1].findings == ()
