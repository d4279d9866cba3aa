"""Rules of the trade as small functions: a context goes in, a finding or nothing comes out.

``RULES`` lists them in the order of policy 4.1 ("block codes, checked in this order"); warnings
come after. A value the pack leaves open becomes a finding of its own that names the key and who
can answer: what needs the value stops, nothing else (design 5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from app.domain.check_context import CheckContext, CheckLine, Finding, block, first
from app.domain.clock import shop_time
from app.domain.compliance_custody import held_card
from app.domain.compliance_promotion import promotion_excluded
from app.domain.compliance_service import GATES, NOTICES
from app.domain.compliance_stock import (
    batch_locked,
    batch_not_first,
    batch_other,
    lot_expired,
    out_of_stock,
)
from app.domain.compliance_trace import TRACE_PATTERNS, TRACE_RULES
from app.domain.compliance_warnings import WARNINGS
from app.domain.money import Money, UnitPrice
from app.domain.policy import Span
from app.errors import PackValueMissing, RuleBroken

Rule = Callable[[CheckContext], Finding | None]

RETURN_REASONS = ("quality", "recall", "wrong_dispensing", "settlement_error")
"""For these a sold drug may come back, for no other (policy 3.4)."""
_ZONE_GOODS = ("drug", "approved_special_food")


# --- store and people --------------------------------------------------------------------------


def store_not_open(seen: CheckContext) -> Finding | None:
    """Agreement, status and opened services gate pooled settlement (SJZ-2.2a, A.2, A.10, EZ-1)."""
    if not seen.pooled or seen.store_open:
        return None
    rules = ("SJZ-2.2a", "SJZ-A.2", "SJZ-A.10", "EZ-1")
    told: dict[str, object] = {"reason": seen.store_why or "closed", "who": seen.policy.who}
    variant = "service_closed" if seen.store_why == "service_closed" else ""
    return Finding("STORE_NOT_OPEN", rules, "block", told, variant)


def eprescription_closed(seen: CheckContext) -> Finding | None:
    """Without the right nothing is sold on an e-prescription, whoever pays (SJZ-A.6)."""
    if seen.rx is None or not seen.rx.circulated or seen.eprescription_right:
        return None
    told: dict[str, object] = {"reason": "eprescription", "who": seen.policy.who}
    return Finding("STORE_NOT_OPEN", ("SJZ-A.6",), "block", told, "eprescription")


def no_pharmacist(seen: CheckContext) -> Finding | None:
    """Too few signed-in or bound pharmacists (LN-2.1, HY-1.1.3, HY-1.5.1, policy 3.1)."""
    gated = seen.pooled or any(
        line.sale_class in ("rx", "otc_a") or line.unclassed for line in seen.lines
    )
    if not gated or (seen.pharmacists_present is None and seen.pharmacists_bound is None):
        return None
    rules = seen.policy.staff
    present = seen.policy.bound(rules.min_present, "staff.min_present") or 1
    if seen.pharmacists_present is not None and seen.pharmacists_present < present:
        return block("NO_PHARMACIST", "LN-2.1", "HY-1.5.1", needed=present,
                      present=seen.pharmacists_present)  # fmt: skip
    bound = rules.min_bound or 0
    if seen.pooled and seen.pharmacists_bound is not None and seen.pharmacists_bound < bound:
        told: dict[str, object] = {"needed": bound, "present": seen.pharmacists_bound}
        return Finding("NO_PHARMACIST", ("HY-1.1.3", "SJZ-A.3"), "block", told, "bound")
    return None


def id_mismatch(seen: CheckContext) -> Finding | None:
    """Person and document must match before the fund pays (HY-1.5.6a).

    Nobody having looked stops it too, where the pack asks for a look; a proxy shows both
    documents instead (HY-1.5.6b).
    """
    if seen.proxy is not None or seen.settlement == "self_paid" or seen.identity == "match":
        return None
    variant = "not_checked" if seen.identity == "not_checked" else ""
    return Finding("ID_MISMATCH", ("HY-1.5.6a", "HY-1.1.4b"), "block", {}, variant)


def proxy_incomplete(seen: CheckContext) -> Finding | None:
    """Both documents, relation and reason always; a cause for special diseases (HY-3.6c);
    signature and photo where the pack asks (HY-1.5.6b, policy 3.6)."""
    proxy, rules = seen.proxy, seen.policy.person
    if proxy is None or seen.settlement == "self_paid":
        return None
    missing = [
        name
        for name, wanted, there in (
            ("both_ids", True, proxy.both_ids),
            ("relation", True, proxy.named),
            ("cause", seen.settlement == "special", proxy.cause),
            ("signed_list", rules.proxy_signature, proxy.signed_list),
            ("photo", rules.proxy_photo, proxy.photo),
        )
        if wanted and not there
    ]
    if not missing:
        return None
    told: dict[str, object] = {"missing": ",".join(missing)}
    variant = "changed" if proxy.list_differs else "cause" if missing == ["cause"] else ""
    return Finding("PROXY_INCOMPLETE", ("HY-1.5.6b", "HY-3.6c"), "block", told, variant)


# --- prescription ------------------------------------------------------------------------------


def _needs_rx(seen: CheckContext) -> bool:
    if any(line.sale_class == "rx" for line in seen.lines):
        return True
    return bool(seen.insured_lines) and bool(
        seen.policy.bound(seen.policy.rx.required, "rx.required")
    )


def rx_missing(seen: CheckContext) -> Finding | None:
    """Pooled payment and prescription drugs need a prescription (LN-3.1a, HY-1.5.2a)."""
    if seen.rx is None and _needs_rx(seen):
        return block("RX_MISSING", "LN-3.1a", "HY-1.5.2a", "HY-2.4")
    return None


def rx_form_not_accepted(seen: CheckContext) -> Finding | None:
    """Paper after the cut-off, tested on the day of settlement (LN-4.2a, K-01, E22)."""
    if seen.rx is None or not seen.pooled or seen.rx.form != "paper":
        return None
    rules = seen.policy.rx
    paper = seen.policy.bound(rules.paper, "rx.paper_until")
    late = rules.paper_until is not None and shop_time(seen.at).date() > rules.paper_until
    if paper == "never" or late:
        return block("RX_FORM_NOT_ACCEPTED", "LN-4.2a", until=rules.paper_until)
    return None


def rx_revoked(seen: CheckContext) -> Finding | None:
    """A revoked prescription can never be settled (SJZ-A.4, S-08)."""
    if seen.rx is not None and seen.rx.state == "revoked":
        return block("RX_REVOKED", "SJZ-A.4", "SJZ-A.9", "S-08")
    return None


def rx_already_dispensed(seen: CheckContext) -> Finding | None:
    """Dispensed already, or locked by another pharmacy (SJZ-A.4)."""
    if seen.rx is not None and seen.rx.state in ("dispensed", "locked"):
        return block("RX_ALREADY_DISPENSED", "SJZ-A.4", "S-09", state=seen.rx.state)
    return None


def rx_expired(seen: CheckContext) -> Finding | None:
    """Its own expiry prevails; else issue day plus the days it is valid (policy 3.1, E21)."""
    rx, policy = seen.rx, seen.policy
    if rx is None:
        return None
    if rx.state == "expired":
        return block("RX_EXPIRED", "EZ-2b", "S-09", last=rx.issued_on)
    if rx.expires_at is not None:
        last = shop_time(rx.expires_at).date()
        late = seen.at > rx.expires_at
    elif rx.issued_on is not None:
        days = policy.bound(rx.validity_days or policy.rx.validity_days, "rx.validity_days")
        if days is None:
            return None
        counted = policy.rx.count_issue_day is not False
        last = rx.issued_on + timedelta(days=days - counted)
        late = shop_time(seen.at).date() > last
    else:
        return None
    return block("RX_EXPIRED", "EZ-2b", "SJZ-A.4", last=last) if late else None


def rx_out_of_area(seen: CheckContext) -> Finding | None:
    """The issuer must stand in the same pooling area (LN-3.1a, K-16, E23)."""
    if seen.rx is None or not seen.rx.issuer_area or not seen.pooled:
        return None
    areas = seen.policy.bound(seen.policy.rx.issuer_areas, "rx.issuer_areas")
    if areas is None or any(seen.rx.issuer_area.startswith(area) for area in areas):
        return None
    return block("RX_OUT_OF_AREA", "LN-3.1a", "SJZ-2.2c", area=seen.rx.issuer_area)


def rx_over_max_supply(seen: CheckContext) -> Finding | None:
    """Supply above the longest allowed, compared exactly (LN-4.2b, EZ-5a, HY-1.5.2a, E20)."""
    rx = seen.rx
    if rx is None or rx.supply_days is None or not seen.pooled:
        return None
    span = _longest(seen, rx.long)
    if span is None:
        return None
    most = span.days_from(shop_time(seen.at).date())
    if rx.supply_days <= most:
        return None
    days = -(-rx.supply_days.numerator // rx.supply_days.denominator)
    return block("RX_OVER_MAX_SUPPLY", "LN-4.2b", "EZ-5a", "HY-1.5.2a", days=days, most=most)


def _longest(seen: CheckContext, long: bool | None) -> Span | None:
    rules = seen.policy.rx
    if not long and rules.ordinary_max is not None:
        return rules.ordinary_max
    return seen.policy.bound(rules.long_max, "rx.long_max")


def rx_not_reviewed(seen: CheckContext) -> Finding | None:
    """No pass by a bound pharmacist, no settlement of a prescription line (SJZ-A.3)."""
    if seen.rx is not None and not seen.rx.reviewed and (seen.insured_lines or _needs_rx(seen)):
        return block("RX_NOT_REVIEWED", "SJZ-A.3", "LN-2.1")
    return None


# --- person ------------------------------------------------------------------------------------


def not_on_roster(seen: CheckContext) -> Finding | None:
    """Special and two-disease benefit begins with the roster's date (HY-3.4, EZ-8, EZ-9a)."""
    if seen.settlement not in ("special", "two_disease"):
        return None
    early = seen.roster_from is not None and shop_time(seen.at).date() < seen.roster_from
    if seen.on_roster and not early:
        return None
    told: dict[str, object] = {"since": seen.roster_from}
    windows = seen.policy.person.roster_apply
    if windows:
        told["windows"] = windows
    variant = "windows" if windows else ""
    return Finding("NOT_ON_ROSTER", ("HY-3.4", "EZ-8", "EZ-9a"), "block", told, variant)


def inpatient(seen: CheckContext) -> Finding | None:
    """No such settlement during a hospital stay; no answer is a block too (HY-3.6b)."""
    if not seen.pooled or seen.inpatient not in ("in_hospital", "unknown"):
        return None
    if seen.policy.bound(seen.policy.inpatient_block, "inpatient_block"):
        variant = "unknown" if seen.inpatient == "unknown" else ""
        return Finding("INPATIENT", ("HY-3.6b",), "block", variant=variant)
    return None


# --- goods -------------------------------------------------------------------------------------


def out_of_disease_list(seen: CheckContext) -> Finding | None:
    """Nothing outside the disease's range, and no disease of other days (HY-3.6d, EZ-7)."""
    if seen.settlement not in ("special", "two_disease"):
        return None
    if seen.disease in seen.policy.diseases_over:
        told: dict[str, object] = {"who": seen.policy.who}
        return Finding("OUT_OF_DISEASE_LIST", ("EZ-7",), "block", told, "over")
    line = first(line for line in seen.lines if not (line.in_disease_range or line.non_medical))
    if line is None:
        return None
    return block("OUT_OF_DISEASE_LIST", "HY-3.6d", "EZ-7", line=line.no, name=line.name)


def non_drug_in_zone(seen: CheckContext) -> Finding | None:
    """Nothing but approved drugs in the special zone or in an insured basket (HY-1.2.1, K-09)."""
    strict = seen.zone == "special" and seen.policy.goods.zone_drugs_only is not False
    for line in seen.lines:
        if line.approval_class in _ZONE_GOODS:
            continue
        # Beside an insured basket other goods may be paid for; in the zone there are none.
        if strict or (seen.pooled and not line.non_medical):
            return block("NON_DRUG_IN_ZONE", "HY-1.2.1", line=line.no, name=line.name)
    return None


def batch_expired(seen: CheckContext) -> Finding | None:
    """Expired goods are never sold: the day after the expiry date blocks (policy 3.4)."""
    today = shop_time(seen.at).date()
    line = first(line for line in seen.lines if line.expiry is not None and line.expiry < today)
    if line is None:
        return None
    return block("BATCH_EXPIRED", "HY-1.1.2", line=line.no, name=line.name, expiry=line.expiry)


def ephedrine_limit(seen: CheckContext) -> Finding | None:
    """Packs by person and day over the whole basket, unless prescribed (policy 3.3)."""
    packs = sum(line.quantity.packs() for line in seen.lines if line.ephedrine)
    if not packs or (seen.rx is not None and seen.rx.reviewed):
        return None
    most = seen.policy.bound(seen.policy.goods.ephedrine_max_packs, "ephedrine.max_packs")
    if most is None or packs + seen.ephedrine_packs_today <= most:
        return None
    return block("EPHEDRINE_LIMIT", "HY-1.1.2", packs=packs, today=seen.ephedrine_packs_today,
                  most=most)  # fmt: skip


def highest_price(seen: CheckContext, line: CheckLine) -> UnitPrice | None:
    """The strictest ceiling that binds the line's price; ``None`` where none does.

    Hard cap: listed price less the discount, rounded down to the fen (HY-1.2.2, E27); agreed
    price (EZ-3a) and selected price of volume-based procurement (LN-4.1a) bind insured lines.
    """
    ceilings = []
    rules = seen.policy.price
    if rules.rule == "hard_cap" and line.listed_price is not None:
        ceilings.append(rules.ceiling(line.listed_price))
    if rules.rule == "agreed" and line.agreed_price is not None and seen.pooled and line.insured:
        ceilings.append(line.agreed_price)
    if line.selected_price is not None:
        ceilings.append(line.selected_price)
    return min(ceilings, default=None)


def price_over_cap(seen: CheckContext) -> Finding | None:
    """A sale price above the highest allowed one (HY-1.2.2, LN-4.1a, EZ-3a, E27)."""
    for line in seen.lines:
        ceiling = highest_price(seen, line)
        if ceiling is not None and line.price > ceiling:
            return block("PRICE_OVER_CAP", "HY-1.2.2", "LN-4.1a", "EZ-3a", line=line.no,
                          name=line.name, price=line.price.plain(),
                          most=ceiling.plain())  # fmt: skip
    return None


def special_drug_not_allowed(seen: CheckContext) -> Finding | None:
    """Specially controlled drugs only in qualified stores (SJZ-2.1, S-28)."""
    line = first(line for line in seen.insured_lines if line.special_control)
    if line is None or seen.store_special_drugs:
        return None
    return block("SPECIAL_DRUG_NOT_ALLOWED", "SJZ-2.1", line=line.no, name=line.name)


def co_pay_waiver(seen: CheckContext) -> Finding | None:
    """The personal part is paid in full: no coupon, no waiver (HY-3.6d, LN-4.3b, E29)."""
    if seen.settlement == "self_paid" or seen.coupon_on_personal <= Money(0):
        return None
    return block("CO_PAY_WAIVER", "HY-3.6d", "LN-4.3b", amount=seen.coupon_on_personal)


RULES: tuple[Rule, ...] = (
    store_not_open,
    eprescription_closed,
    no_pharmacist,
    id_mismatch,
    proxy_incomplete,
    held_card,
    rx_missing,
    rx_form_not_accepted,
    rx_revoked,
    rx_already_dispensed,
    rx_expired,
    rx_out_of_area,
    rx_over_max_supply,
    rx_not_reviewed,
    not_on_roster,
    inpatient,
    out_of_disease_list,
    non_drug_in_zone,
    batch_expired,
    lot_expired,
    batch_locked,
    out_of_stock,
    *TRACE_RULES,
    ephedrine_limit,
    price_over_cap,
    special_drug_not_allowed,
    co_pay_waiver,
    promotion_excluded,
    *GATES,
    batch_other,
    batch_not_first,
    *WARNINGS,
    *TRACE_PATTERNS,
    *NOTICES,
)
"""Every rule, in the order in which their codes are told (policy 4.1)."""


def check(seen: CheckContext) -> tuple[Finding, ...]:
    """All findings of one settlement, in order; a gap in the pack is a finding too."""
    found = []
    for rule in RULES:
        try:
            finding = rule(seen)
        except PackValueMissing as gap:
            finding = block("PACK_VALUE_MISSING", "SJZ-A.6", **gap.params)
        if finding is not None and finding not in found:
            found.append(finding)
    return tuple(found)


def require_clean(findings: Iterable[Finding]) -> None:
    """:raises RuleBroken: with all findings where one of them blocks."""
    told = tuple(findings)
    first = next((finding for finding in told if finding.blocks), None)
    if first is not None:
        raise RuleBroken(told, code=first.code)


def return_not_allowed(reason: str | None) -> Finding | None:
    """Sold drugs come back for quality reasons, recall or the store's own error (policy 3.4)."""
    if reason in RETURN_REASONS:
        return None
    return block("RETURN_NOT_ALLOWED", "HY-1.1.2", "LN-2.4a")
