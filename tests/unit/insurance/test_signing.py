"""Gateway signatures against the openssl program, never against our own arithmetic."""

from __future__ import annotations

import base64
import shutil
import subprocess
from datetime import UTC, datetime

import pytest

from app.errors import BadValue, PackError
from sync.insurance.profile import Credentials
from sync.insurance.signing import api_headers, ca_headers, gateway_headers, tif_headers
from sync.insurance.transport import Reply
from tests.fakes.insurance import a_client, a_header, every_call

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
    [{"gateway": "oauth"}, {"message_signing": "sm2_envelope"}, {"encrypted_input": True}],
)
def test_a_wire_we_do_not_speak_is_refused_before_anything_is_sent(change: dict[str, str]) -> None:
    with pytest.raises(PackError) as told:
        a_client(**change)
    assert str(told.value.params["key"]).startswith("interface.")


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
