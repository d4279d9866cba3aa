"""Fields are sealed for one purpose and one place; keys turn, move and come back."""

import json
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import SecretError
from app.vault.keyring import KEY_FILE, Vault
from app.vault.keys import FileMasterStore, MasterKey, SystemMasterStore
from tests.fakes.unit_of_work import secrets_for_tests

PLACE = "person|1|insured"


@pytest.fixture
def home(tmp_path):
    return tmp_path / "keys"


@pytest.fixture
def made(home):
    return Vault.create(home, FileMasterStore(home), recovery_cost=2)


def reopened(home):
    return Vault.open_folder(home, FileMasterStore(home))


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens_again_and_never_looks_the_same(plain, place):
    secrets = secrets_for_tests()
    one, two = secrets.seal("person", plain, place), secrets.seal("person", plain, place)
    assert one != two
    assert secrets.open("person", one, place) == secrets.open("person", two, place) == plain


@pytest.mark.parametrize(
    ("purpose", "place"), [("person", "person|2|insured"), ("staff", PLACE), ("none", PLACE)]
)
def test_a_value_moved_to_another_place_or_purpose_does_not_open(made, purpose, place):
    vault, _ = made
    sealed = vault.seal("person", b"plain", PLACE)
    with pytest.raises(SecretError):
        vault.open(purpose, sealed, place)


@given(st.data())
def test_a_changed_ciphertext_does_not_open(data):
    secrets = secrets_for_tests()
    sealed = bytearray(secrets.seal("person", b"plain", PLACE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SecretError):
        secrets.open("person", bytes(sealed), PLACE)


@given(st.binary(max_size=60))
def test_any_bytes_that_are_no_ciphertext_are_refused(noise):
    with pytest.raises(SecretError):
        secrets_for_tests().open("person", noise, PLACE)


def test_equal_texts_have_equal_hashes_under_a_key_of_their_own(made, home):
    vault, _ = made
    one = vault.index("person", "999900199001010019")
    assert one == reopened(home).index("person", "999900199001010019")
    assert one != vault.index("person", "999900199001010020")
    assert one != vault.index("other", "999900199001010019")
    assert len(one) == 32


def test_a_key_ring_opens_again_with_purposes_met_later(made, home):
    vault, _ = made
    sealed = vault.seal("later", b"plain", PLACE)
    assert reopened(home).open("later", sealed, PLACE) == b"plain"


def test_a_fresh_data_key_seals_and_the_old_one_still_opens(made, home):
    vault, _ = made
    old = vault.seal("person", b"plain", PLACE)
    vault.rotate("person")
    new = vault.seal("person", b"plain", PLACE)
    assert old[1:9] != new[1:9]
    again = reopened(home)
    assert again.open("person", old, PLACE) == again.open("person", new, PLACE) == b"plain"


def test_a_fresh_master_key_replaces_the_old_file(made, home):
    vault, _ = made
    sealed = vault.seal("person", b"plain", PLACE)
    before = set(home.glob("master-*.key"))
    vault.rotate_master()
    after = set(home.glob("master-*.key"))
    assert len(after) == 1
    assert before.isdisjoint(after)
    assert reopened(home).open("person", sealed, PLACE) == b"plain"


def test_the_master_key_can_move_into_the_systems_store(made, home):
    vault, _ = made
    sealed = vault.seal("person", b"plain", PLACE)
    kept = {}
    system = SystemMasterStore(lambda: Shelf(kept))
    assert vault.master_lies_in == "file"
    vault.rotate_master(system)
    assert vault.master_lies_in == "system"
    assert list(home.glob("master-*.key")) == []
    assert len(kept) == 1
    assert Vault.open_folder(home, system).open("person", sealed, PLACE) == b"plain"


class Shelf:
    """A key store of an operating system, as the ``keyring`` library shows one."""

    def __init__(self, kept, forgets=False):
        self._kept, self._forgets = kept, forgets

    def set_password(self, service, username, password):
        if not self._forgets:
            self._kept[service, username] = password

    def get_password(self, service, username):
        return self._kept.get((service, username))

    def delete_password(self, service, username):
        del self._kept[service, username]


def test_a_store_that_forgets_is_noticed_before_the_old_key_goes(made, home):
    vault, _ = made
    sealed = vault.seal("person", b"plain", PLACE)
    with pytest.raises(SecretError):
        vault.rotate_master(SystemMasterStore(lambda: Shelf({}, forgets=True)))
    assert reopened(home).open("person", sealed, PLACE) == b"plain"


def test_the_recovery_code_opens_keys_made_before_and_after_it(made, home, tmp_path):
    vault, code = made
    early = vault.seal("person", b"early", PLACE)
    late = vault.seal("later", b"late", PLACE)
    vault.rotate_master()
    elsewhere = tmp_path / "new machine"
    elsewhere.mkdir()
    (elsewhere / KEY_FILE).write_bytes((home / KEY_FILE).read_bytes())
    with pytest.raises(SecretError):
        reopened(elsewhere)
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    restored = Vault.restore(elsewhere, FileMasterStore(elsewhere), typed)
    assert restored.open("person", early, PLACE) == b"early"
    assert reopened(elsewhere).open("later", late, PLACE) == b"late"


def test_a_wrong_recovery_code_opens_nothing(made, home):
    _, code = made
    wrong = ("1" if code[0] != "1" else "2") + code[1:]
    for text in (wrong, code[:-1], "", code + "A", code.replace(code[0], "U", 1)):
        with pytest.raises(SecretError):
            Vault.restore(home, FileMasterStore(home), text)


def test_a_renewed_code_replaces_the_old_one(made, home):
    vault, old = made
    sealed = vault.seal("person", b"plain", PLACE)
    new = vault.renew_recovery(recovery_cost=2)
    with pytest.raises(SecretError):
        Vault.restore(home, FileMasterStore(home), old)
    assert Vault.restore(home, FileMasterStore(home), new).open("person", sealed, PLACE) == b"plain"


def test_no_key_and_no_code_lies_in_the_key_file(made, home):
    vault, code = made
    told = (home / KEY_FILE).read_text()
    assert code not in told
    master = next(home.glob("master-*.key")).read_text()
    assert master not in told
    for key in vault._keys:
        assert key.secret.hex() not in told.lower()


@pytest.mark.skipif(os.name != "posix", reason="file modes are a matter of POSIX")
def test_key_files_are_the_owners_alone(made, home):
    for path in home.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    next(home.glob("master-*.key")).chmod(0o640)
    with pytest.raises(SecretError):
        reopened(home)


def test_two_processes_do_not_lose_each_others_keys(made, home):
    vault, _ = made
    other = reopened(home)
    mine, theirs = vault.seal("mine", b"1", PLACE), other.seal("theirs", b"2", PLACE)
    again = reopened(home)
    assert again.open("mine", mine, PLACE) == b"1"
    assert again.open("theirs", theirs, PLACE) == b"2"
    both = vault.seal("theirs", b"3", PLACE)
    assert both[1:9] == theirs[1:9]


def test_a_key_ring_whose_master_was_replaced_writes_nothing_more(made, home):
    vault, _ = made
    reopened(home).rotate_master()
    before = (home / KEY_FILE).read_bytes()
    with pytest.raises(SecretError):
        vault.seal("later", b"plain", PLACE)
    assert (home / KEY_FILE).read_bytes() == before


def test_a_home_has_one_key_ring(made, home):
    with pytest.raises(SecretError):
        Vault.create(home, FileMasterStore(home))


def test_another_master_key_opens_nothing(made, home):
    told = json.loads((home / KEY_FILE).read_text())
    FileMasterStore(home).save(MasterKey(told["master"], bytes(32)))
    with pytest.raises(SecretError):
        reopened(home)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version":1}',
        '{"version":99}',
        '{"version":1,"master":"x","recovery":{"cost":3},"keys":[]}',
        '{"version":1,"master":"x","recovery":{"cost":2,"public":"?","salt":""},"keys":[]}',
    ],
)
def test_a_damaged_key_file_is_told_as_one(made, home, text):
    (home / KEY_FILE).write_text(text)
    with pytest.raises(SecretError):
        reopened(home)
    with pytest.raises(SecretError):
        Vault.restore(home, FileMasterStore(home), "0000-0000-0000-0000-0000-0000-0000-0000")


def test_a_missing_key_file_is_told(home):
    with pytest.raises(SecretError):
        reopened(home)
