"""What the regions' own card drivers say: a text of eleven parts, and codes (devices.md 2.6)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from app.domain.social_card import SocialCard
from app.errors import BadFrame, Cancelled, DeviceError, DeviceFailed, NotConnected
from devices.social_card import wire
from devices.social_card.wire import DEVICE

_PARTS: Final = 11
_NO_SIGN: Final = re.compile(r"[^0-9A-Za-z]")

NO_CARD: Final = -2
_CANCELLED: Final = -31
_NOT_CONNECTED: Final = -12

OWN_CODES: Final = frozenset(
    (-1, -2, -3, -4, -11, -12, -21, -24, -31, -32, -35, -51, -52, -2201, -2202, -2203)
)
"""Codes of the drivers themselves; each has words of its own."""
STATUS_WORDS: Final = frozenset((0x63C0, 0x6700, 0x6982, 0x6983, 0x6A82, 0x6A83, 0x6A88))
"""Status words of the card that have words; drivers hand them over as negative decimals."""


def why(code: int) -> str:
    """Message id of what a driver's code means."""
    if code in OWN_CODES:
        return f"device_sscard.code_{-code}"
    status = -code
    if status & 0xFFF0 == 0x63C0 and status != 0x63C0:
        return "device_sscard.sw_63cx"
    if status in STATUS_WORDS:
        return f"device_sscard.sw_{status:04x}"
    return "device_sscard.code_other"


def failure(code: int) -> DeviceError:
    """The error that a driver's code is; it is handed back, not raised."""
    if code == _NOT_CONNECTED:
        return NotConnected(device=DEVICE)
    if code == _CANCELLED:
        return Cancelled(device=DEVICE)
    return DeviceFailed(device=DEVICE, why=why(code))


def card_of_text(raw: bytes) -> SocialCard:
    """The card of a driver's text: GBK, eleven parts behind each of which stands ``|``.

    Area, social security number, card number, card identification code, name, reset information,
    version, issued, expires, terminal's number and its device number. Empty ones stay empty: a
    card of the third generation tells nothing of its holder without its region's keys.

    :raises BadFrame: it is no such text.
    """
    parts = [part.strip() for part in raw.split(b"\0", 1)[0].split(b"|")]
    if not _PARTS <= len(parts) <= _PARTS + 1 or (len(parts) > _PARTS and parts[-1]):
        raise BadFrame(device=DEVICE)
    area, id_number, card_number, id_code, name, reset, version, issued, expires = parts[:9]
    return SocialCard(
        id_code=_word(id_code).upper(),
        card_number=_word(card_number),
        id_number=_word(id_number).upper(),
        name=wire.gbk(name),
        version=wire.version(version),
        area=wire.area(_word(area)),
        issued=_day(issued),
        expires=_day(expires),
        reset_information=_word(reset).upper(),
    )


_LONGEST: Final = 64


def _word(raw: bytes) -> str:
    if len(raw) > _LONGEST:
        raise BadFrame(device=DEVICE)
    return wire.word(raw)


def _day(raw: bytes) -> date | None:
    return wire.day(_NO_SIGN.sub("", raw.decode("ascii", "replace")))
