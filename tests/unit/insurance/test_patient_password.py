"""The patient's password: digits that are wiped, sealed as openssl can open it, used once."""

from __future__ import annotations

import base64
import copy
import json
import pickle
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.insurance import SettleBasket, SettleVisit
from app.domain.patient_password import DIGITS, Digits, SealedPassword, wipe
from app.errors import BadValue, PackError
from app.use_cases.patient_password import password_note
from sync.insurance.patient_password import RsaPasswordSealer
from sync.insurance.profile import Credentials
from tests.fakes.insurance import a_client, a_header, a_profile, every_call
from tests.fakes.practice_till import digits
from ui.words import knows

TOKEN = "invented-gateway-token"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A private key in a file and its public half in Base64, both made by openssl."""
    file = tmp_path_factory.mktemp("rsa") / "key.pem"
    made = ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
    subprocess.run([*made, "-out", file], check=True, capture_output=True)
    public = subprocess.run(
        ["openssl", "pkey", "-in", file, "-pubout", "-outform", "DER"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    return file, base64.b64encode(public).decode()


def opened(file: Path, sealed: str) -> bytes:
    return subprocess.run(
        ["openssl", "pkeyutl", "-decrypt", "-inkey", file, "-pkeyopt", "rsa_padding_mode:pkcs1"],
        input=base64.b64decode(sealed), check=True, capture_output=True,
    ).stdout  # fmt: skip


@pytest.mark.parametrize("pem", [False, True])
def test_the_platform_reads_password_and_token(key: tuple[Path, str], pem: bool) -> None:
    file, public = key
    if pem:
        public = (
            f"-----BEGIN PUBLIC KEY-----\n{public[:64]}\n{public[64:]}\n-----END PUBLIC KEY-----"
        )
    sealer = RsaPasswordSealer(Credentials(token=TOKEN, password_key=public))
    typed = bytearray(b"705953")
    sealed = sealer.seal(typed)
    assert typed == bytearray(6)
    assert opened(file, sealed.take()) == b"705953" + TOKEN.encode()


def test_the_same_password_never_looks_the_same(key: tuple[Path, str]) -> None:
    sealer = RsaPasswordSealer(Credentials(token=TOKEN, password_key=key[1]))
    assert len({sealer.seal(bytearray(b"705953")).take() for _ in range(4)}) == 4


@pytest.mark.parametrize("text", ["", "x", "AAAA", base64.b64encode(b"0" * 90).decode()])
def test_a_key_that_is_none_seals_nothing_and_the_password_is_wiped(text: str) -> None:
    typed = bytearray(b"705953")
    with pytest.raises(BadValue) as told:
        RsaPasswordSealer(Credentials(password_key=text)).seal(typed)
    assert typed == bytearray(6)
    assert "705953" not in str(told.value)


def test_a_sealed_password_serves_once_and_shows_nothing() -> None:
    sealed = SealedPassword(bytearray(b"QUJD"))
    assert "QUJD" not in repr(sealed)
    assert not sealed.spent
    assert sealed.take() == "QUJD"
    assert sealed.spent
    with pytest.raises(BadValue):
        sealed.take()
    for copier in (copy.copy, pickle.dumps):
        with pytest.raises(TypeError):
            copier(SealedPassword(bytearray(b"QUJD")))


@given(st.lists(st.one_of(st.integers(0, 9), st.sampled_from(["drop", "clear"]))))
def test_digits_are_what_was_typed_and_gone_after_taking(keys: list[int | str]) -> None:
    typed, expected = Digits(), list[int]()
    for each in keys:
        if each == "drop":
            typed.drop()
            expected = expected[:-1]
        elif each == "clear":
            typed.clear()
            expected = []
        else:
            assert typed.add(int(each)) is (len(expected) < DIGITS)
            expected = [*expected, int(each)][:DIGITS]
        assert len(typed) == len(expected)
        assert typed.complete is (len(expected) == DIGITS)
    if typed.complete:
        taken = typed.take()
        assert taken == bytearray("".join(map(str, expected)), "ascii")
        wipe(taken)
        assert not any(taken)
    else:
        with pytest.raises(BadValue):
            typed.take()
    assert len(typed) == 0
    assert not any(typed._kept)  # the memory itself, not the count


@pytest.mark.parametrize("digit", [-1, 10, True, "1"])
def test_only_digits_are_typed(digit: object) -> None:
    with pytest.raises(BadValue):
        Digits().add(digit)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["2102_settle", "2207_settle_visit"])
def test_the_message_carries_it_and_the_journals_copy_does_not(name: str) -> None:
    plain = every_call()[name]
    assert isinstance(plain, SettleBasket | SettleVisit)
    from dataclasses import replace

    sealed = SealedPassword(bytearray(b"QUJDREVG"))
    client = a_client()
    without = client.compose(plain, a_header())
    message = client.compose(replace(plain, password=sealed), a_header())
    assert json.loads(message.body)["cainfo"] == "QUJDREVG"
    assert message.evidence == without.evidence
    assert b"QUJDREVG" not in message.evidence
    assert {**json.loads(message.body), "cainfo": ""} == json.loads(without.body)
    assert sealed.spent
    assert "QUJD" not in repr(message) + repr(message.call)


def test_a_used_password_makes_no_second_message() -> None:
    from dataclasses import replace

    plain = every_call()["2102_settle"]
    assert isinstance(plain, SettleBasket)
    call = replace(plain, password=SealedPassword(bytearray(b"QUJDREVG")))
    a_client().compose(call, a_header())
    with pytest.raises(BadValue):
        a_client().compose(call, a_header())


def test_where_the_envelope_is_signed_there_is_no_room_for_a_password() -> None:
    with pytest.raises(PackError):
        a_client(message_signing="sm2_envelope", password_in_cainfo=True)


@pytest.mark.parametrize(
    ("infno", "area", "wanted"),
    [
        ("2102", "999900", True), ("2207", "999901", True), ("2207A", "999900", False),
        ("2101", "999900", False), ("2103", "999900", False), ("2102", "130100", False),
    ],
)  # fmt: skip
def test_who_gives_a_password_for_what(infno: str, area: str, wanted: bool) -> None:
    assert a_profile(password_in_cainfo=True).wants_password(infno, area) is wanted
    assert not a_profile().wants_password(infno, area)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("FSI-患者密码错误，还可输入3次", "patient_password.wrong_tries"),
        ("密码校验失败", "patient_password.wrong"),
        ("该参保人密码已锁定", "patient_password.locked"),
        ("余额不足", ""),
        ("", ""),
    ],
)
def test_what_a_refusal_says_of_the_password(text: str, note: str) -> None:
    found = password_note(text)
    assert (found.message_id if found else "") == note
    if found is not None:
        assert knows(found.message_id)
        assert found.params.get("tries") in (None, 3)


def test_the_fake_patient_types_what_it_is_told() -> None:
    assert digits("012345").take() == bytearray(b"012345")
