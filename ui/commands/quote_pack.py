"""The pack of a quote case (policy 4.2) as rules: what it leaves out is zero or no limit."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from app.domain.money import ZERO, Money, Rate
from app.domain.policy import (
    CATEGORIES,
    AccountRules,
    Cap,
    Deductible,
    Policy,
    PriceRules,
    Quota,
    RxRules,
    Settlement,
    Span,
)
from app.errors import PackError, PackValueMissing
from app.regions.loader import load_region
from ui.commands.case_reader import CaseError, Node


def _base(code: str, kind: str, at: datetime) -> tuple[Policy | None, bool]:
    """Rules without money of the shipped pack (identity, trace, zones), else the national ones."""
    for known in (code, "CN"):
        try:
            region = load_region(known, practice=known.startswith("CN-9999"))
            settlement = kind if kind in region.settlements else "account"
            return region.policy_on(settlement, at), known == code != "CN"
        except (PackError, PackValueMissing):
            continue
    return None, False


def read_policy(pack: Node, kind: Settlement, at: datetime) -> Policy:
    """The rules of a case's pack; identity, trace and zone rules come from the shipped pack.

    :raises CaseError: where and why.
    """
    code = pack.text("code")
    base, own_pack = _base(code, kind, at)
    blank = Policy(code, kind, at.date(), None, "case", "case")
    found = replace(
        base or blank, region=code, settlement=kind, closed=True, practice_keys=frozenset()
    )
    strict = found.person if own_pack else replace(
        found.person, proxy_signature=True, proxy_photo=True
    )  # fmt: skip
    blocks = pack.flag("inpatient_block")
    if blocks is None:
        blocks = kind == "special" or bool(own_pack and found.inpatient_block)
    return replace(
        found,
        ratios=_by_category(pack, "ratio"),
        deductibles=_deductibles(pack),
        caps=_caps(pack),
        cap_basis=_basis(pack, "cap_basis"),
        deductible_counts_first_self_pay=bool(pack.flag("deductible_counts_first_self_pay")),
        quota=_quota(pack),
        inpatient_block=blocks,
        accounts=AccountRules(
            own_usable=True,
            own_covers_self_funded=bool(pack.flag("account_covers_self_funded")),
            mutual_aid_enabled=True,
            mutual_aid_covers_self_funded=bool(pack.flag("mutual_aid_covers_self_funded")),
        ),
        rx=_rx_rules(pack, code, kind, at),
        price=_price_rules(pack, found.price if own_pack else PriceRules()),
        staff=replace(
            found.staff,
            min_bound=pack.count("min_pharmacists_bound"),
            min_present=pack.count("min_pharmacists_present", "min_pharmacists")
            or found.staff.min_present,
        ),
        person=strict,
    )


def _basis(pack: Node, key: str) -> Literal["fund_paid", "in_scope"]:
    text = pack.text(key, default="fund_paid")
    if text == "in_scope":
        return "in_scope"
    if text == "fund_paid":
        return "fund_paid"
    raise CaseError(pack.path(key), "fund_paid or in_scope is expected")


def _by_category(pack: Node, key: str) -> dict[str, Rate]:
    value = pack.get(key)
    if isinstance(value, dict):
        table = Node(value, pack.path(key), pack)
        return {name: table.rate(name) or Rate(0) for name in CATEGORIES}
    rate = pack.rate(key) or Rate(0)
    return dict.fromkeys(CATEGORIES, rate)


def _deductibles(pack: Node) -> dict[str, Deductible]:
    value = pack.get("deductible")
    if isinstance(value, dict):
        return dict.fromkeys(CATEGORIES, _deductible(Node(value, "pack.deductible", pack)))
    amount = pack.money("deductible")
    rule = Deductible("none") if amount is None else Deductible("annual", amount=amount)
    return dict.fromkeys(CATEGORIES, rule)


def _deductible(table: Node) -> Deductible:
    kind = table.text("type", default="annual")
    amount, most = table.money("amount"), table.money("annual_max")
    visit = table.money("per_visit")
    if kind == "none":
        return Deductible("none")
    if kind == "annual":
        return Deductible("annual", amount=amount or ZERO)
    if kind != "per_visit":
        raise CaseError(table.path("type"), "none, annual or per_visit is expected")
    return Deductible("per_visit", per_visit=visit or amount or ZERO, annual_max=most)


def _caps(pack: Node) -> dict[str, Cap]:
    value = pack.get("cap")
    if isinstance(value, dict):
        table = Node(value, pack.path("cap"), pack)
        return {name: Cap(((0, table.money(name)),)) for name in CATEGORIES}
    bands: dict[int, Money | None] = {0: pack.money("cap")}
    for band in pack.nodes("cap_by_age"):
        bands[band.count("from", "from_age") or 0] = band.money("cap", "amount")
    return dict.fromkeys(CATEGORIES, Cap(tuple(sorted(bands.items()))))


def _quota(pack: Node) -> Quota | None:
    amount = pack.money("quota_quarter")
    basis = _basis(pack, "quota_basis")
    return None if amount is None else Quota("quarter", basis, amount)


def _span(pack: Node, key: str) -> Span | None:
    value = pack.get(key)
    if not isinstance(value, dict):
        days = pack.count(key)
        return None if days is None else Span("days", days)
    table = Node(value, pack.path(key), pack)
    unit, n = table.text("unit"), table.count("n")
    if n is not None and n <= 10_000:
        for known in ("days", "weeks", "months"):
            if unit in (known, known[:-1]):
                return Span(known, n)
    raise CaseError(pack.path(key), "a unit (days, weeks, months) and n are expected")


def _rx_rules(pack: Node, code: str, kind: str, at: datetime) -> RxRules:
    until = pack.day("paper_rx_until", "paper_until")
    areas = pack.texts("issuer_areas", "rx_issuer_area")
    if areas is None and re.fullmatch(r"CN-\d{6}", code):
        # A pooling area is a city, or the whole province where its code says so.
        areas = (code[3:5] if code.endswith("0000") else code[3:7],)
    if areas is None:
        areas = (code,) if code else ()
    digits = tuple(area.removeprefix("CN-") for area in areas)
    return RxRules(
        required=kind not in ("account", "self_paid"),
        validity_days=pack.count("validity_days"),
        count_issue_day=pack.flag("count_issue_day"),
        ordinary_max=_span(pack, "ordinary_max"),
        long_max=_span(pack, "long_max"),
        paper=None if until is None else "open",
        paper_until=until,
        issuer_areas=digits,
    )


def _price_rules(pack: Node, base: PriceRules) -> PriceRules:
    percent = pack.decimal("discount_pct")
    if percent is None:
        return replace(base, discount=None)
    share = percent if percent < 1 else percent / 100
    if share > 1 or share != share.quantize(Decimal("0.000001")):
        raise CaseError(pack.path("discount_pct"), "a percentage from 0 to 100 is expected")
    return PriceRules("hard_cap", Rate.of(share.quantize(Decimal("0.000001"))), "listed_price")
