"""SM2 signatures by the formulas of the national standard (GB/T 32918.2): verify and make."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
"""The curve sm2p256v1 and its base point."""

DEFAULT_ID = b"1234567812345678"

Point = tuple[int, int] | None


def _add(one: Point, other: Point) -> Point:
    if one is None or other is None:
        return other if one is None else one
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    if one == other:
        slope = (3 * x1 * x1 + A) * pow(2 * y1, -1, P) % P
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, P) % P
    x3 = (slope * slope - x1 - x2) % P
    return x3, (slope * (x1 - x3) - y1) % P


_WINDOW = 4
"""Bits of a factor that one addition takes up."""


@lru_cache(maxsize=64)
def _windows(point: Point) -> tuple[tuple[Point, ...], ...]:
    """For each four bits of a factor the sixteen multiples that they may stand for.

    The practice platform has few keys and uses each a thousand times.
    """
    rows: list[tuple[Point, ...]] = []
    for _bits in range(0, 256, _WINDOW):
        row: list[Point] = [None]
        for _more in range((1 << _WINDOW) - 1):
            row.append(_add(row[-1], point))
        rows.append(tuple(row))
        point = _add(row[-1], point)
    return tuple(rows)


def _times(factor: int, point: Point) -> Point:
    total: Point = None
    for row in _windows(point):
        total = _add(total, row[factor & 15])
        factor >>= _WINDOW
    return total


def _octets(number: int) -> bytes:
    return number.to_bytes(32, "big")


def _digest(public: tuple[int, int], message: bytes, identity: bytes) -> int:
    """SM3 over the signer's own hash (identity, curve, key) and the message."""
    parts = (A, B, *G, *public)
    own = (len(identity) * 8).to_bytes(2, "big") + identity + b"".join(map(_octets, parts))
    inner = hashlib.new("sm3", own).digest()
    return int.from_bytes(hashlib.new("sm3", inner + message).digest(), "big")


def holds(
    public_hex: str, message: bytes, signature_hex: str, identity: bytes = DEFAULT_ID
) -> bool:
    """Whether ``signature_hex`` (r and s, 128 digits) is by the holder of the point x and y."""
    try:
        raw = bytes.fromhex(signature_hex)
        point = bytes.fromhex(public_hex)
    except ValueError:
        return False
    if len(raw) != 64 or len(point) != 64:
        return False
    public = int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    t = (r + s) % N
    if not 0 < r < N or not 0 < s < N or t == 0:
        return False
    found = _add(_times(s, G), _times(t, public))
    return found is not None and (_digest(public, message, identity) + found[0]) % N == r


@lru_cache(maxsize=64)
def public_of(private_hex: str) -> str:
    """The point x and y (128 digits) of a private key."""
    point = _times(int(private_hex, 16), G)
    if point is None:
        raise ValueError("no private key")
    return (_octets(point[0]) + _octets(point[1])).hex()


def practice_key(name: str) -> str:
    """An invented private key (64 digits) for a name; no secret: anyone can work it out."""
    digest = hashlib.sha256(f"practice only, no secret: {name}".encode()).digest()
    return _octets(int.from_bytes(digest, "big") % (N - 1) + 1).hex()


def sign(private_hex: str, message: bytes, identity: bytes = DEFAULT_ID) -> str:
    """r and s (128 digits); the nonce follows from key and message, so a run can be repeated."""
    private = int(private_hex, 16)
    point = bytes.fromhex(public_of(private_hex))
    public = int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")
    digest = _digest(public, message, identity)
    seed, again = _octets(private), 0
    while True:
        mac = hmac.digest(seed, _octets(digest) + bytes([again]), "sm3")
        nonce = int.from_bytes(mac, "big") % (N - 1) + 1
        found = _times(nonce, G)
        r = (digest + (found[0] if found else 0)) % N
        s = pow(1 + private, -1, N) * (nonce - r * private) % N
        if found and r and s and r + nonce != N:
            return (_octets(r) + _octets(s)).hex()
        again += 1
