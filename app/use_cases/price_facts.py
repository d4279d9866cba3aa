"""What bounds a drug's price on a day: rules of the pack, lists, and the price that counts now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.domain.catalogue import Medicine
from app.domain.clock import shop_time
from app.domain.policy import PriceRules
from app.domain.price import (
    Bounds,
    PriceChange,
    PriceSource,
    PriceTerm,
    TermKind,
    bounds_of,
)
from app.domain.price_states import PriceState
from app.domain.price_verdict import Verdict, insured, judge_price
from app.errors import PackValueMissing
from app.ports import Ids, UnitOfWork
from app.use_cases.doors import Doors

BY_ROSTER = ("special", "two_disease")
"""Settlement types that pay for drugs of their diseases only (HY-3.6d, EZ-7)."""


def rules_for(doors: Doors, medicine: Medicine, at: datetime) -> list[PriceRules]:
    """The price rules of every settlement type that the drug can come under, each once.

    A type for which the pack names nothing on that day binds nothing here; at the counter it stops
    the sale by itself.
    """
    found: list[PriceRules] = []
    for kind in doors.settlement_types:
        if kind in BY_ROSTER and not medicine.diseases:
            continue
        try:
            rules = doors.policy_on(kind, at).price
        except PackValueMissing:
            continue
        if rules not in found:
            found.append(rules)
    return found


def bounds_on(
    medicine: Medicine, terms: Sequence[PriceTerm], day: date
) -> tuple[Bounds, dict[TermKind, PriceTerm]]:
    """The lists' prices on that day, with the rows they come from.

    A listed price that came with the catalogue counts until a list of the platform names the drug.
    """
    rows = bounds_of(list(terms), day)
    known = {one.kind for one in terms}
    prices = {kind: row.price for kind, row in rows.items()}
    listed = prices.get(TermKind.LISTED)
    if TermKind.LISTED not in known:
        listed = medicine.listed_price
    return Bounds(listed, prices.get(TermKind.AGREED), prices.get(TermKind.SELECTED)), rows


def uploaded_first(rules: Sequence[PriceRules], medicine: Medicine) -> bool:
    """Whether the platform must take a new price before it counts (S-26): insured drugs only."""
    return insured(medicine) and any(each.upload_before_sale for each in rules)


def verdict_on(
    doors: Doors,
    uow: UnitOfWork,
    medicine: Medicine,
    change: PriceChange,
    terms: Sequence[PriceTerm] | None = None,
) -> Verdict:
    """What is to be said of a change by the lists of the day on which it begins to count."""
    if terms is None:
        terms = uow.prices.terms_of([medicine.id]).get(medicine.id, [])
    at = change.effective_at
    bounds, _rows = bounds_on(medicine, terms, shop_time(at).date())
    last = uow.prices.in_force([medicine.id]).get(medicine.id)
    last = last or baseline(doors.ids, medicine, at)
    return judge_price(rules_for(doors, medicine, at), medicine, bounds, change.price, last, at)


def baseline(ids: Ids, medicine: Medicine, at: datetime) -> PriceChange | None:
    """Where the history of a drug begins: what the catalogue says; None without a price."""
    if medicine.price is None:
        return None
    return PriceChange(
        id=ids.new(),
        medicine_id=medicine.id,
        price=medicine.price,
        before=None,
        effective_at=at,
        reason="-",
        state=PriceState.IN_FORCE,
        source=PriceSource.BASELINE,
    )
