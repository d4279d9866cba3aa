"""ESC/POS: bytes of a receipt printer from and to values (devices.md 5.1 - 5.3)."""

from __future__ import annotations

import re
from typing import Final

from app.domain.paper import PaperLeft, PrinterStatus
from app.errors import BadFrame, BadValue
from devices.dots import Raster, column_width, in_common_fonts

DEVICE: Final = "device_name.receipt_printer"

INIT: Final = b"\x1b@\x1c&"
"""ESC @ and FS &: a printer made for abroad is not in Chinese mode after ESC @."""
LEFT: Final = b"\x1ba\x00"
CENTRE: Final = b"\x1ba\x01"
BOLD_ON: Final = b"\x1bE\x01"
BOLD_OFF: Final = b"\x1bE\x00"
NORMAL_SIZE: Final = b"\x1d!\x00\x1c!\x00"
"""GS ! for ASCII and FS ! for Chinese: some firmware doubles the one by the other only."""
DOUBLE_SIZE: Final = b"\x1d!\x11\x1c!\x0c"
CUT: Final = b"\x1dV\x42\x00"
"""Feed to the knife and cut but for one point."""
PAPER_AFTER_BUFFER: Final = b"\x1dr\x01"
"""Answered when everything before it is worked off: the only word that paper was printed."""

WIDE_COLUMNS: Final = 48
"""80 mm paper: 576 dots; 58 mm has 32 columns."""
NARROW_COLUMNS: Final = 32

_PIN2, _PIN5 = 0, 1
_REAL_TIME: Final = re.compile(rb"\x10(?=[\x04\x14])")
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f]")


# --- text -----------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """Without control characters: a name from a file must not be able to command a printer."""
    return _CONTROLS.sub("", text)


def columns(text: str) -> int:
    """Columns of a text."""
    return sum(column_width(sign) for sign in text)


def prints_as_text(text: str) -> bool:
    """Whether every sign is in the printer's own font; other text goes as a picture."""
    return all(in_common_fonts(sign) for sign in text)


def text(words: str) -> bytes:
    """Text in the printer's own signs; :raises BadValue: a sign that it may not have."""
    words = clean(words)
    if not prints_as_text(words):
        raise BadValue(what="printer text", why="holds a rare sign")
    return words.encode("gb18030")


# --- pictures and codes ---------------------------------------------------------------------------


def raster(picture: Raster) -> bytes:
    """GS v 0; :raises BadValue: no whole rows, or more than the command can count."""
    if picture.width_bytes < 1 or len(picture.data) != picture.width_bytes * picture.height:
        raise BadValue(what="picture", why="no whole rows")
    if picture.width_bytes > 0xFFFF or not 0 < picture.height <= 0xFFFF:
        raise BadValue(what="picture", why="size")
    size = picture.width_bytes.to_bytes(2, "little") + picture.height.to_bytes(2, "little")
    return _no_real_time(b"\x1dv0\x00" + size + picture.data, 8)


def _no_real_time(command: bytes, head: int) -> bytes:
    """Printers obey DLE EOT and DLE DC4 inside a picture too, where dots may spell them by chance.

    One more dot in such a byte (10 -> 18) is not seen and opens no drawer.
    """
    dots = _REAL_TIME.sub(b"\x18", command[head:])
    return command[:head] + dots


_QR_MAX: Final = 1000


def qr(words: str, dots: int = 6) -> bytes:
    """A QR code, model 2, level M, ``dots`` a module; :raises BadValue: empty or too long."""
    data = words.encode("utf-8")
    if not 0 < len(data) <= _QR_MAX:
        raise BadValue(what="QR code", why="length")
    store = (len(data) + 3).to_bytes(2, "little") + b"1P0" + data
    return b"".join(
        b"\x1d(k" + part
        for part in (b"\x04\x00\x31\x41\x32\x00", b"\x03\x00\x31\x43" + bytes([dots]),
                     b"\x03\x00\x31\x45\x31", store, b"\x03\x00\x31\x51\x30")
    )  # fmt: skip


def feed(rows: int) -> bytes:
    """ESC d; :raises BadValue: not 0 - 255."""
    if not 0 <= rows <= 255:
        raise BadValue(what="rows", why="0 - 255")
    return b"\x1bd" + bytes([rows])


# --- drawer ---------------------------------------------------------------------------------------


def kick(pin5: bool = False) -> bytes:
    """ESC p: 50 ms on, 500 ms off; waits behind what is printed and does nothing without paper."""
    return b"\x1bp" + bytes([_PIN5 if pin5 else _PIN2]) + b"\x19\xfa"


def kick_at_once(pin5: bool = False) -> bytes:
    """DLE DC4: 100 ms, obeyed without paper too; cheap printers do not know it."""
    return b"\x10\x14\x01" + bytes([_PIN5 if pin5 else _PIN2]) + b"\x01"


# --- status ---------------------------------------------------------------------------------------


def ask(n: int) -> bytes:
    """DLE EOT n; one byte comes back. :raises BadValue: not 1 - 4."""
    if n not in (1, 2, 3, 4):
        raise BadValue(what="status", why="1 - 4")
    return b"\x10\x04" + bytes([n])


def is_status(byte: int) -> bool:
    """Whether a byte can be the answer to DLE EOT."""
    return byte & 0x93 == 0x12


def is_after_buffer(byte: int) -> bool:
    """Whether a byte can be the answer to GS r: bits 4 and 7 are off."""
    return byte & 0x90 == 0


def read_status(answers: dict[int, int]) -> PrinterStatus:
    """What the answers to DLE EOT say, by n; a question that found no answer is left out.

    :raises BadFrame: a byte that no printer answers.
    """
    if any(not is_status(byte) for byte in answers.values()):
        raise BadFrame(device=DEVICE)
    if not answers:
        return PrinterStatus()
    first, cause = answers.get(1, 0x12), answers.get(2, 0x12)
    errors = answers.get(3, 0x12)
    return PrinterStatus(
        answers=True,
        paper=_paper(answers.get(4), bool(cause & 0x20)),
        cover_open=bool(cause & 0x04),
        offline=bool(first & 0x08),
        failed=bool(cause & 0x40 or errors & 0x6C),
        drawer_pin=bool(first & 0x04) if 1 in answers else None,
    )


def _paper(fourth: int | None, stopped: bool) -> PaperLeft:
    if stopped or (fourth is not None and fourth & 0x60):
        return PaperLeft.OUT
    if fourth is None:
        return PaperLeft.UNKNOWN
    return PaperLeft.NEAR_END if fourth & 0x0C else PaperLeft.ENOUGH
