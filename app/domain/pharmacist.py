"""Pharmacists of the shop: binding, licence, duty, presence (SJZ-A.3, LN-2.1, HY-1.5.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from app.domain.ca_key import CaKey
from app.domain.clock import shop_time


@dataclass(frozen=True, slots=True)
class Professional:
    """A person as 7206 and 7207 name them; ``code`` is the insurance's pharmacist code."""

    name: str = field(repr=False)
    cert_type: str = "01"
    cert_no: str = field(default="", repr=False)
    code: str = ""


@dataclass(frozen=True, slots=True)
class Sanction:
    """A period in which the insurance does not accept this pharmacist."""

    begins: date
    ends: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Pharmacist:
    """The binding of a member of staff to the store as its pharmacist."""

    staff_id: str
    professional: Professional = field(repr=False)
    licence_no: str = ""
    """执业药师注册证编号."""
    filing_no: str = ""
    """医保药师备案号 (HY-1.5.1)."""
    filed_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    sanctions: tuple[Sanction, ...] = ()
    remote: bool = False
    """Reviews from elsewhere; never counts as present."""
    confirmed_at: datetime | None = None
    """When 5102 last named this person at this institution; None = never."""
    unbound_at: datetime | None = None
    signing_key: str = ""
    """Id of the key that signs; empty until the first signature."""
    ca_keys: tuple[CaKey, ...] = field(default=(), repr=False)
    """Keys of a certificate authority; those of before stay, and with them what they signed."""

    @property
    def ca_key(self) -> CaKey | None:
        """The one that signs now; None = the shop's internal key does."""
        return next((key for key in self.ca_keys if key.ended_at is None), None)

    def bound_on(self, day: date) -> bool:
        """Bound, within the licence's days, and under no sanction."""
        if self.unbound_at is not None or not self.professional.code:
            return False
        if self.valid_from is not None and day < self.valid_from:
            return False
        if self.valid_to is not None and day > self.valid_to:
            return False
        return not any(
            one.begins <= day and (one.ends is None or day <= one.ends) for one in self.sanctions
        )


@dataclass(frozen=True, slots=True)
class Duty:
    """One interval of presence, signed on and off with a second factor."""

    id: str
    staff_id: str
    till_id: str
    on_at: datetime
    off_at: datetime | None = None
    off_why: str = ""
    """signed_off, absent (away too long), replaced or day_over; empty while on duty."""
    remote: bool = False

    def covers(self, at: datetime) -> bool:
        """Whether the person was on duty at that moment."""
        return self.on_at <= at and (self.off_at is None or at < self.off_at)


@dataclass(frozen=True, slots=True)
class Presence:
    """How many count right now: for the bar, the rules and the notice."""

    present: int
    """Bound, on duty, here."""
    bound: int
    """Bound today, on duty or not."""
    names: tuple[str, ...] = field(default=(), repr=False)
    until: date | None = field(default=None, compare=False)
    """The first last day among the licences of the bound; None = none of them ends."""


def bound_until(pharmacists: Iterable[Pharmacist], day: date) -> date | None:
    """When the first of those who are bound on a day is so no more (HY-1.1.3)."""
    ends = [one.valid_to for one in pharmacists if one.bound_on(day)]
    return min((end for end in ends if end is not None), default=None)


def too_few_in(
    bound: int, need: int, until: date | None, day: date, warn_days: Iterable[int]
) -> int | None:
    """Days until the first licence that ends leaves fewer than ``need`` (HY-1.1.3).

    ``until``: as :func:`bound_until` says; ``warn_days``: so long before it is told at the most.
    None: it is not told, or not yet, or the number is another than the least.
    """
    if not need or until is None or bound != need:
        return None
    left = (until - day).days
    return left if left <= max(warn_days, default=0) else None


def presence(
    pharmacists: Iterable[Pharmacist], duties: Iterable[Duty], at: datetime
) -> tuple[int, int]:
    """(present, bound) at a moment; a remote reviewer is never present (LN-2.1, HY-1.5.1)."""
    day = shop_time(at).date()
    bound = {one.staff_id: one for one in pharmacists if one.bound_on(day)}
    here = {
        duty.staff_id
        for duty in duties
        if duty.covers(at) and not duty.remote and duty.staff_id in bound
    }
    present = sum(not bound[staff_id].remote for staff_id in here)
    return present, len(bound)
