"""Days of supply and packs of ephedrine: exact, from the sheet's own numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import Money, Quantity
from app.domain.rx_case import BoughtBefore, RxLine
from app.domain.rx_supply import (
    Content,
    content_of,
    days_left,
    ephedrine_packs,
    line_days,
    reckoned_days,
    supply_days,
)
from app.use_cases.clinical_rules import shipped_rules

OFTEN = shipped_rules().frequencies
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def a_line(**changes: Any) -> RxLine:
    values: dict[str, Any] = {
        "no": 1, "generic_name": "练习降压片", "form": "片剂", "spec": "5mg*28片",
        "quantity": Quantity.of(1), "unit": "盒", "dose": "5", "dose_unit": "mg",
        "frequency_code": "11", "days": "28",
    }  # fmt: skip
    return RxLine(**(values | changes))


def bought(**changes: Any) -> BoughtBefore:
    values: dict[str, Any] = {
        "sale_id": "s", "at": NOON, "medicine_id": "m", "name": "练习片", "generic_name": "练习片",
        "national_code": "", "quantity": Quantity.of(1), "unit": "盒", "amount": Money(100),
    }  # fmt: skip
    return BoughtBefore(**(values | changes))


@pytest.mark.parametrize(
    ("spec", "content"),
    [
        ("0.25g*24粒", Content(Fraction(24), "粒", Fraction(1, 4), "g")),
        ("5mg×28片", Content(Fraction(28), "片", Fraction(5), "mg")),
        ("１２片", Content(Fraction(12), "片")),
        ("9g*9袋", Content(Fraction(9), "袋", Fraction(9), "g")),
        ("100ml:0.6g", Content(Fraction(100), "ml", Fraction(6, 1000), "g")),
        ("3ml:300单位", Content(Fraction(3), "ml", Fraction(100), "单位")),
        ("18ug*10粒", Content(Fraction(10), "粒", Fraction(18), "ug")),
        ("50ug/250ug*60吸", None),
        ("0片", None),
        ("适量", None),
        ("", None),
    ],
)
def test_what_a_pack_holds(spec: str, content: Content | None) -> None:
    assert content_of(spec) == content


@pytest.mark.rule("LN-4.2b", "EZ-5a")
@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({}, Fraction(28)),
        ({"quantity": Quantity.of(3)}, Fraction(84)),
        ({"dose": "0.01", "dose_unit": "g"}, Fraction(14)),
        ({"dose": "1", "dose_unit": "片", "frequency_code": "13"}, Fraction(28, 3)),
        ({"unit": "片", "quantity": Quantity.of(21), "frequency_code": "", "frequency": "每日3次"},
         Fraction(7)),
        ({"dose": "2", "dose_unit": "盒", "frequency_code": "21"}, Fraction(7, 2)),
        ({"spec": "100ml:0.6g", "unit": "瓶", "dose": "10", "dose_unit": "毫升",
          "frequency_code": "12"}, Fraction(5)),
        ({"spec": "100ml:0.6g", "unit": "瓶", "dose": "30", "frequency_code": "12"}, Fraction(10)),
    ],
)  # fmt: skip
def test_days_are_reckoned_exactly(changes: dict[str, Any], days: Fraction) -> None:
    assert reckoned_days(a_line(**changes), OFTEN) == days


@pytest.mark.parametrize(
    "changes",
    [
        {"dose": ""}, {"dose": "适量"}, {"dose": "0"}, {"dose_unit": "ml"}, {"spec": ""},
        {"frequency_code": "62"}, {"frequency_code": "", "frequency": "必要时"},
        {"unit": "g"}, {"spec": "28片", "dose": "5", "dose_unit": "mg"},
    ],
)  # fmt: skip
def test_what_the_sheet_leaves_open_is_not_guessed(changes: dict[str, Any]) -> None:
    assert reckoned_days(a_line(**changes), OFTEN) is None
    assert line_days(a_line(**changes), OFTEN) == 28


def test_a_pack_is_not_broken_open_and_a_second_one_counts() -> None:
    """21 pills are a week; the pack holds 28. Two packs are more than a week in earnest."""
    week = a_line(frequency_code="13", days="7", dose="1", dose_unit="片")
    assert line_days(week, OFTEN) == 7
    two = a_line(frequency_code="13", days="7", dose="1", dose_unit="片", quantity=Quantity.of(2))
    assert line_days(two, OFTEN) == Fraction(56, 3)


@pytest.mark.rule("HY-1.5.2a")
def test_what_is_handed_out_counts_and_not_what_was_written() -> None:
    lines = (a_line(quantity=Quantity.of(4)), a_line(no=2, dose="", days="90"))
    assert supply_days(lines, OFTEN) == 112
    assert supply_days(lines, OFTEN, {1: Quantity.of(3)}) == 84
    half = {2: Quantity.of("0.5")}
    assert supply_days(lines, OFTEN, half) == 45


@given(
    packs=st.integers(1, 40),
    pills=st.integers(1, 200),
    dose=st.integers(1, 6),
    code=st.sampled_from(["11", "12", "13", "14", "21", "42"]),
)
def test_supply_is_packs_times_pills_by_the_daily_dose(
    packs: int, pills: int, dose: int, code: str
) -> None:
    line = a_line(
        spec=f"5mg*{pills}片", quantity=Quantity.of(packs), dose=str(dose), dose_unit="片",
        frequency_code=code, days="",
    )  # fmt: skip
    days = supply_days([line], OFTEN)
    assert days is not None
    assert days * dose * OFTEN[code] == packs * pills


@given(st.integers(1, 400), st.integers(1, 400))
def test_more_never_lasts_shorter(one: int, other: int) -> None:
    less, more = sorted((one, other))
    line = a_line(quantity=Quantity.of(400), days="")
    first = supply_days([line], OFTEN, {1: Quantity.of(less)})
    second = supply_days([line], OFTEN, {1: Quantity.of(more)})
    assert first is not None
    assert second is not None
    assert first <= second


@pytest.mark.rule("HY-1.5.2a", "LN-4.3b")
def test_days_left_of_the_latest_supply() -> None:
    before = [
        bought(at=NOON - timedelta(days=20), supply_days=28),
        bought(at=NOON - timedelta(days=90), supply_days=84),
        bought(at=NOON, generic_name="另一种", supply_days=30),
        bought(at=NOON, supply_days=0),
    ]
    assert days_left(before, "练习片", NOON) == 8
    assert days_left(before, "没买过", NOON) == 0
    assert days_left(before, "", NOON) == 0


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 3 * 10**4), st.booleans()), max_size=12)
)
def test_ephedrine_is_counted_by_day_and_window(had: list[tuple[int, int, bool]]) -> None:
    history = [
        bought(at=NOON - timedelta(days=days), quantity=Quantity(many), ephedrine=is_one)
        for days, many, is_one in had
    ]
    whole = dict.fromkeys(range(21), 0)
    for days, many, is_one in had:
        whole[days] += -(-many // 10**4) if is_one else 0
    today, window = ephedrine_packs(history, NOON, 7)
    assert today == whole[0]
    assert window == sum(whole[days] for days in range(7))


def test_the_day_is_the_shops() -> None:
    late = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)  # half past midnight in the shop
    assert ephedrine_packs([bought(at=late, ephedrine=True)], NOON, 1) == (1, 1)
    assert ephedrine_packs([bought(at=late, ephedrine=True)], NOON + timedelta(days=1), 1) == (0, 0)
