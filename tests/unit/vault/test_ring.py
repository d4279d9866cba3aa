"""Tills of one store share their data keys: joined by the code, later keys found by all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.errors import RecoveryCodeWrong, SecretError
from app.vault.keyring import KEY_FILE, Vault
from app.vault.keys import FileMasterStore

PLACE = "person|1|insured"


class Shelf:
    """The ring as a store's books keep it; ``rival`` acts just before a replacement."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.rival: list[str] = []

    def read(self) -> str:
        return self.text

    def replace(self, before: str, after: str) -> bool:
        if self.rival:
            self.text = self.rival.pop()
        if self.text != before:
            return False
        self.text = after
        return True


def _first(folder: Path) -> tuple[Vault, str, Shelf]:
    vault, code = Vault.create(folder / "one", FileMasterStore(folder / "one"), 2)
    shelf = Shelf(vault.ring())
    vault.share(shelf)
    return vault, code, shelf


def _joined(folder: Path, shelf: Shelf, code: str, name: str = "two") -> Vault:
    vault = Vault.join(folder / name, FileMasterStore(folder / name), shelf.read(), code)
    vault.share(shelf)
    return vault


def test_a_till_that_joins_opens_what_the_first_sealed_and_finds_the_same_persons(tmp_path):
    one, code, shelf = _first(tmp_path)
    two = _joined(tmp_path, shelf, code)
    assert two.open("person", one.seal("person", b"somebody", PLACE), PLACE) == b"somebody"
    assert one.open("person", two.seal("person", b"another", PLACE), PLACE) == b"another"
    assert one.index("person", "x") == two.index("person", "x")
    again = Vault.open_folder(tmp_path / "two", FileMasterStore(tmp_path / "two"))
    assert again.index("person", "x") == one.index("person", "x")


def test_each_till_has_a_master_key_of_its_own_and_the_ring_holds_no_key_in_the_clear(tmp_path):
    _one, code, shelf = _first(tmp_path)
    _joined(tmp_path, shelf, code)
    masters = {json.loads((tmp_path / n / KEY_FILE).read_text())["master"] for n in ("one", "two")}
    assert len(masters) == 2
    told = json.loads(shelf.text)
    assert code not in shelf.text and "wrapped" not in shelf.text
    assert {len(key["recovery"].split(":")) for key in told["keys"]} == {2}


@pytest.mark.parametrize("wrong", ["", "ABCD", "0000-" * 7 + "0000"])
def test_a_wrong_code_opens_nothing_and_leaves_nothing(tmp_path, wrong):
    _one, _code, shelf = _first(tmp_path)
    with pytest.raises(RecoveryCodeWrong):
        Vault.join(tmp_path / "two", FileMasterStore(tmp_path / "two"), shelf.read(), wrong)
    assert not (tmp_path / "two").exists()


def test_a_key_made_later_at_one_till_is_known_at_the_other_at_once(tmp_path):
    one, code, shelf = _first(tmp_path)
    two = _joined(tmp_path, shelf, code)
    sealed = two.seal("a later purpose", b"new", PLACE)
    assert one.open("a later purpose", sealed, PLACE) == b"new"
    two.rotate("person")
    fresh = two.seal("person", b"after", PLACE)
    assert one.open("person", fresh, PLACE) == b"after"
    assert one.open("person", one.seal("person", b"x", PLACE), PLACE) == b"x"
    three = _joined(tmp_path, shelf, code, "three")
    assert three.open("person", fresh, PLACE) == b"after"
    assert three.open("a later purpose", sealed, PLACE) == b"new"


def test_two_tills_that_meet_a_purpose_at_the_same_moment_share_one_key(tmp_path):
    one, code, shelf = _first(tmp_path)
    two = _joined(tmp_path, shelf, code)
    before = shelf.text
    looked_up = two.index("later", "x")
    shelf.rival, shelf.text = [shelf.text], before
    assert one.index("later", "x") == looked_up


def test_a_new_recovery_code_holds_for_the_whole_store(tmp_path):
    one, code, shelf = _first(tmp_path)
    two = _joined(tmp_path, shelf, code)
    fresh = two.renew_recovery(2)
    with pytest.raises(RecoveryCodeWrong):
        _joined(tmp_path, shelf, code, "three")
    three = _joined(tmp_path, shelf, fresh, "four")
    sealed = one.seal("made after", b"kept", PLACE)
    assert three.open("made after", sealed, PLACE) == b"kept"
    restored = Vault.restore(tmp_path / "one", FileMasterStore(tmp_path / "one"), fresh)
    assert restored.open("made after", sealed, PLACE) == b"kept"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 9}', '{"version": 1, "keys": 1}'])
def test_a_damaged_ring_is_no_ring(tmp_path, text):
    one, code, _shelf = _first(tmp_path)
    with pytest.raises(SecretError):
        Vault.join(tmp_path / "two", FileMasterStore(tmp_path / "two"), text, code)
    with pytest.raises(SecretError):
        one.share(Shelf(text))


def test_a_key_that_no_till_of_the_store_sealed_is_not_taken_up(tmp_path):
    one, _code, shelf = _first(tmp_path)
    other, _other_code = Vault.create(tmp_path / "x", FileMasterStore(tmp_path / "x"), 2)
    told, foreign = json.loads(shelf.text), json.loads(other.ring())
    told["keys"].append(foreign["keys"][0])
    shelf.text = json.dumps(told, sort_keys=True)
    with pytest.raises(SecretError):
        one.share(shelf)
    with pytest.raises(SecretError):
        other.share(Shelf(one.ring()))
