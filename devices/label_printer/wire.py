"""TSPL: bytes of a label printer from and to values (devices.md 5.6)."""

from __future__ import annotations

import re
from typing import Final

from app.errors import BadValue
from devices.dots import Raster, in_common_fonts

DEVICE: Final = "device_name.label_printer"
DOTS_PER_MM: Final = 8
FONT: Final = "TSS24.BF2"
ASK: Final = b"\x1b!?"
"""One status byte comes back."""
PRINTING: Final = 0x20

_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_TROUBLES: Final = (
    (0x01, "device_label.head_open"),
    (0x04, "device_label.paper_out"),
    (0x08, "device_label.ribbon_out"),
    (0x10, "device_label.paused"),
)


def begin(width_mm: int, height_mm: int, gap_mm: int) -> bytes:
    """Size of the label, the gap below it, an empty page."""
    return (
        f"SIZE {width_mm} mm,{height_mm} mm\r\nGAP {gap_mm} mm,0\r\nDIRECTION 1\r\nCLS\r\n"
    ).encode("ascii")


def clean(words: str) -> str:
    """Without what could end the text or the line: a name must not be able to give commands."""
    return _CONTROLS.sub("", words).replace('"', "”")


def prints_as_text(words: str) -> bool:
    """Whether every sign is in the printer's own font."""
    return all(in_common_fonts(sign) for sign in words)


def text(x: int, y: int, words: str, scale: int = 1) -> bytes:
    """Text in GBK at a place in dots; :raises BadValue: a sign that the font may not have."""
    words = clean(words)
    if not prints_as_text(words):
        raise BadValue(what="label text", why="holds a rare sign")
    head = f'TEXT {x},{y},"{FONT}",0,{scale},{scale},"'.encode("ascii")
    return head + words.encode("gbk") + b'"\r\n'


def bitmap(x: int, y: int, dots: Raster) -> bytes:
    """A picture at a place; TSPL prints where a bit is 0."""
    head = f"BITMAP {x},{y},{dots.width_bytes},{dots.height},0,".encode("ascii")
    return head + bytes(byte ^ 0xFF for byte in dots.data) + b"\r\n"


def finish(copies: int = 1) -> bytes:
    """Print it; :raises BadValue: not 1 - 99."""
    if not 1 <= copies <= 99:
        raise BadValue(what="copies", why="1 - 99")
    return f"PRINT {copies}\r\n".encode("ascii")


def trouble(status: int) -> str:
    """The message id of what the status byte says must be put right; empty = nothing."""
    return next((name for bit, name in _TROUBLES if status & bit), "")


def is_status(byte: int) -> bool:
    """Whether a byte can be a status: the two highest bits mean nothing."""
    return byte & 0xC0 == 0
