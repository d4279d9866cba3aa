"""A price from the wish to the shelf: caps, two people, moments, history, and the counter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.catalogue import Medicine
from app.domain.catalogue_rows import ColumnMapping
from app.domain.money import Money, Rate, UnitPrice
from app.domain.policy import PriceRules
from app.domain.price import PriceChange
from app.domain.price_states import PAST, PriceState
from app.errors import (
    IllegalTransition,
    NotAllowed,
    RuleBroken,
    SecondPersonNeeded,
    SignInRefused,
)
from app.search.store import StoredIndex
from app.use_cases.doors import Operator
from app.use_cases.import_catalogue import import_catalogue, refresh_index
from app.use_cases.price_effects import apply_due, tend_prices
from app.use_cases.price_page import price_rows
from app.use_cases.prices import (
    PriceDraft,
    Proposed,
    answer_by_hand,
    approve_prices,
    propose_prices,
    withdraw_prices,
)
from app.use_cases.sign_in import SecondPerson, sign_in
from tests.fakes.practice_till import PracticeTill, practice_till
from ui.practice import hire, practice_staff

ADMIN = SecondPerson("9001", "900900")
MANAGER = SecondPerson("3001", "300300")
HOUR = timedelta(hours=1)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    for made in practice_till(tmp_path):
        hire(made.doors, [one for one in practice_staff() if one.number in ("3001", "9001")])
        yield made


def manager(till: PracticeTill) -> Operator:
    return sign_in(till.doors, "3001", "300300")


def capped(till: PracticeTill) -> Medicine:
    """A drug of a special disease with a listed price: 5 % below it is the most."""
    with till.doors.uow() as uow:
        return next(
            one
            for one in sorted(uow.medicines.all(), key=lambda each: each.shop_code)
            if one.diseases and one.listed_price and one.insurance_class in ("A", "B")
        )


def propose(till: PracticeTill, drug: Medicine, price: str, **more: object) -> Proposed:
    draft = PriceDraft(drug.id, UnitPrice.of(price), "进价上涨", **more)  # type: ignore[arg-type]
    return propose_prices(till.doors, [draft], manager(till))


def ceiling(drug: Medicine) -> Money:
    assert drug.listed_price is not None
    return Money(drug.listed_price.fen * 95 // 100)


def price_now(till: PracticeTill, drug: Medicine) -> UnitPrice | None:
    with till.doors.uow() as uow:
        return uow.medicines.get(drug.id).price


@pytest.mark.rule("LN-4.1b")
def test_above_the_platforms_price_is_saved_with_a_warning_and_both_stand_side_by_side(
    till: PracticeTill,
) -> None:
    """Of a drug that only the platform's price speaks of: a reference, no ceiling."""
    drug = till.find(sale_class="otc_a", insurance_class="A", diseases=())
    with till.doors.uow() as uow:
        drug = replace(drug, listed_price=Money.of("9.00"))
        uow.medicines.save_many([drug])
        uow.commit()
    at, above = (propose(till, drug, price) for price in ("9.00", "9.01"))
    assert [one.code for one in at.warnings] == []
    assert [(one.code, one.severity) for one in above.warnings] == [
        ("PRICE_ABOVE_REFERENCE", "warn")
    ]
    assert len(at.saved) == len(above.saved) == 1
    assert above.warnings[0].params["listed"] == "9.00"
    (row,) = price_rows(till.doors, [drug])
    assert (row.price, row.listed, row.ceiling) == (drug.price, Money.of("9.00"), None)


@pytest.mark.rule("HY-1.2.2", "S-26")
def test_above_the_cap_is_not_saved_and_at_the_cap_two_people_put_it_in_force(
    till: PracticeTill,
) -> None:
    drug = capped(till)
    most = ceiling(drug)
    refused = propose(till, drug, str(most + Money(1)))
    assert refused.saved == ()
    (finding,) = (one for one in refused.refused[0].findings if one.blocks)
    assert (finding.code, finding.params["most"]) == ("PRICE_OVER_CAP", str(most))

    (change,) = propose(till, drug, str(most)).saved
    assert (change.state, change.highest) == (PriceState.PROPOSED, UnitPrice.of_money(most))
    assert price_now(till, drug) == drug.price
    with pytest.raises(SecondPersonNeeded):
        approve_prices(till.doors, [change.id], manager(till))
    with pytest.raises(NotAllowed):
        approve_prices(till.doors, [change.id], till.operator)
    with pytest.raises(SignInRefused):
        approve_prices(till.doors, [change.id], manager(till), SecondPerson("9001", "111111"))
    (done,) = approve_prices(till.doors, [change.id], manager(till), ADMIN)
    assert done.state is PriceState.IN_FORCE
    assert price_now(till, drug) == UnitPrice.of_money(most)


def test_a_price_counts_from_its_moment_on_and_the_counter_knows_it_ahead(
    till: PracticeTill, tmp_path: Path
) -> None:
    drug, index = capped(till), StoredIndex(tmp_path / "catalogue.idx")
    refresh_index(till.doors.uow, index)
    at = till.clock.now() + HOUR
    (change,) = propose(till, drug, "1.00", effective_at=at).saved
    approve_prices(till.doors, [change.id], manager(till), ADMIN)
    board = tend_prices(till.doors, index)
    assert board.price_at(drug.id, at - timedelta(seconds=1)) is None
    assert board.price_at(drug.id, at) == UnitPrice.of("1.00")
    assert index.search(drug.shop_code)[0].medicine.price == drug.price

    till.clock.set(at + timedelta(minutes=7))
    board = tend_prices(till.doors, index)
    assert board.price_at(drug.id, till.clock.now()) is None
    assert index.search(drug.shop_code)[0].medicine.price == UnitPrice.of("1.00")
    # The same after the program was started again, without building anything.
    again = StoredIndex(tmp_path / "catalogue.idx")
    with till.doors.uow() as uow:
        assert again.version() == uow.medicines.version()
        new, old = uow.prices.of_medicine(drug.id)
    assert again.search(drug.shop_code)[0].medicine.price == UnitPrice.of("1.00")
    assert (new.effective_at, old.ended_at) == (at, at)


def test_another_till_learns_of_it_without_building_its_index_anew(
    till: PracticeTill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drug, index = capped(till), StoredIndex(tmp_path / "other.idx")
    refresh_index(till.doors.uow, index)
    (change,) = propose(till, drug, "1.00").saved
    approve_prices(till.doors, [change.id], manager(till), ADMIN)
    built: list[int] = []
    monkeypatch.setattr(StoredIndex, "rebuild", lambda *_: built.append(1))
    tend_prices(till.second_till().doors, index)
    assert (built, index.search(drug.shop_code)[0].medicine.price) == ([], UnitPrice.of("1.00"))


@pytest.mark.rule("EZ-3b")
def test_a_rise_soon_after_the_last_change_is_told_with_the_earlier_price(
    till: PracticeTill,
) -> None:
    drug = capped(till)
    (first,) = propose(till, drug, "1.00").saved
    approve_prices(till.doors, [first.id], manager(till), ADMIN)
    told = [one for one in propose(till, drug, "1.01").warnings if one.code == "PRICE_RISES"]
    assert [(one.params["before"], one.variant) for one in told] == [("1.00", "soon")]
    till.clock.set(till.clock.now() + timedelta(days=31))
    assert not propose(till, drug, "1.20").warnings
    told = [one for one in propose(till, drug, "1.21").warnings if one.code == "PRICE_RISES"]
    assert [one.variant for one in told] == ["much"]


@pytest.mark.rule("HY-1.2.2")
def test_without_a_listed_price_the_manager_decides_in_writing(till: PracticeTill) -> None:
    drug = replace(capped(till), listed_price=None)
    with till.doors.uow() as uow:
        uow.medicines.save_many([drug])
        uow.commit()
    refused = propose(till, drug, "9.00").refused
    assert [one.code for one in refused[0].findings] == ["PRICE_DECISION"]
    (change,) = propose(till, drug, "9.00", decision="省平台未挂网，按进价加成").saved
    assert change.decision == "省平台未挂网，按进价加成"


@pytest.mark.rule("S-26", "HY-1.2.2")
def test_where_the_platform_must_take_it_first_the_old_price_counts_until_it_has(
    till: PracticeTill,
) -> None:
    asked = till.doors.policy_on

    def strict(kind, at):  # type: ignore[no-untyped-def]
        policy = asked(kind, at)
        return replace(policy, price=replace(policy.price, upload_before_sale=True))

    till.doors = replace(till.doors, policy_on=strict)
    drug = capped(till)
    (change,) = propose(till, drug, "1.00").saved
    (sent,) = approve_prices(till.doors, [change.id], manager(till), ADMIN)
    assert (sent.state, price_now(till, drug)) == (PriceState.SENT, drug.price)
    with pytest.raises(IllegalTransition):
        withdraw_prices(till.doors, [change.id], manager(till))
    with pytest.raises(SecondPersonNeeded):
        answer_by_hand(till.doors, change.id, True, "JG-001", manager(till), MANAGER)
    refused = answer_by_hand(till.doors, change.id, False, "价格高于挂网价", manager(till), ADMIN)
    assert (refused.state, refused.platform_text) == (PriceState.REFUSED, "价格高于挂网价")
    assert price_now(till, drug) == drug.price
    withdraw_prices(till.doors, [change.id], manager(till))

    (change,) = propose(till, drug, "1.00").saved
    approve_prices(till.doors, [change.id], manager(till), ADMIN)
    till.clock.set(till.clock.now() + HOUR)
    taken = answer_by_hand(till.doors, change.id, True, "JG-002", manager(till), ADMIN)
    assert (taken.state, taken.effective_at) == (PriceState.IN_FORCE, till.clock.now())
    assert price_now(till, drug) == UnitPrice.of("1.00")


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 10**7), st.integers(0, 10**6))
@pytest.mark.rule("HY-1.2.2")
def test_the_ceiling_is_whole_fen_and_never_above_its_share(fen: int, ppm: int) -> None:
    most = PriceRules("hard_cap", Rate(ppm)).ceiling(UnitPrice.of_money(Money(fen)))
    assert most.micro % 10**4 == 0
    assert most.micro * 10**6 <= fen * 10**4 * (10**6 - ppm) < (most.micro + 10**4) * 10**6


STEPS = st.lists(
    st.tuples(st.sampled_from("pppaawt"), st.integers(1, 400), st.integers(0, 5)),
    min_size=4,
    max_size=24,
)


def test_of_a_drug_one_price_counts_at_any_moment(till: PracticeTill) -> None:
    who, admin = manager(till), sign_in(till.doors, "9001", "900900")
    with till.doors.uow() as uow:
        drugs = iter(sorted(one.id for one in uow.medicines.all() if one.price))

    @settings(max_examples=40, deadline=None)
    @given(STEPS)
    def history_has_no_gap(steps: list[tuple[str, int, int]]) -> None:
        drug = next(drugs)
        for act, fen, hours in steps:
            till.clock.set(till.clock.now() + HOUR)
            _act(till, who, admin, drug, act, fen, hours)
        _holds(till, drug)

    history_has_no_gap()


def _act(
    till: PracticeTill, who: Operator, admin: Operator, drug: str, act: str, fen: int, hours: int
) -> None:
    with till.doors.uow() as uow:
        rows = uow.prices.of_medicine(drug)
    waiting = [one.id for one in rows if one.state is PriceState.PROPOSED]
    if act == "p":
        at = till.clock.now() + hours * HOUR
        draft = PriceDraft(drug, UnitPrice.of_money(Money(fen)), "试", at, "店长决定")
        propose_prices(till.doors, [draft], who)
    elif act == "a" and waiting:
        try:
            approve_prices(till.doors, waiting[:1], admin)
        except RuleBroken:
            withdraw_prices(till.doors, waiting[:1], who)
    elif act == "w" and waiting:
        withdraw_prices(till.doors, waiting[-1:], who)
    elif act == "t":
        with till.doors.uow() as uow:
            apply_due(till.doors, uow, till.clock.now())
            uow.commit()


def _holds(till: PracticeTill, drug: str) -> None:
    with till.doors.uow() as uow:
        rows = uow.prices.of_medicine(drug)
        shelf = uow.medicines.get(drug).price
    past: list[PriceChange] = sorted(
        (one for one in rows if one.state in PAST), key=lambda one: (one.effective_at, one.id)
    )
    if not past:
        return
    now = till.clock.now()
    assert [one.state for one in past].count(PriceState.IN_FORCE) == 1
    moments = {one.effective_at for one in past} | {now}
    for moment in moments:
        assert sum(one.counts_at(moment) for one in past) == 1
    (counts,) = (one for one in past if one.state is PriceState.IN_FORCE)
    assert counts.price == shelf


@pytest.mark.rule("EZ-3b")
def test_a_price_that_a_catalogue_brings_goes_into_the_history(
    till: PracticeTill, tmp_path: Path
) -> None:
    drug, sheet = capped(till), tmp_path / "prices.csv"
    sheet.write_text(f"货号,品名,零售价\n{drug.shop_code},{drug.display_name},2.50\n")
    doors = till.doors
    import_catalogue(
        sheet, ColumnMapping(), uow_factory=doors.uow, ids=doors.ids, clock=doors.clock, actor="x"
    )
    with doors.uow() as uow:
        new, old = uow.prices.of_medicine(drug.id)
    assert (old.state, old.price, old.ended_at) == (
        PriceState.REPLACED, drug.price, new.effective_at,
    )  # fmt: skip
    assert (new.state, new.price) == (PriceState.IN_FORCE, UnitPrice.of("2.50"))
    assert price_now(till, drug) == new.price


def test_a_draft_that_is_refused_leaves_nothing_behind(till: PracticeTill) -> None:
    drug = capped(till)
    assert not propose(till, drug, "999999").saved
    with till.doors.uow() as uow:
        assert uow.prices.of_medicine(drug.id) == []
