"""The patient's password at the platform: opened, compared, counted, locked (interface 1.5).

Code of its own, as everything here: it opens what the till sealed, and knows nothing of how.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from sync.insurance.simulator.call import World
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.state import Books

TRIES = 5
"""Wrong ones in a row, then it is locked; invented, as the real number is not published."""
_ASKED = {"2102": "druginfo", "2207": "data"}
"""Transactions that carry a password -> the node that names the person."""

MISSING = "FSI-参数校验失败：[cainfo]未传入患者密码"
UNREADABLE = "FSI-患者密码解密失败"
LOCKED = "FSI-患者密码已锁定，请到医保窗口或医保App解锁"


def _wrong(left: int) -> str:
    return f"FSI-患者密码错误，还可输入{left}次"


def check(world: World, books: Books, envelope: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    """Let the settlement pass; :raises Refusal: no password, a wrong one, a locked one.

    Wrong ones are counted even though the transaction is refused.
    """
    node = _ASKED.get(str(envelope["infno"]))
    here = str(envelope.get("insuplc_admdvs", ""))[:2] == world.division[:2]
    if node is None or not world.profile.password_in_cainfo or not here:
        return
    told = data.get(node)
    person = world.register.by_number(str(told.get("psn_no"))) if isinstance(told, dict) else None
    if person is None or not person.password:
        return  # the transaction itself says what is wrong with them
    given = _opened(world, str(envelope.get("cainfo") or ""))
    row = books.one("SELECT failed FROM password WHERE psn_no = ?", person.psn_no)
    failed = row["failed"] if row is not None else 0
    if failed >= TRIES:
        raise Refusal(LOCKED)
    right = hmac.compare_digest(given, person.password.encode())
    failed = 0 if right else failed + 1
    books.run("INSERT OR REPLACE INTO password VALUES (?, ?)", person.psn_no, failed)
    if not right:
        raise Refusal(_wrong(TRIES - failed) if failed < TRIES else LOCKED)


def _opened(world: World, sealed: str) -> bytes:
    """The password that was sealed together with the shop's own gateway token."""
    if not sealed:
        raise Refusal(MISSING)
    key = load_der_private_key(base64.b64decode(world.credentials.password_private), None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("password_private")
    try:
        plain = key.decrypt(base64.b64decode(sealed, validate=True), PKCS1v15())
    except (ValueError, binascii.Error):
        raise Refusal(UNREADABLE) from None
    token = world.credentials.token.encode()
    if not plain.endswith(token):
        raise Refusal(UNREADABLE)
    return plain[: len(plain) - len(token)]
