"""评分指标: the figures of a period by which the agency scores a store, from the store's own books.

LN-3.3. What the platform refused to settle and what the agency does not pay, uploads told in time,
prices over their ceiling, boxes sold with their trace code. No figure decides anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.domain.balance import Period
from app.domain.clearing import month_bounds
from app.domain.clock import SHOP_ZONE, shop_time
from app.domain.money import Money
from app.domain.policy import PriceRules
from app.domain.price_verdict import ceiling_of
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementState
from app.domain.statement import total_of
from app.errors import PackValueMissing
from app.ports_reports import Asked
from app.use_cases.doors import Doors
from app.use_cases.price_facts import bounds_on
from app.use_cases.reconcile_rows import OwnSide, own_side
from app.use_cases.upload_ages import outbox_ages

_SELF_PAID = "self_paid"
_ANSWERED = frozenset({
    SettlementState.DECLINED, SettlementState.SETTLED, SettlementState.CANCELLING,
    SettlementState.CANCELLED,
})  # fmt: skip
"""The platform said yes or no; what it did not answer, or took back as unknown, is neither."""


@dataclass(frozen=True, slots=True)
class Score:
    """One indicator: so much of so much."""

    name: str
    """Message ids ``reports.score_<name>`` and ``reports.score_how_<name>``."""
    part: int | Money
    whole: int | Money
    good: bool
    """More of it is better."""

    @property
    def share(self) -> str:
        """In percent with two places, never better than it is; a stroke where nothing counts."""
        part, whole = _plain(self.part), _plain(self.whole)
        if whole <= 0:
            return "—"
        hundredths = part * 10_000 // whole if self.good else -(-part * 10_000 // whole)
        return f"{hundredths // 100}.{hundredths % 100:02d}%"


def _plain(value: int | Money) -> int:
    return value.fen if isinstance(value, Money) else value


def score(doors: Doors, period: Period) -> tuple[Score, ...]:
    """Every indicator of the period; reads whole books, call it where nobody waits."""
    _amber, late = outbox_ages(doors)
    with doors.uow() as uow:
        side = own_side(uow, doors.profile, period.first, period.last, named=False)
        fees = [uow.clearings.fees(month) for month in _months(period)]
        told = uow.reports.told_in_time(period, timedelta(minutes=late), doors.clock.now())
        asked = uow.reports.asked(period)
    lost = Money.total(one.lost for each in fees for one in each)
    owing = [one for one in asked if one.owed and _codes_are_due(doors, one.day)]
    coded = sum(one.coded for one in owing), sum(one.owed for one in owing)
    return (
        Score("declined", *_declined(side, period), good=False),
        Score("fees", lost, _fund(side, period), good=False),
        Score("uploads", *told, good=True),
        Score("prices", *_breaches(doors, asked), good=False),
        Score("codes", *coded, good=True),
    )


def _declined(side: OwnSide, period: Period) -> tuple[int, int]:
    """As the month's report counts them, by the day on which they were sent."""

    def inside(one: Settlement) -> bool:
        day = shop_time(one.submitted_at).date() if one.submitted_at is not None else None
        return day is not None and period.first <= day <= period.last

    answered = [one for one in side.attempts if one.state in _ANSWERED and inside(one)]
    return sum(one.state is SettlementState.DECLINED for one in answered), len(answered)


def _months(period: Period) -> Iterator[str]:
    """The whole months of the period: refused fees are told of months."""
    day = period.first.replace(day=1)
    while day <= period.last:
        begins, ends = month_bounds(f"{day:%Y-%m}")
        if period.first <= begins and ends <= period.last:
            yield f"{day:%Y-%m}"
        day = ends + timedelta(days=1)


def _fund(side: OwnSide, period: Period) -> Money:
    months = set(_months(period))
    rows = [row for row in side.rows if f"{shop_time(row.at):%Y-%m}" in months]
    return total_of(rows).fund


def _breaches(doors: Doors, asked: list[Asked]) -> tuple[int, int]:
    """Lines sold over a ceiling of their day, of those that had one; a list that came later counts.

    Every sale is bound by the selected price, what the fund pays for by its area's rule too.
    """
    ids = sorted({one.medicine_id for one in asked})
    with doors.uow() as uow:
        drugs, terms = uow.medicines.many(ids), uow.prices.terms_of(ids)
    over = whole = 0
    for one in asked:
        drug = drugs.get(one.medicine_id)
        if drug is None:
            continue
        bounds, _rows = bounds_on(drug, terms.get(one.medicine_id, []), one.day)
        ceiling = ceiling_of(_rules(doors, one), drug, bounds)
        if ceiling is not None:
            whole += one.lines
            over += one.lines if one.price > ceiling.price else 0
    return over, whole


def _rules(doors: Doors, one: Asked) -> list[PriceRules]:
    """Of the settlement that carried the line; what the customer paid alone has none."""
    if one.settlement_type in ("", _SELF_PAID):
        return []
    try:
        return [doors.policy_on(one.settlement_type, _noon(one.day)).price]
    except PackValueMissing:
        return []


def _codes_are_due(doors: Doors, day: date) -> bool:
    """Whether boxes sold on that day had to be scanned (policy 3.5)."""
    try:
        since = doors.policy_on(_SELF_PAID, _noon(day)).trace.required_from
    except PackValueMissing:
        return True
    return since is None or day >= since


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), SHOP_ZONE)
