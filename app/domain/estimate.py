"""The local estimate: what fund, accounts and patient will pay, by policy 4.1, step by step.

It is an estimate and nothing else: the platform's answer prevails and a difference is recorded
(policy 4.1 step 12). It runs live while packs are scanned, so it works on whole fen only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Self

from app.domain.clock import age_on, quarter_of, shop_time
from app.domain.money import ZERO, Money, Quantity, Rate, UnitPrice, round_half_up
from app.domain.policy import AccountRules, Policy, needed

FUNDLESS = ("account", "self_paid")
"""Settlement types in which the pooled fund takes no part."""


@dataclass(frozen=True, slots=True)
class EstimateLine:
    """One line as the money sees it; ``no`` is the number by which the explanation names it."""

    insurance_class: str
    """A, B or C; anything else is not in the catalogue and counts as C."""
    price: UnitPrice
    quantity: Quantity
    first_self_pay: Rate | None = None
    pay_limit: UnitPrice | None = None
    discount: Money = ZERO
    """Off the price before any step (policy 4.1 step 10)."""
    non_medical: bool = False
    """Delivery fee, household goods: cash only, no part of any scope (LN-3.1c)."""
    no: int = 0


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What of the insured person the money depends on."""

    category: str = "active"
    birth_date: date | None = field(default=None, repr=False)
    disease: str | None = None


@dataclass(frozen=True, slots=True)
class Accumulators:
    """What the person has used up already in one settlement type."""

    deductible_used: Money = ZERO
    fund_used: Money = ZERO
    quota_used: Money = ZERO
    in_scope_used: Money = ZERO
    period: str | None = None
    """Period of ``quota_used`` (2026Q4, 2026-11, 2026); ``None`` = the current one."""


@dataclass(frozen=True, slots=True)
class Balances:
    """What own account and family mutual aid hold."""

    own: Money = ZERO
    mutual_aid: Money = ZERO


@dataclass(frozen=True, slots=True)
class Amounts:
    """The thirteen amounts of policy 4.1."""

    total: Money = ZERO
    self_funded: Money = ZERO
    over_limit: Money = ZERO
    first_self_pay: Money = ZERO
    in_scope: Money = ZERO
    deductible: Money = ZERO
    co_pay: Money = ZERO
    over_cap: Money = ZERO
    fund: Money = ZERO
    personal: Money = ZERO
    own_account: Money = ZERO
    mutual_aid: Money = ZERO
    cash: Money = ZERO

    def __neg__(self) -> Amounts:
        return Amounts(*(-getattr(self, name) for name in AMOUNT_NAMES))

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(*(getattr(self, n) + getattr(other, n) for n in AMOUNT_NAMES))

    @classmethod
    def summed(cls, parts: Iterable[Amounts]) -> Self:
        """The sum over several settlements of one basket."""
        found = list(parts)
        return cls(*(Money.total(getattr(p, name) for p in found) for name in AMOUNT_NAMES))

    def as_text(self) -> dict[str, str]:
        """Name to two-place text, in the order of policy 4.1."""
        return {name: str(getattr(self, name)) for name in AMOUNT_NAMES}


AMOUNT_NAMES: tuple[str, ...] = tuple(entry.name for entry in fields(Amounts))


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the explanation: a message id under ``[explain]`` and what fills it."""

    message_id: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What came out: the amounts, what is used up afterwards, and why, line by line."""

    settlement: str
    amounts: Amounts
    state_after: Accumulators
    balances_after: Balances
    explanation: tuple[Step, ...]
    rough: bool = False
    """A class B drug had no share of its own: the platform may say another sum."""
    practice_keys: frozenset[str] = frozenset()
    """Keys of the pack that an overlay invented; not empty only in practice."""

    def reversed(self) -> Amounts:
        """What a whole refund gives back: every amount negated (policy 4.1 step 11)."""
        return -self.amounts


@dataclass(slots=True)
class _Basket:
    """Sums over the lines, steps 1 to 4."""

    total: int = 0
    self_funded: int = 0
    over_limit: int = 0
    first_self_pay: int = 0
    in_scope: int = 0
    non_medical: int = 0
    rough: bool = False


def estimate(
    lines: Sequence[EstimateLine],
    policy: Policy,
    person: PersonFacts,
    state: Accumulators,
    balances: Balances,
    at: datetime,
) -> Estimate:
    """What one settlement will come to at a moment (policy 4.1 steps 1 to 9).

    Money in whole fen; ``at`` aware. A settlement type without the fund (account, self_paid)
    leaves every accumulator as it was.
    :raises PackValueMissing: where the pack is silent about a value this basket needs.
    """
    steps: list[Step] = []
    basket = _sum_lines(lines, policy.settlement, steps)
    used = _of_period(state, policy, at)
    if policy.settlement in FUNDLESS:
        deductible = uncapped = fund = 0
        after = state
    else:
        deductible, after = _deductible(basket, policy, person, used, steps)
        uncapped = _share(basket.in_scope - deductible, policy, person, steps)
        fund = _limited(uncapped, basket.in_scope - deductible, policy, person, used, at, steps)
        after = _use_up(after, basket.in_scope, fund, policy)
    personal = basket.total - fund
    own, aid = _accounts(personal, basket, policy, balances, steps)
    amounts = Amounts(
        total=Money(basket.total),
        self_funded=Money(basket.self_funded),
        over_limit=Money(basket.over_limit),
        first_self_pay=Money(basket.first_self_pay),
        in_scope=Money(basket.in_scope),
        deductible=Money(deductible),
        co_pay=Money(basket.in_scope - deductible - uncapped),
        over_cap=Money(uncapped - fund),
        fund=Money(fund),
        personal=Money(personal),
        own_account=Money(own),
        mutual_aid=Money(aid),
        cash=Money(personal - own - aid),
    )
    steps.append(_step("cash", fund=amounts.fund, personal=amounts.personal, cash=amounts.cash))
    return Estimate(
        settlement=policy.settlement,
        amounts=amounts,
        state_after=after,
        balances_after=Balances(balances.own - Money(own), balances.mutual_aid - Money(aid)),
        explanation=tuple(steps),
        rough=basket.rough,
        practice_keys=policy.practice_keys,
    )


def remaining_quota(
    policy: Policy, person: PersonFacts, state: Accumulators, at: datetime
) -> Money:
    """What is left of the quota in the period of the moment; shown before payment (HY-3.6a).

    :raises PackValueMissing: where the pack names no quota.
    """
    used = _of_period(state, policy, at).quota_used
    return max(ZERO, policy.quota_for(person.disease) - used)


def period_of(kind: str, at: datetime) -> str:
    """Name of the quota period that holds the moment: 2026Q4, 2026-11 or 2026."""
    if kind == "quarter":
        return quarter_of(at)
    return f"{shop_time(at):%Y-%m}" if kind == "month" else f"{shop_time(at):%Y}"


def _step(name: str, **params: object) -> Step:
    return Step(f"explain.{name}", params)


def _percent(rate: Rate) -> str:
    text = f"{rate.ppm // 10**4}.{rate.ppm % 10**4:04d}".rstrip("0").rstrip(".")
    return f"{text}%"


def _sum_lines(lines: Sequence[EstimateLine], settlement: str, steps: list[Step]) -> _Basket:
    basket = _Basket()
    for line in lines:
        amount = line.price.times(line.quantity).fen - line.discount.fen
        basket.total += amount
        if line.non_medical:
            basket.non_medical += amount
            steps.append(_step("non_medical", line=line.no, amount=Money(amount)))
        elif settlement == "self_paid" or line.insurance_class not in ("A", "B"):
            basket.self_funded += amount
            steps.append(_step("self_funded", line=line.no, amount=Money(amount)))
        else:
            _insured_line(line, amount, basket, steps)
    steps.append(_step("in_scope", total=Money(basket.total), amount=Money(basket.in_scope)))
    return basket


def _insured_line(line: EstimateLine, amount: int, basket: _Basket, steps: list[Step]) -> None:
    """Steps 2 to 4 for one line of class A or B."""
    over = 0
    if line.pay_limit is not None and line.price.micro > line.pay_limit.micro:
        above = UnitPrice(line.price.micro - line.pay_limit.micro).times(line.quantity).fen
        over = max(0, above - line.discount.fen)
    own_share = 0
    if line.insurance_class == "B":
        if line.first_self_pay is None:
            basket.rough = True
            steps.append(_step("share_unknown", line=line.no))
        else:
            own_share = round_half_up((amount - over) * line.first_self_pay.ppm, 10**6)
    basket.over_limit += over
    basket.first_self_pay += own_share
    basket.in_scope += amount - over - own_share
    if over and line.pay_limit is not None:
        limit = line.pay_limit.plain()
        steps.append(_step("over_limit", line=line.no, limit=limit, amount=Money(over)))
    if own_share and line.first_self_pay is not None:
        told = {"share": _percent(line.first_self_pay), "base": Money(amount - over)}
        steps.append(_step("first_self_pay", line=line.no, amount=Money(own_share), **told))


def _deductible(
    basket: _Basket, policy: Policy, person: PersonFacts, used: Accumulators, steps: list[Step]
) -> tuple[int, Accumulators]:
    """Step 5: what of the scope the deductible absorbs, and the accumulator after it."""
    rule = policy.deductible_for(person.category)
    left = rule.remaining(used.deductible_used).fen
    counted = 0
    if policy.deductible_counts_first_self_pay:
        counted = min(left, basket.first_self_pay)
    taken = min(basket.in_scope, left - counted)
    if rule.kind != "none":
        steps.append(
            _step(
                "deductible",
                amount=Money(taken),
                used=used.deductible_used,
                left=Money(left - counted - taken),
            )
        )
    return taken, replace(used, deductible_used=used.deductible_used + Money(taken + counted))


def _share(base: int, policy: Policy, person: PersonFacts, steps: list[Step]) -> int:
    """Step 6: the ratio, rounded once for the basket."""
    ratio = policy.ratio_for(person.category)
    uncapped = round_half_up(base * ratio.ppm, 10**6)
    steps.append(_step("ratio", base=Money(base), ratio=_percent(ratio), amount=Money(uncapped)))
    return uncapped


def _limited(
    uncapped: int,
    base: int,
    policy: Policy,
    person: PersonFacts,
    used: Accumulators,
    at: datetime,
    steps: list[Step],
) -> int:
    """Step 7: what yearly cap and quota leave of the fund's share; never below zero."""
    fund = min(uncapped, _under_cap(uncapped, base, policy, person, used, at))
    if fund < uncapped:
        steps.append(_step("over_cap", fund=Money(fund), over=Money(uncapped - fund)))
    if policy.quota is not None:
        left = remaining_quota(policy, person, used, at).fen
        if policy.quota.basis == "in_scope":
            left = round_half_up(left * policy.ratio_for(person.category).ppm, 10**6)
        if left < fund:
            steps.append(_step("over_quota", fund=Money(left), over=Money(fund - left)))
            fund = left
    return fund


def _under_cap(
    uncapped: int,
    base: int,
    policy: Policy,
    person: PersonFacts,
    used: Accumulators,
    at: datetime,
) -> int:
    age = age_on(person.birth_date, at) if person.birth_date else None
    cap = policy.cap_for(person.category, age)
    if cap is None:
        return uncapped
    if needed(policy.cap_basis, "cap_basis", policy.who) == "fund_paid":
        return max(0, cap.fen - used.fund_used.fen)
    payable = min(base, max(0, cap.fen - used.in_scope_used.fen))
    return round_half_up(payable * policy.ratio_for(person.category).ppm, 10**6)


def _of_period(state: Accumulators, policy: Policy, at: datetime) -> Accumulators:
    """The state with an old period's quota forgotten: nothing rolls over (HY-3.6a)."""
    if policy.quota is None or state.period is None:
        return state
    now = period_of(policy.quota.period, at)
    return state if state.period == now else replace(state, quota_used=ZERO, period=now)


def _use_up(after: Accumulators, in_scope: int, fund: int, policy: Policy) -> Accumulators:
    quota_used = after.quota_used
    if policy.quota is not None:
        quota_used += Money(in_scope if policy.quota.basis == "in_scope" else fund)
    return replace(
        after,
        fund_used=after.fund_used + Money(fund),
        in_scope_used=after.in_scope_used + Money(in_scope),
        quota_used=quota_used,
    )


def _accounts(
    personal: int, basket: _Basket, policy: Policy, balances: Balances, steps: list[Step]
) -> tuple[int, int]:
    """Step 9: own account, then family mutual aid; delivery and non-medical goods never."""
    rules, who = policy.accounts, policy.who
    self_funded = basket.self_funded
    by_policy = personal - self_funded - basket.non_medical
    own = aid = 0
    if balances.own.fen > 0 and needed(rules.own_usable, "account.usable", who):
        own_for_rest = self_funded if _own_covers(rules, self_funded, who) else 0
        own = min(balances.own.fen, by_policy + own_for_rest)
        self_funded -= max(0, own - by_policy)
        by_policy -= min(own, by_policy)
        steps.append(_step("own_account", amount=Money(own)))
    if balances.mutual_aid.fen > 0 and needed(rules.mutual_aid_enabled, "mutual_aid.enabled", who):
        aid_for_rest = self_funded if _aid_covers(rules, self_funded, who) else 0
        aid = min(balances.mutual_aid.fen, by_policy + aid_for_rest)
        steps.append(_step("mutual_aid", amount=Money(aid)))
    return own, aid


def _own_covers(rules: AccountRules, self_funded: int, who: str) -> bool:
    key = "account.covers_self_funded"
    return self_funded > 0 and needed(rules.own_covers_self_funded, key, who)


def _aid_covers(rules: AccountRules, self_funded: int, who: str) -> bool:
    key = "mutual_aid.covers_self_funded"
    return self_funded > 0 and needed(rules.mutual_aid_covers_self_funded, key, who)
