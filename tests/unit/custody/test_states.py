"""The life of a held card as a table, and that no walk along it uses one without a consent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.custody import (
    CUSTODY,
    OPEN,
    PENDING,
    CustodyCause,
    CustodyEvent,
    CustodyState,
    HeldCard,
    Holder,
)
from app.domain.custody_use import CardUse, CustodyGap, GapEnd, GapKind, UseWay, new_use, obstacle
from app.domain.held_facts import Obstacle
from app.errors import BadValue, IllegalTransition

rule = pytest.mark.rule

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
HOLDER = Holder("练习留存甲", "999900195001010011", "LX900001")
CARD = HeldCard("held-1", HOLDER, CustodyCause.MOBILITY, DAY, "staff-1", "exhibit-1")
BEARER = ("练习代取乙", "999900197001010012")


def later(days: int) -> date:
    return DAY + timedelta(days=days)


def approved(valid: int = 365) -> HeldCard:
    return CARD.filed("F-1", DAY, "m").consented("C-1", DAY, later(valid), "m")


def held(valid: int = 365) -> HeldCard:
    return approved(valid).taken_in(AT, DAY, "m", "保险柜", "E-1", later(min(valid, 30)))


def used(card: HeldCard, today: date = DAY, **changes: str) -> CardUse:
    told = {"bearer": BEARER[0], "bearer_cert": BEARER[1], **changes}
    return new_use("use-1", card, "sale-1", AT, today, "c", 7, **told)


@rule("HY-1.5.6c", "S-23")
def test_the_whole_life_of_a_card() -> None:
    card = held()
    assert card.usable(DAY)
    assert used(card).due == later(7)
    done = card.ended(CustodyEvent.RETURNED, AT, "m", "exhibit-2")
    assert (done.state, done.return_id) == (CustodyState.RETURNED, "exhibit-2")
    assert CUSTODY.is_final(done.state)


@rule("HY-1.5.6c")
@pytest.mark.parametrize("state", sorted(set(CustodyState) - {CustodyState.HELD}))
def test_a_card_that_is_not_held_is_used_by_nobody(state: CustodyState) -> None:
    card = replace(held(), state=state)
    assert not card.usable(DAY)
    assert obstacle(card, DAY, 0, 0) is (Obstacle.PENDING if state in PENDING else Obstacle.ENDED)
    with pytest.raises(BadValue):
        used(card)


@rule("HY-1.5.6c")
def test_nothing_comes_in_before_the_consent_or_after_it() -> None:
    for card in (CARD, CARD.filed("F-1", DAY, "m")):
        with pytest.raises(IllegalTransition):
            card.taken_in(AT, DAY, "m", "保险柜", "E-1", later(3))
    with pytest.raises(BadValue):
        approved(5).taken_in(AT, later(6), "m", "保险柜", "E-1", later(6))
    with pytest.raises(BadValue):
        approved(5).taken_in(AT, DAY, "m", "保险柜", "E-1", later(6))


@rule("HY-1.5.6c")
def test_a_consent_that_runs_out_ends_the_uses_until_it_is_renewed() -> None:
    card = held(5)
    assert card.usable(later(5))
    assert not card.usable(later(6))
    assert obstacle(card, later(6), 0, 0) is Obstacle.EXPIRED
    assert card.late(later(6))
    longer = card.consented("C-2", later(6), later(90), "m")
    assert longer.state is CustodyState.HELD
    assert longer.usable(later(6))
    assert not longer.usable(later(5)), "the new consent covers no day before its own"


@pytest.mark.parametrize(
    "step",
    [
        lambda: CARD.filed(" ", DAY, "m"),
        lambda: CARD.filed("F", later(-1), "m"),
        lambda: CARD.filed("F", DAY, "m").consented("", DAY, later(9), "m"),
        lambda: CARD.filed("F", DAY, "m").consented("C", later(-1), later(9), "m"),
        lambda: CARD.filed("F", DAY, "m").consented("C", DAY, later(-1), "m"),
        lambda: approved().taken_in(AT, DAY, "m", "", "E-1", later(9)),
        lambda: approved().taken_in(AT, DAY, "m", "保险柜", " ", later(9)),
        lambda: approved().taken_in(AT, DAY, "m", "保险柜", "E-1", later(-1)),
        lambda: held().ended(CustodyEvent.RETURNED, AT, "m"),
    ],
)
def test_a_step_without_its_papers_is_none(step: Callable[[], HeldCard]) -> None:
    with pytest.raises(BadValue):
        step()


@rule("HY-1.5.6c", "HY-3.6c")
def test_somebody_named_takes_the_drugs_along() -> None:
    card = held()
    with pytest.raises(BadValue):
        used(card, bearer="", bearer_cert="")
    with pytest.raises(BadValue):
        used(card, bearer_cert="")
    with pytest.raises(BadValue):
        used(card, bearer_cert=HOLDER.cert_no.lower())
    posted = used(card, bearer="", bearer_cert="", shipping_no=" SF123 ")
    assert (posted.way, posted.shipping_no) == (UseWay.DELIVERY, "SF123")


@rule("HY-1.5.6c")
def test_a_receipt_is_due_and_given_once() -> None:
    use = used(held())
    assert not use.overdue(later(7))
    assert use.overdue(later(8))
    with pytest.raises(BadValue):
        use.confirmed(AT, "c", "")
    done = use.confirmed(AT, "c", "exhibit-9")
    assert not done.overdue(later(800))
    with pytest.raises(BadValue):
        done.confirmed(AT, "c", "exhibit-9")


@rule("HY-1.5.6c")
def test_one_card_unexplained_or_one_receipt_late_stops_every_card() -> None:
    card = held()
    assert obstacle(card, DAY, 0, 0) is None
    assert obstacle(card, DAY, 1, 0) is Obstacle.UNEXPLAINED
    assert obstacle(card, DAY, 0, 1) is Obstacle.OVERDUE


@pytest.mark.parametrize("kind", GapKind)
def test_an_explanation_has_words_and_fits_its_kind(kind: GapKind) -> None:
    gap = CustodyGap("gap-1", kind, AT, "c", "held-1" if kind is GapKind.MISSING else "")
    wrong = GapEnd.GIVEN_BACK if kind is GapKind.MISSING else GapEnd.LOST
    with pytest.raises(BadValue):
        gap.explained(AT, "m", wrong, "已经核对清楚")
    with pytest.raises(BadValue):
        gap.explained(AT, "m", GapEnd.MISCOUNTED, "  数错 ")
    done = gap.explained(AT, "m", GapEnd.MISCOUNTED, "重新清点，数目相符")
    with pytest.raises(BadValue):
        done.explained(AT, "m", GapEnd.MISCOUNTED, "重新清点，数目相符")


def test_only_the_centre_s_consent_leads_to_custody() -> None:
    """Of all walks along the table, those that reach ``held`` pass through the consent."""
    reached, border = {CustodyState.APPLIED}, [CustodyState.APPLIED]
    while border:
        state = border.pop()
        for event, after in CUSTODY.steps[state].items():
            if event is not CustodyEvent.CONSENTED and after not in reached:
                reached.add(after)
                border.append(after)
    assert CustodyState.HELD not in reached
    assert set(CUSTODY.steps) == set(CustodyState)
    assert {state for state in CustodyState if not CUSTODY.is_final(state)} == OPEN


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["file", "consent", "take", "use", "return", "withdraw", "run_out"]),
        st.integers(0, 12),
        st.integers(0, 20),
    ),
    max_size=25,
)


@rule("HY-1.5.6c")
@given(STEPS)
def test_no_path_uses_a_card_without_approval(steps: list[tuple[str, int, int]]) -> None:
    card, day, covered = CARD, DAY, range(0)
    for what, ahead, valid in steps:
        day += timedelta(days=ahead)
        ordinal = day.toordinal()
        try:
            if what == "file":
                card = card.filed("F", day, "m")
            elif what == "consent":
                card = card.consented("C", day, day + timedelta(days=valid), "m")
                covered = range(ordinal, ordinal + valid + 1)
            elif what == "take":
                card = card.taken_in(AT, day, "m", "柜", "E", day)
                assert ordinal in covered
            elif what == "use":
                used(card, day)
                assert ordinal in covered, "used without a live consent"
                assert card.state is CustodyState.HELD
                assert card.taken_at is not None
            elif what == "return":
                card = card.ended(CustodyEvent.RETURNED, AT, "m", "exhibit-2")
            elif what == "withdraw":
                card = card.ended(CustodyEvent.WITHDRAWN, AT, "m")
            else:
                card = card.ended(CustodyEvent.RAN_OUT, AT, "m")
        except (BadValue, IllegalTransition):
            continue
