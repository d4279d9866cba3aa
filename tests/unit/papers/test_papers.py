"""Working days, fractions, papers: the rules behind the page of papers and the board."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.indicators import Fraction, Mark, Standing, fractions_of, lowered_by
from app.domain.money import Money, Rate
from app.domain.papers import Claim, PaperKind, PaperState, StorePaper, state_of
from app.errors import BadFile, BadValue
from app.use_cases.holidays import load_calendar
from tests.fakes.builders import a_medicine

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TARGETS = {
    "catalogue_share": Rate.of("0.70"),
    "disease_range_in_stock": Rate.of("0.90"),
    "therapeutic_share": Rate.of("0.95"),
}
NONE = Rate(0)


def paper(kind=PaperKind.AGREEMENT, begins=date(2026, 1, 1), ends=date(2026, 12, 31), **more):
    values = {"id": "p1", "title": "练习协议", "at": NOW, "by": "staff-1"}
    return StorePaper(kind=kind, begins=begins, ends=ends, **(values | more))


@pytest.mark.rule("LN-3.4a")
def test_a_claim_is_due_after_thirty_working_days_of_the_official_calendar():
    calendar = load_calendar()
    # By hand: 29-30 September (2), 8-10 October with the Saturday that is worked (5), then weeks.
    assert calendar.after(date(2026, 9, 28), 30) == date(2026, 11, 13)
    assert not calendar.works(date(2026, 10, 1)) and calendar.works(date(2026, 10, 10))
    assert not calendar.works(date(2026, 2, 16)) and calendar.works(date(2026, 2, 14))
    assert calendar.left(date(2026, 11, 13), date(2026, 11, 13)) == 0
    assert calendar.left(date(2026, 11, 16), date(2026, 11, 13)) == -1
    # A year that nobody knows is counted by weekdays, and that is said.
    assert calendar.unknown(date(2026, 12, 1), date(2027, 1, 8)) == (2027,)
    assert calendar.after(date(2026, 12, 31), 1) == date(2027, 1, 1)


def test_a_shop_writes_a_year_itself_and_a_wrong_file_is_refused(tmp_path: Path):
    own = tmp_path / "holidays.toml"
    own.write_text(
        '[[year]]\nyear = 2027\nsource = "本店"\noff = [[2027-01-01, 2027-01-03]]\nwork = []\n'
    )
    assert load_calendar(tmp_path).after(date(2026, 12, 31), 1) == date(2027, 1, 4)
    for wrong in ("year", "[[year]]\nyear = 2027\n", own.read_text().replace("01-03", "99-99"),
                  own.read_text().replace("2027-01-03", "2027-12-31"),
                  own.read_text().replace("work = []", "work = [2027-01-02]")):  # fmt: skip
        own.write_text(wrong)
        with pytest.raises(BadFile):
            load_calendar(tmp_path)


@given(st.dates(date(2025, 1, 1), date(2026, 10, 1)), st.integers(1, 60))
def test_between_start_and_due_lie_exactly_so_many_working_days(start, days):
    calendar = load_calendar()
    due = calendar.after(start, days)
    assert calendar.works(due)
    assert calendar.left(start, due) == days


@pytest.mark.rule("SJZ-A.2", "HY-1.5.7")
def test_an_agreement_warns_before_its_end_and_is_over_after_it():
    days = (60, 30, 7)
    one = paper()
    assert state_of(one, date(2026, 11, 1), days, False) is PaperState.ENDS
    assert state_of(one, date(2026, 10, 1), days, False) is PaperState.GOOD
    assert state_of(one, date(2027, 1, 1), days, False) is PaperState.OVER
    assert state_of(one, date(2027, 1, 1), days, True) is PaperState.REPLACED
    assert state_of(one, date(2025, 12, 31), days, False) is PaperState.COMING
    with pytest.raises(BadValue):
        paper(ends=date(2025, 1, 1))
    with pytest.raises(BadValue):
        paper(title=" ")


@pytest.mark.rule("LN-2.4b")
def test_a_penalty_counts_for_three_years():
    one = paper(PaperKind.SANCTION, begins=date(2024, 2, 29), ends=None)
    assert one.holds(date(2027, 3, 1)) and not one.holds(date(2027, 3, 2))
    assert state_of(one, date(2026, 11, 22), (), False) is PaperState.ACTIVE
    assert state_of(one, date(2027, 3, 2), (), False) is PaperState.PAST


def test_what_is_missing_of_a_claim_stays_visible():
    values = {
        "id": "c",
        "title": "练习申领",
        "submitted_on": date(2026, 9, 28),
        "at": NOW,
        "by": "s",
    }
    paid = Claim(amount=Money(1000), paid_on=date(2026, 10, 1), paid=Money(900), **values)
    assert paid.short == Money(100)
    assert Claim(amount=Money(1000), **values).short == Money(0)
    with pytest.raises(BadValue):
        Claim(amount=Money(0), **values)


@pytest.mark.rule("LN-2.3a", "HY-1.1.5", "HY-1.5.3")
def test_the_three_fractions_and_what_would_lift_them():
    drugs = [
        a_medicine(1, diseases=("M1",)), a_medicine(2, diseases=("M1", "M2")),
        a_medicine(3, insurance_class="C"), a_medicine(4),
        a_medicine(5, sale_class="none", insurance_class=""), a_medicine(6, diseases=("M2",)),
    ]  # fmt: skip
    ids = [one.id for one in drugs]
    marks = {ids[3]: {Mark.IN_ZONE}, ids[0]: {Mark.AUXILIARY}}
    found = fractions_of(drugs, ids[:5], marks, TARGETS)
    assert (found.catalogue.part, found.catalogue.whole) == (3, 4)  # no gauze among drugs
    assert found.catalogue.standing(NONE) is Standing.REACHED
    assert found.catalogue.standing(Rate.of("0.06")) is Standing.CLOSE
    assert (found.diseases.part, found.diseases.whole) == (2, 3)
    assert [(one.disease, one.part, one.whole) for one in found.by_disease] == [
        ("M1", 2, 2), ("M2", 1, 2),
    ]  # fmt: skip
    assert found.diseases.standing(NONE) is Standing.BELOW and found.diseases.lacking(grows=False)
    assert [one.standing(NONE) for one in found.by_disease] == [Standing.REACHED, Standing.BELOW]
    assert found.missing == (ids[5],) and found.outside == (ids[2],)
    assert (found.therapeutic.part, found.therapeutic.whole) == (1, 3)
    assert set(found.not_treating) == {ids[0], ids[3]}
    # One further drug outside the catalogue would push 3/4 below 70 %.
    ((old, after),) = lowered_by(found, [a_medicine(7, insurance_class="C")], marks)
    assert (old.part, old.whole, after.part, after.whole) == (3, 4, 3, 5)
    assert lowered_by(found, [a_medicine(8)], marks) == ()


@pytest.mark.rule("HY-1.5.3")
def test_an_auxiliary_drug_for_the_zone_lowers_the_share_that_treats():
    treating, new = a_medicine(1, diseases=("M1",)), a_medicine(2)
    found = fractions_of([treating], [treating.id], {}, TARGETS)
    assert found.therapeutic.standing(NONE) is Standing.REACHED
    for said, lowers in (
        ({Mark.IN_ZONE, Mark.AUXILIARY}, True),
        ({Mark.IN_ZONE}, True),  # what nobody classed does not count as treating
        ({Mark.IN_ZONE, Mark.THERAPEUTIC}, False),
        ({Mark.AUXILIARY}, False),
    ):
        told = lowered_by(found, [new], {new.id: said})
        assert [(old.name, old.part, after.whole) for old, after in told] == (
            [("therapeutic_share", 1, 2)] if lowers else []
        )


@given(st.integers(0, 400), st.integers(1, 400), st.integers(1, 999_999), st.booleans())
def test_so_many_more_reach_the_target_and_one_fewer_does_not(part, rest, ppm, grows):
    one = Fraction("x", part, part + rest, Rate(ppm))
    more = one.lacking(grows=grows)
    reached = one.with_more(more, more if grows else 0)
    assert reached.standing(NONE) in (Standing.REACHED, Standing.CLOSE)
    if more:
        short = one.with_more(more - 1, more - 1 if grows else 0)
        assert short.standing(NONE) is Standing.BELOW
