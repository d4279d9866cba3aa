"""A parcel that a stranger can check: whole or not there at all, and written down either way."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from app.domain.evidence import EvidenceKind
from app.domain.signature import PenPoint, PenTrace, trace_text
from app.domain.staff import Role
from app.errors import (
    BadValue,
    NotAllowed,
    NotFound,
    SecondPersonNeeded,
    StoreFull,
    StoreReadOnly,
)
from app.storage.unit_of_work import make_factory
from app.use_cases.export_evidence import BATCH, ExportTally, ExportWish, export_evidence
from app.use_cases.sign_in import SecondPerson
from app.vault.parcel import LIST_NAME, Parcels
from tests.fakes.builders import STORE, TILL
from tests.fakes.clock import START
from tests.fakes.evidence import CASHIER, MANAGER, VaultBench, vault_bench
from tests.fakes.unit_of_work import memory_engine, secrets_for_tests
from ui.words import say

SECOND = SecondPerson("9001", "900900")
TRACE = PenTrace(
    720, 260, (tuple(PenPoint(x * 30, 20 + x, 500, x * 9) for x in range(12)),)
)  # fmt: skip
SIGNED = trace_text(TRACE).encode()
JPEG = b"\xff\xd8practice picture\xff\xd9"


@pytest.fixture
def bench(tmp_path: Path) -> VaultBench:
    made = vault_bench(tmp_path)
    made.hire("9001", Role.ADMINISTRATOR)
    return made


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "stick"


def wish(out: Path, **chosen) -> ExportWish:
    chosen = chosen or {"sale_id": "sale-1"}
    return ExportWish("练习：医保局检查", folder=str(out), **chosen)


def steps(bench: VaultBench, wished: ExportWish, maker=None, operator=MANAGER, second=SECOND):
    return export_evidence(
        bench.doors, wished, operator, second, maker or Parcels(bench.folder), say
    )


def done(bench: VaultBench, wished: ExportWish) -> ExportTally:
    return list(steps(bench, wished))[-1]


def rows(parcel: zipfile.ZipFile) -> list[dict[str, str]]:
    text = parcel.read("index.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.rule("HY-1.1.4b")
def test_a_parcel_holds_the_pieces_in_the_clear_with_an_index(bench: VaultBench, out: Path) -> None:
    bench.keep(content=SIGNED, sale_id="sale-1")
    bench.keep(EvidenceKind.PURCHASE_STILL, JPEG, sale_id="sale-1", person_id="person-9")
    bench.keep(sale_id="sale-2")
    tally = done(bench, wish(out))
    assert (tally.pieces, tally.done, tally.missing) == (2, 2, 0)
    place = Path(tally.place)
    assert place.parent == out
    assert place.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(place) as parcel:
        assert parcel.testzip() is None
        names = parcel.namelist()
        assert names[:3] == [
            "pieces/00001-signature.json",
            "pieces/00001-signature.svg",
            "pieces/00002-purchase_still.jpg",
        ]
        assert parcel.read("pieces/00001-signature.json") == SIGNED
        assert parcel.read("pieces/00002-purchase_still.jpg") == JPEG
        assert b"<polyline" in parcel.read("pieces/00001-signature.svg")
        told = parcel.read("README.txt").decode("utf-8-sig")
        assert "练习：医保局检查" in told
        assert "sha256sum -c SHA256SUMS" in told
        index = rows(parcel)
        assert len(index) == 2
        assert set(index[1].values()) >= {"pieces/00002-purchase_still.jpg", "image/jpeg"}


def test_a_stranger_checks_it_with_sha256sum(bench: VaultBench, out: Path, tmp_path: Path) -> None:
    for number in range(BATCH + 3):
        bench.keep(content=f"practice {number}".encode(), sale_id="sale-1")
    tally = done(bench, wish(out))
    shown = tmp_path / "unpacked"
    with zipfile.ZipFile(tally.place) as parcel:
        parcel.extractall(shown)
    sums = (shown / LIST_NAME).read_bytes()
    assert hashlib.sha256(sums).hexdigest() == tally.digest
    listed = {line.split("  ", 1)[1] for line in sums.decode().splitlines()}
    there = {one.relative_to(shown).as_posix() for one in shown.rglob("*") if one.is_file()}
    assert listed == there - {LIST_NAME}
    if shutil.which("sha256sum"):
        checked = subprocess.run(
            ["sha256sum", "--strict", "-c", LIST_NAME], cwd=shown, capture_output=True, check=False
        )
        assert checked.returncode == 0, checked.stdout
        (shown / "index.csv").write_bytes(b"changed")
        checked = subprocess.run(
            ["sha256sum", "-c", LIST_NAME], cwd=shown, capture_output=True, check=False
        )
        assert checked.returncode == 1


def test_who_took_out_what_with_whom_and_what_for_stays(bench: VaultBench, out: Path) -> None:
    kept = bench.keep(sale_id="sale-1")
    tally = done(bench, wish(out))
    begun = json.loads(bench.acts("evidence.export_begun")[0])
    ended = json.loads(bench.acts("evidence.exported")[0])
    assert begun["sale"] == "sale-1"
    assert begun["second"] == ended["second"]
    assert ended["digest"] == tally.digest
    with bench.doors.uow() as uow:
        (parcel,) = uow.keeping.parcels(9)
        look = uow.keeping.looks([kept.id])[kept.id]
    assert (parcel.purpose, parcel.digest) == ("练习：医保局检查", tally.digest)
    assert look.by == "staff-m"
    assert "医保局" not in "".join(bench.acts("evidence.exported"))


def test_a_person_or_a_period(bench: VaultBench, out: Path) -> None:
    bench.keep(person_id="person-1")
    bench.clock.advance(days=2)
    bench.keep(person_id="person-2")
    assert done(bench, wish(out, person_id="person-2")).done == 1
    period = {"begins": START, "ends": START + timedelta(days=1)}
    assert done(bench, wish(out, **period)).done == 1
    assert len(list(out.iterdir())) == 2, "nothing is written over"


def test_what_cannot_be_had_stands_in_the_index(bench: VaultBench, out: Path) -> None:
    gone, altered, _good = (bench.keep(sale_id="sale-1") for _ in range(3))
    (bench.folder / "evidence" / bench.files.place(gone)).unlink()
    (bench.folder / "evidence" / bench.files.place(altered)).write_bytes(b"\x01garbage")
    tally = done(bench, wish(out))
    assert (tally.done, tally.missing) == (1, 2)
    with zipfile.ZipFile(tally.place) as parcel:
        states = [row[say("vault_export.column_state")] for row in rows(parcel)]
    assert states == [say(f"vault_export.state_{one}") for one in ("missing", "altered", "there")]


def test_pieces_of_another_till_stand_in_the_index_as_such(out: Path, tmp_path: Path) -> None:
    engine = memory_engine()
    here, there = (make_factory(engine, secrets_for_tests(), STORE, name) for name in (TILL, "02"))
    bench = vault_bench(tmp_path / "here", here)
    (tmp_path / "here").mkdir()
    bench.hire("9001", Role.ADMINISTRATOR)
    bench.keep(sale_id="sale-1")
    other = vault_bench(tmp_path / "there", there)
    other.doors.ids._numbers = count(500)  # ids of two tills never meet
    other.keep(sale_id="sale-1")
    tally = done(bench, wish(out))
    assert (tally.done, tally.missing) == (1, 1)
    with zipfile.ZipFile(tally.place) as parcel:
        states = {row[say("vault_export.column_state")] for row in rows(parcel)}
    assert states == {say("vault_export.state_there"), say("vault_export.state_elsewhere")}
    engine.dispose()


def test_nobody_takes_evidence_out_alone_or_without_a_purpose(bench: VaultBench, out: Path) -> None:
    bench.keep(sale_id="sale-1")
    with pytest.raises(NotAllowed):
        list(steps(bench, wish(out), operator=CASHIER))
    same = bench.hire("3009", Role.MANAGER)
    with pytest.raises(SecondPersonNeeded):
        list(steps(bench, wish(out), operator=same, second=SecondPerson("3009", "300300")))
    with pytest.raises(BadValue):
        list(steps(bench, replace(wish(out), purpose=" ")))
    with pytest.raises(BadValue):
        list(steps(bench, ExportWish("练习：医保局检查", folder=str(out))))
    with pytest.raises(NotFound):
        list(steps(bench, wish(out, sale_id="sale-9")))
    assert not out.exists()
    assert bench.acts("evidence.export_begun") == []


def left(out: Path, bench: VaultBench) -> list[str]:
    found = list(out.iterdir()) if out.exists() else []
    return [one.name for one in (*found, *bench.folder.glob("parcel-open"))]


def test_given_up_it_leaves_nothing(bench: VaultBench, out: Path) -> None:
    for _ in range(3 * BATCH):
        bench.keep(sale_id="sale-1")
    running = steps(bench, wish(out))
    next(running)
    next(running)
    assert len(left(out, bench)) == 2
    running.close()
    assert left(out, bench) == []
    assert len(bench.acts("evidence.export_begun")) == 1
    assert bench.acts("evidence.exported") == []


def test_a_crash_leaves_nothing_in_the_clear_after_the_next_start(
    bench: VaultBench, out: Path
) -> None:
    for _ in range(3 * BATCH):
        bench.keep(sale_id="sale-1")
    maker = Parcels(bench.folder)
    running = steps(bench, wish(out), maker)
    next(running)
    next(running)
    (part,) = out.iterdir()
    held = part.read_bytes()
    running.close()
    part.write_bytes(held)  # as a crash would have left it
    maker.open.write_note([part])
    assert Parcels(bench.folder).clear_leftovers() == 1
    assert left(out, bench) == []
    assert Parcels(bench.folder).clear_leftovers() == 0


def test_a_note_that_names_something_else_removes_nothing(bench: VaultBench, out: Path) -> None:
    out.mkdir()
    precious = out / "books.db"
    precious.write_text("x")
    (bench.folder / "parcel-open").write_bytes(str(precious).encode())
    assert Parcels(bench.folder).clear_leftovers() == 0
    assert precious.exists()


def test_what_lies_on_a_stick_that_was_pulled_out_waits_for_it(
    bench: VaultBench, out: Path
) -> None:
    out.mkdir()
    part = out / ".evidence-1.zip.part"
    part.write_bytes(b"in the clear")
    maker = Parcels(bench.folder)
    maker.open.write_note([part])
    away = out.rename(out.with_name("pocket"))
    bench.keep(sale_id="sale-1")
    elsewhere = replace(wish(out), folder=str(bench.folder / "elsewhere"))
    assert list(steps(bench, elsewhere, maker))[-1].done == 1
    away.rename(out)
    assert maker.clear_leftovers() == 1
    assert left(out, bench) == []


def test_a_full_disk_is_told_before_anything_is_written(bench: VaultBench, out: Path) -> None:
    bench.keep(sale_id="sale-1")
    maker = Parcels(bench.folder)
    maker.free = lambda _folder: 10  # type: ignore[method-assign]
    with pytest.raises(StoreFull):
        list(steps(bench, wish(out), maker))
    assert not out.exists()


def test_a_disk_that_fills_up_on_the_way(
    bench: VaultBench, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        bench.keep(sale_id="sale-1")

    def full(*_given, **_named):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(StoreFull):
        list(steps(bench, wish(out)))
    assert left(out, bench) == []


def test_a_folder_that_cannot_be_written(bench: VaultBench, tmp_path: Path) -> None:
    bench.keep(sale_id="sale-1")
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreReadOnly):
        list(steps(bench, wish(tmp_path / "file")))
    assert not (bench.folder / "parcel-open").exists()
