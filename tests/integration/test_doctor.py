"""``yaotai doctor`` on a practice shop: good, damaged, in use, without keys, without a shop."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.anchor import AnchorKind
from app.domain.clock import micros
from app.domain.evidence import EvidenceKind
from app.ports import OutboxRow
from app.resources import resource
from app.storage.engine import open_store
from app.storage.unit_of_work import make_factory
from app.system import SystemClock
from app.use_cases.exhibits import name_exhibit, seal_exhibit
from app.use_cases.record_run import LAST
from app.vault.keyring import KEY_FILE
from sync.insurance.field_tables import dictionary_version
from tests.fakes.practice_home import lay_out_practice
from ui import crash
from ui.bootstrap import SYSTEM, Settings, build
from ui.commands.doctor import run
from ui.doctor.part import NoKeys
from ui.homes import STORE_FILE, Home

Told = dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice shop with three pieces of evidence, made once; tests work on copies."""
    home = Home(tmp_path_factory.mktemp("doctor"))
    lay_out_practice(home)
    opened = build(Settings(home, practice=True))
    try:
        doors = opened.shop.doors
        for number in range(3):
            content = f"practice {number}".encode()
            kept = seal_exhibit(doors, EvidenceKind.SIGNATURE, content, "text/plain", SYSTEM)
            with doors.uow() as uow:
                name_exhibit(uow, kept, "evidence.kept")
                uow.commit()
    finally:
        opened.close()
    return home.root


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Home:
    import shutil

    shutil.copytree(made, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture
def looked(home: Home, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Told]]:
    def look(full: bool = False) -> tuple[int, Told]:
        code = run(home, True, True, full)
        out = capsys.readouterr().out
        return code, {one["part"]: one for one in json.loads(out)["parts"]}

    return look


def test_a_good_shop_is_good(looked, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    code, parts = looked()
    assert code == 0, parts
    assert set(parts) == {
        "home", "space", "keys", "older_keys", "store", "store_size", "log", "anchors",
        "settlements", "line", "outbox", "spool", "days", "backup", "evidence", "retention",
        "records", "disk", "packs", "licences", "time_zone", "clock", "devices", "crashes",
        "versions",
    }  # fmt: skip
    told = {name for name, one in parts.items() if one["state"] != "ok"}
    assert told <= {"anchors", "time_zone", "space"}, parts
    assert "3 件" in str(parts["evidence"]["text"])
    assert run(home, True, False) == 0
    shown = capsys.readouterr().out
    assert "［好］" in shown and str(home.root) not in shown


@pytest.mark.rule("S-04")
def test_support_is_told_which_text_the_field_tables_follow(looked) -> None:
    told = dictionary_version(resource("interface"))
    assert re.fullmatch(r"V\d+\.\d+\.\d+ \(20\d\d-\d\d\)", told)
    assert told in str(looked()[1]["versions"]["text"])


def test_looking_twice_says_the_same_and_the_log_holds(looked) -> None:
    assert looked(full=True)[0] == 0
    assert looked(full=True)[0] == 0
    assert looked()[0] == 0


def _pieces(home: Home) -> list[Path]:
    return sorted((home.practice / "evidence").rglob("*.sealed"))


def test_damaged_evidence_is_named_piece_by_piece(looked, home: Home) -> None:
    gone, altered, _good = _pieces(home)
    gone.unlink()
    altered.write_bytes(altered.read_bytes()[:-3])
    (home.practice / "evidence" / "holiday.jpg").write_bytes(b"x")
    code, parts = looked()
    found = {item["file"]: item["damage"] for item in parts["evidence"]["items"]}
    assert (code, sorted(found.values())) == (1, ["foreign", "missing"]), "nothing was opened"
    code, parts = looked(full=True)
    assert code == 1
    found = {item["file"]: item["damage"] for item in parts["evidence"]["items"]}
    assert sorted(found.values()) == ["altered", "foreign", "missing"]
    assert found["holiday.jpg"] == "foreign"


def test_a_broken_log_is_found(looked, home: Home) -> None:
    engine = open_store(home.practice / STORE_FILE)
    with engine.begin() as connection:
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'act_log'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("UPDATE act_log SET actor = 'other' WHERE seq = 2"))
    engine.dispose()
    code, parts = looked()
    assert code == 1
    assert parts["log"]["state"] == "bad"
    assert parts["evidence"]["state"] == "ok", "the rest is looked at all the same"


def test_books_that_are_none_are_found(looked, home: Home) -> None:
    for one in home.practice.glob(f"{STORE_FILE}*"):
        one.unlink()
    (home.practice / STORE_FILE).write_bytes(b"no database at all" * 400)
    code, parts = looked()
    assert code == 1
    assert {parts[name]["state"] for name in ("store", "log", "evidence", "days")} == {"bad"}
    assert {parts[name]["state"] for name in ("home", "keys", "devices", "versions")} == {"ok"}


def test_missing_keys_are_found_and_none_are_made(looked, home: Home) -> None:
    (home.practice / KEY_FILE).unlink()
    code, parts = looked()
    assert code == 1
    assert parts["keys"]["state"] == "bad"
    assert parts["store"]["state"] == "ok"
    assert not (home.practice / KEY_FILE).exists()


def test_a_folder_that_others_read_is_found(looked, home: Home) -> None:
    home.practice.chmod(0o755)
    code, parts = looked()
    assert (code, parts["home"]["state"]) == (1, "bad")


def test_a_till_that_is_open_is_looked_at_and_not_touched(looked, home: Home) -> None:
    opened = build(Settings(home, practice=True))
    try:
        with opened.shop.doors.uow() as uow:
            before = uow.log.tail(1)
            code, parts = looked()
            assert code == 0, "also while the till writes"
            assert looked(full=True)[1]["evidence"]["state"] == "look"
        with opened.shop.doors.uow() as uow:
            assert uow.log.tail(1) == before
        assert parts["days"]["state"] == "ok"
    finally:
        opened.close()


def test_a_clock_that_was_set_back_is_found(looked, home: Home) -> None:
    engine = open_store(home.practice / STORE_FILE)
    ahead = SystemClock().now() + timedelta(hours=3)
    with make_factory(engine, NoKeys(), "S", "T")() as uow:
        uow.log.append("practice.ahead", "nobody", ahead, {})
        uow.commit()
    engine.dispose()
    code, parts = looked()
    assert (code, parts["clock"]["state"]) == (1, "bad")


@pytest.mark.parametrize(
    ("days", "waits", "state", "said"),
    [
        (1, 0, "ok", "清理 7 项，保全拦下 2 项"),
        (4, 0, "look", "之后没有再清理"),
        (-90, 0, "look", "比现在还晚"),
        (1, 1, "look", "电脑时间跳动过"),
    ],
)
def test_how_the_retention_of_records_runs_is_told(looked, home: Home, days, waits, state, said):
    at = SystemClock().now() - timedelta(days=days)
    last = {"at": micros(at), "gone": 7, "held": 2, "through": True}
    opened = build(Settings(home, practice=True))
    try:
        doors = opened.shop.doors
        with doors.uow() as uow:
            uow.settings.put(LAST, json.dumps(last))
            uow.settings.put(f"evidence.runs.{doors.shop.till_id}", json.dumps({"waits": waits}))
            uow.commit()
    finally:
        opened.close()
    _, parts = looked()
    assert parts["records"]["state"] == state and said in str(parts["records"]["text"])


def test_what_a_clock_that_was_ahead_left_is_not_read_as_fresh(looked, home: Home) -> None:
    opened = build(Settings(home, practice=True))
    try:
        doors, later = opened.shop.doors, SystemClock().now() + timedelta(days=90)
        assert doors.anchors is not None
        with doors.uow() as uow:
            heads = uow.log.heads()
            uow.outbox.add([OutboxRow("ahead-1", "lot/1", "3505", {}, later)])
            uow.commit()
        doors.anchors.keep(later, f"{later:%Y-%m-%d}", AnchorKind.MORNING, heads)
    finally:
        opened.close()
    _, parts = looked()
    for name in ("anchors", "outbox"):
        assert parts[name]["state"] == "look"
        assert "比现在还晚" in str(parts[name]["text"])


def test_what_is_only_to_be_looked_at_is_no_failure(looked, home: Home) -> None:
    crash.write(ValueError(), home.practice)
    device = '[receipt_printer]\naddress = "usb:/nowhere/lp0"\n'
    (home.practice / "devices.toml").write_text(device)
    code, parts = looked()
    assert code == 0, parts
    assert (parts["crashes"]["state"], parts["devices"]["state"]) == ("look", "look")
    assert "/nowhere" not in json.dumps(parts)


def test_a_home_of_rubbish_gives_a_row_each(looked, home: Home) -> None:
    for one in home.practice.rglob("*"):
        if one.is_file():
            one.write_bytes(b"\xff\x00rubbish" * 99)
    code, parts = looked()
    assert code == 1
    assert {"home", "space", "crashes", "versions", "store", "log", "packs"} <= set(parts)
    (home.practice / "shop.toml").unlink()
    assert looked()[0] == 1


def test_where_there_is_no_shop_none_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = Home(tmp_path / "empty")
    assert run(empty, True, True) == 0
    assert json.loads(capsys.readouterr().out)["parts"][0]["state"] == "ok"
    assert not empty.root.exists()


def test_the_recovery_of_an_open_shop_tends_the_vault(home: Home) -> None:
    opened = build(Settings(home, practice=True))
    try:
        shop = opened.shop
        key = f"evidence.runs.{shop.facts.till_id}"
        told = []
        for _ in range(2):
            shop.recover()
            with shop.doors.uow() as uow:
                told.append(bool(uow.settings.get(key)))
    finally:
        opened.close()
    assert told == [False, True]
    assert len(_pieces(home)) == 3, "nothing is due"
