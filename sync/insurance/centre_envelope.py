"""The SM2/SM4 envelope of the national prescription centre, called directly (interface 1.6)."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from gmssl import sm2

from app.domain.clock import micros
from app.domain.policy import CentreProfile
from app.errors import BadValue
from sync.insurance import exact_json

DEFAULT_ID = b"1234567812345678"
"""The SM2 user id in force unless the profile says otherwise (interface 1.6)."""

CLOCK_WINDOW = timedelta(minutes=30)
"""An answer older than this is not the answer to a question of now."""

_NOT_SIGNED = ("signData", "encData", "extra")
_PUBLISHED = ("appId", "encType", "signType", "timestamp", "version", "transType")
"""Members under a signature as the centre publishes it; copies also sign ``code`` and ``message``
of an answer, and both are believed."""

_BLOCK = 16
_CURVE = sm2.default_ecc_table
_ORDER = int(_CURVE["n"], 16)
_P = int(_CURVE["p"], 16)
_A, _B = int(_CURVE["a"], 16), int(_CURVE["b"], 16)


class Unverifiable(ValueError):
    """An envelope that does not prove itself: ``why`` in one word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class CentreKeys:
    """What the centre gave an application: the own private key, the centre's public point.

    ``private`` is 64 hexadecimal digits, ``public`` 128 (x and y).
    """

    app_id: str = field(repr=False)
    app_secret: str = field(repr=False)
    private: str = field(repr=False)
    public: str = field(repr=False)


def keys_of(app_id: str, app_secret: str, private: str, public: str) -> CentreKeys:
    """Keys as the centre hands them out (Base64); :raises BadValue: for what is none."""
    if len(app_id.encode()) < _BLOCK or not app_secret:
        raise BadValue(what="app_id/app_secret", why="missing")
    scalar, point = _octets(private, "centre_private"), _octets(public, "centre_public")
    if len(point) == 65 and point[0] == 4:
        point = point[1:]
    if len(scalar) != 32 or not 0 < int.from_bytes(scalar, "big") < _ORDER - 1:
        raise BadValue(what="centre_private", why="32 octets of a number in range expected")
    if len(point) != 64 or not on_curve(point.hex()):
        raise BadValue(what="centre_public", why="a point of the curve expected")
    return CentreKeys(app_id, app_secret, scalar.hex(), point.hex())


def _octets(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadValue(what=what, why="Base64 expected") from None


# --- SM3, SM4, SM2 -------------------------------------------------------------------------------


def sm3(data: bytes) -> bytes:
    """The digest of GB/T 32905."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def sm4_encrypt(key: bytes, plain: bytes) -> bytes:
    """SM4 in ECB with PKCS7, as the centre publishes it."""
    pad = padding.PKCS7(_BLOCK * 8).padder()
    # ECB is the centre's published formula, not our choice.
    machine = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()  # noqa: S305
    return machine.update(pad.update(plain) + pad.finalize()) + machine.finalize()


def sm4_decrypt(key: bytes, secret: bytes) -> bytes:
    """The inverse; :raises Unverifiable: when it is not a whole message under this key."""
    machine = Cipher(algorithms.SM4(key), modes.ECB()).decryptor()  # noqa: S305
    unpad = padding.PKCS7(_BLOCK * 8).unpadder()
    try:
        return unpad.update(machine.update(secret) + machine.finalize()) + unpad.finalize()
    except ValueError:
        raise Unverifiable("encData") from None


def session_key(app_id: str, app_secret: str) -> bytes:
    """The first 16 characters of upper hex(SM4(first 16 octets of the id, the secret))."""
    first = sm4_encrypt(app_id.encode()[:_BLOCK], app_secret.encode())
    return first.hex().upper()[:_BLOCK].encode()


def on_curve(public: str) -> bool:
    """Whether x and y (128 hexadecimal digits) are a point of the curve."""
    x, y = int(public[:64], 16), int(public[64:], 16)
    return x < _P and y < _P and (y * y - x * x * x - _A * x - _B) % _P == 0


def public_of(private: str) -> str:
    """The point of a private key, both in hexadecimal digits."""
    machine = sm2.CryptSM2(private_key=private, public_key="")
    return str(machine._kg(int(private, 16), _CURVE["g"]))


def _digest(public: str, identity: bytes, message: bytes) -> bytes:
    """e = SM3(Z || M), GB/T 32918.2."""
    curve = bytes.fromhex(_CURVE["a"] + _CURVE["b"] + _CURVE["g"] + public)
    z = sm3((len(identity) * 8).to_bytes(2, "big") + identity + curve)
    return sm3(z + message)


def sign(
    private: str, message: bytes, identity: bytes = DEFAULT_ID, nonce: str | None = None
) -> bytes:
    """r and s, 64 octets; ``nonce`` only where a published example is to be repeated."""
    public = public_of(private)
    machine = sm2.CryptSM2(private_key=private, public_key="")
    digest = _digest(public, identity, message)
    signed = None
    while signed is None:  # the library answers None for the one k in 2^256 that fits not
        # The library's own k comes from a guessable generator and would give the key away.
        signed = machine.sign(digest, nonce or f"{secrets.randbelow(_ORDER - 1) + 1:064x}")
    return bytes.fromhex(str(signed))


def holds(public: str, message: bytes, signature: bytes, identity: bytes = DEFAULT_ID) -> bool:
    """Whether r and s are by the holder of the point; False for whatever is none."""
    if len(signature) != 64 or len(public) != 128 or not on_curve(public):
        return False
    r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
    if not (0 < r < _ORDER and 0 < s < _ORDER) or (r + s) % _ORDER == 0:
        return False
    machine = sm2.CryptSM2(private_key="", public_key="")
    # Set here: the constructor would strip leading digits off a point that begins with 04.
    machine.public_key = public
    return bool(machine.verify(signature.hex(), _digest(public, identity, message)))


# --- the signed text -----------------------------------------------------------------------------


def _empty(value: object) -> bool:
    return value is None or value in ("", {}, [])


def _pruned(value: object) -> object:
    """The document without empty values at any depth, keys sorted, all scalars as text."""
    if isinstance(value, Mapping):
        inner = {name: _pruned(value[name]) for name in sorted(value)}
        return {name: one for name, one in inner.items() if not _empty(one)}
    if isinstance(value, list | tuple):
        return [kept for one in value if not _empty(kept := _pruned(one))]
    if value is None or isinstance(value, str):
        return value or ""
    return exact_json.text_of(value) if isinstance(value, bool | int | Decimal) else str(value)


def signed_text(members: Mapping[str, object], app_secret: str) -> str:
    """``k=v`` in order of the names, joined with ``&``, the secret last (interface 1.6)."""
    covered = {name: one for name, one in members.items() if name not in _NOT_SIGNED}
    told = _pruned(covered)
    parts = [
        f"{name}={value if isinstance(value, str) else exact_json.text_of(value)}"
        for name, value in (told.items() if isinstance(told, dict) else ())
    ]
    return "&".join([*parts, f"key={app_secret}"])


def _identity(keys: CentreKeys, profile: CentreProfile) -> bytes:
    return keys.app_secret.encode() if profile.user_id == "app_secret" else DEFAULT_ID


def _text(
    members: Mapping[str, object], data: object, secret: str, keys: CentreKeys, way: CentreProfile
) -> bytes:
    covered = secret if way.signs == "encrypted" else data
    return signed_text({**members, "data": covered}, keys.app_secret).encode()


def seal(content: object, at: datetime, keys: CentreKeys, profile: CentreProfile) -> bytes:
    """The request's bytes: signed, encrypted, ready to be posted."""
    secret = sm4_encrypt(session_key(keys.app_id, keys.app_secret), exact_json.write(content))
    members: dict[str, object] = {
        "appId": keys.app_id,
        "encType": "SM4",
        "signType": "SM2",
        "timestamp": micros(at) // 1000,
        "version": profile.version,
        "encData": secret.hex().upper(),
    }
    covered = _text(members, content, secret.hex().upper(), keys, profile)
    signature = sign(keys.private, covered, _identity(keys, profile))
    return exact_json.write({**members, "signData": base64.b64encode(signature).decode("ascii")})


def unseal(answer: Mapping[str, object], keys: CentreKeys, profile: CentreProfile) -> object:
    """The plain business body of an answer, None where it has none.

    :raises Unverifiable: when it does not decrypt, or is not signed by the centre's own key.
    """
    told, content = answer.get("encData"), None
    if answer.get("appId") not in (None, "", keys.app_id):
        raise Unverifiable("appId")
    if told not in (None, ""):
        try:
            secret = bytes.fromhex(str(told))
            plain = sm4_decrypt(session_key(keys.app_id, keys.app_secret), secret)
            content = exact_json.read(plain)
        except exact_json.NotJson:
            raise Unverifiable("encData") from None
        except ValueError as error:
            raise Unverifiable("encData") from error
    try:
        signature = base64.b64decode(str(answer.get("signData") or ""), validate=True)
    except (binascii.Error, ValueError):
        raise Unverifiable("signData") from None
    published = {name: answer[name] for name in _PUBLISHED if name in answer}
    identity = _identity(keys, profile)
    for members in (published, answer):
        covered = _text(members, content, str(told or ""), keys, profile)
        if holds(keys.public, covered, signature, identity):
            return content
    raise Unverifiable("signData")
