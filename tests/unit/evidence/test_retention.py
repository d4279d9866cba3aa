"""The longest rule wins, days are whole, and a missing number deletes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clock import shop_time
from app.domain.evidence import EvidenceKind
from app.domain.retention import RULES, due_from, longest
from app.regions.loader import load_region

KINDS = st.sampled_from(list(EvidenceKind))
TABLES = st.lists(
    st.dictionaries(
        st.sampled_from(["purchase_list", "drug_records", "privacy_records", "purchase_still"]),
        st.integers(0, 20_000),
    ),
    max_size=4,
)
MOMENTS = st.integers(0, 20 * 365 * 86_400).map(
    lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def test_every_kind_has_its_rule() -> None:
    assert set(RULES) == set(EvidenceKind)
    assert all(rule.keys for rule in RULES.values())


@pytest.mark.rule("HY-1.5.2b")
def test_five_years_of_drug_records_win_over_two_of_purchase_lists() -> None:
    told = longest(EvidenceKind.SIGNATURE, {"purchase_list": 730, "drug_records": 1825})
    assert (told.rule, told.days) == ("drug_records", 1825)


def test_a_stricter_settlement_type_wins_over_a_laxer_one() -> None:
    told = longest(
        EvidenceKind.PROXY_STILL, {"purchase_list": 730}, {"purchase_list": 900}, {"video": 9999}
    )
    assert (told.rule, told.days) == ("purchase_list", 900)


def test_a_proxys_picture_lasts_as_long_as_the_purchase_still_that_it_stands_for() -> None:
    said = {"purchase_list": 730, "purchase_still": 1000}
    assert longest(EvidenceKind.PROXY_STILL, said).days == 1000
    assert longest(EvidenceKind.PROXY_STILL, {"purchase_list": 730}).is_known


@given(KINDS, TABLES)
def test_no_rule_of_the_kind_is_longer_than_the_one_that_wins(kind, tables) -> None:
    told = longest(kind, *tables)
    said = [(key, days) for table in tables for key, days in table.items()]
    for key in RULES[kind].keys:
        named = [days for other, days in said if other == key]
        assert (key in told.missing) == (not named)
        assert told.missing or max(named) <= told.days
    if told.is_known:
        assert (told.rule, told.days) in said


@given(KINDS, TABLES, MOMENTS)
def test_nothing_is_due_before_its_last_day_is_over_in_the_shop(kind, tables, begun) -> None:
    told = longest(kind, *tables)
    due = due_from(told, begun)
    if not told.is_known:
        assert due is None
        return
    assert due is not None
    assert due - begun > timedelta(days=told.days)
    assert due - begun <= timedelta(days=told.days + 1)
    assert shop_time(due).date() == shop_time(begun).date() + timedelta(days=told.days + 1)
    assert (shop_time(due).hour, shop_time(due).minute) == (0, 0)


def test_a_clock_that_has_not_begun_is_never_due() -> None:
    assert due_from(longest(EvidenceKind.CONSENT, {"privacy_records": 0}), None) is None


@pytest.mark.parametrize("code", ["CN-130100", "CN-210100", "CN-420700", "CN-460200", "CN-999900"])
def test_the_packs_that_ship_name_the_periods_of_papers(code: str) -> None:
    region = load_region(code, practice=True)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    said = region.policy_on("self_paid", now).store.retention_days
    for kind in set(EvidenceKind) - {EvidenceKind.PURCHASE_STILL}:
        assert longest(kind, said).is_known, kind


def test_the_period_of_a_purchase_still_is_unknown_where_the_paper_names_none() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    real = load_region("CN-430421", practice=False).policy_on("special", now)
    told = longest(EvidenceKind.PURCHASE_STILL, real.store.retention_days)
    assert told.missing == ("purchase_still",)
    practice = load_region("CN-430421", practice=True).policy_on("special", now)
    assert longest(EvidenceKind.PURCHASE_STILL, practice.store.retention_days).is_known
