"""What is left of the quota of a special disease, shown before anybody pays (HY-3.6a)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.domain.estimate import Accumulators, PersonFacts, period_of, remaining_quota
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
