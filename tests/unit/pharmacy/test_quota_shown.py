"""The quota of a special disease before anybody pays, and over the end of a quarter (E17)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.insurance import Counter
from app.domain.money import Money
from app.use_cases.estimate_basket import estimate_basket
from app.use_cases.quota import QuotaView, quota_of, quotas_told
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


@pytest.mark.rule("HY-3.6a")
@pytest.mark.parametrize(("packs", "over"), [(2, ""), (3, "6.68")])
def test_what_is_above_the_quota_is_a_warning_beside_the_basket(
    till: PracticeTill, packs: int, over: str
) -> None:
    patient = till.patient("chronic_quota_low")
    drug = till.medicine("P0022")
    said = estimate_basket(till.doors, till.prescribe(till.basket((drug, packs))), patient)
    told = [one for one in said.notes if one.code == "OVER_QUOTA"]
    assert [(one.severity, str(one.params["over"])) for one in told] == (
        [("warn", over)] if over else []
    )


@pytest.mark.rule("HY-3.6a")
@pytest.mark.parametrize(
    ("rows", "used"),
    [
        ([("2026", "202611", "10.00")], "10.00"),
        ([("2026", "202610", "10.00"), ("2026", "202611", "30.00")], "30.00"),
        ([("2026", "202611", "30.00"), ("2026", "202610", "10.00")], "30.00"),
        ([("2026", "202610", "10.00"), ("2026", "202609", "470.00")], "10.00"),
        ([("2026", "202609", "470.00")], None),
        ([("2025", "202511", "470.00")], None),
        ([("2026", "", "10.00")], "10.00"),
        ([("2025", "", "470.00")], None),
    ],
)
def test_of_several_rows_of_a_disease_the_newest_of_this_quarter_counts(
    till: PracticeTill, rows: list[tuple[str, str, str]], used: str | None
) -> None:
    row = till.patient("chronic_quota_low").row
    assert row is not None
    told = [
        Counter(row.insutype, year, month, "Q_M01600", Money.of(value))
        for year, month, value in rows
    ]
    told.append(Counter("390", "2026", "202611", "Q_M01600", Money.of("99.00")))
    expected = {} if used is None else {"M01600": Money.of(used)}
    assert quotas_told(till.doors, told, row) == expected
