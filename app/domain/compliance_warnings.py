"""Rules that warn: shown beside the sale, some as strict as the pack makes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from app.domain.check_context import CheckContext, Finding, Severity, first, warn
from app.domain.clock import shop_time


def price_above_reference(seen: CheckContext) -> Finding | None:
    """The provincial platform price is encouraged, not ordered (LN-4.1b)."""
    if seen.policy.price.rule != "reference":
        return None
    line = first(
        line
        for line in seen.lines
        if line.listed_price is not None and line.price > line.listed_price
    )
    if line is None:
        return None
    return warn("PRICE_ABOVE_REFERENCE", "LN-4.1b", line=line.no, name=line.name)


def listed_price_missing(seen: CheckContext) -> Finding | None:
    """Under a hard cap a drug without a listed price is the manager's decision (HY-1.2.2)."""
    if seen.policy.price.rule != "hard_cap":
        return None
    line = first(line for line in seen.insured_lines if line.listed_price is None)
    if line is None:
        return None
    return warn("LISTED_PRICE_MISSING", "HY-1.2.2", line=line.no, name=line.name)


def near_expiry(seen: CheckContext) -> Finding | None:
    """The customer is told that the pack expires soon (policy 3.4)."""
    within = min(seen.policy.goods.near_expiry_days, default=0)
    today = shop_time(seen.at).date()
    for line in seen.lines:
        if line.expiry is not None and today <= line.expiry <= today + timedelta(days=within):
            return warn("NEAR_EXPIRY", "HY-1.1.2", line=line.no, name=line.name,
                         expiry=line.expiry)  # fmt: skip
    return None


def rx_too_many_drugs(seen: CheckContext) -> Finding | None:
    """More drugs than a prescription usually holds: the pharmacist decides (EZ-2b, 3.1)."""
    most = seen.policy.rx.max_drugs
    if seen.rx is None or most is None or seen.rx.drugs <= most:
        return None
    return warn("RX_TOO_MANY_DRUGS", "EZ-2b", drugs=seen.rx.drugs, most=most)


def hospital_review_missing(seen: CheckContext) -> Finding | None:
    """The hospital-side review mark, as strictly as the pack wants it (SJZ-A.8)."""
    strictness = seen.policy.rx.hospital_review
    if seen.rx is None or seen.rx.hospital_review_mark or strictness not in ("warn", "block"):
        return None
    # What insurance refuses may still be sold self-paid on a reviewed prescription.
    severity: Severity = "block" if strictness == "block" and seen.pooled else "warn"
    return Finding("HOSPITAL_REVIEW_MISSING", ("SJZ-A.8",), severity)


def ephedrine_window(seen: CheckContext) -> Finding | None:
    """Frequent purchase over the rolling window (policy 3.3)."""
    packs = sum(line.quantity.packs() for line in seen.lines if line.ephedrine)
    most = seen.policy.goods.ephedrine_max_packs
    if not packs or most is None or packs + seen.ephedrine_packs_window <= most:
        return None
    return warn("EPHEDRINE_WINDOW", "HY-1.1.2", packs=packs + seen.ephedrine_packs_window,
                 days=seen.policy.goods.ephedrine_window_days or 0)  # fmt: skip


def ephedrine_buyer(seen: CheckContext) -> Finding | None:
    """Without a known buyer nobody can count the packs of one person and day (policy 3.3)."""
    covered = seen.rx is not None and seen.rx.reviewed
    if seen.buyer_known or covered or not any(line.ephedrine for line in seen.lines):
        return None
    return warn("EPHEDRINE_BUYER", "HY-1.1.2")


_DIFFERED = frozenset({"differs", "liveness", "not_this_person"})
"""Reasons of a mismatch that have words of their own."""


def differed_today(seen: CheckContext) -> Finding | None:
    """Who differed from the document comes with a new basket (HY-1.1.4b, HY-1.5.6a).

    Who buys for the patient shows both documents: that somebody else stands here is known.
    """
    if seen.differed_at is None or seen.proxy is not None or seen.settlement == "self_paid":
        return None
    told: dict[str, object] = {"at": f"{shop_time(seen.differed_at):%H:%M}"}
    variant = seen.differed_why if seen.differed_why in _DIFFERED else ""
    return Finding("ID_DIFFERED", ("HY-1.1.4b", "HY-1.5.6a"), "warn", told, variant)


def proxy_many(seen: CheckContext) -> Finding | None:
    """One proxy for many patients (HY-1.5.6b)."""
    most = seen.policy.person.proxy_warn_patients
    if seen.proxy is None or most is None or seen.proxy.patients_in_window < most:
        return None
    return warn("PROXY_MANY", "HY-1.5.6b", patients=seen.proxy.patients_in_window,
                 days=seen.policy.person.proxy_warn_days or 0)  # fmt: skip


def roster_old(seen: CheckContext) -> Finding | None:
    """The roster is older than the pack allows; a live answer wins (EZ-9a, K-14)."""
    most = seen.policy.person.roster_max_age_days
    if seen.roster_age_days is None or most is None or seen.roster_age_days <= most:
        return None
    return warn("ROSTER_OLD", "EZ-9a", days=seen.roster_age_days)


WARNINGS: tuple[Callable[[CheckContext], Finding | None], ...] = (
    price_above_reference,
    listed_price_missing,
    near_expiry,
    rx_too_many_drugs,
    hospital_review_missing,
    ephedrine_window,
    ephedrine_buyer,
    differed_today,
    proxy_many,
    roster_old,
)
"""In the order in which they are shown, after everything that blocks."""
