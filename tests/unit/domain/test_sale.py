"""A basket grows and shrinks by the rules, and is done only when its tenders are exact."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import Money, Quantity, UnitPrice
from app.domain.sale import Sale, SoldItem, Tender, TenderKind, change_due, digest_of
from app.domain.sale_states import SALE, SaleEvent, SaleState
from app.errors import BadValue, IllegalTransition, NotFound

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def a_basket() -> Sale:
    return Sale("sale-1", "store-1", "till-1", NOW, "staff-1")


def item(name: str = "练习片") -> SoldItem:
    return SoldItem(f"id-{name}", "P1", name, name, "0.1g*10片", "示例制药", "盒")


ONE = Quantity.of(1)
PRICE = UnitPrice.of("12.80")


def test_the_same_drug_at_the_same_price_joins_its_line() -> None:
    sale = a_basket()
    sale.add(item(), PRICE, ONE, "81000000000000000001")
    sale.add(item(), PRICE, ONE, "81000000000000000002")
    assert [(line.quantity, len(line.trace_codes)) for line in sale.lines] == [(Quantity.of(2), 2)]
    assert sale.total == Money.of("25.60")


def test_another_price_is_another_line() -> None:
    sale = a_basket()
    sale.add(item(), PRICE, ONE)
    sale.add(item(), UnitPrice.of("11.00"), ONE)
    assert [line.no for line in sale.lines] == [1, 2]


def test_a_removed_number_is_not_given_again_while_later_lines_stand() -> None:
    sale = a_basket()
    for name in ("甲", "乙", "丙"):
        sale.add(item(name), PRICE, ONE)
    sale.remove(2)
    assert sale.add(item("丁"), PRICE, ONE).no == 4


def test_fewer_packs_drop_the_newest_codes() -> None:
    sale = a_basket()
    for code in ("81000000000000000001", "81000000000000000002", "81000000000000000003"):
        sale.add(item(), PRICE, ONE, code)
    sale.set_quantity(1, ONE)
    assert sale.line(1).trace_codes == ("81000000000000000001",)


@pytest.mark.parametrize("text", ["0", "-1", "10000", "1000000000"])
def test_an_absurd_quantity_is_refused_and_changes_nothing(text: str) -> None:
    sale = a_basket()
    sale.add(item(), PRICE, ONE)
    with pytest.raises(BadValue):
        sale.set_quantity(1, Quantity.of(text))
    with pytest.raises(BadValue):
        sale.add(item(), PRICE, Quantity.of(text))
    assert sale.total == Money.of("12.80")


def test_a_line_that_is_gone_cannot_be_changed() -> None:
    with pytest.raises(NotFound):
        a_basket().set_quantity(1, ONE)


@given(st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 9999)), max_size=12))
def test_the_total_is_the_sum_of_its_lines(lines: list[tuple[int, int]]) -> None:
    sale = a_basket()
    for number, (micro, packs) in enumerate(lines):
        sale.add(item(str(number)), UnitPrice(micro), Quantity.of(packs))
    assert sale.total == Money.total(line.amount for line in sale.lines)


@pytest.mark.parametrize("paid", ["12.79", "12.81", "0"])
def test_tenders_that_are_not_exact_do_not_close_the_sale(paid: str) -> None:
    sale = a_basket()
    sale.add(item(), PRICE, ONE)
    with pytest.raises(BadValue):
        sale.complete((Tender(TenderKind.CASH, Money.of(paid)),), "01-1", NOW)
    assert sale.state is SaleState.OPEN


def test_a_done_sale_takes_no_more_lines() -> None:
    sale = a_basket()
    sale.add(item(), PRICE, ONE)
    sale.complete((Tender(TenderKind.CASH, Money.of("12.80")),), "01-1", NOW)
    with pytest.raises(IllegalTransition):
        sale.add(item(), PRICE, ONE)
    with pytest.raises(IllegalTransition):
        sale.complete((Tender(TenderKind.CASH, Money.of("12.80")),), "01-2", NOW)


@given(st.lists(st.sampled_from(list(SaleEvent)), max_size=30))
def test_a_finished_sale_never_comes_back(events: list[SaleEvent]) -> None:
    state, was_done = SaleState.OPEN, False
    for event in events:
        if SALE.allows(state, event):
            state = SALE.step(state, event)
        was_done = was_done or state is SaleState.DONE
        if was_done:
            assert state is not SaleState.OPEN
        if SALE.is_final(state):
            assert state in (SaleState.UNDONE, SaleState.ABANDONED)


def test_change_is_never_negative() -> None:
    assert change_due(Money.of("12.80"), Money.of("20")) == Money.of("7.20")
    with pytest.raises(BadValue):
        change_due(Money.of("12.80"), Money.of("10"))


def test_the_fingerprint_sees_every_change_that_a_quote_depends_on() -> None:
    sale = a_basket()
    sale.add(item(), PRICE, ONE, "81000000000000000001")
    before = digest_of(sale.lines, "0")
    assert digest_of(sale.lines, "1") != before
    sale.set_quantity(1, Quantity.of(2))
    assert digest_of(sale.lines, "0") != before


@given(st.integers(1, 6), st.integers(0, 9))
def test_codes_fill_packs_that_lack_one_and_never_add_a_pack(packs: int, scanned: int) -> None:
    basket = a_basket()
    basket.add(item(), PRICE, Quantity.of(packs))
    put = [basket.put_code("id-练习片", f"8{n:019d}") for n in range(scanned)]
    (line,) = basket.lines
    assert line.quantity == Quantity.of(packs)
    assert len(line.trace_codes) == min(packs, scanned)
    assert [one is not None for one in put] == [n < packs for n in range(scanned)]
    assert basket.put_code("id-another", "8" * 20) is None
