"""清算与拨付: what a month claims, what came, what was refused; matched to the fen (LN-3.4)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from app.domain.clearing_states import ClaimState, FeeState
from app.domain.clock import shop_time
from app.domain.money import ZERO, Money
from app.domain.statement import NOTHING, Figures, OwnRow
from app.domain.working_days import WorkCalendar
from app.errors import BadValue

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


def month_bounds(month: str) -> tuple[date, date]:
    """First and last day of ``2026-11``; :raises BadValue: no month."""
    if not _MONTH.fullmatch(month):
        raise BadValue(what="month", why=month[:10])
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


@dataclass(frozen=True, slots=True, order=True)
class ClearingKey:
    """What is matched at a time."""

    insutype: str
    clr_type: str


@dataclass(frozen=True, slots=True)
class MonthClaim:
    """One month of one clearing type as it was declared; 3203 knows no insurance type."""

    id: str
    month: str
    clr_type: str
    count: int
    figures: Figures
    state: ClaimState
    at: datetime
    by: str
    by_interface: bool
    event_id: str = ""
    """``clr_appy_evt_id``, or the number that the portal gave."""
    text: str = ""
    """The platform's words where it said no."""
    version: int = 0

    @property
    def stands(self) -> bool:
        """Whether another one of the same month and type would be one too many."""
        return self.state in (ClaimState.WRITTEN, ClaimState.DECLARED, ClaimState.WITHDRAWING)


@dataclass(frozen=True, slots=True)
class Remittance:
    """Money that came (拨付), for one month, insurance and clearing type; never changed."""

    id: str
    month: str
    key: ClearingKey
    paid_on: date
    amount: Money
    """Below zero where the agency took money back."""
    reference: str
    at: datetime
    by: str
    batch: str = ""
    """The file it came from; empty = typed."""

    def __post_init__(self) -> None:
        month_bounds(self.month)
        if not self.amount or not self.reference.strip():
            raise BadValue(what="remittance", why="amount and reference are needed")


@dataclass(frozen=True, slots=True)
class RefusedFee:
    """A fee that the agency does not pay, with the appeal and what came of it."""

    id: str
    month: str
    key: ClearingKey
    told_on: date
    amount: Money
    reason: str = field(repr=False)
    at: datetime
    by: str
    setl_id: str = ""
    """The settlement that it is refused of, where the agency named one (HY-1.5.8)."""
    state: FeeState = FeeState.TOLD
    appeal: str = field(default="", repr=False)
    appealed_on: date | None = None
    outcome: str = field(default="", repr=False)
    outcome_on: date | None = None
    granted: Money = ZERO
    """What the appeal brought; the rest stays refused."""
    version: int = 0

    def __post_init__(self) -> None:
        month_bounds(self.month)
        if self.amount <= ZERO or not self.reason.strip():
            raise BadValue(what="refused fee", why="amount and reason are needed")
        if not ZERO <= self.granted <= self.amount:
            raise BadValue(what="refused fee", why="more than was refused")

    @property
    def lost(self) -> Money:
        """What of it is not paid, as things stand."""
        return self.amount - self.granted


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One insurance and clearing type of a month: what is due, what came, what is missing."""

    key: ClearingKey
    count: int
    figures: Figures
    remitted: Money
    refused: Money

    @property
    def expected(self) -> Money:
        """What the agency owes: fund and personal accounts, less what it refuses."""
        return self.figures.fund + self.figures.account - self.refused

    @property
    def missing(self) -> Money:
        """What has not come yet; below zero = too much came."""
        return self.expected - self.remitted


@dataclass(frozen=True, slots=True)
class MonthDue:
    """Until when the agency pays what was declared (LN-3.4a)."""

    on: date
    left: int
    """Working days until then; negative = so many since."""
    plain_years: tuple[int, ...] = ()
    """Years counted by plain weekdays, since no calendar is known for them."""


def due_of(
    claim: MonthClaim | None, days: int | None, today: date, calendar: WorkCalendar
) -> MonthDue | None:
    """The day of the declaration does not count; None: nothing stands declared, or the area's rules
    name no period.
    """
    if claim is None or days is None or claim.state is not ClaimState.DECLARED:
        return None
    declared = shop_time(claim.at).date()
    due = calendar.after(declared, days)
    return MonthDue(due, calendar.left(today, due), calendar.unknown(declared, due))


def visits_of(rows: Iterable[OwnRow]) -> int:
    """清算人次: settlements that stand; a refund's two lines are none."""
    return sum(not row.group.refunded for row in rows)


def match_month(
    rows: Iterable[OwnRow], remittances: Iterable[Remittance], fees: Iterable[RefusedFee]
) -> list[MonthRow]:
    """Every insurance and clearing type that the month names on any side, to the fen."""
    lines: dict[ClearingKey, list[OwnRow]] = {}
    came: dict[ClearingKey, Money] = {}
    lost: dict[ClearingKey, Money] = {}
    for row in rows:
        lines.setdefault(ClearingKey(row.group.insutype, row.group.clr_type), []).append(row)
    for one in remittances:
        came[one.key] = came.get(one.key, ZERO) + one.amount
    for fee in fees:
        lost[fee.key] = lost.get(fee.key, ZERO) + fee.lost
    found = []
    for key in sorted({*lines, *came, *lost}):
        mine, figures = lines.get(key, []), NOTHING
        for row in mine:
            figures = figures + row.figures
        found.append(
            MonthRow(key, visits_of(mine), figures, came.get(key, ZERO), lost.get(key, ZERO))
        )
    return found
