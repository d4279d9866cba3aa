"""A store that stops being designated: two days, the gap between them, and who has moved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.delisting import UNTIL_TRANSITION_END, Delisting, Standing
from app.domain.insurance import ChosenStore
from app.domain.policy import Policy
from app.errors import BadValue, NotAllowed, RuleBroken
from app.use_cases.delisting import chosen_elsewhere, delisting_view, set_delisting
from app.use_cases.duty import refresh_counter
from app.use_cases.estimate_basket import estimate_basket
from app.use_cases.quote_sale import quote_sale
from app.use_cases.views import Patient
from tests.fakes.practice_till import PracticeTill, practice_till
from tests.unit.pharmacy.test_duty import MANAGER
from ui.practice import open_the_day

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    for made in practice_till(tmp_path / "till"):
        with made.doors.uow() as uow:
            uow.staff.add(MANAGER.staff, "")
            uow.commit()
        yield made


def codes(till: PracticeTill, patient: Patient) -> list[str]:
    """The findings of a quote of one drug."""
    open_the_day(till.doors)
    sale = till.basket((till.medicine("P0011"), 1))
    till.prescribe(sale)
    try:
        notes = quote_sale(till.doors, sale.id, patient, "0", till.operator).notes
    except RuleBroken as refused:
        return [finding.message_id.removeprefix("finding.") for finding in refused.findings]  # type: ignore[attr-defined]
    return [note.message_id.removeprefix("finding.") for note in notes]


def today(till: PracticeTill) -> date:
    return till.clock.now().date()


def around(day: date, before: int, after: int) -> Delisting:
    return Delisting(day + timedelta(days=before), day + timedelta(days=after))


@pytest.mark.rule("HY-3.5")
@given(DAYS, st.integers(1, 60), DAYS)
def test_every_day_has_one_standing_and_it_only_goes_on(end: date, gap: int, day: date) -> None:
    record = Delisting(end, end + timedelta(days=gap))
    standing, order = record.standing(day), list(Standing)
    assert order.index(standing) <= order.index(record.standing(day + timedelta(days=1)))
    assert (standing is Standing.LEAVING) == (day <= end)
    assert (standing is Standing.DELISTED) == (day >= end + timedelta(days=gap))
    assert record.blocks(day, UNTIL_TRANSITION_END) == (day > end)
    assert record.blocks(day, None) == record.blocks(day, "until_delist_date") == (
        day >= end + timedelta(days=gap)
    )  # fmt: skip


def test_the_transition_ends_before_the_cancellation() -> None:
    with pytest.raises(BadValue):
        Delisting(date(2027, 1, 1), date(2027, 1, 1))


@pytest.mark.rule("HY-3.5")
def test_the_managers_two_days_are_kept_with_who_and_when_and_may_be_taken_back(
    till: PracticeTill,
) -> None:
    assert delisting_view(till.doors, MANAGER).record is None
    record = Delisting(date(2026, 12, 31), date(2027, 1, 4))
    seen = set_delisting(till.doors, record, MANAGER)
    assert (seen.record, seen.standing) == (record, Standing.LEAVING)
    assert seen.by == MANAGER.staff.name and seen.at == till.clock.now()
    assert delisting_view(till.doors, MANAGER) == seen
    assert set_delisting(till.doors, None, MANAGER).record is None
    with till.doors.uow() as uow:
        back, first = [one for one in uow.log.tail(9) if one.act == "store.delisting"]
    assert first.actor == back.actor == MANAGER.staff.id
    wrote, took = json.loads(first.entry), json.loads(back.entry)
    assert (wrote["transition_end"], wrote["delist_date"]) == ("2026-12-31", "2027-01-04")
    assert (took["delist_date"], took["before_delist_date"]) == ("", "2027-01-04")
    with pytest.raises(NotAllowed):
        set_delisting(till.doors, record, till.operator)


@pytest.mark.rule("HY-1.3", "HY-3.5", "LN-3.3", "EZ-1")
def test_a_sale_through_the_transition_the_gap_and_the_end(till: PracticeTill) -> None:
    patient, day = till.patient("active_met"), today(till)
    assert codes(till, patient) == []
    for record, told in (
        (around(day, 0, 4), ["STORE_LEAVES"]),
        (around(day, -1, 3), []),
        (around(day, -3, 0), ["STORE_NOT_OPEN_delisted"]),
    ):
        set_delisting(till.doors, record, MANAGER)
        assert codes(till, patient) == told, record


@pytest.mark.rule("HY-1.3")
def test_the_live_estimate_tells_it_before_the_quote_and_cash_goes_on(till: PracticeTill) -> None:
    patient = till.patient("active_met")
    set_delisting(till.doors, around(today(till), -3, 0), MANAGER)
    open_the_day(till.doors)
    sale = till.prescribe(till.basket((till.medicine("P0011"), 1)))
    refresh_counter(till.doors)

    def told(who: Patient | None) -> list[str]:
        return [note.message_id for note in estimate_basket(till.doors, sale, who).notes]

    assert "finding.STORE_NOT_OPEN_delisted" in told(patient)
    assert "finding.STORE_NOT_OPEN_delisted" not in told(None)


@pytest.mark.rule("HY-3.5")
def test_who_moved_away_settles_at_the_new_store(till: PracticeTill) -> None:
    assert till.patient("chronic").chosen is None, "nobody asks where it does not matter"
    set_delisting(till.doors, around(today(till), 5, 9), MANAGER)
    patient = till.patient("chronic")
    assert patient.chosen and patient.chosen[0].begins <= today(till)
    here = ChosenStore(till.doors.shop.institution_code, "", date(2026, 1, 1))
    there = replace(here, institution="P99990000099")
    assert codes(till, replace(patient, chosen=(here,))) == ["STORE_LEAVES"]
    assert "BOUND_ELSEWHERE_moved" in codes(till, replace(patient, chosen=(there,)))


def bound(till: PracticeTill) -> None:
    """From now on whoever is settled by the fund must have chosen this store."""
    real = till.doors.policy_on

    def asked(kind: str, at: datetime) -> Policy:
        policy = real(kind, at)
        return replace(policy, person=replace(policy.person, binding_required=True))

    till.doors = replace(till.doors, policy_on=asked)


@pytest.mark.rule("HY-3.5")
def test_where_binding_is_required_only_ones_own_store_settles(till: PracticeTill) -> None:
    assert till.patient("active_met").chosen is None, "nobody asks where nothing is bound"
    assert codes(till, till.patient("active_met")) == []
    bound(till)
    patient = till.patient("active_met")
    assert patient.chosen == (), "the platform was asked, and names none"
    here = ChosenStore(till.doors.shop.institution_code, "", date(2026, 1, 1))
    there, over = replace(here, institution="P9"), replace(here, ends=date(2026, 11, 21))
    for chosen, told in (
        ((here,), []),
        ((there, here), []),
        ((there,), ["BOUND_ELSEWHERE"]),
        ((), ["BOUND_ELSEWHERE_none"]),
        ((over,), ["BOUND_ELSEWHERE_none"]),
        (None, ["BOUND_ELSEWHERE_unknown"]),
    ):
        assert codes(till, replace(patient, chosen=chosen)) == told, chosen


@pytest.mark.rule("HY-3.5")
def test_a_question_about_the_own_store_without_an_answer_is_no_yes(till: PracticeTill) -> None:
    bound(till)
    till.fault(kind="not_arrived", infno=["5302"])
    patient = till.patient("active_met")
    assert patient.chosen is None
    assert codes(till, patient) == ["BOUND_ELSEWHERE_unknown"]


@pytest.mark.parametrize(
    ("chosen", "elsewhere"),
    [
        (None, False),
        ((), False),
        ((ChosenStore("P2", "310", date(2026, 1, 1)),), True),
        ((ChosenStore("P2", "390", date(2026, 1, 1)),), False),
        ((ChosenStore("P2", "", date(2027, 1, 1)),), False),
        ((ChosenStore("P2", "", date(2026, 1, 1), date(2026, 11, 21)),), False),
        (
            (
                ChosenStore("P2", "310", date(2026, 1, 1)),
                ChosenStore("P1", "310", date(2026, 1, 1)),
            ),
            False,
        ),
    ],
)
def test_only_what_holds_today_for_this_insurance_counts(
    chosen: tuple[ChosenStore, ...] | None, elsewhere: bool
) -> None:
    day = datetime(2026, 11, 22, 2, tzinfo=UTC).date()
    assert chosen_elsewhere(chosen, "P1", "310", day) is elsewhere
