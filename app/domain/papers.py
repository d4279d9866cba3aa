"""The store's own papers: licences, agreements, claims, the compliance file, and when each is due.

SJZ-A.2 and HY-1.5.7 (agreements with their term), LN-2.4b (three years without a penalty), LN-3.4a
(claims are settled within working days). Day counts come from the region's pack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from app.domain.money import Money
from app.errors import BadValue


class PaperKind(StrEnum):
    """What a paper is."""

    LICENCE = "licence"
    """证照 of the store: 药品经营许可证, 营业执照, 食品经营 ..."""
    AGREEMENT = "agreement"
    """医保服务协议 and supplementary agreements."""
    STAFF = "staff"
    """A licence of one of the staff, beside what the pharmacist register knows."""
    QUALIFICATION = "qualification"
    """The store's qualification for dual-channel and special drugs (SJZ-2.1)."""
    SANCTION = "sanction"
    """An entry of the compliance file: penalty, dishonesty, fraud (LN-2.4b)."""
    SUSPENSION = "suspension"
    """The agency suspended the insured service: nothing is settled by insurance (HY-1.5.8)."""
    OPENING = "opening"
    """Since when the store trades (HY-1.1.1)."""
    DUAL_CHANNEL = "dual_channel"
    """The store is a dual-channel pharmacy; its number is the agreement's (SJZ-2.2b, LN-5.1)."""
    LEASE = "lease"
    """租赁合同 or the deed of the premises (HY-1.4)."""
    UNDERTAKING = "undertaking"
    """承诺书: network security, truthfulness."""
    CONTRACT = "contract"
    """劳动合同 of one of the staff."""
    PAYROLL = "payroll"
    """工资发放表 of a month or more."""
    BANK_FLOW = "bank_flow"
    """银行流水 that proves the wages (HY-1.5.1)."""
    PAYMENT = "payment"
    """付款单 to a supplier: title the supplier, number the bank's, begins the day it was paid; the
    sum and the notes that it pays stand in the note (HY-1.5.5a)."""
    DOCUMENT = "document"
    """Any other paper that has to be at hand."""
    APPLICATION = "application"
    """受理: the centre took the application on (HY-1.3)."""
    NOTICE = "public_notice"
    """公示."""
    REFUSED = "refused"
    """评估未通过."""
    RESULT = "result"
    """The result of an evaluation or a rectification came, in writing."""
    RECTIFYING = "rectifying"
    """整改通知: from a day until the day that the centre set."""


VAULT: Final = (
    PaperKind.LEASE, PaperKind.UNDERTAKING, PaperKind.CONTRACT, PaperKind.PAYROLL,
    PaperKind.BANK_FLOW, PaperKind.LICENCE, PaperKind.AGREEMENT, PaperKind.STAFF,
    PaperKind.QUALIFICATION, PaperKind.DUAL_CHANNEL, PaperKind.PAYMENT, PaperKind.DOCUMENT,
)  # fmt: skip
"""What an application is made of (HY-1.4), and what has a file behind it."""

STEPS: Final = (
    PaperKind.APPLICATION, PaperKind.NOTICE, PaperKind.REFUSED, PaperKind.RESULT,
    PaperKind.RECTIFYING,
)  # fmt: skip
"""Dated steps of becoming or staying designated (HY-1.3); each paper stays true when it is over."""

AGAINST: Final = (PaperKind.SANCTION, PaperKind.SUSPENSION)
"""What speaks against the store while it runs; it is never 'expired'."""


SANCTION_YEARS: Final = 3
"""LN-2.4b names three years in the rule itself; an entry counts for so long from its date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePaper:
    """One paper on file; a renewal is a new one that names the one before."""

    id: str
    kind: PaperKind
    title: str
    number: str = ""
    begins: date
    ends: date | None = None
    """The last day on which it holds; None = without end."""
    holder: str = ""
    """Random id of the member of staff it belongs to."""
    note: str = field(default="", repr=False)
    """Kept sealed: a compliance entry may name a person."""
    renews: str = ""
    """Id of the paper that this one takes the place of."""
    at: datetime
    by: str
    withdrawn_at: datetime | None = None
    """Entered by mistake, or given up: kept, and counted no more."""

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise BadValue(what="paper", why="no title")
        if self.ends is not None and self.ends < self.begins:
            raise BadValue(what="paper", why="ends before it begins")

    def counts_until(self) -> date | None:
        """The last day on which it says anything; a sanction's three years are computed."""
        if self.kind is not PaperKind.SANCTION:
            return self.ends
        year = self.begins.year + SANCTION_YEARS
        leap = self.begins.month == 2 and self.begins.day == 29
        return date(year, 3, 1) if leap else self.begins.replace(year=year)

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        until = self.counts_until()
        inside = self.begins <= day and (until is None or day <= until)
        return inside and self.withdrawn_at is None


class PaperState(StrEnum):
    """How a paper stands on a day."""

    GOOD = "good"
    ENDS = "ends"
    """Within the days of which the pack warns."""
    OVER = "over"
    COMING = "coming"
    """Begins later."""
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    ACTIVE = "active"
    """A sanction whose window is open, a suspension that runs."""
    PAST = "past"
    """A sanction whose window is over."""


def state_of(paper: StorePaper, day: date, warn_days: Sequence[int], replaced: bool) -> PaperState:
    """Where it stands; ``warn_days`` from the pack, the largest warns first (SJZ-A.2: 60/30/7)."""
    if paper.withdrawn_at is not None:
        return PaperState.WITHDRAWN
    if paper.kind in AGAINST and not (paper.kind is PaperKind.SUSPENSION and paper.begins > day):
        return PaperState.ACTIVE if paper.holds(day) else PaperState.PAST
    if paper.begins > day:
        return PaperState.COMING
    if paper.kind in STEPS and paper.ends is not None and paper.ends < day:
        return PaperState.PAST
    if paper.ends is not None and paper.ends < day:
        return PaperState.REPLACED if replaced else PaperState.OVER
    if replaced:
        return PaperState.GOOD
    left = days_left(paper, day)
    if left is not None and left <= max(warn_days, default=0):
        return PaperState.ENDS
    return PaperState.GOOD


def days_left(paper: StorePaper, day: date) -> int | None:
    """Days until its last day; negative = so many since; None = without end."""
    return None if paper.ends is None else (paper.ends - day).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What was asked of the agency, and what came of it (LN-3.4a, S-32)."""

    id: str
    title: str
    """What for, e.g. 2026-10 门诊统筹."""
    amount: Money
    submitted_on: date
    reference: str = ""
    """The agency's own number."""
    paid_on: date | None = None
    paid: Money | None = None
    """What came; less than asked is a difference to be explained."""
    note: str = field(default="", repr=False)
    at: datetime
    by: str

    def __post_init__(self) -> None:
        if self.amount <= Money(0):
            raise BadValue(what="claim", why="the amount must be above zero")
        if self.paid_on is not None and self.paid_on < self.submitted_on:
            raise BadValue(what="claim", why="paid before it was submitted")

    @property
    def short(self) -> Money:
        """What is missing of it; zero while nothing came."""
        return Money(0) if self.paid is None else self.amount - self.paid
