"""What the leaflet for patients says of this area: every amount is the pack's (SY-4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.clock import shop_time
from app.domain.money import Money
from app.domain.policy import CATEGORIES
from app.domain.roster import SPECIAL
from app.errors import PackValueMissing

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain.policy import Policy, Span
    from app.use_cases.doors import Doors

ORDINARY: Final = "ordinary"


@dataclass(frozen=True, slots=True)
class Benefit:
    """What ordinary outpatient pooling pays for one kind of insured person."""

    category: str
    """active, retired or resident."""
    ppm: int | None
    """Share of the fund in millionths; None = the pack does not say."""
    deductible: Money | None
    yearly: bool
    """Whether the deductible is counted over the year; else at each visit."""
    cap: Money | None
    uncapped: bool
    """The pack says that there is no limit."""


@dataclass(frozen=True, slots=True)
class Leaflet:
    """The figures of one leaflet, none of them made up."""

    who: str
    """Who can say more."""
    benefits: tuple[Benefit, ...]
    """Empty: this area names no figures for a pharmacy."""
    rx_days: int | None
    longest: Span | None
    paper: bool
    """Whether prescriptions on paper are taken today."""
    apply: str = ""
    """When one applies for a special disease, in the authority's words (HY-3.4); empty = unsaid."""


def leaflet(doors: Doors) -> Leaflet:
    """From the rules of today; an area without ordinary pooling has a leaflet without figures."""
    now = doors.clock.now()
    try:
        policy = doors.policy_on(ORDINARY, now)
    except PackValueMissing as missing:
        who = str(missing.params.get("who", ""))
        return Leaflet(who, (), None, None, paper=False, apply=_windows(doors, now))
    found = tuple(one for name in CATEGORIES if (one := _benefit(policy, name)) is not None)
    rx = policy.rx
    today = shop_time(now).date()
    paper = rx.paper == "open" and (rx.paper_until is None or today <= rx.paper_until)
    apply = _windows(doors, now)
    return Leaflet(policy.who, found, rx.validity_days, rx.long_max, paper, apply)


def _windows(doors: Doors, now: datetime) -> str:
    try:
        return doors.policy_on(SPECIAL, now).person.roster_apply
    except PackValueMissing:
        return ""


def _benefit(policy: Policy, category: str) -> Benefit | None:
    """None where the pack says nothing at all of these people."""
    ratio = policy.ratios.get(category)
    threshold, cap = policy.deductibles.get(category), policy.caps.get(category)
    if ratio is None and threshold is None and cap is None:
        return None
    known = None
    if threshold is not None:
        kinds = {"none": Money(0), "annual": threshold.amount, "per_visit": threshold.per_visit}
        known = kinds[threshold.kind]
    limit = cap.at_age(None) if cap is not None else None
    return Benefit(
        category,
        ratio.ppm if ratio is not None else None,
        known,
        threshold is None or threshold.kind != "per_visit",
        limit,
        cap is not None and limit is None,
    )
