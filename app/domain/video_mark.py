"""Where the clip of a sale is found: cameras and time mark; the till records no video (S-17)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.errors import BadValue

HIGHEST_CHANNEL = 256
"""More cameras than any recorder of a shop has."""
_SPLIT = re.compile(r"[\s,;、，；]+")


@dataclass(frozen=True, slots=True)
class VideoMark:
    """Camera numbers and the time of one sale; names nobody."""

    sale_id: str
    till_no: int
    channels: tuple[int, ...]
    """Numbers at the recorder that see this counter; empty = nobody set them: a gap."""
    begins: datetime
    """When the basket was opened."""
    ends: datetime
    """When the sale was completed."""
    receipt_no: str
    person_id: str = ""
    settlement_types: tuple[str, ...] = ()
    """Of the settlements that were settled; empty = no insurance in it."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A time mark on the recorder's own clock."""

    begins: datetime
    ends: datetime


def clip_of(mark: VideoMark, ahead_seconds: int) -> Clip:
    """Where to look on a recorder whose clock is so many seconds ahead of the till's."""
    shift = timedelta(seconds=ahead_seconds)
    return Clip(mark.begins + shift, mark.ends + shift)


def channels_of(text: str) -> tuple[int, ...]:
    """Camera numbers as people type them: ``1,3`` or ``1 3``; sorted, each once.

    :raises BadValue: something is no number from 1 to 256.
    """
    found: set[int] = set()
    for part in _SPLIT.split(text.strip()):
        if not part:
            continue
        if not (part.isascii() and part.isdecimal() and 1 <= int(part) <= HIGHEST_CHANNEL):
            raise BadValue(what="camera number", why=f"1 to {HIGHEST_CHANNEL}")
        found.add(int(part))
    return tuple(sorted(found))


def channels_text(channels: tuple[int, ...]) -> str:
    """As they are stored and shown."""
    return ",".join(str(one) for one in channels)
