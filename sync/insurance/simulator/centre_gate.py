"""The SM2/SM4 envelope of a prescription centre that is called directly (interface 1.6)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.insurance.simulator import jsontext, sm2
from sync.insurance.simulator.gateway import Credentials
from sync.insurance.simulator.refusal import Refusal

_BLOCK = 16
CENTRE_KEY = "prescription centre"
"""Name of the practice centre's own key; its point is the shop's ``centre_public``."""

_UNSIGNED = ("signData", "encData", "extra")


@dataclass(frozen=True, slots=True)
class Settings:
    """How this region's centre wants its envelope."""

    version: str
    user_id: str
    signs: str

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Settings:
        """From ``[interface.centre]``."""
        return cls(
            str(table.get("version", "1.0.0")),
            str(table.get("user_id", "default")),
            str(table.get("signs", "plain")),
        )


def _cipher(key: bytes) -> Any:  # noqa: ANN401 - the library's own
    # Loaded late: most regions' centres stand behind the platform.
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    # ECB is the centre's published mode, not our choice.
    return Cipher(algorithms.SM4(key), modes.ECB())  # noqa: S305


def _sm4(key: bytes, text: bytes) -> bytes:
    short = _BLOCK - len(text) % _BLOCK
    cipher = _cipher(key).encryptor()
    done: bytes = cipher.update(text + bytes([short]) * short) + cipher.finalize()
    return done


def _sm4_back(key: bytes, text: bytes) -> bytes:
    """:raises ValueError: where length or padding is none of this cipher."""
    cipher = _cipher(key).decryptor()
    plain: bytes = cipher.update(text) + cipher.finalize()
    short = plain[-1] if plain else 0
    if not 0 < short <= _BLOCK or plain[-short:] != bytes([short]) * short:
        raise ValueError("padding")
    return plain[:-short]


def session_key(app_id: str, app_secret: str) -> bytes:
    """Sixteen characters of hex of the secret under the first sixteen octets of the id."""
    return _sm4(app_id.encode()[:16], app_secret.encode()).hex().upper()[:16].encode()


def _pruned(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Empty values go, at every depth; every scalar becomes text."""
    if isinstance(value, dict):
        kept = {name: _pruned(one) for name, one in sorted(value.items())}
        return {name: one for name, one in kept.items() if one not in (None, "", {}, [])}
    if isinstance(value, list):
        return [one for one in (_pruned(each) for each in value) if one not in (None, "", {}, [])]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None or isinstance(value, str) else jsontext.write(value)


def signed_text(message: Mapping[str, Any], data: object, app_secret: str) -> bytes:
    """What the signature covers: sorted members, the body in plain, the secret at the end."""
    members = {name: one for name, one in message.items() if name not in _UNSIGNED}
    pruned = _pruned({**members, "data": data})
    parts = [
        f"{name}={one if isinstance(one, str) else jsontext.write(one)}"
        for name, one in sorted(pruned.items())
    ]
    return "&".join([*parts, f"key={app_secret}"]).encode()


def _identity(settings: Settings, keys: Credentials) -> bytes:
    return keys.app_secret.encode() if settings.user_id == "app_secret" else sm2.DEFAULT_ID


def _point(public: str) -> str:
    """x and y as 128 digits from Base64 of 64 octets, or 65 with a leading 04."""
    raw = base64.b64decode(public)
    return raw[-64:].hex()


def open_message(body: bytes, settings: Settings, keys: Credentials) -> dict[str, Any]:
    """The business body of a request; :raises Refusal: for whatever is no envelope of this app."""
    try:
        message = jsontext.read(body)
        wrong = not isinstance(message, dict)
    except (ValueError, RecursionError):
        wrong = True
    if wrong:
        raise Refusal("请求报文不是合法的JSON")
    if message.get("appId") != keys.app_id:
        raise Refusal("应用[appId]不存在或未授权")
    if message.get("encType") != "SM4" or message.get("signType") != "SM2":
        raise Refusal("加密类型[encType]应为SM4，签名类型[signType]应为SM2")
    if message.get("version") != settings.version:
        raise Refusal("版本号[version]不正确")
    if not str(message.get("timestamp", "")).isdigit():
        raise Refusal("时间戳[timestamp]不正确")
    try:
        sealed = bytes.fromhex(str(message.get("encData", "")))
        plain = jsontext.read(_sm4_back(session_key(keys.app_id, keys.app_secret), sealed))
    except (ValueError, RecursionError):
        raise Refusal("报文[encData]解密失败") from None
    data = message["encData"] if settings.signs == "encrypted" else plain
    try:
        value = base64.b64decode(str(message.get("signData", "")), validate=True).hex()
    except (binascii.Error, ValueError):
        value = ""
    text = signed_text(message, data, keys.app_secret)
    if not sm2.holds(_point(keys.app_public), text, value, _identity(settings, keys)):
        raise Refusal("签名[signData]验证失败")
    if not isinstance(plain, dict):
        raise Refusal("报文[encData]应为对象")
    return plain


def close_message(output: object, settings: Settings, keys: Credentials, now: datetime) -> bytes:
    """A successful answer, encrypted and signed with the centre's key."""
    text = jsontext.write(output)
    sealed = _sm4(session_key(keys.app_id, keys.app_secret), text.encode()).hex().upper()
    message = {
        "code": 0,
        "message": "成功",
        "appId": keys.app_id,
        "encType": "SM4",
        "signType": "SM2",
        "timestamp": str(int(now.timestamp() * 1000)),
        "version": settings.version,
    }
    covered = {name: one for name, one in message.items() if name not in ("code", "message")}
    data = sealed if settings.signs == "encrypted" else jsontext.read(text)
    value = sm2.sign(
        sm2.practice_key(CENTRE_KEY),
        signed_text(covered, data, keys.app_secret),
        _identity(settings, keys),
    )
    signed = base64.b64encode(bytes.fromhex(value)).decode()
    return jsontext.write({**message, "encData": sealed, "signData": signed}).encode()


def refuse(text: str) -> bytes:
    """A refusal: code and message, no data."""
    return jsontext.write({"code": -1, "message": text}).encode()
