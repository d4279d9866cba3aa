"""The practice platform's own arithmetic of a settlement (policy reference 4.1).

A second implementation on purpose: it works on Decimal yuan, walks a basket as a cascade of
shares and shares no code with the till's estimate, so that the two can contradict each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

NOUGHT = Decimal("0.00")
_FEN = Decimal("0.01")


def fen(amount: Decimal) -> Decimal:
    """Yuan with two places; halves go up (away from zero)."""
    return amount.quantize(_FEN, rounding=ROUND_HALF_UP)


def _floor0(amount: Decimal) -> Decimal:
    return amount if amount > 0 else NOUGHT


@dataclass(frozen=True, slots=True)
class Item:
    """One line as the platform's own list sees it; ``amount`` is the sent line total."""

    grade: str
    price: Decimal
    count: Decimal
    amount: Decimal
    share: Decimal = Decimal(0)
    ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the region's policy says for one person, one settlement type and one day.

    ``limit`` is the yearly cap or the quarter's quota, None for none; ``by_scope`` counts it on
    in-scope money instead of fund money. ``pooled`` is False for account purchases.
    """

    pooled: bool = True
    ratio: Decimal = Decimal(0)
    deductible_kind: str = "none"
    deductible: Decimal = NOUGHT
    deductible_year_max: Decimal | None = None
    first_share_counts: bool = False
    limit: Decimal | None = None
    by_scope: bool = False
    account_pays_outside: bool = True
    family_allowed: bool = True
    family_pays_outside: bool = True


@dataclass(frozen=True, slots=True)
class Used:
    """What the person has used up in this scheme and period."""

    deductible: Decimal = NOUGHT
    fund: Decimal = NOUGHT
    scope: Decimal = NOUGHT


@dataclass(frozen=True, slots=True)
class ItemShares:
    """How one line splits: outside the list, over the ceiling, first share, in scope."""

    outside: Decimal
    over: Decimal
    first: Decimal
    scope: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """The settled basket in yuan, two places."""

    total: Decimal
    outside: Decimal
    over: Decimal
    first: Decimal
    scope: Decimal
    deductible: Decimal
    co_pay: Decimal
    over_cap: Decimal
    fund: Decimal
    person: Decimal
    own: Decimal
    family: Decimal
    cash: Decimal
    scope_used: Decimal
    deductible_counted: Decimal
    limit_before: Decimal | None
    items: tuple[ItemShares, ...] = field(default=())

    @property
    def account(self) -> Decimal:
        """``acct_pay``: own and family account together (interface 6.1)."""
        return self.own + self.family


def split_item(item: Item) -> ItemShares:
    """Steps 1 to 4 for one line; class C goes wholly outside."""
    if item.grade == "C":
        return ItemShares(item.amount, NOUGHT, NOUGHT, NOUGHT)
    over = NOUGHT
    if item.ceiling is not None and item.price > item.ceiling:
        over = min(fen((item.price - item.ceiling) * item.count), item.amount)
    first = fen((item.amount - over) * item.share) if item.grade == "B" else NOUGHT
    return ItemShares(NOUGHT, over, first, item.amount - over - first)


def _deductible_left(terms: Terms, used: Used) -> Decimal:
    if terms.deductible_kind == "annual":
        return _floor0(terms.deductible - used.deductible)
    if terms.deductible_kind == "per_visit":
        if terms.deductible_year_max is None:
            return terms.deductible
        return min(terms.deductible, _floor0(terms.deductible_year_max - used.deductible))
    return NOUGHT


def _fund_part(terms: Terms, used: Used, paid_on: Decimal) -> tuple[Decimal, Decimal]:
    """Steps 6 and 7: the fund's share before and after the limit."""
    before = fen(paid_on * terms.ratio)
    if terms.limit is None:
        return before, before
    if terms.by_scope:
        covered = min(paid_on, _floor0(terms.limit - used.scope))
        return before, min(before, fen(covered * terms.ratio))
    return before, min(before, _floor0(terms.limit - used.fund))


def _purses(
    terms: Terms, person: Decimal, outside: Decimal, own: Decimal, family: Decimal
) -> tuple[Decimal, Decimal]:
    """Step 9: own account, then family; each covers the policy part before the rest."""
    inside = person - outside
    own_inside = min(own, inside)
    own_outside = min(own - own_inside, outside) if terms.account_pays_outside else NOUGHT
    if not terms.family_allowed:
        return own_inside + own_outside, NOUGHT
    aid_inside = min(family, inside - own_inside)
    aid_outside = NOUGHT
    if terms.family_pays_outside:
        aid_outside = min(family - aid_inside, outside - own_outside)
    return own_inside + own_outside, aid_inside + aid_outside


def settle(
    items: Sequence[Item],
    terms: Terms,
    used: Used,
    *,
    own: Decimal = NOUGHT,
    family: Decimal = NOUGHT,
) -> Bill:
    """One settlement of one type (policy 4.1 steps 1 to 9).

    ``own`` and ``family`` are the balances that may be drawn on in this settlement, in yuan.
    """
    parts = tuple(split_item(item) for item in items)
    total = sum((item.amount for item in items), NOUGHT)
    outside = sum((part.outside for part in parts), NOUGHT)
    over = sum((part.over for part in parts), NOUGHT)
    first = sum((part.first for part in parts), NOUGHT)
    scope = sum((part.scope for part in parts), NOUGHT)
    taken = counted = before = fund = NOUGHT
    if terms.pooled:
        left = _deductible_left(terms, used)
        by_first = min(first, left) if terms.first_share_counts else NOUGHT
        taken = min(scope, left - by_first)
        counted = taken + by_first
        before, fund = _fund_part(terms, used, scope - taken)
    person = total - fund
    own_pays, family_pays = _purses(terms, person, outside, own, family)
    spent = used.scope if terms.by_scope else used.fund
    return Bill(
        total=total,
        outside=outside,
        over=over,
        first=first,
        scope=scope,
        deductible=taken,
        co_pay=scope - taken - before,
        over_cap=before - fund,
        fund=fund,
        person=person,
        own=own_pays,
        family=family_pays,
        cash=person - own_pays - family_pays,
        scope_used=scope if terms.pooled else NOUGHT,
        deductible_counted=counted,
        limit_before=None if terms.limit is None else _floor0(terms.limit - spent),
        items=parts,
    )
