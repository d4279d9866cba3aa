"""Time in the shop's zone, ages, the lock that grows, rights by role, rows and identities."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clock import BusinessDay, age_on, from_micros, micros, quarter_of, require_aware
from app.domain.insurance import FundSplit, InsuranceRow
from app.domain.money import ZERO, Money
from app.domain.staff import FREE_TRIES, RIGHTS, Right, Role, Staff, lock_after
from app.errors import BadValue


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(BadValue):
        require_aware(datetime(2026, 11, 22))  # noqa: DTZ001 - naive on purpose


@given(st.integers(0, 2**52))
def test_moments_survive_the_books(since: int) -> None:
    moment = datetime(1971, 1, 1, tzinfo=UTC) + timedelta(microseconds=since)
    assert from_micros(micros(moment)) == moment


def test_the_business_day_is_the_shops() -> None:
    assert str(BusinessDay.of(datetime(2026, 11, 21, 16, 0, tzinfo=UTC))) == "2026-11-22"


@pytest.mark.rule("HY-3.6a")
def test_a_quarter_ends_at_midnight_in_the_shop() -> None:
    last = datetime(2026, 9, 30, 15, 59, tzinfo=UTC)
    assert quarter_of(last) == "2026Q3"
    assert quarter_of(last + timedelta(minutes=1)) == "2026Q4"


@pytest.mark.parametrize(("day", "age"), [(21, 44), (22, 45), (23, 45)])
def test_the_birthday_counts(day: int, age: int) -> None:
    moment = datetime(2026, 11, day, 4, 0, tzinfo=UTC)
    assert age_on(date(1981, 11, 22), moment) == age


@given(st.integers(0, 200))
def test_the_lock_grows_and_ends(wrong: int) -> None:
    assert lock_after(wrong) <= lock_after(wrong + 1) <= timedelta(hours=1)
    assert (lock_after(wrong) == timedelta(0)) == (wrong < FREE_TRIES)


def test_rights_follow_the_role_and_end_with_it() -> None:
    cashier = Staff("1", "1001", "练习", Role.CASHIER)
    assert cashier.may(Right.SELL)
    assert not cashier.may(Right.CHANGE_PRICE)
    assert not Staff("1", "1001", "练习", Role.ADMINISTRATOR, active=False).may(Right.SELL)
    assert set(RIGHTS) == set(Role)


def test_an_inspector_may_look_and_nothing_else() -> None:
    assert RIGHTS[Role.INSPECTOR] == {Right.INSPECT}
    may_look = {role for role in Role if Right.INSPECT in RIGHTS[role]}
    assert may_look == {Role.INSPECTOR, Role.MANAGER, Role.ADMINISTRATOR}


@pytest.mark.parametrize(
    ("insutype", "kind", "wanted"),
    [
        ("310", "11", "active"),
        ("310", "1101", "active"),
        ("310", "1112", "retired"),
        ("310", "12", "retired"),
        ("310", "126013", "retired"),
        ("310", "1302", "retired"),
        ("390", "15", "resident"),
        ("390", "1404", "resident"),
        ("39999", "99", "resident"),
    ],
)
@pytest.mark.rule("EZ-2a")
def test_the_category_is_read_by_prefix(insutype: str, kind: str, wanted: str) -> None:
    assert InsuranceRow(insutype, kind, "1", "999900", ZERO).category() == wanted


def a_split(**changed: Money) -> FundSplit:
    amounts = {
        "total": Money.of("120"),
        "fund": Money.of("48.15"),
        "personal": Money.of("71.85"),
        "account": Money.of("60"),
        "cash": Money.of("11.85"),
        "self_funded": Money.of("15"),
        "first_self_pay": Money.of("8.70"),
        "in_scope": Money.of("96.30"),
    }
    return FundSplit(**{**amounts, **changed})


@pytest.mark.rule("S-01")
def test_the_printed_identities_hold_and_are_named_when_they_do_not() -> None:
    assert a_split().broken_identities() == ()
    assert a_split(fund=Money.of("48.14")).broken_identities() == ("6.2-1",)
    assert a_split(cash=Money.of("11.84")).broken_identities() == ("6.2-2",)
    assert a_split(in_scope=Money.of("96.31")).broken_identities() == ("6.2-4",)


def test_a_cancel_answers_the_negated_original() -> None:
    settled = a_split()
    negated = FundSplit(-settled.total, -settled.fund, -settled.personal, -settled.account,
                        -settled.cash)  # fmt: skip
    assert negated.is_negation_of(settled)
    assert not settled.is_negation_of(settled)
