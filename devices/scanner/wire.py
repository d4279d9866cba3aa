"""Scanners at a serial port: bytes <-> codes (devices.md 4.1, 4.2). No port, clock or thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

DEVICE: Final = "device_name.scanner"
"""Message id of what people call this device."""

BAUDS: Final = (9600, 115200)
"""How scanners leave their makers; USB ones take any."""

SUFFIXES: Final[Mapping[str, bytes]] = {
    "cr": b"\r",
    "lf": b"\n",
    "crlf": b"\r\n",
    "tab": b"\t",
    "none": b"",
}
"""What a scanner may be set to send after a code; the till takes each as it comes."""

QUIET: Final = 0.15
"""Seconds of silence after which a code without suffix is over."""
LOST: Final = 1.0
"""Seconds of silence after which the rest of a code comes no more, from a scanner with suffix."""
LONGEST: Final = 512
"""Bytes; a longer string is no code but a scanner gone mad, or another device at this port."""
SHORTEST: Final = 3
"""Signs; fewer, ended by silence, are noise of the line."""

TORN_IN_A_ROW: Final = 2
"""So many codes without their suffix, and the scanner sends none any more."""

_ENDS: Final = frozenset(b"\r\n\t")
_GS: Final = 0x1D
_KEPT_CONTROL: Final = frozenset((_GS,))


@dataclass(frozen=True, slots=True)
class Code:
    """One code; its repr shows no text."""

    text: str = field(repr=False)
    ended: bool = True
    """Whether a suffix ended it; False = silence did."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What came and was no code: ``why`` is a message id."""

    why: str


TOO_LONG: Final = "device_scanner.too_long"
CUT_OFF: Final = "device_scanner.cut_off"

Found = Code | Dropped


class Assembler:
    """Makes codes of whatever comes: pieces, any suffix or none, noise, endless strings.

    CR, LF and Tab each end a code: none of them stands inside one. Once a scanner has ended a code
    so, silence ends none of its codes any more: what hangs then is the beginning of a code whose
    end was lost, and half a code is never handed on. Two such in a row, and it is believed that the
    scanner was set anew, to no suffix.
    """

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._endless = False
        self.has_suffix = False
        """Whether this scanner has ended a code by a suffix before."""
        self._torn = 0

    def feed(self, chunk: bytes) -> list[Found]:
        """The codes that these bytes complete."""
        found: list[Found] = []
        for byte in chunk:
            if byte in _ENDS:
                found += self._end(ended=True)
            elif len(self._bytes) >= LONGEST:
                self._endless = True
            elif byte >= 0x20 or byte in _KEPT_CONTROL:
                # STX and ETX around a code, NUL from a line that was plugged in: no part of it.
                self._bytes.append(byte)
        return found

    def waiting(self) -> bool:
        """Whether the beginning of something has come."""
        return bool(self._bytes)

    def patience(self) -> float:
        """Seconds of silence after which :meth:`silent` is to be called."""
        return LOST if self.has_suffix else QUIET

    def silent(self) -> list[Found]:
        """Nothing came for :meth:`patience`: a code without suffix is over, a torn one is lost."""
        if self.has_suffix and self._bytes:
            self._forget()
            self._torn += 1
            self.has_suffix = self._torn < TORN_IN_A_ROW
            return [Dropped(CUT_OFF)]
        return self._end(ended=False)

    def _end(self, *, ended: bool) -> list[Found]:
        raw, endless = bytes(self._bytes), self._endless
        self._forget()
        text = decoded(raw)
        if endless:
            return [Dropped(TOO_LONG)]
        if not text.strip(" \x1d") or (not ended and len(text) < SHORTEST):
            return []
        self.has_suffix, self._torn = self.has_suffix or ended, 0
        return [Code(text, ended)]

    def _forget(self) -> None:
        self._bytes.clear()
        self._endless = False


def decoded(raw: bytes) -> str:
    """Bytes of a code as text: UTF-8, else GB18030 (QR codes of Chinese makers), never an error.

    Pairs of GB18030 bytes can be UTF-8 of signs below U+0800, which no such code holds.
    """
    for encoding in ("utf-8", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" and any("\x7f" < sign < "\u0800" for sign in text):
            continue
        return "".join(sign for sign in text if sign.isprintable() or sign == chr(_GS))
    return "".join(chr(byte) for byte in raw if 0x20 <= byte < 0x7F or byte == _GS)


_WORD = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_STAR: Final = ord("*")


def mask(data: bytes) -> bytes:
    """The bytes as they may be kept in the ring log, as many as came.

    Codes of customers (insurance code, pay code, citizen number) look like any other digits here:
    every letter and digit becomes ``*``, so that length, separators, suffix and noise stay.
    """
    return bytes(_STAR if byte in _WORD or byte >= 0x80 else byte for byte in data)
