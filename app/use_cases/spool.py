"""Where a till's papers stand: light enough for the window to load before its first paint."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spool:
    """Where the papers of this till stand after a pass."""

    printed: int = 0
    """In this pass."""
    waiting: int = 0
    unsure: int = 0
    trouble: str = ""
    """Message id of what keeps the printer; empty = nothing does."""
    near_end: bool = False
    drawer: str = ""
    """Message id of why the drawer did not open; empty = it did, or nobody wanted it."""
