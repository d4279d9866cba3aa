"""Whether a price may be saved: ceilings when it is kept, so that the counter's block is rare.

The same arithmetic as at the counter (:meth:`app.domain.policy.PriceRules.ceiling`), with every
settlement type of the area that the drug can come under: what is sold at one price to everybody
must be allowed for each of them (HY-1.2.2, EZ-3a/b, LN-4.1a/b).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.catalogue import Medicine
from app.domain.check_context import Finding
from app.domain.clock import shop_time
from app.domain.money import UnitPrice
from app.domain.policy import PriceRules
from app.domain.price import Bounds, PriceChange, PriceSource

_HY = ("HY-1.2.2",)
_EZ = ("EZ-3a",)
_VBP = ("LN-4.1a", "EZ-4")


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The highest price that may be asked, and which bound makes it."""

    price: UnitPrice
    why: str
    """listed, agreed or selected."""
    base: UnitPrice
    """The price on the list that it is reckoned from."""
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said when a price is saved."""

    ceiling: Ceiling | None
    findings: tuple[Finding, ...]

    @property
    def stops(self) -> Finding | None:
        """The finding that forbids it, if one does."""
        return next((one for one in self.findings if one.blocks), None)

    @property
    def needs_decision(self) -> bool:
        """No listed price is known where one bounds: the manager decides, in writing."""
        return any(one.code == "LISTED_PRICE_MISSING" for one in self.findings)


def insured(medicine: Medicine) -> bool:
    """In the catalogue, so that the fund may come to pay for it."""
    return medicine.insurance_class in ("A", "B") and medicine.sale_class != "none"


def ceiling_of(rules: Sequence[PriceRules], medicine: Medicine, bounds: Bounds) -> Ceiling | None:
    """The strictest bound; None where nothing bounds the price.

    The selected price binds every sale; listed and agreed price what the fund may pay for.
    """
    found: list[Ceiling] = []
    if bounds.selected is not None:
        selected = UnitPrice.of_money(bounds.selected)
        found.append(Ceiling(selected, "selected", selected, _VBP))
    if insured(medicine):
        for each in rules:
            if each.rule == "hard_cap" and bounds.listed is not None:
                base = UnitPrice.of_money(bounds.listed)
                found.append(Ceiling(each.ceiling(base), "listed", base, _HY))
            if each.rule == "agreed" and bounds.agreed is not None:
                base = UnitPrice.of_money(bounds.agreed)
                found.append(Ceiling(base, "agreed", base, _EZ))
    return min(found, key=lambda one: one.price, default=None)


def judge_price(
    rules: Sequence[PriceRules],
    medicine: Medicine,
    bounds: Bounds,
    price: UnitPrice,
    last: PriceChange | None,
    at: datetime,
) -> Verdict:
    """What is to be said of a price that shall count from ``at`` on.

    ``last``: the price in force, with when it came; None = there was none.
    """
    ceiling = ceiling_of(rules, medicine, bounds)
    found: list[Finding] = []
    if ceiling is not None and price > ceiling.price:
        told: dict[str, object] = {
            "name": medicine.display_name,
            "price": price.plain(),
            "most": ceiling.price.plain(),
            "base": ceiling.base.plain(),
        }
        found.append(Finding("PRICE_OVER_CAP", ceiling.rules, "block", told, ceiling.why))
    found += _warnings(rules, medicine, bounds, price)
    rise = _rise(rules, medicine, price, last, at)
    if rise is not None:
        found.append(rise)
    return Verdict(ceiling, tuple(found))


def _warnings(
    rules: Sequence[PriceRules], medicine: Medicine, bounds: Bounds, price: UnitPrice
) -> list[Finding]:
    name = {"name": medicine.display_name}
    if not insured(medicine):
        return []
    if bounds.listed is None:
        if any(each.rule == "hard_cap" for each in rules):
            return [Finding("LISTED_PRICE_MISSING", _HY, "warn", dict(name), "saved")]
        return []
    listed = UnitPrice.of_money(bounds.listed)
    if price > listed and any(each.rule == "reference" for each in rules):
        told = {**name, "price": price.plain(), "listed": listed.plain()}
        return [Finding("PRICE_ABOVE_REFERENCE", ("LN-4.1b",), "warn", dict(told), "saved")]
    return []


def _rise(
    rules: Sequence[PriceRules],
    medicine: Medicine,
    price: UnitPrice,
    last: PriceChange | None,
    at: datetime,
) -> Finding | None:
    """A price is kept stable for a period (EZ-3b): who raises it soon, or by much, is told."""
    if last is None or price <= last.price:
        return None
    days = max((each.rise_window_days or 0 for each in rules), default=0)
    shares = [each.rise_share.ppm for each in rules if each.rise_share is not None]
    # How long the price before the history began had stood, nobody knows.
    known = last.source is not PriceSource.BASELINE
    soon = known and at < last.effective_at + timedelta(days=days)
    much = any(
        (price.micro - last.price.micro) * 10**6 > last.price.micro * share for share in shares
    )
    if not (soon or much):
        return None
    told: dict[str, object] = {
        "name": medicine.display_name,
        "price": price.plain(),
        "before": last.price.plain(),
        "since": shop_time(last.effective_at).date(),
        "days": days,
    }
    return Finding("PRICE_RISES", ("EZ-3b",), "warn", told, "soon" if soon else "much")
