"""A code as it came in: its text, the way by which it came, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ScanSource(StrEnum):
    """By which way a code came in."""

    SERIAL = "serial"
    """A scanner at a serial port."""
    WEDGE = "wedge"
    """A scanner that types."""
    PLAYED = "played"
    """The practice bar: a button that plays a scanner."""


@dataclass(frozen=True, slots=True)
class CodeRead:
    """One code, whole. Its repr shows no text: what is scanned may name a person."""

    text: str = field(repr=False)
    source: ScanSource
    ended: bool = True
    """Whether the scanner said that it was over (CR, LF, Tab); False = silence ended it."""
    composed: bool = False
    """Whether an input method stood between the scanner and the till."""
