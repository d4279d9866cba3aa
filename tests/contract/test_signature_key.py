"""Contract of signing keys over SKF: the till's driver against a library in C and openssl."""

from __future__ import annotations

import contextlib
import hashlib
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.ca_key import CaKey
from app.domain.clock import shop_time
from app.errors import BadFrame, DeviceFailed, LibraryGone, PinWrong
from app.vault.ca_signatures import CaSigner, certificate_of, holds, prepared, read_certificate
from devices.connection import SystemTimer
from devices.library.process import LibraryPlace, VendorLibrary, host_of_source
from devices.signature_key import wire
from devices.signature_key.driver import SkfKeys
from tests.fakes.clock import FixedClock
from tests.fakes.skf_key import ISSUER, PIN, TRIES, SkfBench, make_bench, needs_keys

pytestmark = needs_keys

HOLDER = "练习药师甲"
TEXT = "审方：练习处方一张".encode()
DIGEST = hashlib.sha256(b"anything of 32 bytes").digest()


@pytest.fixture
def bench(tmp_path: Path) -> SkfBench:
    return make_bench(tmp_path)


class Heard(list[str]):
    """What the driver drew attention to, each change once."""

    def append(self, what: str) -> None:
        if self[-1:] != [what]:
            super().append(what)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def keys(bench: SkfBench, heard: Heard) -> Iterator[SkfKeys]:
    made = driver(bench, heard)
    yield made
    made.close()


def driver(bench: SkfBench, heard: Heard, **chosen: str) -> SkfKeys:
    library = VendorLibrary(
        LibraryPlace(str(bench.library), host_of_source()), wire.TABLE, device=wire.DEVICE,
        timer=SystemTimer(),
    )  # fmt: skip
    return SkfKeys(library, SystemTimer(), attend=heard.append, **chosen)


def why(caught: pytest.ExceptionInfo[DeviceFailed]) -> str:
    return str(caught.value.params["why"]).removeprefix("device_skf.")


def verified_by_openssl(folder: Path, text: bytes, value: bytes) -> bool:
    """The program's own word, from the certificate; r and s go to DER here for its sake."""
    halves = [value[:32].lstrip(b"\0"), value[32:].lstrip(b"\0")]
    parts = [b"\0" + one if one[0] & 0x80 else one for one in halves]
    body = b"".join(b"\x02" + bytes([len(one)]) + one for one in parts)
    (folder / "sig").write_bytes(b"\x30" + bytes([len(body)]) + body)
    (folder / "said").write_bytes(text)
    words = ["openssl", "x509", "-in", str(folder / "cert.pem"), "-pubkey", "-noout"]
    (folder / "pub.pem").write_bytes(subprocess.run(words, capture_output=True, check=True).stdout)
    words = [
        "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(folder / "pub.pem"),
        "-in", str(folder / "said"), "-sigfile", str(folder / "sig"), "-rawin", "-digest", "sm3",
        "-pkeyopt", "distid:1234567812345678",
    ]  # fmt: skip
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


# --- the driver -----------------------------------------------------------------------------------


def test_a_key_shows_its_certificate_and_signs_after_its_pin(
    bench: SkfBench, keys: SkfKeys, heard: Heard
) -> None:
    certificate = bench.add("one", HOLDER)
    assert keys.certificates() == (certificate,)
    assert heard == [""]
    with pytest.raises(DeviceFailed) as caught:
        keys.sign(certificate, DIGEST)
    assert why(caught) == "not_unlocked"
    keys.unlock(certificate, PIN)
    assert len(keys.sign(certificate, DIGEST)) == 64
    assert len(keys.sign(certificate, DIGEST)) == 64  # the PIN holds
    keys.lock()
    with pytest.raises(DeviceFailed) as caught:
        keys.sign(certificate, DIGEST)
    assert why(caught) == "not_unlocked"


def test_a_wrong_pin_costs_a_try_each_until_the_key_locks(bench: SkfBench, keys: SkfKeys) -> None:
    certificate = bench.add("one", HOLDER)
    keys.unlock(certificate, PIN)  # an open key must not take a wrong one
    for left in range(TRIES - 1, 0, -1):
        with pytest.raises(PinWrong) as wrong:
            keys.unlock(certificate, "wrong-1111")
        assert wrong.value.params == {"device": wire.DEVICE, "left": left}
        assert bench.tries("one") == left
    for pin in ("wrong-1111", PIN):
        with pytest.raises(DeviceFailed) as caught:
            keys.unlock(certificate, pin)
        assert why(caught) == "locked"


@pytest.mark.parametrize("pin", ["123", "", "1234\x005678", "9" * 33, "\ud800123456"])
def test_a_pin_of_no_possible_form_costs_no_try(bench: SkfBench, keys: SkfKeys, pin: str) -> None:
    certificate = bench.add("one", HOLDER)
    with pytest.raises(DeviceFailed) as caught:
        keys.unlock(certificate, pin)
    assert (why(caught), bench.tries("one")) == ("pin_form", TRIES)


def test_without_a_key_it_says_so_and_finds_it_once_it_is_plugged_in(
    bench: SkfBench, keys: SkfKeys, heard: Heard
) -> None:
    with pytest.raises(DeviceFailed) as caught:
        keys.certificates()
    assert why(caught) == "no_key"
    certificate = bench.add("one", HOLDER)
    assert keys.certificates() == (certificate,)
    bench.pull("one")
    keys.watch()  # not yet time to look
    keys._next_look = 0.0
    keys.watch()
    assert heard == ["device_skf.attend", "", "device_skf.attend"]


def test_a_key_that_is_pulled_and_put_back_asks_its_pin_again(
    bench: SkfBench, keys: SkfKeys
) -> None:
    certificate = bench.add("one", HOLDER)
    keys.unlock(certificate, PIN)
    bench.pull("one")
    with pytest.raises(DeviceFailed) as caught:
        keys.sign(certificate, DIGEST)
    assert why(caught) == "no_key"
    bench.plug("one")
    with pytest.raises(DeviceFailed) as caught:
        keys.sign(certificate, DIGEST)
    assert why(caught) == "not_unlocked"


def test_a_key_that_is_pulled_while_it_signs(bench: SkfBench, keys: SkfKeys) -> None:
    certificate = bench.add("one", HOLDER)
    keys.unlock(certificate, PIN)
    bench.fault("pull")
    with pytest.raises(DeviceFailed) as caught:
        keys.sign(certificate, DIGEST)
    assert why(caught) == "removed"
    bench.fault("")
    bench.plug("one")
    keys.unlock(certificate, PIN)
    assert len(keys.sign(certificate, DIGEST)) == 64


def test_of_two_keys_each_signs_for_its_own_certificate(bench: SkfBench, keys: SkfKeys) -> None:
    first, second = bench.add("one", HOLDER), bench.add("two", "练习药师乙")
    assert set(keys.certificates()) == {first, second}
    keys.unlock(second, PIN)
    assert len(keys.sign(second, DIGEST)) == 64
    with pytest.raises(DeviceFailed) as caught:
        keys.sign(first, DIGEST)
    assert why(caught) == "not_unlocked"
    with pytest.raises(DeviceFailed) as caught:
        keys.sign(b"another certificate", DIGEST)
    assert why(caught) == "other_key"


def test_a_key_without_a_certificate_says_so(bench: SkfBench, keys: SkfKeys) -> None:
    certificate = bench.add("one", HOLDER)
    (bench.folder / "one" / "cert.der").unlink()
    assert keys.certificates() == ()
    with pytest.raises(DeviceFailed) as caught:
        keys.sign(certificate, DIGEST)
    assert why(caught) == "no_certificate"


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"application": "PRACTICE", "container": "SIGN"}, 1),
        ({"container": "EMPTY"}, 0),
        ({"application": "ANOTHER"}, 0),
    ],
)
def test_application_and_container_may_be_named(
    bench: SkfBench, heard: Heard, chosen: dict[str, str], found: int
) -> None:
    bench.add("one", HOLDER)
    keys = driver(bench, heard, **chosen)
    assert len(keys.certificates()) == found
    keys.close()


def test_a_library_that_dies_while_it_signs_is_no_dead_till(bench: SkfBench, heard: Heard) -> None:
    certificate = bench.add("one", HOLDER)
    keys = driver(bench, heard)
    keys.unlock(certificate, PIN)
    bench.fault("crash")
    with pytest.raises(LibraryGone) as caught:
        keys.sign(certificate, DIGEST)
    assert caught.value.params["why"] == "device_library.crashed"
    keys.close()  # what a supervisor does with a lost device
    bench.fault("")
    again = driver(bench, heard)
    again.unlock(certificate, PIN)
    assert len(again.sign(certificate, DIGEST)) == 64
    again.close()


def test_no_error_shows_a_pin(bench: SkfBench, keys: SkfKeys) -> None:
    certificate = bench.add("one", HOLDER)
    with pytest.raises(PinWrong) as caught:
        keys.unlock(certificate, "wrong-2222")
    assert "wrong-2222" not in repr(caught.value) + str(caught.value)


# --- the signer over it ---------------------------------------------------------------------------


NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


def bound(certificate: bytes) -> CaKey:
    return CaKey(read_certificate(certificate)[0], NOW)


def test_a_signature_carries_its_certificate_and_openssl_agrees(
    bench: SkfBench, keys: SkfKeys
) -> None:
    certificate = bench.add("one", HOLDER, serial=0xABCDEF01)
    signer = CaSigner(keys, FixedClock(NOW))
    key = bound(certificate)
    signer.unlock(key, PIN)
    made = signer.sign(key, TEXT)
    assert (made.kind, made.algorithm, made.certificate) == ("ca", "SM2-SM3", certificate)
    assert verified_by_openssl(bench.folder / "one", TEXT, made.value)
    assert not verified_by_openssl(bench.folder / "one", TEXT + b" ", made.value)
    assert holds(made, TEXT)
    told = certificate_of(made)
    assert told is not None
    assert (told.holder, told.issuer, told.serial) == (HOLDER, ISSUER, "ABCDEF01")


def test_what_a_key_forges_never_counts(bench: SkfBench, keys: SkfKeys) -> None:
    key = bound(bench.add("one", HOLDER))
    signer = CaSigner(keys, FixedClock(NOW))
    signer.unlock(key, PIN)
    bench.fault("forge")
    with pytest.raises(DeviceFailed) as caught:
        signer.sign(key, TEXT)
    assert why(caught) == "forged"


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC), "not_yet"),
        (datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC), "expired"),
    ],
)
def test_a_certificate_signs_within_its_days_only(
    bench: SkfBench, keys: SkfKeys, moment: datetime, reason: str
) -> None:
    days = {"begins": "20261101000000Z", "ends": "20261201000000Z"}
    key = bound(bench.add("one", HOLDER, **days))
    signer = CaSigner(keys, FixedClock(moment))
    signer.unlock(key, PIN)
    with pytest.raises(DeviceFailed) as caught:
        signer.sign(key, TEXT)
    assert why(caught) == reason


def test_a_certificate_without_an_end_has_a_day_in_every_zone(bench: SkfBench) -> None:
    told = bound(bench.add("one", HOLDER, ends="99991231235959Z")).certificate
    assert told.valid_at(NOW) and shop_time(told.valid_to).year == 9999


def test_another_persons_key_does_not_sign(bench: SkfBench, keys: SkfKeys) -> None:
    mine = bound(bench.add("one", HOLDER))
    bench.add("two", "练习药师乙")
    bench.pull("one")
    signer = CaSigner(keys, FixedClock(NOW))
    for act in (lambda: signer.unlock(mine, PIN), lambda: signer.sign(mine, TEXT)):
        with pytest.raises(DeviceFailed) as caught:
            act()
        assert why(caught) == "other_key"
    assert bench.tries("two") == TRIES


# --- the wire -------------------------------------------------------------------------------------


def test_names_end_with_two_nuls() -> None:
    assert wire.names(b"A\0BC\0\0rest", 6) == (b"A", b"BC")
    assert wire.names(b"\0\0", 2) == ()
    assert wire.names(b"\xd1\xcf\0\0", 4) == (b"\xd1\xcf",)
    with pytest.raises(BadFrame):
        wire.names(b"AB", 3)


def test_r_and_s_stand_right_aligned() -> None:
    block = bytes(32) + bytes(range(32)) + bytes(32) + bytes(range(32, 64))
    assert wire.signature(block) == bytes(range(64))
    with pytest.raises(BadFrame):
        wire.signature(b"\x01" + block[1:])
    with pytest.raises(BadFrame):
        wire.signature(block[:-1])


@pytest.mark.parametrize(
    ("code", "word"),
    [(0x0A000025, "locked"), (0x0A000023, "removed"), (0x0A00002D, "not_unlocked"),
     (0x0A00001C, "no_certificate"), (0x0A000001, "failed"), (0x0B000033, "other"),
     (0xFFFFFFFF, "other")],
)  # fmt: skip
def test_codes_have_words(code: int, word: str) -> None:
    assert wire.why(code) == f"device_skf.{word}"


@given(st.binary(max_size=80), st.integers(-1, 200))
@settings(max_examples=200)
def test_any_block_is_read_or_refused(block: bytes, size: int) -> None:
    for read in (wire.names, wire.certificate):
        try:
            read(block, size)
        except BadFrame:
            continue
    with contextlib.suppress(BadFrame):
        assert len(wire.signature(block * 2)) == 64


def test_openssl_signs_the_text_that_is_prepared_here(bench: SkfBench) -> None:
    """The program prepares and signs by itself; what it made holds against our preparation."""
    from app.vault.ca_signatures import is_signed
    from tests.fakes.skf_key import openssl_signature

    certificate = bench.add("one", HOLDER)
    public_key = read_certificate(certificate)[1]
    r, s = decode_dss_signature(openssl_signature(bench.folder / "one", TEXT))
    value = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert is_signed(public_key, TEXT, value)
    assert not is_signed(public_key, TEXT + b" ", value)
    assert len(prepared(public_key, TEXT)) == 32
