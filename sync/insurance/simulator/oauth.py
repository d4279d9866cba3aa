"""A gate that gives out tokens, and ``input`` in cipher: the wire of interface 1.2 (d)."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from sync.insurance.simulator import sm2
from sync.insurance.simulator.gateway import MISSING_HEADER, Credentials, refused
from sync.insurance.simulator.refusal import Refusal

TOKEN_PATH = "/auth/oauth/token"  # noqa: S105 - an address
LIFE = timedelta(hours=2)
STALE_TOKEN = "令牌无效或已过期!"  # noqa: S105 - words
_BLOCK = 16

Reply = tuple[int, dict[str, str], bytes]
_JSON = {"Content-Type": "application/json;charset=utf-8"}


class TokenDesk:
    """Gives tokens out and knows which still live; a restart forgets them all."""

    def __init__(self, keys: Credentials) -> None:
        self._keys = keys
        self._until: dict[str, datetime] = {}

    def give(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Reply:
        """``POST /auth/oauth/token``: a token for the right pair, user and word; else 401."""
        pair = f"{self._keys.client_id}:{self._keys.client_secret}".encode()
        basic = b"Basic " + base64.b64encode(pair)
        form = parse_qs(body.decode("ascii", "replace"), max_num_fields=10)
        given = {name: values[0] for name, values in form.items()}
        told = (given.get("username", ""), given.get("password", ""), given.get("grant_type", ""))
        wanted = (self._keys.oauth_user, self._keys.oauth_password, "password")
        same = hmac.compare_digest(repr(told).encode(), repr(wanted).encode())
        if not hmac.compare_digest(headers.get("authorization", "").encode(), basic) or not same:
            return 401, _JSON, b'{"error":"invalid_client"}'
        token = secrets.token_hex(20)
        self._until = {one: end for one, end in self._until.items() if end > now}
        self._until[token] = now + LIFE
        life = int(LIFE.total_seconds())
        answer = {"access_token": token, "token_type": "bearer", "expires_in": life}
        return 200, _JSON, json.dumps(answer).encode()

    def admit(self, headers: Mapping[str, str], now: datetime) -> None:
        """:raises GatewayRefusal: no token, or none that lives."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise refused(MISSING_HEADER)
        end = self._until.get(token)
        if end is None or end <= now:
            raise refused(STALE_TOKEN)

    def revoke(self) -> None:
        """Every token dies: what a gateway does when it is restarted."""
        self._until.clear()


def _machine(key: str) -> Any:  # noqa: ANN401 - the library's own
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    # ECB is this wire's published mode, not our choice.
    return Cipher(algorithms.SM4(key.encode()), modes.ECB())  # noqa: S305


def in_clear(told: object, key: str) -> bytes:
    """The octets of ``input`` behind its cipher; :raises Refusal: there is none under this key."""
    try:
        cipher = base64.b64decode(str(told), validate=True)
        machine = _machine(key).decryptor()
        plain: bytes = machine.update(cipher) + machine.finalize()
    except (binascii.Error, ValueError):
        plain = b""
    short = plain[-1] if plain else 0
    if not 0 < short <= _BLOCK or plain[-short:] != bytes([short]) * short:
        raise Refusal("FSI-交易输入[input]解密失败")
    return plain[:-short]


def in_cipher(plain: bytes, key: str) -> str:
    """``output`` as it travels."""
    short = _BLOCK - len(plain) % _BLOCK
    machine = _machine(key).encryptor()
    done: bytes = machine.update(plain + bytes([short]) * short) + machine.finalize()
    return base64.b64encode(done).decode("ascii")


def check_signature(told: object, plain: bytes, public: str) -> None:
    """``cainfo`` over the plain ``input``; :raises Refusal: it is not by the institution's key."""
    try:
        signature = base64.b64decode(str(told or ""), validate=True).hex()
    except (binascii.Error, ValueError):
        signature = ""
    if not sm2.holds(public, plain, signature):
        raise Refusal("FSI-数字签名信息[cainfo]验证不通过")
