"""``yaotai keys``: keys change under a whole shop, and each backup opens by the code of its day."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import RecoveryCodeWrong
from app.storage import reseal
from app.use_cases.backups import back_up
from app.use_cases.change_keys import KeyWish
from app.use_cases.sign_in import sign_in
from app.vault.pins import Argon2Pins
from tests.fakes.practice_home import lay_out_practice
from ui.backups import prove_by_code, put_back
from ui.bootstrap import SYSTEM, OpenShop, Settings, build
from ui.cli import app
from ui.commands import keys
from ui.commands.doctor import run as run_doctor
from ui.homes import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    lay_out_practice(made)
    return made


def opened(home: Home) -> OpenShop:
    return build(Settings(home, practice=True, pins=Argon2Pins.cheap()))


def kept(home: Home) -> Path:
    shop = opened(home)
    try:
        done = back_up(shop.shop.doors, shop.shop.backup_room(None), SYSTEM)
    finally:
        shop.close()
    assert done.good
    return home.practice / "backups" / done.name


def test_each_backup_opens_by_the_code_of_its_day(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = opened(home)
    old_code = shop.vault.renew_recovery(2)
    shop.close()
    before = kept(home)
    masters = sorted(home.practice.glob("master-*.key"))
    assert keys.run_rotate(home, True, KeyWish(master=True, code=True), json=True) == 0
    told = json.loads(capsys.readouterr().out)
    new_code = told["recovery_code"]
    assert told["rows"] > 0 and new_code and new_code != old_code
    assert len(masters) == 1 and sorted(home.practice.glob("master-*.key")) != masters
    after = kept(home)
    assert prove_by_code(before, old_code).missing == 0
    assert prove_by_code(after, new_code).missing == 0
    for path, code in ((before, new_code), (after, old_code)):
        with pytest.raises(RecoveryCodeWrong):
            prove_by_code(path, code)
    shop = opened(home)
    try:
        assert sign_in(shop.shop.doors, "1001", "100100").staff.name == "练习·李收银"
        with shop.shop.doors.uow() as uow:
            acts = [row.act for row in uow.log.tail(20) if row.act.startswith("keys.")]
            said = "".join(row.entry for row in uow.log.tail(20))
        assert sorted(acts) == ["keys.changed", "keys.code_renewed"]
        assert new_code not in said
    finally:
        shop.close()
    assert keys.run_status(home, True, json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert not told["pending"]
    assert {one["older_rows"] for one in told["purposes"]} == {0}
    assert min(one["keys"] for one in told["purposes"]) >= 1


def test_an_open_till_goes_on_with_what_a_power_cut_left(home: Home) -> None:
    shop = opened(home)
    try:
        reseal.begin(shop.engine, shop.shop.doors.shop.store_id, ["staff"])
        shop.vault.rotate("staff")
    finally:
        shop.close()
    shop = opened(home)
    try:
        assert reseal.older_rows(shop.engine, shop.vault, ["staff"])["staff"] > 0
        shop.shop.recover()
        assert reseal.older_rows(shop.engine, shop.vault, ["staff"])["staff"] == 0
        assert not reseal.pending(shop.engine, shop.shop.doors.shop.store_id)
    finally:
        shop.close()


def test_books_that_are_put_back_follow_the_keys_that_came_since(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    before = kept(home)
    assert keys.run_rotate(home, True, KeyWish(), json=True) == 0
    put_back(before, home, practice=True, code="", now=datetime.now(UTC))
    assert doctor_row(home, capsys)[0] == "look"
    shop = opened(home)
    try:
        store_id, purposes = shop.shop.doors.shop.store_id, sorted(shop.vault.purposes())
        assert reseal.pending(shop.engine, store_id)
        assert sum(reseal.older_rows(shop.engine, shop.vault, purposes).values()) > 0
        shop.shop.recover()
        while reseal.pending(shop.engine, store_id):
            shop.shop.recover()
        assert sum(reseal.older_rows(shop.engine, shop.vault, purposes).values()) == 0
    finally:
        shop.close()
    assert doctor_row(home, capsys)[0] == "ok"
    put_back(kept(home), home, practice=True, code="", now=datetime.now(UTC))
    assert doctor_row(home, capsys)[0] == "ok", "nothing of it lies under an older key"


def test_the_doctor_finds_rows_under_an_older_key_that_nobody_seals_anew(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = opened(home)
    try:
        shop.vault.rotate("staff")
    finally:
        shop.close()
    assert doctor_row(home, capsys)[0] == "ok", "looking at every row is asked for"
    state, text = doctor_row(home, capsys, full=True)
    assert (state, "keys rotate" in text) == ("look", True)


def doctor_row(
    home: Home, capsys: pytest.CaptureFixture[str], full: bool = False
) -> tuple[str, str]:
    """State and words of the row on older keys."""
    capsys.readouterr()
    run_doctor(home, True, True, full)
    told = json.loads(capsys.readouterr().out)["parts"]
    (row,) = [one for one in told if one["part"] == "older_keys"]
    return row["state"], row["text"]


def test_a_purpose_that_is_none_changes_nothing(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keys.run_rotate(home, True, KeyWish(("nobody",)), json=False) == 1
    assert "person" in capsys.readouterr().err
    shop = opened(home)
    try:
        assert not reseal.pending(shop.engine, shop.shop.doors.shop.store_id)
    finally:
        shop.close()


def test_keys_are_told_in_the_tongue_that_was_chosen(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YAOTAI_LANG", "en")
    assert keys.run_status(home, True, json=False) == 0
    assert keys.run_rotate(home, True, KeyWish(("nobody",)), json=False) == 1
    told = capsys.readouterr()
    shown = told.out + told.err
    assert shown and not any("\u4e00" <= sign <= "\u9fff" for sign in shown), shown


def test_the_command_stands_in_the_help() -> None:
    from typer.testing import CliRunner

    told = CliRunner().invoke(app, ["keys", "rotate", "--help"])
    assert told.exit_code == 0 and "--code" in told.output
