"""What travels and is never kept: tokens are blanked, a prescription's file leaves its digest."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

SECRET_MEMBERS = frozenset(
    {"mdtrt_cert_no", "card_sn", "ecToken", "ec_token", "authNo", "ecQrCode"}
    | {"epcToken", "epc_token", "authRxno", "auth_rxno", "epcQrcd", "epc_qrcd"}
    | {"regSn", "reg_sn", "authCircBizSn", "auth_circ_biz_sn"}
)
"""Members whose value opens a person's account or prescriptions."""

FILE_MEMBERS = frozenset({"rxFile", "rx_file"})
"""Files that the shop's own books hold already: the journal keeps what they were, not them."""

_MEMBER = re.compile(
    rb'("(?:' + "|".join(sorted(SECRET_MEMBERS | FILE_MEMBERS)).encode() + rb')"\s*:\s*)'
    rb'("(?:[^"\\]|\\.)*"?|[^\s,}\]"\[{]+)'
)
"""A member with its value, also where the answer breaks off inside it."""


def digest_of(text: str) -> str:
    """``sha256:<hex>`` of the octets that a Base64 text stands for, or of the text itself."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        content = text.encode("utf-8", "surrogatepass")
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def blanked(value: object) -> object:
    """The same document with every credential emptied and every file as its digest."""
    if isinstance(value, dict):
        return {name: _blank(name, one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [blanked(one) for one in value]
    return value


def _blank(name: str, value: object) -> object:
    if name in SECRET_MEMBERS:
        return ""
    if name in FILE_MEMBERS and isinstance(value, str):
        return digest_of(value) if value else ""
    return blanked(value)


def _kept(found: re.Match[bytes]) -> bytes:
    name, value = found.group(1), found.group(2)
    if name.split(b'"')[1].decode() in FILE_MEMBERS and value.startswith(b'"') and len(value) > 2:
        text = value[1:].removesuffix(b'"').replace(b"\\/", b"/").decode("utf-8", "replace")
        return name + f'"{digest_of(text)}"'.encode()
    return name + b'""'


def blanked_answer(raw: bytes) -> bytes:
    """An answer of the prescription centre as the journal may keep it, whole or broken off."""
    return _MEMBER.sub(_kept, raw)
