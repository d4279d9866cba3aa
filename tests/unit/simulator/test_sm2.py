"""SM2 verification against signatures that the openssl program makes."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from sync.insurance.simulator.sm2 import A, B, G, P, holds
from tests.unit.simulator.far_end import RESOURCES, FarEnd

MESSAGE = b"fixmedins_code=P99990000001&infno=1101"


def openssl(*arguments: str) -> str:
    done = subprocess.run(["openssl", *arguments], capture_output=True, check=True, text=True)
    return done.stdout


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    file = tmp_path_factory.mktemp("sm2") / "key.pem"
    openssl("ecparam", "-name", "SM2", "-genkey", "-noout", "-out", str(file))
    text = openssl("ec", "-in", str(file), "-text", "-noout")
    shown = text.partition("pub:")[2].partition("ASN1")[0]
    return file, "".join(shown.replace(":", " ").split()).removeprefix("04")


def signed(file: Path, message: bytes, folder: Path) -> str:
    """r and s of openssl's DER signature."""
    (folder / "text").write_bytes(message)
    openssl(
        "pkeyutl",
        "-sign",
        "-rawin",
        *("-digest", "sm3", "-pkeyopt", "distid:1234567812345678"),
        *("-inkey", str(file), "-in", str(folder / "text"), "-out", str(folder / "sig")),
    )
    der = (folder / "sig").read_bytes()
    parts, at = [], 2
    for _ in range(2):
        length = der[at + 1]
        parts.append(int.from_bytes(der[at + 2 : at + 2 + length], "big"))
        at += 2 + length
    return "".join(f"{part:064X}" for part in parts)


def test_openssls_signature_holds_and_a_changed_text_does_not(
    key: tuple[Path, str], tmp_path: Path
) -> None:
    file, public = key
    signature = signed(file, MESSAGE, tmp_path)
    assert holds(public, MESSAGE, signature)
    assert holds(public, MESSAGE, signature.lower())
    assert not holds(public, MESSAGE + b" ", signature)
    assert not holds(public, MESSAGE, signature[64:] + signature[:64])
    assert not holds(public, MESSAGE, signature, b"another identity")


@pytest.mark.parametrize("signature", ["", "zz", "00" * 64, "FF" * 64, "01" * 63])
def test_what_is_no_signature_does_not_hold(key: tuple[Path, str], signature: str) -> None:
    assert not holds(key[1], MESSAGE, signature)
    assert not holds("", MESSAGE, signature)


def test_the_base_point_lies_on_the_curve() -> None:
    x, y = G
    assert (y * y - x * x * x - A * x - B) % P == 0


def test_the_practice_key_signs_what_its_public_point_proves(tmp_path: Path) -> None:
    known = tomllib.loads((RESOURCES / "practice/platform.toml").read_text(encoding="utf-8"))
    pair = known["credentials"]["CN-420700"]
    der = "30310201010420" + pair["sm2_private"] + "a00a06082a811ccf5501822d"
    raw = tmp_path / "key.der"
    raw.write_bytes(bytes.fromhex(der))
    file = tmp_path / "key.pem"
    openssl("ec", "-inform", "DER", "-in", str(raw), "-out", str(file))
    assert holds(pair["sm2_public"], MESSAGE, signed(file, MESSAGE, tmp_path))


def test_a_region_that_signs_refuses_what_is_not_signed() -> None:
    far_end = FarEnd(message_signing="sm2_envelope")
    assert "cainfo" in far_end.refused("1101", {"data": {}})
