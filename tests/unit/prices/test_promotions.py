"""A promotion lowers the unit price for everybody at one basket, before the fund is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.check_context import CheckContext, CheckLine
from app.domain.compliance_promotion import promotion_excluded
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.promotion import Promotion, PromotionKind, promoted, read_promotion
from app.domain.sale import Sale, SaleLine
from app.domain.staff import Right
from app.domain.staff_level import Level
from app.errors import AboveLimit, BadValue, NotAllowed
from app.regions.loader import load_region
from app.use_cases import basket
from app.use_cases.basket import keep_basket
from app.use_cases.doors import Operator
from app.use_cases.lower_prices import lowered_prices
from tests.fakes.builders import an_item
from tests.fakes.practice_till import PracticeTill, practice_till

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def lines_of(prices: list[tuple[int, int]]) -> list[SaleLine]:
    """(price in fen, packs), one drug a line."""
    return [
        SaleLine(
            no,
            an_item(no, medicine_id=f"m-{no}"),
            Quantity.of(packs),
            UnitPrice.of_money(Money(fen)),
        )
        for no, (fen, packs) in enumerate(prices, 1)
    ]


BASKETS = st.lists(st.tuples(st.integers(2, 200_000), st.integers(1, 60)), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(BASKETS, st.integers(1, 10**6))
@pytest.mark.rule("HY-3.6d")
def test_an_amount_off_the_basket_is_off_it_to_the_fen(
    prices: list[tuple[int, int]], fen: int
) -> None:
    lines = lines_of(prices)
    total = Money.total(line.amount for line in lines)
    wanted = Promotion(PromotionKind.AMOUNT, amount=Money(fen), whole=True)
    try:
        found = promoted(lines, 1, wanted)
    except BadValue:
        # Refused only where it is all there is, or a line of next to nothing would cost nothing.
        assert fen >= total.fen or any(
            line.amount.fen - fen * line.amount.fen // total.fen <= 1 for line in lines
        )
        return
    after = [found[line.item.medicine_id].times(line.quantity) for line in lines]
    assert Money.total(after) == total - Money(fen)
    assert all(found[line.item.medicine_id] <= line.price for line in lines)


@pytest.mark.parametrize(
    ("typed", "price"), [("9.90", "9.90"), ("-2", "10.80"), ("-10%", "11.52"), ("#-10%", "11.52")]
)
def test_what_is_typed_becomes_a_unit_price(typed: str, price: str) -> None:
    lines = lines_of([(1280, 1)])
    assert promoted(lines, 1, read_promotion(typed)) == {"m-1": UnitPrice.of(price)}


@pytest.mark.parametrize(
    "typed",
    ["", "abc", "0", "-0", "-100%", "10%", "#9.90", "13.00", "-12.80", "9,9", "-1e3", "--2"],
)
def test_what_is_no_promotion_changes_nothing(typed: str) -> None:
    lines = lines_of([(1280, 1)])
    with pytest.raises(BadValue):
        promoted(lines, 1, read_promotion(typed))


@pytest.mark.rule("HY-3.6d", "LN-4.3b")
def test_the_fund_pays_its_share_of_the_lowered_price_and_nobody_is_waived_anything(
    till: PracticeTill,
) -> None:
    drug, patient = till.medicine("P0001"), till.patient("active_met")
    sale = till.prescribe(till.basket((drug, 2)))
    before = till.quote(sale, patient)
    sale = _sale(till, sale.id)
    sale.promote(promoted(sale.lines, 1, read_promotion("-10%")), "campaign")
    keep_basket(till.doors, sale)
    after = till.quote(_sale(till, sale.id), patient)
    assert drug.price == UnitPrice.of("12.80")
    assert (before.total, before.fund) == (Money.of("25.60"), Money.of("15.36"))
    assert (after.total, after.fund) == (Money.of("23.04"), Money.of("13.82"))
    assert after.fund + after.account + after.cash_due == after.total
    assert not after.difference and not [n for n in after.notes if n.severity == "block"]


def _sale(till: PracticeTill, sale_id: str) -> Sale:
    with till.doors.uow() as uow:
        return uow.sales.get(sale_id)


def test_one_drug_at_two_prices_is_stopped_before_the_wire(till: PracticeTill) -> None:
    drug, patient = till.medicine("P0001"), till.patient("active_met")
    sale = till.basket((drug, 1))
    assert drug.price is not None
    sale.add(basket.item_of(drug), UnitPrice.of("9.90"), Quantity.of(1), "89900010000000000777")
    keep_basket(till.doors, sale)
    view = till.quote(till.prescribe(sale), patient)
    assert "PRICE_NOT_ONE" in [note.code for note in view.notes]


def test_a_level_holds_a_price_at_the_counter_and_a_refusal_is_written_down(
    till: PracticeTill,
) -> None:
    level = Level("l", "店长一级", frozenset({Right.CHANGE_PRICE}), ((Right.CHANGE_PRICE, 1000),))
    who = Operator(replace(till.operator.staff, level=level))
    lines = till.basket((till.medicine("P0001"), 2)).lines
    prices = lowered_prices(till.doors, who, lines, 1, read_promotion("-10%"))
    assert [str(one) for one in prices.values()] == ["11.520000"]
    with pytest.raises(AboveLimit):
        lowered_prices(till.doors, who, lines, 1, read_promotion("-10.1%"))
    with pytest.raises(NotAllowed):
        lowered_prices(till.doors, till.operator, lines, 1, read_promotion("-1%"))
    with till.doors.uow() as uow:
        told = [json.loads(one.entry) for one in uow.log.tail(20) if one.act == "right.refused"]
    assert [one["points"] for one in reversed(told)] == [1016, 102]


def test_a_further_pack_gets_the_price_that_was_set_here(till: PracticeTill) -> None:
    drug = till.medicine("P0001")
    sale = till.basket((drug, 1))
    sale.promote(promoted(sale.lines, 1, read_promotion("9.90")), "member")
    assert drug.price is not None
    sale.add(basket.item_of(drug), drug.price, Quantity.of(2))
    assert [(str(one.price), one.quantity.packs()) for one in sale.lines] == [("9.900000", 3)]
    sale.promote(promoted(sale.lines, 1, read_promotion("12.80")), "member")
    assert sale.lines[0].item == basket.item_of(drug)


@pytest.mark.rule("LN-5.2")
@pytest.mark.parametrize(
    ("sale_class", "insured", "reason", "settlement", "stops"),
    [
        ("rx", "A", "campaign", "ordinary", True),
        ("rx", "", "member", "self_paid", True),
        ("", "", "member", "self_paid", True),
        ("otc_a", "B", "campaign", "ordinary", True),
        ("otc_a", "B", "campaign", "self_paid", False),
        ("rx", "A", "near_expiry", "ordinary", False),
        ("rx", "A", "label", "ordinary", False),
        ("otc_b", "", "campaign", "self_paid", False),
    ],
)
def test_where_the_pack_says_so_promotions_keep_off_prescriptions_and_insurance(
    sale_class: str, insured: str, reason: str, settlement: str, stops: bool
) -> None:
    area = load_region("CN-210100", practice=True)
    line = CheckLine(1, "练习药", insured, sale_class, promotion=reason, unclassed=not sale_class)
    policy = area.policy_on("ordinary", NOON)
    assert policy.price.promotion_excludes == ("rx", "insured")
    seen = CheckContext(settlement, NOON, policy, (line,))
    found = promotion_excluded(seen)
    assert (found is not None and found.blocks) is stops
    # Elsewhere a price may be lowered for everybody before anything is asked (E29).
    other = load_region("CN-999900", practice=True).policy_on("ordinary", NOON)
    assert promotion_excluded(CheckContext(settlement, NOON, other, (line,))) is None
