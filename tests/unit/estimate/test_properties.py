"""Identities of the calculation contract, for any basket and any rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.estimate import (
    Accumulators,
    Amounts,
    Balances,
    EstimateLine,
    PersonFacts,
    estimate,
    period_of,
    remaining_quota,
)
from app.domain.money import ZERO, Money, Quantity, Rate, UnitPrice
from app.domain.policy import AccountRules, Cap, Deductible, Policy, Quota
from app.errors import PackValueMissing

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
money = st.integers(0, 5_000_00).map(Money)
rates = st.integers(0, 10**6).map(Rate)


def a_policy(**changes: object) -> Policy:
    """Ordinary pooling with everything said: 60 %, no deductible, no cap."""
    plain = Policy(
        region="CN-999900", settlement="ordinary", valid_from=date(2020, 1, 1), valid_to=None,
        status="invented", who="练习", ratios={"active": Rate.of("0.60")},
        deductibles={"active": Deductible("none")}, caps={"active": Cap(((0, None),))},
        cap_basis="fund_paid", accounts=AccountRules(True, True, True, True),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


lines = st.builds(
    EstimateLine,
    insurance_class=st.sampled_from(["A", "B", "C", ""]),
    price=st.integers(0, 500_000_000).map(UnitPrice),
    quantity=st.integers(1, 200_000).map(Quantity),
    first_self_pay=rates,
    pay_limit=st.none() | st.integers(0, 500_000_000).map(UnitPrice),
    non_medical=st.booleans(),
)
policies = st.builds(
    a_policy,
    ratios=rates.map(lambda rate: {"active": rate}),
    deductibles=st.one_of(
        st.just(Deductible("none")),
        money.map(lambda amount: Deductible("annual", amount=amount)),
        st.tuples(money, money).map(
            lambda two: Deductible("per_visit", per_visit=two[0], annual_max=two[1])
        ),
    ).map(lambda rule: {"active": rule}),
    caps=(st.none() | money).map(lambda amount: {"active": Cap(((0, amount),))}),
    cap_basis=st.sampled_from(["fund_paid", "in_scope"]),
    quota=st.none() | money.map(lambda amount: Quota("quarter", "fund_paid", amount)),
    accounts=st.builds(AccountRules, st.booleans(), st.booleans(), st.booleans(), st.booleans()),
    deductible_counts_first_self_pay=st.booleans(),
    settlement=st.sampled_from(["ordinary", "special", "account", "self_paid"]),
)
states = st.builds(Accumulators, money, money, money, money)
balances = st.builds(Balances, money, money)
ME = PersonFacts("active")


@given(st.lists(lines, max_size=8), policies, states, balances)
def test_the_identities_hold(
    basket: list[EstimateLine], policy: Policy, state: Accumulators, held: Balances
) -> None:
    found = estimate(basket, policy, ME, state, held, AT)
    told = found.amounts
    outside = Money.total(line.price.times(line.quantity) for line in basket if line.non_medical)
    assert told.total == told.fund + told.personal
    assert told.total == (
        told.self_funded + told.over_limit + told.first_self_pay + told.in_scope + outside
    )
    assert told.in_scope == told.deductible + told.co_pay + told.over_cap + told.fund
    assert told.personal == told.own_account + told.mutual_aid + told.cash
    assert told.cash >= outside
    for name, text in told.as_text().items():
        assert not text.startswith("-"), name
    assert found.balances_after.own == held.own - told.own_account
    assert found.balances_after.own >= ZERO
    assert found.balances_after.mutual_aid >= ZERO
    assert told + found.reversed() == Amounts()


@given(st.lists(lines, min_size=1, max_size=6), policies, states)
def test_the_fund_stays_under_cap_and_quota(
    basket: list[EstimateLine], policy: Policy, state: Accumulators
) -> None:
    told = estimate(basket, policy, ME, state, Balances(), AT)
    cap = policy.caps["active"].at_age(None)
    if policy.settlement in ("account", "self_paid"):
        assert told.amounts.fund == ZERO
        assert told.state_after == state
        return
    if cap is not None and policy.cap_basis == "fund_paid":
        assert told.amounts.fund <= max(ZERO, cap - state.fund_used)
    if policy.quota is not None:
        assert told.amounts.fund <= remaining_quota(policy, ME, state, AT)
    assert told.state_after.fund_used == state.fund_used + told.amounts.fund


@given(st.lists(lines, min_size=1, max_size=6), policies, states, money, money)
def test_a_higher_cap_never_pays_less(
    basket: list[EstimateLine], policy: Policy, state: Accumulators, low: Money, high: Money
) -> None:
    low, high = min(low, high), max(low, high)
    paid = [
        estimate(
            basket, replace(policy, caps={"active": Cap(((0, amount),))}), ME, state,
            Balances(), AT,
        ).amounts.fund
        for amount in (low, high, None)
    ]  # fmt: skip
    assert paid == sorted(paid)


@given(st.lists(lines, min_size=1, max_size=6), policies, states, money, money)
def test_who_paid_more_deductible_pays_no_more_now(
    basket: list[EstimateLine], policy: Policy, state: Accumulators, less: Money, more: Money
) -> None:
    less, more = min(less, more), max(less, more)
    due = [
        estimate(basket, policy, ME, replace(state, deductible_used=used), Balances(), AT)
        for used in (less, more)
    ]
    assert due[0].amounts.deductible >= due[1].amounts.deductible


@given(st.lists(lines, min_size=2, max_size=6), policies, states)
def test_the_order_of_the_lines_changes_nothing(
    basket: list[EstimateLine], policy: Policy, state: Accumulators
) -> None:
    there = estimate(basket, policy, ME, state, Balances(), AT).amounts
    back = estimate(basket[::-1], policy, ME, state, Balances(), AT).amounts
    assert there == back


def test_a_silent_pack_stops_the_estimate_only_where_the_value_is_needed() -> None:
    line = EstimateLine("A", UnitPrice.of("10.00"), Quantity.of(1))
    silent = a_policy(ratios={}, accounts=AccountRules(None, None, None, None))
    with pytest.raises(PackValueMissing) as missing:
        estimate([line], silent, ME, Accumulators(), Balances(), AT)
    assert missing.value.params == {"key": "ratio.active", "who": "练习"}
    said = a_policy(accounts=AccountRules(None, None, None, None))
    assert estimate([line], said, ME, Accumulators(), Balances(), AT).amounts.fund == Money.of("6")
    with pytest.raises(PackValueMissing):
        estimate([line], said, ME, Accumulators(), Balances(own=Money.of("1")), AT)


def test_class_b_without_a_share_is_told_as_rough() -> None:
    line = EstimateLine("B", UnitPrice.of("10.00"), Quantity.of(1), no=3)
    found = estimate([line], a_policy(), ME, Accumulators(), Balances(), AT)
    assert found.rough
    assert ("explain.share_unknown", {"line": 3}) in [
        (step.message_id, dict(step.params)) for step in found.explanation
    ]


@pytest.mark.rule("HY-3.6a")
@pytest.mark.parametrize(
    ("kind", "name"), [("quarter", "2026Q4"), ("month", "2026-11"), ("year", "2026")]
)
def test_periods_are_named_in_the_shops_zone(kind: str, name: str) -> None:
    assert period_of(kind, AT) == name
    assert period_of("quarter", datetime(2026, 9, 30, 16, 0, tzinfo=UTC)) == "2026Q4"
