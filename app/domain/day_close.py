"""The close of a business day: its totals as one text, chained by a checksum to the last one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.clock import micros
from app.domain.money import Money

FIRST = "0" * 64
"""What stands before a store's first close."""


class OpenKind(StrEnum):
    """What a day leaves behind; nothing of it holds a close up."""

    SETTLEMENT = "settlement"
    """Nobody knows yet whether it was settled or undone."""
    VISIT = "visit"
    """A registered visit that stands open on the platform."""
    SALE = "sale"
    """A sale that was settled in part, or settled and not completed."""
    RETURN = "return"
    """A return that stopped between two legs."""
    UPLOAD = "upload"
    """Rows that wait for the line, or stepped aside."""
    CARD = "card"
    """Held cards, and cards that nobody can explain."""
    BASKET = "basket"
    OWING = "owing"
    """Medicines owed on a prescription."""
    DIFFERENCE = "difference"
    """Between our books and the platform's."""
    SHIFT = "shift"
    """A shift that nobody has counted."""
    UNREAD = "unread"
    """A list that could not be read at the close; what it holds is rolled forward unseen."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One thing that rolls forward, with who owns it; names no person but staff, by id."""

    kind: OpenKind
    ref: str
    """Slip, message id, shift number or a code; for people to find it by."""
    owner: str
    """Staff id; empty = the manager who closed."""
    since: datetime | None = None
    many: int = 1
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class DayClose:
    """A closed day as it was written; never changed."""

    id: str
    no: int
    """1, 2, 3 ... of the store."""
    day: date
    at: datetime
    by: str
    totals: str
    """Canonical JSON of the figures."""
    open_items: str
    """Canonical JSON of what rolled forward."""
    prev: str
    hash: str


def canonical(value: object) -> str:
    """The one text of figures: sorted keys, no blanks."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def close_hash(
    no: int, day: date, at: datetime, by: str, totals: str, open_items: str, prev: str
) -> str:
    """SHA-256 over the canonical list of all that the close says, and of the close before."""
    told = canonical([no, day.isoformat(), micros(at), by, totals, open_items, prev])
    return hashlib.sha256(told.encode()).hexdigest()


def holds(close: DayClose) -> bool:
    """Whether a close still is what was written."""
    told = close_hash(
        close.no, close.day, close.at, close.by, close.totals, close.open_items, close.prev
    )
    return told == close.hash
