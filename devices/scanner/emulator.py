"""The far end: a scanner in somebody's hand, with its settings and its faults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from devices.scanner import wire


class Fault(Enum):
    """What may go wrong with one reading."""

    NOISE_BEFORE = auto()
    """The line crackles before the code."""
    NO_SUFFIX = auto()
    """The suffix of this one gets lost."""
    HALF = auto()
    """The second half never comes."""
    ENDLESS = auto()
    """A string without end: a scanner gone mad."""
    STX_ETX = auto()
    """Framed as some makers do."""


@dataclass
class Gun:
    """A scanner's settings: a barcode in, the bytes that leave it out, piece by piece."""

    suffix: str = "cr"
    """A key of :data:`devices.scanner.wire.SUFFIXES`."""
    aim: bool = False
    """Whether it puts an AIM identifier in front."""
    piece: int = 0
    """Bytes that leave it at a time; 0 = all at once."""
    upper: bool = False
    """Set to send capital letters only."""
    loses_gs: bool = False
    """Set to leave control characters out."""
    fault: Fault | None = None
    """Of the next reading only."""

    def reads(self, text: str, symbology: str = "]C0") -> Iterator[bytes]:
        """The pieces that leave the scanner when it reads a code of that text."""
        fault, self.fault = self.fault, None
        raw = self._bytes(text, symbology, fault)
        size = self.piece or max(1, len(raw))
        yield from (raw[at : at + size] for at in range(0, len(raw), size))

    def hear(self, data: bytes) -> Iterable[bytes]:
        """See :class:`devices.connection.FarEnd`: it answers nothing, whatever it is told."""
        del data
        return ()

    def _bytes(self, text: str, symbology: str, fault: Fault | None) -> bytes:
        if self.upper:
            text = text.upper()
        if self.loses_gs:
            text = text.replace("\x1d", "")
        body = (symbology if self.aim else "").encode() + text.encode()
        end = wire.SUFFIXES[self.suffix]
        if fault is Fault.HALF:
            return body[: len(body) // 2]
        if fault is Fault.ENDLESS:
            return body * (2 * wire.LONGEST // max(1, len(body)) + 1) + end
        if fault is Fault.NO_SUFFIX:
            return body
        if fault is Fault.STX_ETX:
            return b"\x02" + body + b"\x03" + end
        return (b"\x00\xff\xfe" if fault is Fault.NOISE_BEFORE else b"") + body + end
