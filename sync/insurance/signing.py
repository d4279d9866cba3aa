"""Gateway headers of a request: the formulas of interface 1.2, one function each."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from gmssl import sm2

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

    :raises BadValue: for a gateway without a formula: ``oauth`` wants a token (``bearer.py``).
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


_SM2_ORDER = int(sm2.default_ecc_table["n"], 16)


def envelope_text(envelope: Mapping[str, object]) -> str:
    """What a signed envelope's ``cainfo`` covers, interface 1.5 (Hubei): every member except
    ``cainfo`` and ``input``, in ASCII order of the names, ``k=v`` joined with ``&``."""
    covered = sorted(name for name in envelope if name not in ("cainfo", "input"))
    return "&".join(f"{name}={envelope[name]}" for name in covered)


def sm2_signer(private_key: str) -> Callable[[str], str]:
    """Signs text by SM2 with SM3 under the user id 1234567812345678: r and s as upper hex.

    :raises BadValue: for a key that is not 64 hexadecimal digits of a number in range.
    """
    if not re.fullmatch("[0-9A-Fa-f]{64}", private_key):
        raise BadValue(what="sm2_private", why="64 hexadecimal digits expected")
    if not 0 < int(private_key, 16) < _SM2_ORDER - 1:
        raise BadValue(what="sm2_private", why="out of range")
    machine = sm2.CryptSM2(private_key=private_key, public_key="")
    # Set here: the constructor would strip leading digits off a point that begins with 04.
    machine.public_key = machine._kg(int(private_key, 16), sm2.default_ecc_table["g"])

    def sign(text: str) -> str:
        signed = None
        while signed is None:  # the library answers None for the one k in 2^256 that fits not
            # The library's own k comes from a guessable generator and would give the key away.
            k = f"{secrets.randbelow(_SM2_ORDER - 1) + 1:064x}"
            signed = machine.sign_with_sm3(text.encode(), k)
        return str(signed).upper()

    return sign
