"""A new shop's master key goes where it is safe and where no prompt can block."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring

from app.errors import KeyStoreNotAsked, KeyStoreSilent, SecretError
from app.vault.keyring import KEY_FILE, Vault, discard_master, master_place
from app.vault.keys import FileMasterStore, MasterKey, SystemMasterStore
from app.vault.places import (
    SWITCH,
    best_store,
    move_master,
    open_vault,
    store_of,
    usable_system_store,
)
from tests.fakes.key_store import PLACE, FileKeyring, PromptingKeyring

WHERE = "person|1|insured"


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine whose own key store works; answers the file behind it."""
    monkeypatch.delenv(SWITCH)
    monkeypatch.setenv(PLACE, str(tmp_path / "store.json"))
    before = keyring.get_keyring()
    keyring.set_keyring(FileKeyring())
    yield tmp_path / "store.json"
    keyring.set_keyring(before)


def _held(path: Path) -> dict[str, str]:
    held: dict[str, str] = json.loads(path.read_text())
    return held


def test_a_store_that_keeps_gets_the_key_and_the_file_says_so(system: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    store = best_store(home)
    vault, _code = Vault.create(home, store, recovery_cost=2)
    assert vault.master_lies_in == master_place(home) == "system"
    assert len(_held(system)) == 1, "the probe's own key is gone again"
    assert not list(home.glob("master-*"))
    sealed = vault.seal("person", b"plain", WHERE)
    assert open_vault(home, ask_system=True).open("person", sealed, WHERE) == b"plain"


def test_the_command_line_and_the_switch_never_ask_it(
    system: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    Vault.create(home, best_store(home), recovery_cost=2)
    with pytest.raises(KeyStoreNotAsked):
        open_vault(home)
    monkeypatch.setenv(SWITCH, "file")
    with pytest.raises(KeyStoreNotAsked):
        open_vault(home, ask_system=True)
    assert isinstance(best_store(tmp_path / "next"), FileMasterStore)
    assert len(_held(system)) == 1


@pytest.mark.parametrize("backend", [FailKeyring, NullKeyring])
def test_a_store_that_is_none_leaves_the_file(
    system: Path, tmp_path: Path, backend: type[FailKeyring | NullKeyring]
) -> None:
    keyring.set_keyring(backend())
    store = best_store(tmp_path / "home")
    assert store.kind == "file" and not system.exists()


def test_a_prompt_that_nobody_answers_blocks_nothing(system: Path) -> None:
    prompting = PromptingKeyring()
    try:
        assert usable_system_store(lambda: prompting, wait=0.05) is None
        with pytest.raises(KeyStoreSilent):
            SystemMasterStore(lambda: prompting, wait=0.05).load("0" * 16)
    finally:
        prompting.answered.set()
    assert not system.exists()


def test_the_key_moves_both_ways_and_old_ciphertexts_open(system: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    vault, _code = Vault.create(home, FileMasterStore(home), recovery_cost=2)
    sealed = vault.seal("person", b"plain", WHERE)
    for place in ("system", "file", "system"):
        assert move_master(home, place)
        assert not move_master(home, place), "there already"
        assert master_place(home) == place
        assert bool(list(home.glob("master-*"))) == (place == "file")
        assert len(_held(system)) == (place == "system")
        assert open_vault(home, ask_system=True).open("person", sealed, WHERE) == b"plain"


def test_a_key_cannot_move_into_a_store_that_is_none(system: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    Vault.create(home, FileMasterStore(home), recovery_cost=2)
    keyring.set_keyring(NullKeyring())
    with pytest.raises(KeyStoreSilent):
        move_master(home, "system")
    assert master_place(home) == "file" and open_vault(home).master_lies_in == "file"


def test_a_key_file_of_before_says_nothing_and_means_the_file(tmp_path: Path) -> None:
    home = tmp_path / "home"
    Vault.create(home, FileMasterStore(home), recovery_cost=2)
    told = json.loads((home / KEY_FILE).read_text())
    del told["master_in"]
    (home / KEY_FILE).write_text(json.dumps(told))
    assert isinstance(store_of(home, ask_system=False), FileMasterStore)
    assert open_vault(home).master_lies_in == "file"


def test_a_shop_that_came_to_nothing_leaves_no_key_behind(system: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    store = best_store(home)
    Vault.create(home, store, recovery_cost=2)
    discard_master(home, store)
    assert _held(system) == {}
    with pytest.raises(SecretError):
        open_vault(home, ask_system=True)
    discard_master(tmp_path / "nothing", store)


def test_a_key_that_was_taken_away_is_said(system: Path) -> None:
    with pytest.raises(SecretError):
        SystemMasterStore().load(MasterKey.fresh().id)
    assert not system.exists()
