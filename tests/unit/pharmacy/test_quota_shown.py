"""The quota of a special disease before anybody pays, and over the end of a quarter (E17)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.money import Money
from app.use_cases.estimate_basket import estimate_basket
from app.use_cases.quota import QuotaView, quota_of
from tests.fakes.practice_till import PracticeTill, practice_till
from ui.practice import open_the_day

BEFORE = datetime(2026, 12, 31, 15, 50, tzinfo=UTC)
"""Ten minutes to midnight in the shop's zone."""
AFTER = datetime(2026, 12, 31, 16, 10, tzinfo=UTC)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path / "till")


@pytest.mark.rule("HY-3.6a")
def test_what_is_left_is_known_before_anybody_pays(till: PracticeTill) -> None:
    till.clock.set(BEFORE)
    patient = till.patient("chronic_quota_low")
    assert quota_of(till.doors, patient) == QuotaView(
        Money.of("30.00"), Money.of("480.00"), "quarter", "2026Q4"
    )
    assert quota_of(till.doors, replace(patient, disease_code="")) is None
    assert quota_of(till.doors, replace(patient, counters_known=False)) is None
    assert quota_of(till.doors, None) is None


@pytest.mark.rule("HY-3.6a")
def test_who_stands_at_the_counter_when_the_quarter_ends_has_the_new_one_and_nothing_of_the_old(
    till: PracticeTill,
) -> None:
    till.clock.set(BEFORE)
    open_the_day(till.doors)
    patient = till.patient("chronic_quota_low")
    sale = till.basket((till.medicine("P0022"), 2))
    assert estimate_basket(till.doors, sale, patient).quota == quota_of(till.doors, patient)
    till.clock.set(AFTER)
    told = quota_of(till.doors, patient)
    assert told == QuotaView(Money.of("480.00"), Money.of("480.00"), "quarter", "2027Q1"), (
        "480, not 510"
    )
    assert quota_of(till.doors, till.patient("chronic_quota_low")) == told
