"""Signatures hold over exactly their text, by exactly their key, at every till of the store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadValue
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore
from app.vault.signatures import InternalSigner
from tests.fakes.unit_of_work import secrets_for_tests

TEXT = "审方|练习|通过".encode()


@pytest.fixture
def signer() -> InternalSigner:
    return InternalSigner(secrets_for_tests())


@pytest.mark.rule("SJZ-A.3")
def test_a_signature_holds_over_its_text_alone(signer: InternalSigner) -> None:
    made = signer.sign("id-2001", TEXT)
    assert made.kind == "internal"
    assert made.key_id == signer.key_of("id-2001")
    assert signer.holds(made, TEXT)
    assert not signer.holds(made, TEXT + b" ")
    assert not signer.holds(replace(made, value=made.value[::-1]), TEXT)
    assert not signer.holds(replace(made, key_id=signer.key_of("id-2002")), TEXT)


@given(text=st.binary(max_size=200), at=st.integers(0, 63), flip=st.integers(1, 255))
def test_no_changed_octet_is_taken(text: bytes, at: int, flip: int) -> None:
    signer = InternalSigner(secrets_for_tests())
    made = signer.sign("id-2001", text)
    broken = bytearray(made.value)
    broken[at] ^= flip
    assert signer.holds(made, text)
    assert not signer.holds(replace(made, value=bytes(broken)), text)


@pytest.mark.parametrize("key_id", ["", "zz", "00" * 31, "00" * 33, "练习"])
def test_a_key_that_is_none_holds_nothing(signer: InternalSigner, key_id: str) -> None:
    assert not signer.holds(replace(signer.sign("id-2001", TEXT), key_id=key_id), TEXT)


def test_a_ca_signature_is_for_its_own_driver(signer: InternalSigner) -> None:
    assert not signer.holds(replace(signer.sign("id-2001", TEXT), kind="ca"), TEXT)


def test_nobody_signs_nothing(signer: InternalSigner) -> None:
    with pytest.raises(BadValue):
        signer.sign("", TEXT)


def test_the_key_is_the_same_after_a_restart_and_from_a_backup(tmp_path: Path) -> None:
    vault, code = Vault.create(tmp_path / "a", FileMasterStore(tmp_path / "a"), 2)
    made = InternalSigner(vault).sign("id-2001", TEXT)
    again = Vault.open_folder(tmp_path / "a", FileMasterStore(tmp_path / "a"))
    assert InternalSigner(again).key_of("id-2001") == made.key_id
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "keys.json").write_bytes((tmp_path / "a" / "keys.json").read_bytes())
    restored = Vault.restore(tmp_path / "b", FileMasterStore(tmp_path / "b"), code)
    assert InternalSigner(restored).sign("id-2001", TEXT) == made


def test_another_store_signs_with_other_keys(tmp_path: Path) -> None:
    one, _ = Vault.create(tmp_path / "a", FileMasterStore(tmp_path / "a"), 2)
    other, _ = Vault.create(tmp_path / "b", FileMasterStore(tmp_path / "b"), 2)
    assert InternalSigner(one).key_of("id-2001") != InternalSigner(other).key_of("id-2001")


def test_anybody_can_check_it_by_the_standard(signer: InternalSigner) -> None:
    """Ed25519 as RFC 8032 has it: the key id is the public key, nothing of ours is needed."""
    made = signer.sign("id-2001", TEXT)
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(made.key_id)).verify(made.value, TEXT)
