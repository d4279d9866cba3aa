"""A store whose tills share their books: what a till that joins must know, and who is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoreRecord:
    """What ``setup`` was told of the store; the same at every till of it."""

    id: str
    shop_name: str
    institution_code: str
    region: str
    url: str
    """Of the insurance platform."""
    environment: str
    """test or production."""
    confirmation: str = ""
    """``region.toml`` as it was confirmed, with who confirmed it; empty where nothing was open."""


@dataclass(frozen=True, slots=True)
class TillRecord:
    """One till of the store."""

    id: str
    no: int
    """1 to 99, in the store once: it stands in every msgid."""
    seat: str
    """Which home is this till; whoever takes a till over gets a new one, the old home is out."""
    joined_at: datetime
