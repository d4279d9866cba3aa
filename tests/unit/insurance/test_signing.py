"""Gateway signatures against the openssl program, never against our own arithmetic."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import BadValue, PackError
from sync.insurance.client import InsuranceClient
from sync.insurance.profile import Credentials
from sync.insurance.signing import (
    api_headers,
    ca_headers,
    gateway_headers,
    sm2_signer,
    tif_headers,
)
from sync.insurance.transport import Reply
from tests.fakes.insurance import (
    SHOP,
    StandingClock,
    a_client,
    a_header,
    a_profile,
    every_call,
    tables,
)

AT = datetime(2026, 10, 5, 6, 7, 8, 123000, tzinfo=UTC)
SECONDS = "1791180428"
KEYS = Credentials("lx-paas", "lx-token", "lx-key", "lx-secret", "1.0.0")

needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="the openssl program is not here"
)


def openssl(*arguments: str, given: bytes) -> bytes:
    done = subprocess.run(
        ["openssl", "dgst", "-binary", *arguments], input=given, capture_output=True, check=True
    )
    return done.stdout


def test_the_second_of_the_fixture_is_typed_by_hand() -> None:
    assert int(SECONDS) == 1791180428
    assert datetime.fromtimestamp(1791180428, UTC) == datetime(2026, 10, 5, 6, 7, 8, tzinfo=UTC)


@needs_openssl
def test_tif() -> None:
    signed = f"{SECONDS}lx-tokennonce-7{SECONDS}".encode()
    assert tif_headers(KEYS, AT, "nonce-7") == {
        "x-tif-paasid": "lx-paas",
        "x-tif-timestamp": SECONDS,
        "x-tif-nonce": "nonce-7",
        "x-tif-signature": openssl("-sha256", given=signed).hex(),
    }


@needs_openssl
def test_api() -> None:
    text = (
        f"_api_access_key=lx-key&_api_name=2102&_api_timestamp={SECONDS}123&_api_version=1.0.0"
    ).encode()
    expected = base64.b64encode(openssl("-sha1", "-hmac", "lx-secret", given=text)).decode()
    assert api_headers(KEYS, AT, "2102") == {
        "_api_name": "2102",
        "_api_version": "1.0.0",
        "_api_timestamp": f"{SECONDS}123",
        "_api_access_key": "lx-key",
        "_api_signature": expected,
    }


@needs_openssl
def test_ca_signs_the_exact_bytes() -> None:
    body = '{"infno":"1101","药":1}'.encode()
    given = SECONDS.encode() + b"\n" + body
    expected = openssl("-sm3", "-hmac", "lx-secret", given=given).hex().upper()
    assert ca_headers(KEYS, AT, body) == {
        "x-ca-key": "lx-key",
        "x-ca-signature": f"{SECONDS}:{expected}",
    }


def test_no_gateway_no_headers_and_no_formula_is_told() -> None:
    told = {"infno": "1101", "body": b"", "at": AT, "nonce": lambda: "n"}
    assert gateway_headers("none", KEYS, **told) == {}
    with pytest.raises(BadValue):
        gateway_headers("oauth", KEYS, **told)


@pytest.mark.parametrize(
    "change",
    [
        {"gateway": "oauth"},
        {"message_signing": "sm2_input"},
        {"encrypted_input": True},
        {"encrypted_input": True, "message_signing": "sm2_envelope"},
    ],
)
def test_a_wire_without_its_keys_is_refused_before_anything_is_sent(change: dict[str, str]) -> None:
    with pytest.raises(PackError) as told:
        a_client(**change)
    assert str(told.value.params["key"]).startswith("interface.")


def test_a_signature_without_a_key_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(PackError) as told:
        a_client(message_signing="sm2_envelope")
    assert told.value.params["key"] == "interface.message_signing"


SM2_PRIVATE = "eab8bc024a1b6f107eda99e4904bdf772009016255203f634fcdf8b6b2a3343d"
SM2_PUBLIC = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEfPLiqp0kC65x76xgIp5I8y00agZD
bgVY0wBr6CoDfEGbGEttdk1WPAMZZdxyGxRWWOHsHVBQikyMHf9AilP9ow==
-----END PUBLIC KEY-----
"""
"""A pair made by the openssl program for this test; it opens nothing."""


def der(number: bytes) -> bytes:
    whole = number.lstrip(b"\0")
    whole = b"\0" + whole if whole[0] > 127 else whole
    return b"\x02" + bytes([len(whole)]) + whole


def openssl_believes(signature: str, text: str, folder: Path) -> bool:
    raw = bytes.fromhex(signature)
    inner = der(raw[:32]) + der(raw[32:])
    (folder / "s").write_bytes(b"\x30" + bytes([len(inner)]) + inner)
    (folder / "p").write_text(SM2_PUBLIC)
    (folder / "t").write_text(text)
    command = ["openssl", "dgst", "-sm3", "-verify", "p", "-signature", "s"]
    command += ["-sigopt", "distid:1234567812345678", "t"]
    return subprocess.run(command, cwd=folder, capture_output=True).returncode == 0


@needs_openssl
def test_a_signed_envelope_is_believed_by_openssl(tmp_path: Path) -> None:
    client = InsuranceClient(
        a_profile(message_signing="sm2_envelope", input_form="string"),
        url="http://127.0.0.1:9",
        institution=SHOP,
        credentials=Credentials(sm2_private=SM2_PRIVATE),
        tables=tables(),
        clock=StandingClock(),
    )
    message = client.compose(every_call()["2102_settle"], a_header())
    body = json.loads(message.body)
    text = (
        "dev_no=&dev_safe_info=&fixmedins_code=P99990000001&fixmedins_name=练习大药房"
        "&inf_time=2026-10-05 14:07:08&infno=2102&infver=V1.0&insuplc_admdvs=999900"
        "&mdtrtarea_admvs=999900&msgid=P99990000001202610051407080101&opter=0001"
        "&opter_name=练习收银员&opter_type=1&recer_sys_code=YBXT&sign_no=LXSIGN0001&signtype=SM2"
    )
    assert body["signtype"] == "SM2"
    assert re.fullmatch("[0-9A-F]{128}", body["cainfo"])
    assert openssl_believes(body["cainfo"], text, tmp_path)
    assert not openssl_believes(body["cainfo"], text + "x", tmp_path)
    assert json.loads(message.evidence)["cainfo"] == body["cainfo"]


def test_no_two_signatures_share_their_secret_number() -> None:
    sign = sm2_signer(SM2_PRIVATE)
    assert len({sign("same text")[:64] for _ in range(4)}) == 4


@pytest.mark.parametrize("key", ["", "0" * 64, "f" * 64, "xy" * 32, "ab"])
def test_a_key_that_is_none(key: str) -> None:
    with pytest.raises(BadValue):
        sm2_signer(key)


@pytest.mark.rule("S-01", "S-02")
@pytest.mark.parametrize(
    ("gateway", "names"),
    [
        ("none", set()),
        ("tif", {"x-tif-paasid", "x-tif-timestamp", "x-tif-nonce", "x-tif-signature"}),
        (
            "api",
            {"_api_name", "_api_version", "_api_timestamp", "_api_access_key", "_api_signature"},
        ),
        ("ca", {"x-ca-key", "x-ca-signature"}),
    ],
)
def test_the_client_sends_what_its_profile_demands(gateway: str, names: set[str]) -> None:
    client = a_client(Reply(200, {}, b"{}"), gateway=gateway, content_type="text/plain")
    message = client.compose(every_call()["5301_filings"], a_header())
    client.send(message)
    ((url, headers, body),) = client._transport.sent
    assert url == "http://127.0.0.1:9/fsi/api/rsfComIfsService/callService"
    assert set(headers) == names | {"Content-Type"}
    assert headers["Content-Type"].startswith("text/plain")
    assert body == message.body


def test_credentials_show_in_no_repr() -> None:
    assert "lx-" not in repr(KEYS)
