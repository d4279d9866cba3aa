"""SAM_V, the module in every identity card reader: bytes <-> values (GA 450; devices.md 1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.identity_card import IdentityCard, IdentityCardType, Sex
from app.errors import BadFrame, DeviceFailed

DEVICE: Final = "device_name.idcard"
"""Message id of what people call this device."""

PREAMBLE: Final = bytes.fromhex("AAAAAA9669")
BAUDS: Final = (115200, 57600, 38400, 19200, 9600)
"""The module can be switched to each; the first is how it leaves the maker."""

RESET: Final = b"\x10\xff"
STATUS: Final = b"\x11\xff"
MODULE_NUMBER: Final = b"\x12\xff"
FIND: Final = b"\x20\x01"
SELECT: Final = b"\x20\x02"
READ_BASE: Final = b"\x30\x01"
READ_NEWEST_ADDRESS: Final = b"\x30\x03"

OK: Final = 0x90
CARD_FOUND: Final = 0x9F
NO_SUCH_ITEM: Final = 0x91
REQUEST_CHECKSUM_WRONG: Final = 0x10
NO_CARD: Final = 0x80

OUT_OF_SERVICE: Final = frozenset((0x60, 0x66))
"""The module takes no commands, whatever is asked."""

TOLD: Final = frozenset(
    (0x10, 0x11, 0x21, 0x23, 0x24, 0x31, 0x32, 0x33, 0x40, 0x41, 0x47, 0x60, 0x66, 0x80, 0x81, 0x91)
)
"""The third status bytes that have words of their own (devices.md 1.4)."""

TEXT_SIZE: Final = 256
_LEAST, _MOST = 4, 4096
"""Bytes after the length field: status and checksum at least; no answer comes near the most."""
_HEAD = len(PREAMBLE) + 2


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What the reader said; ``sw3`` decides. Its data are personal and show nowhere."""

    sw1: int
    sw2: int
    sw3: int
    data: bytes = b""

    def __repr__(self) -> str:
        return f"Answer({self.sw1:02X} {self.sw2:02X} {self.sw3:02X}, {len(self.data)} bytes)"


def xor(data: bytes) -> int:
    """The checksum: every byte after the preamble, length included, into one."""
    total = 0
    for byte in data:
        total ^= byte
    return total


def request(command: bytes) -> bytes:
    """The frame that asks for ``command``."""
    body = (len(command) + 1).to_bytes(2, "big") + command
    return PREAMBLE + body + bytes((xor(body),))


class Assembler:
    """Finds answers in whatever comes: noise, pieces, wrapped frames, bytes too many.

    A frame is found by its preamble and cut by its own length; what stands around it is ignored.
    Some boards wrap it, or hand over one byte too many (devices.md 1.1).
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.damaged = False
        """A whole frame came whose checksum was wrong."""
        self.heard = False
        """Any byte came at all."""

    def feed(self, chunk: bytes) -> list[Answer]:
        """The answers that these bytes complete."""
        self.heard = self.heard or bool(chunk)
        self._buffer += chunk
        found = []
        while (span := self._next_span()) is not None:
            body = bytes(self._buffer[len(PREAMBLE) : span])
            if xor(body) == 0:
                found.append(Answer(body[2], body[3], body[4], body[5:-1]))
                del self._buffer[:span]
            else:
                # The length may be what was damaged: a good frame may begin inside this one.
                self.damaged = True
                del self._buffer[: len(PREAMBLE)]
        return found

    def _next_span(self) -> int | None:
        """Drop what is before the next preamble; the size of the frame there once it is whole."""
        while True:
            at = self._buffer.find(PREAMBLE)
            if at < 0:
                # The end may be the beginning of a preamble.
                del self._buffer[: max(0, len(self._buffer) - len(PREAMBLE) + 1)]
                return None
            del self._buffer[:at]
            if len(self._buffer) < _HEAD:
                return None
            length = int.from_bytes(self._buffer[len(PREAMBLE) : _HEAD], "big")
            if _LEAST <= length <= _MOST:
                return _HEAD + length if len(self._buffer) >= _HEAD + length else None
            del self._buffer[: len(PREAMBLE)]


def why(sw3: int) -> str:
    """Message id of what a third status byte means."""
    return f"device_idcard.sw_{sw3:02x}" if sw3 in TOLD else "device_idcard.sw_other"


# --- what the card says ---------------------------------------------------------------------------

_TYPE_AT = 248
_TYPES: Final = {
    " ": IdentityCardType.RESIDENT,
    "\0": IdentityCardType.RESIDENT,
    "J": IdentityCardType.HMT_RESIDENCE,
    "I": IdentityCardType.FOREIGN_OLD,
    "Y": IdentityCardType.FOREIGN_2023,
}
_SEXES: Final = {"0": Sex.UNKNOWN, "1": Sex.MALE, "2": Sex.FEMALE, "9": Sex.NOT_STATED}
_FOR_LIFE = "长期"
_BLANK = " \0\u3000"


def base_info(data: bytes) -> IdentityCard:
    """The card of an answer to :data:`READ_BASE`: the type first, then its own layout.

    :raises BadFrame: the lengths do not fit. :raises DeviceFailed: a card of no known type.
    """
    text_size, photo_size = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:4], "big")
    if len(data) < 4 or text_size != TEXT_SIZE or len(data) != 4 + text_size + photo_size:
        raise BadFrame(device=DEVICE)
    block, photo = data[4 : 4 + TEXT_SIZE], data[4 + TEXT_SIZE :]
    kind = _TYPES.get(block[_TYPE_AT : _TYPE_AT + 2].decode("utf-16-le", "replace"))
    if kind is None:
        raise DeviceFailed(device=DEVICE, why="device_idcard.sw_40")
    return _LAYOUTS[kind](kind, block, photo)


def address(data: bytes) -> str:
    """The address of an answer to :data:`READ_NEWEST_ADDRESS`."""
    return _text(data, 0, len(data) - len(data) % 2)


def module_number(data: bytes) -> str:
    """The reader's own number as it is printed on it; :raises BadFrame: not sixteen bytes."""
    if len(data) != 16:
        raise BadFrame(device=DEVICE)
    parts = [int.from_bytes(data[a:b], "little") for a, b in ((0, 2), (2, 4), (4, 8), (8, 12))]
    last = int.from_bytes(data[12:], "little")
    return f"{parts[0]:02}.{parts[1]:02}-{parts[2]:08}-{parts[3]:010}-{last:010}"


def _citizen(kind: IdentityCardType, block: bytes, photo: bytes) -> IdentityCard:
    resident = kind is IdentityCardType.RESIDENT
    return IdentityCard(
        card_type=kind,
        name=_text(block, 0, 30),
        sex=_sex(block, 30),
        ethnicity_code=_text(block, 32, 4) if resident else "",
        birth_date=_date(block, 36),
        address=_text(block, 52, 70),
        id_number=_text(block, 122, 36).upper(),
        authority=_text(block, 158, 30),
        valid_from=_date(block, 188),
        valid_until=_date(block, 204),
        long_term=_text(block, 204, 16) == _FOR_LIFE,
        pass_number="" if resident else _text(block, 220, 18),
        issue_count="" if resident else _text(block, 238, 4),
        photo=photo,
    )


def _foreign_old(kind: IdentityCardType, block: bytes, photo: bytes) -> IdentityCard:
    return IdentityCard(
        card_type=kind,
        name=_text(block, 158, 30),
        english_name=_text(block, 0, 120),
        sex=_sex(block, 120),
        birth_date=_date(block, 220),
        id_number=_text(block, 122, 30).upper(),
        authority=_text(block, 240, 8),
        valid_from=_date(block, 188),
        valid_until=_date(block, 204),
        long_term=_text(block, 204, 16) == _FOR_LIFE,
        country=_text(block, 152, 6),
        photo=photo,
    )


def _foreign_2023(kind: IdentityCardType, block: bytes, photo: bytes) -> IdentityCard:
    return IdentityCard(
        card_type=kind,
        name=_text(block, 0, 30),
        # The name goes on behind the dates where its first place is too short.
        english_name=_text(block[52:122] + block[220:242], 0, 92),
        sex=_sex(block, 30),
        birth_date=_date(block, 36),
        id_number=_text(block, 122, 36).upper(),
        valid_from=_date(block, 188),
        valid_until=_date(block, 204),
        long_term=_text(block, 204, 16) == _FOR_LIFE,
        issue_count=_text(block, 32, 4),
        country=_text(block, 242, 6),
        photo=photo,
    )


_LAYOUTS: Final[
    dict[IdentityCardType, Callable[[IdentityCardType, bytes, bytes], IdentityCard]]
] = {
    IdentityCardType.RESIDENT: _citizen,
    IdentityCardType.HMT_RESIDENCE: _citizen,
    IdentityCardType.FOREIGN_OLD: _foreign_old,
    IdentityCardType.FOREIGN_2023: _foreign_2023,
}


def _text(block: bytes, at: int, size: int) -> str:
    """A field; half a sign that was cut off, or a control sign, is told as U+FFFD."""
    signs = block[at : at + size].decode("utf-16-le", "replace").strip(_BLANK)
    return "".join("\ufffd" if ord(one) < 32 or 127 <= ord(one) < 160 else one for one in signs)


def _sex(block: bytes, at: int) -> Sex:
    return _SEXES.get(_text(block, at, 2), Sex.UNKNOWN)


def _date(block: bytes, at: int) -> date | None:
    digits = _text(block, at, 16)
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


# --- what may be kept of a conversation -----------------------------------------------------------


def masked(data: bytes) -> bytes:
    """The same bytes without anything of a person: as long, as well framed, as wrongly summed.

    Preamble, length and status stay; of a card's text its blanks and its type stay, every other
    sign becomes a star; all other data become zero. So the log of a reader can be played back.
    """
    shown = bytearray(byte if byte == PREAMBLE[0] else 0 for byte in data)
    at = data.find(PREAMBLE)
    while at >= 0:
        after = data.find(PREAMBLE, at + len(PREAMBLE))
        length = int.from_bytes(data[at + len(PREAMBLE) : at + _HEAD], "big")
        end = at + _HEAD + length
        if _LEAST <= length <= _MOST and end <= len(data) and not at < after < end:
            shown[at:end] = _masked_frame(data[at:end])
        else:
            head = slice(at, min(at + _HEAD + 3, len(data)))
            shown[head] = data[head]
        at = after
    return bytes(shown)


def _masked_frame(frame: bytes) -> bytes:
    head, inner = frame[: _HEAD + 3], frame[_HEAD + 3 : -1]
    if length_fields := inner[:2] == TEXT_SIZE.to_bytes(2, "big") and len(inner) >= 4 + TEXT_SIZE:
        inner = inner[:4] + _starred(inner[4 : 4 + TEXT_SIZE]) + bytes(len(inner) - 4 - TEXT_SIZE)
    if not length_fields and len(frame) > len(request(FIND)):
        inner = bytes(len(inner))
    told = head + inner
    wrong_by = xor(frame[len(PREAMBLE) :])
    return told + bytes((xor(told[len(PREAMBLE) :]) ^ wrong_by,))


def _starred(block: bytes) -> bytes:
    units = [block[at : at + 2] for at in range(0, len(block), 2)]
    return b"".join(
        unit if unit in (b" \0", b"\0\0") or at == _TYPE_AT // 2 else b"*\0"
        for at, unit in enumerate(units)
    )
