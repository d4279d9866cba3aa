"""Gateway headers of a request: the formulas of interface 1.2, one function each."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from app.domain.clock import micros
from app.errors import BadValue
from sync.insurance.profile import Credentials

Gateway = Literal["none", "tif", "api", "ca", "oauth"]


def tif_headers(credentials: Credentials, at: datetime, nonce: str) -> dict[str, str]:
    """Headers of the x-tif gateway, interface 1.2 (a); the body is not signed."""
    seconds = str(micros(at) // 10**6)
    signed = f"{seconds}{credentials.token}{nonce}{seconds}".encode()
    return {
        "x-tif-paasid": credentials.paasid,
        "x-tif-timestamp": seconds,
        "x-tif-nonce": nonce,
        "x-tif-signature": hashlib.sha256(signed).hexdigest(),
    }


def api_headers(credentials: Credentials, at: datetime, infno: str) -> dict[str, str]:
    """Headers of the _api_ gateway, interface 1.2 (b): HMAC-SHA1 over the other four."""
    headers = {
        "_api_name": infno,
        "_api_version": credentials.api_version,
        "_api_timestamp": str(micros(at) // 1000),
        "_api_access_key": credentials.access_key,
    }
    text = "&".join(f"{name}={headers[name]}" for name in sorted(headers))
    # SHA-1 is the gateway's published formula, not our choice.
    digest = hmac.new(credentials.secret.encode(), text.encode(), hashlib.sha1).digest()
    headers["_api_signature"] = base64.b64encode(digest).decode("ascii")
    return headers


def ca_headers(credentials: Credentials, at: datetime, body: bytes) -> dict[str, str]:
    """Headers of the x-ca gateway, interface 1.2 (c): keyed SM3 over time and the exact body."""
    seconds = str(micros(at) // 10**6)
    mac = HMAC(credentials.secret.encode(), hashes.SM3())
    mac.update(seconds.encode() + b"\n" + body)
    return {
        "x-ca-key": credentials.access_key,
        "x-ca-signature": f"{seconds}:{mac.finalize().hex().upper()}",
    }


def gateway_headers(
    gateway: Gateway,
    credentials: Credentials,
    *,
    infno: str,
    body: bytes,
    at: datetime,
    nonce: Callable[[], str],
) -> Mapping[str, str]:
    """What the region's gateway wants beside the body; nothing for ``none``.

    :raises BadValue: for a gateway without a formula here.
    """
    if gateway == "none":
        return {}
    if gateway == "tif":
        return tif_headers(credentials, at, nonce())
    if gateway == "api":
        return api_headers(credentials, at, infno)
    if gateway == "ca":
        return ca_headers(credentials, at, body)
    raise BadValue(what="gateway", why="no formula for it")
