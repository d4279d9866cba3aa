"""Where a real shop's master key lies, through the doors that a person comes in by."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from app.errors import BadFile, HomeInUse
from app.resources import resource
from app.storage.home_lock import HomeLock
from app.use_cases.setup_shop import read_plan
from app.vault.keyring import master_place
from app.vault.pins import Argon2Pins
from app.vault.places import SWITCH, best_store
from tests.fakes.key_store import PLACE, FileKeyring
from tests.makers.setup_files import OWN_PINS, setup_tables
from ui.bootstrap import Settings, build
from ui.commands.setup import Means, make_shop, run_keys
from ui.homes import Home

PINS = Argon2Pins.cheap()


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv(SWITCH)
    monkeypatch.setenv(PLACE, str(tmp_path / "store.json"))
    before = keyring.get_keyring()
    keyring.set_keyring(FileKeyring())
    yield tmp_path / "store.json"
    keyring.set_keyring(before)


def _made_at_the_screen(home: Home, **changes: object) -> str:
    tables = setup_tables("http://127.0.0.1:9") | changes
    plan = read_plan(tables, "setup", resource("practice"))
    return make_shop(home, plan, Means(pins=PINS, master=best_store)).master_in


def _yaotai(*words: str) -> subprocess.CompletedProcess[str]:
    backend = f"{FileKeyring.__module__}.{FileKeyring.__name__}"
    env = {**os.environ, "PYTHON_KEYRING_BACKEND": backend}
    env["PYTHONPATH"] = str(resource().parent)
    command = [sys.executable, "-m", "ui", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_command_line_says_what_to_do_and_then_works(system: Path, tmp_path: Path) -> None:
    """Slow: three Pythons start. The key is asked for once, because a person asked by name."""
    home = Home(tmp_path / "home")
    assert _made_at_the_screen(home) == master_place(home.store) == "system"
    search = ("catalogue", "search", "amxl", "--home", str(home.root), "--json")
    refused = _yaotai(*search)
    assert refused.returncode == 1 and refused.stdout == ""
    assert "yaotai setup --keys file" in refused.stderr and refused.stderr.count("\n") == 1
    moved = _yaotai("setup", "--keys", "file", "--home", str(home.root))
    assert moved.returncode == 0 and "0600" in moved.stdout, moved.stderr
    assert master_place(home.store) == "file" and system.read_text() == "{}"
    found = _yaotai(*search)
    assert found.returncode == 0 and "阿莫西林" in found.stdout, found.stderr


def test_the_window_opens_what_the_screen_made(system: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    _made_at_the_screen(home)
    opened = build(Settings(home, practice=False, pins=PINS, ask_system=True))
    try:
        assert opened.shop.environment_view().master_in == "system"
        assert opened.shop.sign_in("9001", OWN_PINS["9001"]).staff.number == "9001"
    finally:
        opened.close()


def test_a_shop_that_came_to_nothing_leaves_no_key(system: Path, tmp_path: Path) -> None:
    drugs = tmp_path / "drugs.csv"
    drugs.write_bytes(b"\x00\x01 no sheet")
    with pytest.raises(BadFile):
        _made_at_the_screen(Home(tmp_path / "home"), catalogue={"file": str(drugs)})
    assert system.read_text() == "{}"


def test_keys_do_not_move_under_a_running_till(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    assert run_keys(home, "file", False) == 1 and "yaotai setup" in capsys.readouterr().err
    _made_at_the_screen(home)
    with HomeLock(home.store), pytest.raises(HomeInUse):
        run_keys(home, "file", False)
    assert run_keys(home, "file", True) == 0
    assert '"moved": false' in capsys.readouterr().out
