"""A shop whose master key lies in the system's store alone: kept, proved and put back with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import keyring
import pytest

from app.resources import resource
from app.use_cases.backups import restored
from app.use_cases.setup_shop import read_plan
from app.vault.keyring import master_place
from app.vault.pins import Argon2Pins
from app.vault.places import SWITCH, best_store
from tests.fakes.key_store import MemoryKeyring
from tests.makers.setup_files import OWN_PINS, setup_tables
from ui.bootstrap import Settings, build
from ui.commands.backup import run_create, run_list, run_restore, run_verify
from ui.commands.setup import Means, make_shop
from ui.homes import STORE_FILE, Home

PINS = Argon2Pins.cheap()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    """The key store of this machine, reached as the product reaches it: by ``keyring`` itself."""
    monkeypatch.delenv(SWITCH)
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_a_key_that_only_the_systems_store_holds_opens_its_backups(
    machine: MemoryKeyring,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = Home(tmp_path / "home")
    plan = read_plan(setup_tables("http://127.0.0.1:9"), "setup", resource("practice"))
    made = make_shop(home, plan, Means(pins=PINS, master=best_store))
    assert master_place(home.store) == "system" and len(machine.held) == 1
    assert run_create(home, practice=False, to=None, json=False) == 0
    assert run_list(home, practice=False, json=False) == 0
    (backup,) = (home.store / "backups").glob("*.yaotai-backup")
    assert run_verify(backup, home, practice=False, by_code=False, json=False) == 0
    # The disk with the books died; folder, backup and the machine's key store are there.
    for one in home.store.glob(f"{STORE_FILE}*"):
        one.unlink()
    capsys.readouterr()

    def refused() -> str:
        assert run_restore(backup, home, by_code=False, json=False) == 1
        assert not (home.store / STORE_FILE).exists(), "nothing was changed"
        told = capsys.readouterr().err.strip().splitlines()
        return told[-1]

    machine.locked = True
    assert "解锁钥匙库" in refused() and run_verify(backup, home, False, False, False) == 1
    machine.locked, kept, machine.held = False, machine.held, {}
    assert "没有这家店的主密钥" in refused()
    with monkeypatch.context() as switched:
        switched.setenv(SWITCH, "file")
        assert "setup --keys file" in refused()
    machine.held = kept
    assert run_restore(backup, home, by_code=False, json=False) == 0
    opened = build(Settings(home, practice=False, pins=PINS, ask_system=True))
    try:
        assert restored(opened.shop.doors) is not None
        assert opened.shop.sign_in("9001", OWN_PINS["9001"]).staff.number == "9001"
    finally:
        opened.close()
    # A new machine, whose store never held it: the code alone, and the key lies in a file then.
    machine.held = {}
    other = Home(tmp_path / "other")
    stick = shutil.copy(backup, tmp_path / backup.name)
    monkeypatch.setattr("sys.stdin", StringIO(f"{made.recovery_code}\n"))
    assert run_restore(Path(stick), other, by_code=True, json=False) == 0
    assert master_place(other.store) == "file" and machine.held == {}
    build(Settings(other, practice=False, pins=PINS)).close()
