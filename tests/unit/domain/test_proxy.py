"""Proxy purchases: the list's text and digest, causes, what a step takes back, the window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import Money, Quantity, UnitPrice
from app.domain.proxy import (
    ListedLine,
    ListedPart,
    ProxyPurchase,
    PurchaseList,
    Reason,
    list_of,
    live_of,
    patients_of,
)
from app.domain.proxy_states import LIVE, PROXY, ProxyEvent, ProxyState
from app.errors import IllegalTransition

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)

fens = st.integers(min_value=0, max_value=10**7).map(Money)
words = st.text(max_size=20)
lines = st.builds(
    ListedLine,
    no=st.integers(1, 99),
    name=words,
    spec=words,
    maker=words,
    quantity=st.integers(1, 10**8).map(Quantity),
    unit=words,
    price=st.integers(0, 10**10).map(UnitPrice),
    amount=fens,
)
parts = st.builds(
    ListedPart,
    settlement_type=st.sampled_from(["special", "ordinary", "two_disease"]),
    total=fens,
    fund=fens,
    account=fens,
    mutual_aid=fens,
    cash=fens,
)
lists = st.builds(
    PurchaseList,
    sale_id=words,
    patient_id=words,
    proxy_id=words,
    relation=words,
    reason=words,
    proof=words,
    lines=st.lists(lines, max_size=4).map(tuple),
    parts=st.lists(parts, max_size=3).map(tuple),
    total=fens,
    cash_due=fens,
)


def a_purchase(**changes: object) -> ProxyPurchase:
    made = ProxyPurchase("p-1", "sale-1", "patient-1", AT, "staff-1")
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.rule("HY-1.5.6b")
@given(lists)
def test_a_list_comes_back_as_it_was_signed(one: PurchaseList) -> None:
    assert list_of(one.text()) == one
    assert list_of(one.text()).digest() == one.digest()


@pytest.mark.rule("HY-1.5.6b")
@given(lists, st.integers(1, 10**6))
def test_a_fen_more_is_another_list(one: PurchaseList, more: int) -> None:
    dearer = replace(one, cash_due=Money(one.cash_due.fen + more))
    assert dearer.digest() != one.digest()
    for part in one.parts:
        changed = replace(part, fund=Money(part.fund.fen + more))
        assert replace(one, parts=(changed,)).digest() != replace(one, parts=(part,)).digest()


@pytest.mark.rule("HY-1.5.6b")
@given(st.lists(st.sampled_from(ProxyEvent), max_size=12))
def test_a_signature_never_outlives_its_list(events: list[ProxyEvent]) -> None:
    """Whatever order of steps the table lets through: what was signed stands for a list."""
    one = a_purchase()
    for event in events:
        if not PROXY.allows(one.state, event):
            with pytest.raises(IllegalTransition):
                one.move(event)
            continue
        one.move(event)
        if event is ProxyEvent.LISTED:
            one.list_digest, one.list_text = "ab", "{}"
        elif event is ProxyEvent.SIGNED:
            one.signature_id = "e-1"
        elif event is ProxyEvent.PICTURED:
            one.still_id = "e-2"
        assert not one.signature_id or one.list_digest
        assert not one.still_id or one.list_digest
        if event in (ProxyEvent.LISTED, ProxyEvent.SHOWN, ProxyEvent.NAMED):
            assert not one.signature_id and not one.still_id
        if event is ProxyEvent.SIGNED:
            assert not one.still_id, "what is signed anew is on no picture"
    assert one.live is (one.state in LIVE)


@pytest.mark.rule("HY-3.6c")
@pytest.mark.parametrize(
    ("reason", "proof", "disease", "holds"),
    [
        (Reason.BEDRIDDEN, "", "M1", True),
        (Reason.LISTED_DISEASE, "", "M1", True),
        (Reason.LISTED_DISEASE, "", "M2", False),
        (Reason.IMPAIRED, "", "M1", False),
        (Reason.IMPAIRED, "disability_card", "M1", True),
        (Reason.MINOR, "household_book", "", True),
        (Reason.BUSY, "medical_certificate", "M1", False),
        ("", "", "M1", False),
    ],
)
def test_only_a_cause_lets_special_drugs_go_to_another(
    reason: str, proof: str, disease: str, holds: bool
) -> None:
    assert a_purchase(reason=reason, proof=proof).cause_holds(disease, ("M1",)) is holds


def test_an_area_that_names_no_disease_knows_no_such_cause() -> None:
    assert not a_purchase(reason="listed_disease").cause_holds("", ())
    assert not a_purchase(reason="listed_disease").cause_holds("M1", ())


@pytest.mark.rule("HY-1.5.6b")
def test_patients_are_counted_once_and_within_the_window() -> None:
    days = timedelta(days=1)
    bought = [("a", AT - days), ("a", AT), ("b", AT - 30 * days), ("c", AT - 31 * days)]
    assert patients_of(bought, "d", AT, 30) == 3
    assert patients_of(bought, "a", AT, 30) == 2
    assert patients_of([], "a", AT, 30) == 1


def test_the_newest_living_record_carries_the_sale() -> None:
    void = a_purchase(state=ProxyState.VOID)
    older, newer = a_purchase(id="p-2"), a_purchase(id="p-3")
    assert live_of([older, newer, void]) is newer
    assert live_of([void]) is None
