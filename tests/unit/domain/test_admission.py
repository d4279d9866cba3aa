"""Conditions of admission: the packs' own, in every area of the seeds; windows by the calendar."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.admission import (
    CONDITIONS,
    FIGURES,
    Entry,
    Source,
    Verdict,
    after_months,
    clear_on,
    counting,
    judged,
    months_between,
)
from app.regions.loader import load_region
from app.use_cases.admission_figures import FIGURE_OF

SEEDS = ("CN-130100", "CN-210000", "CN-420700", "CN-460200", "CN-430421")
DAYS = st.dates(date(2000, 1, 31), date(2090, 1, 1))


@pytest.mark.rule("SY-2")
@pytest.mark.parametrize("code", SEEDS)
def test_an_areas_conditions_are_known_and_none_has_a_figure_of_our_own(code):
    region = load_region(code, practice=False)
    asked = set()
    for kind in region.settlements:
        for row in region.intervals[kind]:
            names = row.get("admission.asks", [])
            asked |= set(names)
            figures = {FIGURES[one] for one in names if one in FIGURES}
            needs = {key: row.get(key, "unknown") for key in figures}
            # What the pack leaves open is told and held against nothing.
            policy = region.policy_on(kind, datetime(2026, 11, 23, tzinfo=UTC))
            for key, value in needs.items():
                if key == "admission.clean_years":
                    assert policy.store.admission_years == (None if value == "unknown" else value)
                if key == "indicators.catalogue_share" and value == "unknown":
                    assert "catalogue_share" not in policy.store.indicators
    assert asked and asked <= set(CONDITIONS)


@pytest.mark.rule("SY-2")
@given(have=st.integers(0, 50), need=st.none() | st.integers(0, 50))
def test_nothing_is_stricter_than_the_figure(have, need):
    verdict = judged(have, need)
    assert (verdict is Verdict.LACKING) == (need is not None and have < need)
    assert (verdict is Verdict.TOLD) == (need is None)


def test_who_answers_what_is_whole():
    of_books = {name for name, one in CONDITIONS.items() if one.source is Source.BOOKS}
    assert of_books == set(FIGURE_OF) and set(FIGURES) <= of_books


@pytest.mark.rule("HY-1.1.1")
@given(begins=DAYS, months=st.integers(0, 60))
def test_so_many_months_are_full_on_their_day_and_not_before(begins, months):
    full = after_months(begins, months)
    assert months_between(begins, full) >= months
    if full > begins:
        before = date.fromordinal(full.toordinal() - 1)
        assert months_between(begins, before) < months


@pytest.mark.rule("LN-2.4b", "HY-1.1.1")
@given(begins=DAYS, day=DAYS, years=st.integers(1, 5))
def test_an_entry_counts_from_its_day_until_its_years_are_over(begins, day, years):
    entry = Entry(begins, None, "练习")
    assert bool(counting([entry], years, day)) == (begins <= day < clear_on(entry, years))
