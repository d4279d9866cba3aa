"""The platform's own arithmetic against the worked examples of the policy reference (4.3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.insurance.simulator.benefits import Bill, Item, Terms, Used, fen, settle, split_item
from sync.insurance.simulator.policy import Policy, full_years, quarter

D = Decimal


def a(price: str, qty: int = 1, limit: str | None = None) -> Item:
    return Item("A", D(price), D(qty), fen(D(price) * qty), D(0), D(limit) if limit else None)


def b(price: str, qty: int = 1, share: str = "0.10") -> Item:
    return Item("B", D(price), D(qty), fen(D(price) * qty), D(share))


def c(price: str, qty: int = 1) -> Item:
    return Item("C", D(price), D(qty), fen(D(price) * qty))


def told(bill: Bill) -> dict[str, str]:
    """Every amount that is not nought, in the words of policy 4.2."""
    amounts = {
        "total": bill.total,
        "self_funded": bill.outside,
        "over_limit": bill.over,
        "first_self_pay": bill.first,
        "in_scope": bill.scope,
        "deductible": bill.deductible,
        "co_pay": bill.co_pay,
        "over_cap": bill.over_cap,
        "fund": bill.fund,
        "personal": bill.person,
        "own_account": bill.own,
        "mutual_aid": bill.family,
        "cash": bill.cash,
    }
    return {name: str(value) for name, value in amounts.items() if value}


ACTIVE, RETIRED = Terms(ratio=D("0.60")), Terms(ratio=D("0.68"))
YEARLY = {"deductible_kind": "annual"}
E04 = [a("40.00", 2), b("75.00", 2)]
E07 = [a("48.20", 2), c("58.00")]
QUOTA = Terms(ratio=D("0.70"), limit=D("360.00"))

CASES: dict[str, tuple[list[Item], Terms, Used, dict[str, str], dict[str, str]]] = {
    "E01": (
        [a("200.00")],
        ACTIVE,
        Used(),
        {},
        {
            "total": "200.00",
            "in_scope": "200.00",
            "co_pay": "80.00",
            "fund": "120.00",
            "personal": "80.00",
            "cash": "80.00",
        },
    ),
    "E02": (
        [a("200.00")],
        RETIRED,
        Used(),
        {},
        {
            "total": "200.00",
            "in_scope": "200.00",
            "co_pay": "64.00",
            "fund": "136.00",
            "personal": "64.00",
            "cash": "64.00",
        },
    ),
    "E03": (
        [a("65.00", 4)],
        Terms(ratio=D("0.60"), deductible=D("500.00"), **YEARLY),
        Used(deductible=D("430.00")),
        {},
        {
            "total": "260.00",
            "in_scope": "260.00",
            "deductible": "70.00",
            "co_pay": "76.00",
            "fund": "114.00",
            "personal": "146.00",
            "cash": "146.00",
        },
    ),
    "E04": (
        E04,
        RETIRED,
        Used(),
        {},
        {
            "total": "230.00",
            "first_self_pay": "15.00",
            "in_scope": "215.00",
            "co_pay": "68.80",
            "fund": "146.20",
            "personal": "83.80",
            "cash": "83.80",
        },
    ),
    "E05": (
        [a("50.00", 3)],
        Terms(ratio=D("0.60"), limit=D("2300.00")),
        Used(fund=D("2250.00")),
        {},
        {
            "total": "150.00",
            "in_scope": "150.00",
            "co_pay": "60.00",
            "over_cap": "40.00",
            "fund": "50.00",
            "personal": "100.00",
            "cash": "100.00",
        },
    ),
    "E06": (
        [a("42.00", 3, "35.50")],
        ACTIVE,
        Used(),
        {},
        {
            "total": "126.00",
            "over_limit": "19.50",
            "in_scope": "106.50",
            "co_pay": "42.60",
            "fund": "63.90",
            "personal": "62.10",
            "cash": "62.10",
        },
    ),
    "E07": (
        E07,
        ACTIVE,
        Used(),
        {},
        {
            "total": "154.40",
            "self_funded": "58.00",
            "in_scope": "96.40",
            "co_pay": "38.56",
            "fund": "57.84",
            "personal": "96.56",
            "cash": "96.56",
        },
    ),
    "E08": (
        [b("37.03")],
        RETIRED,
        Used(),
        {},
        {
            "total": "37.03",
            "first_self_pay": "3.70",
            "in_scope": "33.33",
            "co_pay": "10.67",
            "fund": "22.66",
            "personal": "14.37",
            "cash": "14.37",
        },
    ),
    "E09": (
        E07,
        ACTIVE,
        Used(),
        {"own": "50.00"},
        {
            "total": "154.40",
            "self_funded": "58.00",
            "in_scope": "96.40",
            "co_pay": "38.56",
            "fund": "57.84",
            "personal": "96.56",
            "own_account": "50.00",
            "cash": "46.56",
        },
    ),
    "E10": (
        E04,
        RETIRED,
        Used(),
        {"own": "20.00", "family": "100.00"},
        {
            "total": "230.00",
            "first_self_pay": "15.00",
            "in_scope": "215.00",
            "co_pay": "68.80",
            "fund": "146.20",
            "personal": "83.80",
            "own_account": "20.00",
            "mutual_aid": "63.80",
        },
    ),
    "E11": (
        E07,
        Terms(ratio=D("0.60"), family_pays_outside=False),
        Used(),
        {"family": "200.00"},
        {
            "total": "154.40",
            "self_funded": "58.00",
            "in_scope": "96.40",
            "co_pay": "38.56",
            "fund": "57.84",
            "personal": "96.56",
            "mutual_aid": "38.56",
            "cash": "58.00",
        },
    ),
    "E12a": (
        [a("100.00", 2)],
        Terms(ratio=D("0.60"), limit=D("3500.00")),
        Used(fund=D("3490.00")),
        {},
        {
            "total": "200.00",
            "in_scope": "200.00",
            "co_pay": "80.00",
            "over_cap": "110.00",
            "fund": "10.00",
            "personal": "190.00",
            "cash": "190.00",
        },
    ),
    "E12b": (
        [a("100.00", 2)],
        Terms(ratio=D("0.60"), limit=D("4500.00")),
        Used(fund=D("3490.00")),
        {},
        {
            "total": "200.00",
            "in_scope": "200.00",
            "co_pay": "80.00",
            "fund": "120.00",
            "personal": "80.00",
            "cash": "80.00",
        },
    ),
    "E13": (
        [a("90.00", 2), b("60.00", 2, "0.05")],
        Terms(ratio=D("0.75"), deductible=D("200.00"), **YEARLY),
        Used(),
        {},
        {
            "total": "300.00",
            "first_self_pay": "6.00",
            "in_scope": "294.00",
            "deductible": "200.00",
            "co_pay": "23.50",
            "fund": "70.50",
            "personal": "229.50",
            "cash": "229.50",
        },
    ),
    "E14": (
        [a("33.00", 2)],
        Terms(ratio=D("0.70"), deductible=D("10.00"), **YEARLY),
        Used(),
        {},
        {
            "total": "66.00",
            "in_scope": "66.00",
            "deductible": "10.00",
            "co_pay": "16.80",
            "fund": "39.20",
            "personal": "26.80",
            "cash": "26.80",
        },
    ),
    "E15": (
        [a("41.50", 3)],
        Terms(ratio=D("0.75")),
        Used(),
        {},
        {
            "total": "124.50",
            "in_scope": "124.50",
            "co_pay": "31.12",
            "fund": "93.38",
            "personal": "31.12",
            "cash": "31.12",
        },
    ),
    "E16": (
        [a("45.00", 2), a("60.00")],
        QUOTA,
        Used(fund=D("300.00")),
        {},
        {
            "total": "150.00",
            "in_scope": "150.00",
            "co_pay": "45.00",
            "over_cap": "45.00",
            "fund": "60.00",
            "personal": "90.00",
            "cash": "90.00",
        },
    ),
    "E17a": (
        [a("150.00", 4)],
        QUOTA,
        Used(fund=D("200.00")),
        {},
        {
            "total": "600.00",
            "in_scope": "600.00",
            "co_pay": "180.00",
            "over_cap": "260.00",
            "fund": "160.00",
            "personal": "440.00",
            "cash": "440.00",
        },
    ),
    "E17b": (
        [a("150.00", 4)],
        QUOTA,
        Used(),
        {},
        {
            "total": "600.00",
            "in_scope": "600.00",
            "co_pay": "180.00",
            "over_cap": "60.00",
            "fund": "360.00",
            "personal": "240.00",
            "cash": "240.00",
        },
    ),
    "E18a": (
        [a("114.29", 3)],
        QUOTA,
        Used(),
        {},
        {
            "total": "342.87",
            "in_scope": "342.87",
            "co_pay": "102.86",
            "fund": "240.01",
            "personal": "102.86",
            "cash": "102.86",
        },
    ),
    "E18b": (
        [a("100.00", 2)],
        QUOTA,
        Used(fund=D("240.01")),
        {},
        {
            "total": "200.00",
            "in_scope": "200.00",
            "co_pay": "60.00",
            "over_cap": "20.01",
            "fund": "119.99",
            "personal": "80.01",
            "cash": "80.01",
        },
    ),
    "E24": (
        [a("40.00"), b("75.00", 2)],
        RETIRED,
        Used(),
        {},
        {
            "total": "190.00",
            "first_self_pay": "15.00",
            "in_scope": "175.00",
            "co_pay": "56.00",
            "fund": "119.00",
            "personal": "71.00",
            "cash": "71.00",
        },
    ),
    # E26 without the delivery fee of 8.00, which never reaches the platform: the till takes it.
    "E26": (
        [a("100.00")],
        ACTIVE,
        Used(),
        {"own": "500.00"},
        {
            "total": "100.00",
            "in_scope": "100.00",
            "co_pay": "40.00",
            "fund": "60.00",
            "personal": "40.00",
            "own_account": "40.00",
        },
    ),
    "E28 two-disease": (
        [a("36.00", 2)],
        Terms(ratio=D("0.50")),
        Used(),
        {},
        {
            "total": "72.00",
            "in_scope": "72.00",
            "co_pay": "36.00",
            "fund": "36.00",
            "personal": "36.00",
            "cash": "36.00",
        },
    ),
    "E28 ordinary": (
        [a("50.00")],
        Terms(ratio=D("0.60"), deductible=D("500.00"), **YEARLY),
        Used(deductible=D("430.00")),
        {},
        {
            "total": "50.00",
            "in_scope": "50.00",
            "deductible": "50.00",
            "personal": "50.00",
            "cash": "50.00",
        },
    ),
    "E29": (
        [a("90.00")],
        ACTIVE,
        Used(),
        {},
        {
            "total": "90.00",
            "in_scope": "90.00",
            "co_pay": "36.00",
            "fund": "54.00",
            "personal": "36.00",
            "cash": "36.00",
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_worked_examples(name: str) -> None:
    items, terms, used, purse, wanted = CASES[name]
    money: dict[str, Any] = {key: D(value) for key, value in purse.items()}
    assert told(settle(items, terms, used, **money)) == wanted


def test_per_visit_deductible_stops_at_the_year_max() -> None:
    terms = Terms(
        ratio=D("0.60"),
        deductible_kind="per_visit",
        deductible=D("50.00"),
        deductible_year_max=D("200.00"),
    )
    assert settle([a("100.00")], terms, Used()).deductible == D("50.00")
    assert settle([a("100.00")], terms, Used(deductible=D("180.00"))).deductible == D("20.00")
    assert settle([a("100.00")], terms, Used(deductible=D("250.00"))).deductible == 0


def test_a_cap_already_exceeded_leaves_nothing_and_never_less() -> None:
    terms = Terms(ratio=D("0.60"), limit=D("3500.00"))
    bill = settle([a("100.00")], terms, Used(fund=D("4000.00")))
    assert (bill.fund, bill.over_cap, bill.limit_before) == (0, D("60.00"), 0)


def test_limit_counted_on_in_scope_money() -> None:
    terms = Terms(ratio=D("0.50"), limit=D("100.00"), by_scope=True)
    bill = settle([a("80.00")], terms, Used(scope=D("60.00")))
    assert (bill.fund, bill.over_cap, bill.scope_used) == (D("20.00"), D("20.00"), D("80.00"))


amounts = st.integers(1, 200_000).map(lambda fens: D(fens).scaleb(-2))
shares = st.sampled_from([D("0"), D("0.05"), D("0.10"), D("0.333333"), D("1")])
grades = st.sampled_from("ABC")


@st.composite
def item(draw: st.DrawFn) -> Item:
    price, count = draw(amounts), D(draw(st.integers(1, 9)))
    ceiling = draw(st.none() | amounts)
    grade, share = draw(grades), draw(shares)
    return Item(grade, price, count, fen(price * count), share, ceiling)


terms_drawn = st.builds(
    Terms,
    pooled=st.booleans(),
    ratio=st.sampled_from([D("0"), D("0.5"), D("0.675"), D("0.6"), D("1")]),
    deductible_kind=st.sampled_from(["none", "annual", "per_visit"]),
    deductible=amounts,
    deductible_year_max=st.none() | amounts,
    first_share_counts=st.booleans(),
    limit=st.none() | amounts,
    by_scope=st.booleans(),
    account_pays_outside=st.booleans(),
    family_allowed=st.booleans(),
    family_pays_outside=st.booleans(),
)
used_drawn = st.builds(Used, deductible=amounts, fund=amounts, scope=amounts)


@given(st.lists(item(), min_size=1, max_size=6), terms_drawn, used_drawn, amounts, amounts)
def test_every_bill_adds_up_and_nothing_is_below_nought(
    items: list[Item], terms: Terms, used: Used, own: Decimal, family: Decimal
) -> None:
    bill = settle(items, terms, used, own=own, family=family)
    assert bill.total == bill.outside + bill.over + bill.first + bill.scope
    assert bill.total == bill.fund + bill.person
    assert bill.person == bill.account + bill.cash
    assert bill.scope == bill.deductible + bill.co_pay + bill.fund + bill.over_cap
    for name in ("fund", "own", "family", "cash", "deductible", "co_pay", "over_cap", "person"):
        assert getattr(bill, name) >= 0, name
    assert bill.own <= own and bill.family <= family
    if terms.limit is not None and terms.pooled and not terms.by_scope:
        assert bill.fund <= max(terms.limit - used.fund, D(0))


@given(item())
def test_every_line_adds_up(one: Item) -> None:
    part = split_item(one)
    assert one.amount == part.outside + part.over + part.first + part.scope
    assert min(part.outside, part.over, part.first, part.scope) >= 0


ROWS = [
    {"settlement": "any", "account": {"covers_self_funded": False}},
    {
        "settlement": "ordinary",
        "valid_from": "2024-01-01",
        "valid_to": "2025-12-31",
        "ratio": {"active": "0.50"},
    },
    {
        "settlement": "ordinary",
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "ratio": {"active": "0.60", "retired": "unknown"},
        "cap": {
            "active": [{"from_age": 0, "amount": "3500.00"}, {"from_age": 45, "amount": "4500.00"}]
        },
    },
]


@pytest.mark.parametrize(
    ("day", "ratio"), [(date(2025, 12, 31), "0.50"), (date(2026, 1, 1), "0.60")]
)
def test_the_row_of_the_day_prevails(day: date, ratio: str) -> None:
    terms = Policy(ROWS).terms("ordinary", day, group="active", birth=None, disease="")
    assert terms.ratio == D(ratio)
    assert terms.account_pays_outside is False


@pytest.mark.parametrize(("birth", "cap"), [("1981-11-23", "3500.00"), ("1981-11-22", "4500.00")])
def test_the_cap_follows_the_age_on_the_day_birthday_counting(birth: str, cap: str) -> None:
    terms = Policy(ROWS).terms(
        "ordinary",
        date(2026, 11, 22),
        group="active",
        birth=date.fromisoformat(birth),
        disease="",
    )
    assert terms.limit == D(cap)


def test_quarters_and_years() -> None:
    assert (quarter(date(2026, 9, 30)), quarter(date(2026, 10, 1))) == ("2026Q3", "2026Q4")
    assert full_years(date(1980, 2, 29), date(2026, 2, 28)) == 45
