"""Plain number pads at a serial port: bytes to keys (devices.md names no common protocol).

What such pads have in common is that each key, or all of them after the last one, comes as its
ASCII sign; how they are woken and put to sleep differs by maker and is typed in as octets. Pads
that encrypt in themselves speak their makers' own protocols and are not served here.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from app.errors import BadValue

DEVICE: Final = "device_name.pin_pad"
"""Message id of what people call this device."""
LONGEST_SEQUENCE: Final = 64


class Key(StrEnum):
    """A key that is no digit."""

    BACK = "back"
    CLEAR = "clear"
    ENTER = "enter"
    CANCEL = "cancel"


_KEYS: Final = {
    0x08: Key.BACK, 0x7F: Key.BACK,
    0x18: Key.CLEAR,
    0x0D: Key.ENTER, 0x0A: Key.ENTER, 0x03: Key.ENTER,
    0x1B: Key.CANCEL,
}  # fmt: skip


def keys(chunk: bytes) -> Iterator[int | Key]:
    """What was pressed, in order; octets that are no key are noise."""
    for octet in chunk:
        if 0x30 <= octet <= 0x39:
            yield octet - 0x30
        elif octet in _KEYS:
            yield _KEYS[octet]


def sequence(text: str) -> bytes:
    """Octets as a person writes them, ``1B 50``; empty = none. :raises BadValue: otherwise."""
    try:
        octets = bytes.fromhex(text)
    except ValueError:
        raise BadValue(what="sequence", why="pairs of hexadecimal digits") from None
    if len(octets) > LONGEST_SEQUENCE:
        raise BadValue(what="sequence", why=f"> {LONGEST_SEQUENCE}")
    return octets
