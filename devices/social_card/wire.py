"""The social security card (SSSE): commands, answers, records, reset (devices.md 2.2-2.5).

There is no command here that shows a PIN to a card, and there must never be one: a card counts
wrong tries and locks itself, and only its holder may spend them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from app.domain.identity_card import Sex
from app.domain.social_card import SocialCard
from app.errors import BadFrame

DEVICE: Final = "device_name.sscard"
"""Message id of what people call this device."""

# --- commands -------------------------------------------------------------------------------------

SSSE_NAME: Final = "sx1.sh.社会保障".encode("gbk")
SELECT_SSSE: Final = b"\x00\xa4\x04\x00" + bytes((len(SSSE_NAME),)) + SSSE_NAME

EF05: Final = b"\xef\x05"
"""About the card."""
EF06: Final = b"\xef\x06"
"""About its holder."""

SELECT_SPELLINGS: Final = (0x02, 0x00)
"""P1 of the two spellings in use; the commoner first."""


def select_file(file: bytes, p1: int) -> bytes:
    """Select one of the files by its identifier."""
    return bytes((0x00, 0xA4, p1, 0x00, len(file))) + file


class Spelling(Enum):
    """How READ RECORD names a record; each is in use, and no card says which it takes."""

    BY_TAG = "tag"
    BY_NUMBER = "number"
    BY_SHORT_FILE = "sfi"
    """The file's short identifier in P2; the file need not be selected."""


@dataclass(frozen=True, slots=True)
class Item:
    """One record: its file, its tag, its place there, and the bytes its value may have."""

    file: bytes
    tag: int
    number: int
    size: int


ABOUT_CARD: Final = (
    Item(EF05, 0x01, 1, 16),
    Item(EF05, 0x02, 2, 1),
    Item(EF05, 0x03, 3, 4),
    Item(EF05, 0x04, 4, 12),
    Item(EF05, 0x05, 5, 4),
    Item(EF05, 0x06, 6, 4),
    Item(EF05, 0x07, 7, 9),
)
ABOUT_HOLDER: Final = (
    Item(EF06, 0x08, 1, 18),
    Item(EF06, 0x09, 2, 30),
    Item(EF06, 0x4E, 3, 20),
    Item(EF06, 0x0A, 4, 1),
)
"""Ethnic group, birthplace and birth date stand there too; a till needs none of them."""

NEEDED: Final = frozenset((0x01, 0x03, 0x07, 0x08, 0x09))
"""Tags worth another spelling where they did not come."""


def read_record(item: Item, spelling: Spelling, expect: int) -> bytes:
    """Ask for a record; ``expect`` (Le) = bytes that may come, 0 = as many as there are."""
    match spelling:
        case Spelling.BY_TAG:
            place = (item.tag, 0x00)
        case Spelling.BY_NUMBER:
            place = (item.number, 0x04)
        case Spelling.BY_SHORT_FILE:
            place = (item.number, (item.file[1] & 0x1F) << 3 | 0x04)
    return bytes((0x00, 0xB2, *place, expect))


def expectations(item: Item) -> tuple[int, ...]:
    """The three Le in use: all, tag and length and value, the value's length alone."""
    return (0, item.size + 2, item.size)


def get_response(size: int) -> bytes:
    """Fetch what the card holds ready (T=0)."""
    return bytes((0x00, 0xC0, 0x00, 0x00, size))


def with_expectation(command: bytes, size: int) -> bytes:
    """The same command with the Le that the card named (6Cxx)."""
    return command[:4] + bytes((size,))


# --- answers --------------------------------------------------------------------------------------

OK: Final = 0x9000
MORE_DATA: Final = 0x61
OTHER_LENGTH: Final = 0x6C
WRONG_LENGTH: Final = 0x6700
NO_RIGHT: Final = 0x6982
NO_SUCH_FILE: Final = 0x6A82
LOCKED: Final = frozenset((0x6283, 0x6A81, 0x9303))
"""The application or the whole card was locked by its issuer."""
NO_SUCH_RECORD: Final = 0x6A83

_MOST: Final = 258
"""Data of a short answer and its status."""


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What the card said; its data are personal and show nowhere."""

    status: int
    data: bytes = b""

    def __repr__(self) -> str:
        return f"Answer({self.status:04X}, {len(self.data)} bytes)"


def answer(raw: bytes) -> Answer:
    """Split data and status word; :raises BadFrame: no answer of a card."""
    if not 2 <= len(raw) <= _MOST or raw[-2] >> 4 not in (0x6, 0x9):
        raise BadFrame(device=DEVICE)
    return Answer(int.from_bytes(raw[-2:], "big"), raw[:-2])


def record(data: bytes) -> tuple[int, bytes] | None:
    """Tag and value of a record; None where it is not whole. What stands behind it is ignored."""
    if len(data) < 2 or data[1] == 0xFF or len(data) < 2 + data[1]:
        return None
    return data[0], data[2 : 2 + data[1]]


# --- the answer to reset --------------------------------------------------------------------------


def historical(atr: bytes) -> bytes:
    """The historical bytes of an answer to reset (ISO 7816-3); empty where it is not whole.

    Behind TS and T0 come as many interface bytes as the upper halves say; each TD may say more.
    """
    if len(atr) < 2:
        return b""
    count, marks, at = atr[1] & 0x0F, atr[1] >> 4, 2
    while marks:
        at += bin(marks).count("1")
        if at > len(atr):
            return b""
        marks = atr[at - 1] >> 4 if marks & 0x8 else 0
    told = atr[at : at + count]
    return told if len(told) == count else b""


# --- what the records say -------------------------------------------------------------------------

_PADDING: Final = b"\x00 \xff"
_BLANK: Final = " \0\u3000"
_WORD: Final = re.compile(r"[0-9A-Za-z]*")
_VERSION: Final = re.compile(r"[0-9A-Za-z.]*")
_SEXES: Final = {"0": Sex.UNKNOWN, "1": Sex.MALE, "2": Sex.FEMALE, "9": Sex.NOT_STATED}


def gbk(raw: bytes) -> str:
    """Chinese text, padded with NUL or blanks; what is no text, or controls, becomes U+FFFD."""
    signs = raw.rstrip(_PADDING).decode("gb18030", "replace").strip(_BLANK)
    return "".join("\ufffd" if ord(one) < 32 or 127 <= ord(one) < 160 else one for one in signs)


def word(raw: bytes) -> str:
    """A number or code in ASCII; :raises BadFrame: anything else between the padding."""
    text = raw.strip(_PADDING).decode("ascii", "replace")
    if not _WORD.fullmatch(text):
        raise BadFrame(device=DEVICE)
    return text


def day(digits: str) -> date | None:
    """A date of eight digits; None = none, or no possible one."""
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def area(id_code: str) -> str:
    """The pooling area that a card identification code begins with."""
    return id_code[:6] if id_code[:6].isdigit() else ""


def sex(text: str) -> Sex | None:
    """GB/T 2261.1; None = not told."""
    return _SEXES.get(text)


def _digits(raw: bytes) -> str:
    """BCD and the like; padding alone is nothing."""
    return "" if not raw.strip(b"\x00\xff") else raw.hex().upper().rstrip("F")


def _hex(raw: bytes) -> str:
    return "" if not raw.strip(b"\x00\xff") else raw.hex().upper()


def _bcd_day(raw: bytes) -> date | None:
    return day(raw.hex() if len(raw) == 4 else raw.decode("ascii", "replace"))


def version(raw: bytes) -> str:
    """1.00, 2.00, 3.00; anything else than figures, letters and points is nothing."""
    text = raw.strip(_PADDING).decode("ascii", "replace")
    return text if _VERSION.fullmatch(text) else ""


_Reader = Callable[[bytes], object]
_MEANING: Final[Mapping[int, tuple[str, _Reader]]] = {
    0x01: ("id_code", _hex),
    0x02: ("card_class", version),
    0x03: ("version", version),
    0x04: ("organisation", _digits),
    0x05: ("issued", _bcd_day),
    0x06: ("expires", _bcd_day),
    0x07: ("card_number", word),
    0x08: ("id_number", lambda raw: word(raw).upper()),
    0x0A: ("sex", lambda raw: sex(word(raw))),
}
_NAME, _NAME_EXTENSION = 0x09, 0x4E
_SIZES: Final = {item.tag: item.size for item in (*ABOUT_CARD, *ABOUT_HOLDER)}


def tags_of(file: bytes) -> frozenset[int]:
    """The tags that a file may hold, as far as this till knows them."""
    return frozenset(item.tag for item in (*ABOUT_CARD, *ABOUT_HOLDER) if item.file == file)


def social_card(records: Mapping[int, bytes], reset_information: bytes) -> SocialCard:
    """The card of these records (tag -> value); what did not come is absent.

    :raises BadFrame: a value is longer than any card's, or no number where one must be.
    """
    if any(len(value) > 2 * _SIZES.get(tag, 0) for tag, value in records.items()):
        raise BadFrame(device=DEVICE)
    told: dict[str, object] = {
        name: read(records[tag]) for tag, (name, read) in _MEANING.items() if tag in records
    }
    told["name"] = _name(records.get(_NAME, b""), records.get(_NAME_EXTENSION, b""))
    told["area"] = area(str(told.get("id_code", "")))
    told["reset_information"] = reset_information.hex().upper()
    return SocialCard(**told)  # type: ignore[arg-type] # the table names the fields


def _name(first: bytes, rest: bytes) -> str:
    """A name over thirty bytes goes on in its extension, in the middle of a sign perhaps."""
    if len(first.rstrip(_PADDING)) == _SIZES[_NAME]:
        return gbk(first + rest)
    return gbk(first) + gbk(rest)


# --- what may be kept of a conversation -----------------------------------------------------------

_OURS: Final = {
    SELECT_SSSE,
    *(select_file(file, p1) for file in (EF05, EF06) for p1 in SELECT_SPELLINGS),
}
_NOBODYS: Final = frozenset((0x02, 0x03))
"""Class and version say nothing of a person."""


def masked(data: bytes) -> bytes:
    """The same bytes without anything of a person: commands as they are, answers without values.

    Of a record stay tag, length and which bytes are padding; every other becomes the figure nought,
    so that the log of a reader can be played back.
    """
    if data in _OURS or (len(data) == 5 and data[:2] in (b"\x00\xb2", b"\x00\xc0")):
        return data
    inner, status = data[:-2], data[-2:]
    found = record(inner)
    if found is None or found[0] not in _SIZES:
        return bytes(len(inner)) + status
    tag, value = found
    told = value if tag in _NOBODYS else bytes(b if b in _PADDING else 0x30 for b in value)
    return inner[:2] + told + bytes(len(inner) - 2 - len(value)) + status
