"""The gate: signatures made by the openssl program, the clock window, the four 401 texts."""

from __future__ import annotations

import base64
import json
import subprocess
from datetime import UTC, datetime

import pytest

from sync.insurance.simulator.gateway import Credentials, admit
from sync.insurance.simulator.refusal import GatewayRefusal
from tests.unit.simulator.far_end import NOON, PATH, FarEnd, line, tif_headers

KEYS = Credentials(paasid="app01", token="tok", access_key="ak01", secret="sec01")
SECONDS = int(NOON.timestamp())


def openssl(*arguments: str, given: bytes) -> bytes:
    done = subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True)
    return done.stdout


def tif(stamp: int = SECONDS, **change: str) -> dict[str, str]:
    text = f"{stamp}tokn-1{stamp}"
    digest = openssl("dgst", "-sha256", "-r", given=text.encode()).split()[0].decode()
    headers = {
        "x-tif-paasid": "app01",
        "x-tif-timestamp": str(stamp),
        "x-tif-nonce": "n-1",
        "x-tif-signature": digest,
    }
    return {**headers, **change}


def api(stamp: int = SECONDS * 1000, **change: str) -> dict[str, str]:
    text = f"_api_access_key=ak01&_api_name=2102&_api_timestamp={stamp}&_api_version=1.0.0"
    mac = openssl("dgst", "-sha1", "-hmac", "sec01", "-binary", given=text.encode())
    headers = {
        "_api_name": "2102",
        "_api_version": "1.0.0",
        "_api_timestamp": str(stamp),
        "_api_access_key": "ak01",
        "_api_signature": base64.b64encode(mac).decode(),
    }
    return {**headers, **change}


def ca(body: bytes, stamp: int = SECONDS, **change: str) -> dict[str, str]:
    mac = openssl("dgst", "-sm3", "-hmac", "sec01", "-r", given=f"{stamp}\n".encode() + body)
    signature = f"{stamp}:{mac.split()[0].decode().upper()}"
    return {"x-ca-key": "ak01", "x-ca-signature": signature, **change}


def why(kind: str, headers: dict[str, str], now: datetime = NOON, body: bytes = b"{}") -> str:
    try:
        admit(kind, headers, body, KEYS, now)
    except GatewayRefusal as refusal:
        assert refusal.status == 401
        told = json.loads(refusal.body)
        assert told["code"] == 401
        return str(told["message"])
    return ""


def test_golden_signatures_of_openssl_are_let_in() -> None:
    assert why("tif", tif()) == ""
    assert why("api", api()) == ""
    assert why("ca", ca(b'{"infno":"1101"}'), body=b'{"infno":"1101"}') == ""
    assert why("none", {}) == ""


def test_sha256_of_a_typed_example() -> None:
    """The digest was made once by hand with: printf %s ... | openssl dgst -sha256."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    headers = {
        "x-tif-paasid": "app01",
        "x-tif-timestamp": "1767225600",
        "x-tif-nonce": "abc",
        "x-tif-signature": "59b3ccd7957c3988fd57844642d5db1095df21095f4e5d707ac1f0877e0270e1",
    }
    assert why("tif", headers, moment) == ""


@pytest.mark.parametrize("name", list(api()))
def test_each_missing_header_is_told(name: str) -> None:
    headers = api()
    del headers[name]
    assert why("api", headers) == "缺少服务网关的请求头!"


@pytest.mark.parametrize("minutes", [-31, 31])
def test_a_clock_half_an_hour_off_is_told(minutes: int) -> None:
    assert why("api", api((SECONDS + minutes * 60) * 1000)) == "签名时间戳超时!"
    assert why("tif", tif(SECONDS + minutes * 60)) == "签名时间戳超时!"


@pytest.mark.parametrize("minutes", [-30, 0, 30])
def test_within_half_an_hour_is_well(minutes: int) -> None:
    assert why("api", api((SECONDS + minutes * 60) * 1000)) == ""


@pytest.mark.parametrize("stamp", ["x", "", "１７", "9" * 40])
def test_a_stamp_that_is_none(stamp: str) -> None:
    assert why("api", api(_api_timestamp=stamp)) != ""


def test_unknown_user_and_wrong_signature() -> None:
    assert why("api", api(_api_access_key="other")) == "非法用户!"
    assert why("api", api(_api_name="2103")) == "签名不一致!"
    assert why("tif", tif(**{"x-tif-paasid": "other"})) == "非法用户!"
    assert why("tif", tif(**{"x-tif-nonce": "n-2"})) == "签名不一致!"
    assert why("ca", ca(b"{}"), body=b"{ }") == "签名不一致!"


def test_the_platform_asks_at_its_gate_and_header_case_is_free() -> None:
    far_end = FarEnd(gateway="tif")
    envelope = far_end.envelope("2101", far_end.sale("active_met", line()))
    body = json.dumps(envelope).encode()
    assert far_end.platform.handle("POST", PATH, {}, body)[0] == 401
    headers = tif_headers(str(SECONDS), "n", "practice-token-0001-not-a-secret", "yaotai_practice")
    upper = {name.upper(): value for name, value in headers.items()}
    status, _headers, answer = far_end.platform.handle("POST", PATH, upper, body)
    assert status == 200 and json.loads(answer)["infcode"] == 0
