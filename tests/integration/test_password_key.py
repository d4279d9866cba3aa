"""The platform's key for patients' passwords, given to a shop that was set up without it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.errors import BadFile, BadValue, HomeInUse, RuleBroken
from app.resources import resource
from app.storage.home_lock import HomeLock
from app.use_cases.setup_shop import read_plan
from app.vault.pins import Argon2Pins
from tests.fakes.practice_till import digits
from tests.makers.setup_files import setup_tables
from ui.bootstrap import Settings, build
from ui.commands.password_key import keep_password_key, run_password_key
from ui.commands.setup import Means, make_shop
from ui.homes import Home

KEY = setup_tables("")["credentials"]["password_key"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A shop whose area wants a password and which nobody gave a key."""
    made = Home(tmp_path / "home")
    tables = setup_tables("http://127.0.0.1:9")
    del tables["credentials"]["password_key"]
    plan = read_plan(tables, "setup", resource("practice"))
    make_shop(made, plan, Means(pins=Argon2Pins.cheap()))
    return made


def test_a_key_given_later_seals(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = build(Settings(home, practice=False))
    with pytest.raises(RuleBroken):
        opened.shop.seal_password(digits("705953"))
    opened.close()
    file = tmp_path / "key.pem"
    file.write_text(f"-----BEGIN PUBLIC KEY-----\n{KEY}\n-----END PUBLIC KEY-----\n", "ascii")
    assert run_password_key(home, file, json=True) == 0
    assert len(json.loads(capsys.readouterr().out)["password_key"]) == 16
    opened = build(Settings(home, practice=False))
    try:
        assert len(opened.shop.seal_password(digits("705953")).take()) == 344
        logged = "SELECT count(*) FROM act_log WHERE act = 'shop.password_key'"
        with opened.engine.connect() as books:
            assert books.exec_driver_sql(logged).scalar() == 1
    finally:
        opened.close()


@pytest.mark.parametrize("text", ["", "no key", "QUJD"])
def test_what_is_no_key_changes_nothing(home: Home, tmp_path: Path, text: str) -> None:
    file = tmp_path / "key"
    file.write_text(text, "ascii")
    with pytest.raises(BadValue):
        keep_password_key(home, file)
    assert run_password_key(home, file, json=False) == 1


def test_files_that_cannot_be_read_are_told(home: Home, tmp_path: Path) -> None:
    with pytest.raises(BadFile):
        keep_password_key(home, tmp_path / "nowhere")
    big = tmp_path / "big"
    big.write_bytes(b"A" * 30_000)
    with pytest.raises(BadFile):
        keep_password_key(home, big)


def test_not_under_a_running_till_and_not_without_a_shop(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(KEY, "ascii")
    lock = HomeLock(home.store)
    lock.acquire()
    try:
        with pytest.raises(HomeInUse):
            keep_password_key(home, file)
    finally:
        lock.release()
    assert run_password_key(Home(tmp_path / "other"), file, json=False) == 1
