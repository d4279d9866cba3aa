"""The gate in front of the practice platform: who may come in, by headers (interface 1.2)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sync.insurance.simulator.refusal import GatewayRefusal

WINDOW_SECONDS = 30 * 60
"""Accepted clock difference (interface 1.2 b)."""

MISSING_HEADER = "缺少服务网关的请求头!"
STALE = "签名时间戳超时!"
UNKNOWN_USER = "非法用户!"
WRONG_SIGNATURE = "签名不一致!"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the bureau gave the shop; in practice the same invented set for a whole region."""

    paasid: str = ""
    token: str = ""
    access_key: str = ""
    secret: str = ""
    sm2_public: str = ""
    app_id: str = ""
    """The application at the prescription centre that is called directly (interface 1.6)."""
    app_secret: str = ""
    app_public: str = ""
    """Its SM2 point: Base64 of x and y."""
    password_private: str = ""
    """The platform's own RSA key, which opens patients' passwords (interface 1.5): Base64."""
    client_id: str = ""
    """A gate with tokens (interface 1.2 d); its sixteen octets are also the key of ``input``."""
    client_secret: str = ""
    oauth_user: str = ""
    oauth_password: str = ""


def refused(message: str) -> GatewayRefusal:
    """The gateway's own 401, which is no insurance envelope."""
    body = json.dumps({"code": 401, "message": message}, ensure_ascii=False)
    return GatewayRefusal(401, body.encode())


def _fresh(stamp: str, unit: int, now: datetime) -> bool:
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 16:
        return False
    return abs(int(stamp) / unit - now.timestamp()) <= WINDOW_SECONDS


def _need(headers: Mapping[str, str], *names: str) -> list[str]:
    values = [headers.get(name, "") for name in names]
    if not all(values):
        raise refused(MISSING_HEADER)
    return values


def _tif(headers: Mapping[str, str], _body: bytes, keys: Credentials, now: datetime) -> None:
    paasid, stamp, nonce, signature = _need(
        headers, "x-tif-paasid", "x-tif-timestamp", "x-tif-nonce", "x-tif-signature"
    )
    if not _fresh(stamp, 1, now):
        raise refused(STALE)
    if paasid != keys.paasid:
        raise refused(UNKNOWN_USER)
    digest = hashlib.sha256()
    for part in (stamp, keys.token, nonce, stamp):
        digest.update(part.encode())
    if not hmac.compare_digest(digest.hexdigest().encode(), signature.encode()):
        raise refused(WRONG_SIGNATURE)


def _api(headers: Mapping[str, str], _body: bytes, keys: Credentials, now: datetime) -> None:
    key, name, stamp, version, signature = _need(
        headers, "_api_access_key", "_api_name", "_api_timestamp", "_api_version", "_api_signature"
    )
    if not _fresh(stamp, 1000, now):
        raise refused(STALE)
    if key != keys.access_key:
        raise refused(UNKNOWN_USER)
    text = f"_api_access_key={key}&_api_name={name}&_api_timestamp={stamp}&_api_version={version}"
    mac = hmac.digest(keys.secret.encode(), text.encode(), "sha1")
    if not hmac.compare_digest(base64.b64encode(mac), signature.encode()):
        raise refused(WRONG_SIGNATURE)


def _ca(headers: Mapping[str, str], body: bytes, keys: Credentials, now: datetime) -> None:
    key, signature = _need(headers, "x-ca-key", "x-ca-signature")
    stamp, _, given = signature.partition(":")
    if not _fresh(stamp, 1, now):
        raise refused(STALE)
    if key != keys.access_key:
        raise refused(UNKNOWN_USER)
    mac = hmac.digest(keys.secret.encode(), stamp.encode() + b"\n" + body, "sm3")
    if not hmac.compare_digest(mac.hex().upper().encode(), given.encode()):
        raise refused(WRONG_SIGNATURE)


_GATES = {"tif": _tif, "api": _api, "ca": _ca}


def admit(
    kind: str, headers: Mapping[str, str], body: bytes, keys: Credentials, now: datetime
) -> None:
    """Let a request in or not; header names in lower case.

    ``kind`` as in the region pack: none, tif, api, ca; tokens are ``oauth.TokenDesk``'s.
    :raises GatewayRefusal: 401 with one of the four texts.
    """
    if kind != "none":
        _GATES[kind](headers, body, keys, now)
