"""What the platform's own lists say of catalogue codes: limit prices, first shares (1318, 1319)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.domain.money import Rate, UnitPrice


@dataclass(frozen=True, slots=True)
class AskLimits:
    """1318, one page of what changed since a day; value: tuple of :class:`LimitRow`."""

    on: date
    since: date
    page: int
    size: int
    area: str = ""
    """Division of the insured agency; empty = not narrowed."""


@dataclass(frozen=True, slots=True)
class AskShares:
    """1319, in the same way; value: tuple of :class:`ShareRow`."""

    on: date
    since: date
    page: int
    size: int
    area: str = ""


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A ceiling of the platform for one catalogue code."""

    national_code: str
    limit: UnitPrice
    kind: str
    """``hilist_lmtpric_type``: for which grade of institution."""
    way: str
    """``overlmt_dspo_way``: who bears what is above it."""
    begins: date
    ends: date | None
    valid: bool


@dataclass(frozen=True, slots=True)
class ShareRow:
    """The first share that a patient bears of one catalogue code."""

    national_code: str
    share: Rate
    person_type: str
    kind: str
    """``10`` = a first share (the other kinds are other things)."""
    begins: date
    ends: date | None
    valid: bool


ListCall = AskLimits | AskShares
