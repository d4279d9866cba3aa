"""Backups: sealed, proved by putting them back, thinned; a till put back catches up first."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.returns import ReturnReason
from app.domain.sale import Tender, TenderKind
from app.domain.settlement_states import SettlementState
from app.errors import (
    BackupRefused,
    BadFile,
    HomeInUse,
    RestoredFirst,
    SecretError,
    StoreReadOnly,
    YaotaiError,
)
from app.ports_backup import BackupSeen
from app.storage.engine import open_store
from app.storage.snapshot import look_through, take_snapshot
from app.storage.unit_of_work import make_factory
from app.use_cases.backups import back_up, backup_due, catch_up, last_backup, restored, superfluous
from app.use_cases.complete_sale import complete_sale
from app.use_cases.counter_board import Behind
from app.use_cases.return_goods import quote_return
from app.use_cases.sign_in import sign_in
from app.vault.backup import SUFFIX
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore
from app.vault.pins import Argon2Pins
from sync.insurance.simulator.faults import Rule
from tests.fakes.practice_home import lay_out_practice
from tests.fakes.practice_till import PracticeTill
from tests.fakes.statements import a_settled_sale
from ui.backups import BackupFolder, choose_place, found_in, prove_by_code, put_back
from ui.bootstrap import OpenShop, Settings, build
from ui.homes import STORE_FILE, Home, read_shop
from ui.moves import Moves

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@contextmanager
def opened(home: Path) -> Iterator[tuple[PracticeTill, OpenShop]]:
    if not (home / "practice" / STORE_FILE).exists():
        lay_out_practice(Home(home))
    shop = build(Settings(Home(home), practice=True, pins=Argon2Pins.cheap()))
    try:
        doors = shop.shop.doors
        assert shop.server is not None
        cashier = sign_in(doors, "1001", "100100")
        vault = Vault.open_folder(home / "practice", FileMasterStore(home / "practice"))
        yield (
            PracticeTill(
                doors,
                shop.server.platform,
                doors.clock,  # type: ignore[arg-type]
                shop.engine,
                cashier,
                vault,
            ),
            shop,
        )
    finally:
        shop.close()


def a_cash_sale(till: PracticeTill) -> str:
    sale = till.basket((till.medicine("P0049"), 1))
    cash = (Tender(TenderKind.CASH, sale.total),)
    return complete_sale(till.doors, sale.id, cash, sale.total, till.operator).receipt_no


def put_back_now(home: Path, name: str) -> None:
    backup = home / "practice" / "backups" / name
    put_back(backup, Home(home), practice=True, code="", now=datetime.now(UTC))


def test_what_was_begun_before_the_backup_waits_for_the_comparison_too(tmp_path: Path) -> None:
    """A kept quote may have been settled in the lost hours, and what is brought back returned."""
    with opened(tmp_path) as (till, shop):
        paid = a_cash_sale(till)
        patient = till.patient("active_met")
        quoted = till.prescribe(till.basket((till.medicine("P0001"), 1)))
        till.quote(quoted, patient)
        done = back_up(till.doors, shop.shop.backup_room(None), till.operator)
        till.settle(quoted, patient)
    put_back_now(tmp_path, done.name)
    with opened(tmp_path) as (till, shop):
        with till.doors.uow() as uow:
            sale = uow.sales.by_receipt(paid)
        assert sale is not None
        everything = {line.no: line.quantity for line in sale.lines}
        codes = tuple(code for line in sale.lines for code in line.trace_codes)
        told = (sale.id, everything, codes, ReturnReason.QUALITY, till.operator, None)
        for asked_in_vain in (False, True):
            if asked_in_vain:
                till.platform.faults.add([Rule("not_arrived", infno=("9001",))])
                shop.shop.catch_up()
                assert till.doors.counter.behind is Behind.INSURED
            with pytest.raises(RestoredFirst):
                till.settle(quoted, patient)
            with pytest.raises(RestoredFirst):
                quote_return(till.doors, *told)
        settled = [row for row in till.books()["settlements"] if row["state"] == "settled"]
        assert len(settled) == 1
        shop.shop.catch_up()
        assert quote_return(till.doors, *told).return_id


def sales(till: PracticeTill) -> list[tuple[str, str]]:
    with till.engine.connect() as books:
        rows = books.execute(text("SELECT state, receipt_no FROM sale ORDER BY opened_at"))
        return [(row.state, row.receipt_no) for row in rows]


def test_a_till_put_back_knows_what_the_platform_knows_before_it_sells(tmp_path: Path) -> None:
    with opened(tmp_path) as (till, shop):
        first = a_settled_sale(till)
        done = back_up(till.doors, shop.shop.backup_room(None), till.operator)
        assert done.good and done.proved is not None and done.proved.sales == 1
        lost = a_settled_sale(till, 2)
        slip = a_cash_sale(till)
        lost_msgid = till.books()["settlements"][-1]["msgid"]
    backup = tmp_path / "practice" / "backups" / done.name
    with opened(tmp_path), pytest.raises(HomeInUse):
        put_back(backup, Home(tmp_path), practice=True, code="", now=NOW)
    back = put_back(backup, Home(tmp_path), practice=True, code="", now=datetime.now(UTC))
    assert back.aside is not None and (back.aside / STORE_FILE).exists()
    with opened(tmp_path) as (till, shop):
        assert restored(till.doors) is not None
        sale = till.basket((till.medicine("P0049"), 1))
        cash = (Tender(TenderKind.CASH, sale.total),)
        with pytest.raises(RestoredFirst):
            complete_sale(till.doors, sale.id, cash, sale.total, till.operator)
        with pytest.raises(RestoredFirst):
            till.quote(
                till.prescribe(till.basket((till.medicine("P0001"), 1))), till.patient("active_met")
            )
        # Nobody answers: cash goes on, nothing insured does.
        till.platform.faults.add([Rule("not_arrived", infno=("9001",))])
        shop.shop.catch_up()
        number = complete_sale(till.doors, sale.id, cash, sale.total, till.operator).receipt_no
        assert number > slip
        with pytest.raises(RestoredFirst):
            till.quote(
                till.prescribe(till.basket((till.medicine("P0001"), 1))), till.patient("active_met")
            )
        shop.shop.catch_up()
        assert restored(till.doors) is None
        with till.doors.uow() as uow:
            (adopted,) = uow.reconciliations.corrections_of([lost_msgid])
            assert adopted.ground == done.name
        assert adopted.figures.total == lost.total
        a_settled_sale(till, 3)
        states = [row["state"] for row in till.books()["settlements"]]
        assert states == ["settled"] * 3
        assert first.id
        with till.engine.connect() as books:
            acts = books.execute(
                text("SELECT act FROM act_log WHERE act LIKE 'backup.%' ORDER BY seq")
            )
            told = [row.act for row in acts]
        assert told == ["backup.restored", "backup.not_compared", "backup.caught_up"]
    with opened(tmp_path) as (till, _):
        assert catch_up(till.doors, till.operator) is None
        assert till.doors.counter.behind is Behind.NOTHING


@pytest.fixture
def room(tmp_path: Path) -> Iterator[tuple[BackupFolder, Path, str]]:
    folder = tmp_path / "home" / "practice"
    with opened(tmp_path / "home") as (till, shop):
        a_cash_sale(till)
        elsewhere = tmp_path / "elsewhere"
        _, code = Vault.create(elsewhere, FileMasterStore(elsewhere), 2)
        for one in elsewhere.iterdir():
            shutil.copy(one, folder / one.name)
        vault = Vault.open_folder(folder, FileMasterStore(folder))
        piece = folder / "evidence" / "2026" / "11-22" / "abc.sealed"
        piece.parent.mkdir(parents=True)
        piece.write_bytes(b"sealed")
        yield BackupFolder(folder, read_shop(folder), shop.engine, vault), folder, code


def test_the_recovery_code_alone_makes_a_new_machine_the_old_one(
    room: tuple[BackupFolder, Path, str], tmp_path: Path
) -> None:
    folder, home, code = room
    made = folder.make(NOW)
    place = folder.path / made.name
    assert prove_by_code(place, code).evidence == 1
    with pytest.raises(YaotaiError):
        prove_by_code(place, "0" * len(code))
    back = put_back(place, Home(tmp_path / "new"), practice=True, code=code, now=NOW)
    assert (back.folder / "evidence/2026/11-22/abc.sealed").read_bytes() == b"sealed"
    assert read_shop(back.folder).store_id == read_shop(home).store_id
    assert back.proved.sales == 1 and back.aside is None
    assert oct(back.folder.stat().st_mode)[-3:] == "700"
    assert not list(folder.path.glob(".trial-*"))


def test_a_backup_of_another_shop_or_kind_goes_nowhere(
    room: tuple[BackupFolder, Path, str], tmp_path: Path
) -> None:
    folder, _, code = room
    place = folder.path / folder.make(NOW).name
    with pytest.raises(BackupRefused):
        put_back(place, Home(tmp_path / "real"), practice=False, code=code, now=NOW)
    build(Settings(Home(tmp_path / "other"), practice=True, pins=Argon2Pins.cheap())).close()
    with pytest.raises(BackupRefused):
        put_back(place, Home(tmp_path / "other"), practice=True, code=code, now=NOW)


def test_what_was_altered_cut_or_lost_is_said(room: tuple[BackupFolder, Path, str]) -> None:
    folder, _, _ = room
    made = folder.make(NOW)
    place = folder.path / made.name
    whole = place.read_bytes()
    for content in (b"", whole[:40], whole[:-1], whole[: len(whole) // 2], whole + b"x"):
        place.write_bytes(content)
        with pytest.raises((BadFile, SecretError)):
            folder.prove(made.name)
    for at in (50, len(whole) // 2, len(whole) - 20):
        place.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises((BadFile, SecretError)):
            folder.prove(made.name)
    place.write_bytes(whole)
    (folder.path / "evidence/2026/11-22/abc.sealed").write_bytes(b"other!")
    assert folder.prove(made.name).missing == 1
    with pytest.raises(BadFile):
        folder.prove("../keys.json")


def test_a_piece_that_the_stick_spoilt_is_copied_anew(
    room: tuple[BackupFolder, Path, str],
) -> None:
    folder, _, _ = room
    folder.make(NOW)
    (folder.path / "evidence/2026/11-22/abc.sealed").write_bytes(b"spoilt")
    assert folder.prove(folder.make(NOW + timedelta(hours=6)).name).missing == 0


def test_what_no_backup_names_leaves_the_pool_and_only_that(
    room: tuple[BackupFolder, Path, str],
) -> None:
    folder, home, _ = room
    old = folder.make(NOW)
    (home / "evidence/2026/11-22/abc.sealed").unlink()
    (home / "evidence/2026/11-22/new.sealed").write_bytes(b"new")
    young = folder.make(NOW + timedelta(hours=6))
    folder.remove(old.name)
    assert [one.name for one in (folder.path / "evidence").rglob("*.sealed")] == ["new.sealed"]
    # One that nobody can read may need anything: it keeps the pool whole.
    (folder.path / f"x{SUFFIX}").write_bytes(b"YAOTAI BACKUP 1\nbroken")
    folder.remove(young.name)
    assert [one.name for one in (folder.path / "evidence").rglob("*.sealed")] == ["new.sealed"]


def test_a_place_that_was_unplugged_is_told_and_not_made_anew(
    room: tuple[BackupFolder, Path, str], tmp_path: Path
) -> None:
    folder, home, _ = room
    stick = tmp_path / "stick"
    choose_place(home, stick)
    kept = folder.make(NOW)
    stick.rename(tmp_path / "pulled")
    stick.mkdir()  # what an unplugged disk leaves: an empty folder on the machine's own
    with pytest.raises(BackupRefused):
        folder.make(NOW)
    assert not list(stick.iterdir())
    stick.rmdir()
    (tmp_path / "pulled").rename(stick)
    assert [one.name for one in folder.backups()] == [kept.name]
    # Nothing readable was ever written to it.
    assert all(one.suffix in (SUFFIX, ".sealed", "") for one in stick.rglob("*") if one.is_file())


def test_tills_that_share_a_folder_thin_only_their_own(
    room: tuple[BackupFolder, Path, str], tmp_path: Path
) -> None:
    folder, home, _ = room
    choose_place(home, tmp_path / "shared")
    mine = folder.make(NOW)
    other = tmp_path / "shared" / f"02-other{SUFFIX}"
    whole = (tmp_path / "shared" / mine.name).read_bytes()
    till = read_shop(home).till_id.encode()
    other.write_bytes(whole.replace(till, till[::-1]))
    assert [one.name for one in folder.backups()] == [mine.name]
    assert len(found_in(tmp_path / "shared")) == 2


def test_what_was_under_way_at_the_backup_is_not_reversed_afterwards(tmp_path: Path) -> None:
    with opened(tmp_path) as (till, shop):
        patient = till.patient("active_met")
        sale = till.prescribe(till.basket((till.medicine("P0001"), 1)))
        till.quote(sale, patient)
        till.platform.faults.add([Rule("lost_answer", infno=("2102",))])
        till.settle(sale, patient)
        with till.doors.uow() as uow:
            assert uow.settlements.undecided()
        made = shop.shop.backup_room(None).make(NOW)
    backup = tmp_path / "practice" / "backups" / made.name
    put_back(backup, Home(tmp_path), practice=True, code="", now=NOW)
    with opened(tmp_path) as (till, shop):
        for _ in range(3):
            shop.shop.recover()
        assert [row["state"] for row in till.books()["settlements"]] == ["settled"]
        with till.doors.uow() as uow:
            (one,) = uow.settlements.of_sale(sale.id)
        assert one.state is SettlementState.DISPUTED


def test_the_same_backup_twice_in_a_day_repeats_no_slip(tmp_path: Path) -> None:
    numbers: list[str] = []
    with opened(tmp_path) as (till, shop):
        numbers.append(a_cash_sale(till))
        made = shop.shop.backup_room(None).make(till.doors.clock.now())
        numbers.append(a_cash_sale(till))
        moment = till.doors.clock.now()
    backup = tmp_path / "practice" / "backups" / made.name
    for minutes in (1, 1, 2):
        now = moment + timedelta(minutes=minutes)
        put_back(backup, Home(tmp_path), practice=True, code="", now=now)
        with opened(tmp_path) as (till, shop):
            shop.shop.catch_up()
            numbers += [a_cash_sale(till), a_cash_sale(till)]
    assert len(set(numbers)) == len(numbers)


def test_a_snapshot_is_of_one_moment_while_others_write(tmp_path: Path) -> None:
    with opened(tmp_path) as (till, shop):
        a_cash_sale(till)
        with till.doors.uow() as writing:
            writing.log.append("test", "x", NOW, {})
            facts = take_snapshot(shop.engine, tmp_path / "a.sqlite3")
            writing.commit()
        after = take_snapshot(shop.engine, tmp_path / "b.sqlite3")
        assert after.log_rows == facts.log_rows + 1
        assert look_through(tmp_path / "a.sqlite3") == facts
        books = open_store(tmp_path / "b.sqlite3")
        with books.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER IF EXISTS act_log_no_update")
            connection.exec_driver_sql("UPDATE act_log SET actor = 'y' WHERE act = 'test'")
        books.dispose()
        with pytest.raises(YaotaiError):
            look_through(tmp_path / "b.sqlite3")


def test_a_disk_that_refuses_is_told_and_tried_again(tmp_path: Path) -> None:
    with opened(tmp_path) as (till, shop):
        folder = BackupFolder(
            tmp_path / "practice", read_shop(tmp_path / "practice"), shop.engine, till.vault
        )
        (tmp_path / "file").write_text("")
        (tmp_path / "practice" / "backup-place").write_text(f"{tmp_path / 'file'}\n")
        done = back_up(till.doors, folder, till.operator)
        assert not done.good and done.why
        assert last_backup(till.doors) == done
        assert backup_due(done, done.at + timedelta(minutes=31))
        assert not backup_due(done, done.at + timedelta(minutes=29))
        choose_place(tmp_path / "practice", tmp_path / "stick")
        good = back_up(till.doors, folder, till.operator)
        assert good.good and found_in(tmp_path / "stick")[0].name == good.name
        assert not backup_due(good, good.at + timedelta(hours=5))
        assert backup_due(good, good.at - timedelta(hours=1))


def everything(folder: Path) -> dict[str, bytes]:
    return {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in folder.rglob("*")
        if one.is_file()
    }


@pytest.mark.parametrize("name", ["anchors.log", "evidence"])
def test_a_refused_restore_changed_nothing(tmp_path: Path, name: str) -> None:
    home = tmp_path / "practice"
    lay_out_practice(Home(tmp_path))
    (home / "evidence").mkdir()
    (home / "evidence" / "abc.sealed").write_bytes(b"sealed")
    with opened(tmp_path) as (till, shop):
        done = back_up(till.doors, shop.shop.backup_room(None), till.operator)
        a_cash_sale(till)
    wrong = home / name
    # A folder where a file should be, and the other way round: nobody can write there.
    if name == "evidence":
        shutil.rmtree(wrong)
        wrong.write_bytes(b"x")
    else:
        wrong.unlink(missing_ok=True)
        wrong.mkdir()
    before = everything(home)
    with pytest.raises(StoreReadOnly):
        put_back_now(tmp_path, done.name)
    assert everything(home) == before
    assert not list(home.glob("before-restore-*"))


def test_moves_are_all_or_none(tmp_path: Path) -> None:
    one, two, over = (tmp_path / name for name in ("one", "two", "over"))
    for each in (one, two, over):
        each.write_text(each.name)
    copy = Path(shutil.copy(over, tmp_path / "copy"))
    with pytest.raises(FileNotFoundError), Moves() as moves:
        aside = moves.made(tmp_path / "aside")
        aside.mkdir()
        moves.move(one, aside / "one")
        moves.put_over(two, over, copy)
        assert over.read_text() == "two" and not one.exists()
        moves.move(tmp_path / "none", aside / "none")
    assert (one.read_text(), over.read_text(), aside.exists()) == ("one", "over", False)
    with Moves() as moves:
        moves.move(one, tmp_path / "three")
    assert (tmp_path / "three").read_text() == "one"


def test_what_is_kept_of_many_days() -> None:
    found = [
        BackupSeen(f"{hours}", NOW - timedelta(hours=hours), 1) for hours in range(0, 24 * 70, 6)
    ]
    gone = {one.name for one in superfluous(found, NOW)}
    kept = [one for one in found if one.name not in gone]
    ages = [NOW - one.made_at for one in kept]
    assert sum(age < timedelta(days=2) for age in ages) == 8
    assert 18 <= len(kept) <= 29
    assert max(ages) > timedelta(weeks=6)
    assert superfluous(found[-1:], NOW) == []


def test_books_that_lie_on_a_server_are_kept_in_the_same_form(
    postgres_url: str, tmp_path: Path
) -> None:
    books = open_store(postgres_url)
    vault, _ = Vault.create(tmp_path / "keys", FileMasterStore(tmp_path / "keys"), 2)
    with make_factory(books, vault, "store-1", "till-1")() as uow:
        uow.log.append("test", "练习", NOW, {"a": 1})
        uow.settings.put("key", "值")
        uow.commit()
    facts = take_snapshot(books, tmp_path / "pg.sqlite3")
    books.dispose()
    assert facts.log_rows == 1
    kept = open_store(tmp_path / "pg.sqlite3")
    with make_factory(kept, vault, "store-1", "till-1")() as uow:
        assert uow.settings.get("key") == "值"
    kept.dispose()
    assert look_through(tmp_path / "pg.sqlite3") == facts
