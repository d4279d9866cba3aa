"""What is left of the quota of a special disease, shown before anybody pays (HY-3.6a)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.domain.clock import SHOP_ZONE, shop_time
from app.domain.estimate import Accumulators, PersonFacts, period_of, remaining_quota
from app.domain.insurance import Counter, InsuranceRow
from app.domain.money import ZERO, Money
from app.domain.policy import Policy
from app.domain.roster import SPECIAL
from app.errors import PackValueMissing
from app.use_cases.doors import Doors
from app.use_cases.views import Patient


@dataclass(frozen=True, slots=True)
class QuotaView:
    """The quota of the chosen disease in the period of this moment; nothing rolls over."""

    left: Money
    limit: Money
    kind: Literal["month", "quarter", "year"]
    """How long one lasts."""
    period: str
    """2026Q4, 2026-11 or 2026."""


def quotas_told(doors: Doors, counters: Iterable[Counter], row: InsuranceRow) -> dict[str, Money]:
    """What 5206 says was used of each disease's quota in the period of this moment.

    Platforms tell older periods too; nothing of those rolls over (HY-3.6a).
    """
    prefix, now = doors.profile.counters.get("quota", ""), doors.clock.now()
    told = [
        one
        for one in counters
        if prefix and one.kind.startswith(prefix) and one.insutype == row.insutype
    ]
    if not told:
        return {}
    period = _period_kind(doors, now)
    told = [one for one in told if _is_of_now(one, period, now)]
    # The newest of a disease is the last, and stays.
    told.sort(key=lambda one: (one.year, one.month))
    return {one.kind.removeprefix(prefix): one.value for one in told}


def _period_kind(doors: Doors, now: datetime) -> str:
    """How long a quota lasts; where the pack is silent no more than the year is known."""
    try:
        quota = doors.policy_on(SPECIAL, now).quota
    except PackValueMissing:
        return "year"
    return quota.period if quota is not None else "year"


def _is_of_now(counter: Counter, period: str, now: datetime) -> bool:
    try:
        month = datetime.strptime(counter.month, "%Y%m").replace(tzinfo=SHOP_ZONE)
    except ValueError:
        return counter.year in ("", f"{shop_time(now):%Y}")
    return period_of(period, month) == period_of(period, now)


def used_of(patient: Patient | None, disease: str, policy: Policy) -> tuple[Money, str | None]:
    """What the platform told of the quota, and of which period: who stands at the counter when
    one ends was asked in the old one.
    """
    if patient is None:
        return ZERO, None
    used, at = patient.quota_used.get(disease, ZERO), patient.counted_at
    if at is None or policy.quota is None:
        return used, None
    return used, period_of(policy.quota.period, at)


def quota_of(doors: Doors, patient: Patient | None) -> QuotaView | None:
    """Of the disease that is chosen; None where there is none, or nobody knows (law 4)."""
    if patient is None or patient.row is None or not patient.disease_code:
        return None
    if not patient.counters_known:
        return None
    now = doors.clock.now()
    try:
        policy = doors.policy_on(SPECIAL, now)
        if policy.quota is None:
            return None
        limit = policy.quota_for(patient.disease_code)
    except PackValueMissing:
        return None
    used, period = used_of(patient, patient.disease_code, policy)
    person = PersonFacts(category=patient.row.category(), disease=patient.disease_code)
    left = remaining_quota(policy, person, Accumulators(quota_used=used, period=period), now)
    kind = policy.quota.period
    return QuotaView(left, limit, kind, period_of(policy.quota.period, now))
