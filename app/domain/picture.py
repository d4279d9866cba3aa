"""Stills of a camera, what a camera shows before one is taken, and what is wrong with a frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class FrameFault(StrEnum):
    """Why a frame is not good enough for a record; each has a sentence ``camera.fault_*``."""

    DARK = "dark"
    BRIGHT = "bright"
    MOVING = "moving"
    BLURRED = "blurred"


@dataclass(frozen=True, slots=True)
class FrameQuality:
    """Measures of one frame, taken at a fixed width so that cameras can be compared."""

    light: int
    """Mean brightness, 0 (black) to 255."""
    washed: int
    """Share of pixels that are nothing but white, in thousandths."""
    sharpness: int
    """Variance of the Laplacian: high where edges are."""
    motion: int
    """Mean difference to the frame before, 0 to 255; 0 for a first frame."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What a frame must reach. General knowledge, not measured at a counter: a shop may set it."""

    darkest: int = 50
    washed: int = 700
    sharpness: int = 60
    motion: int = 8

    def fault(self, quality: FrameQuality) -> FrameFault | None:
        """The first thing that a person should put right; None = good enough."""
        if quality.light < self.darkest:
            return FrameFault.DARK
        if quality.washed > self.washed:
            return FrameFault.BRIGHT
        if quality.motion > self.motion:
            return FrameFault.MOVING
        return FrameFault.BLURRED if quality.sharpness < self.sharpness else None


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A frame for the screen; shown and forgotten."""

    width: int
    height: int
    rgb: bytes = field(repr=False)
    """Rows from the top, three bytes a pixel, no padding."""
    fault: FrameFault | None = None


@dataclass(frozen=True, slots=True)
class Still:
    """A picture that was taken. It may show a person or a document: never logged, kept sealed."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    at: datetime
    digest: str
    """SHA-256 of the bytes, hex."""
    fault: FrameFault | None = None
    """What a person saw and let pass."""
