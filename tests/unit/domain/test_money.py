"""Money never loses a fen: exact values, one rounding, shares that add up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import ZERO, Money, Quantity, Rate, UnitPrice, round_half_up
from app.errors import BadValue

fens = st.integers(-(10**12), 10**12)
amounts = st.builds(Money, fens)


@pytest.mark.parametrize("value", [1.0, 0.1, True, None, [], b"1"])
@pytest.mark.parametrize("kind", [Money, UnitPrice, Quantity, Rate])
def test_only_text_int_and_decimal_become_money(kind: type, value: object) -> None:
    with pytest.raises(BadValue):
        kind.of(value)
    if not isinstance(value, int) or isinstance(value, bool):
        with pytest.raises(BadValue):
            kind(value)


@pytest.mark.parametrize(
    "text", ["", " ", "1.005", "NaN", "Infinity", "1e99", "--1", "1,0", "1_0", "壹"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        Money.of(text)


@pytest.mark.parametrize(
    ("text", "fen"), [("0", 0), ("12.8", 1280), ("-0.01", -1), ("１２.5", 1250), (" 3.00 ", 300)]
)
def test_text_is_read_to_the_fen(text: str, fen: int) -> None:
    assert Money.of(text) == Money(fen)


@given(fens)
def test_writing_and_reading_are_inverse(fen: int) -> None:
    assert Money.of(str(Money(fen))) == Money(fen)


@pytest.mark.parametrize(
    ("numerator", "denominator", "wanted"),
    [(5, 10, 1), (4, 10, 0), (-5, 10, -1), (-4, 10, 0), (933750, 10000, 93), (9337500, 10000, 934)],
)
def test_halves_go_away_from_zero(numerator: int, denominator: int, wanted: int) -> None:
    assert round_half_up(numerator, denominator) == wanted


@given(fens, st.integers(1, 10**9))
def test_rounding_is_the_nearest(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    assert abs(round_half_up(numerator, denominator) - exact) <= Fraction(1, 2)


@given(st.integers(0, 10**10), st.integers(0, 10**6))
def test_a_line_amount_is_price_times_quantity_rounded_once(micro: int, parts: int) -> None:
    amount = UnitPrice(micro).times(Quantity(parts))
    exact = Decimal(micro) / 10**6 * Decimal(parts) / 10**4
    assert abs(Decimal(amount.fen) / 100 - exact) <= Decimal("0.005")


@given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_shares_add_up_to_the_whole(amount: Money, weights: list[int]) -> None:
    parts = amount.allocate(weights)
    assert Money.total(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(amount.fen * weight, sum(weights))
        assert abs(part.fen - exact) < 1


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_senseless_weights_are_refused(weights: list[int]) -> None:
    with pytest.raises(BadValue):
        Money(100).allocate(weights)


def test_largest_remainder_decides_and_then_the_order() -> None:
    assert Money(100).allocate([1, 1, 1]) == [Money(34), Money(33), Money(33)]
    assert Money(-100).allocate([1, 1, 1]) == [Money(-34), Money(-33), Money(-33)]


@given(amounts, amounts, amounts)
def test_sums_do_not_depend_on_the_order(a: Money, b: Money, c: Money) -> None:
    assert a + b - b == a
    assert (a + b) + c == a + (b + c)
    assert Money.total([a, b, c]) == Money.total([c, a, b])
    assert Money(0) - (Money(0) - a) == a


@pytest.mark.rule("EZ-2a")
def test_a_rate_rounds_half_up_once() -> None:
    assert Money.of("33.33").at(Rate.of("0.68")) == Money.of("22.66")
    assert Money.of("124.50").at(Rate.of("0.75")) == Money.of("93.38")


@pytest.mark.parametrize("text", ["1.000001", "-0.1", "2"])
def test_a_rate_lies_between_nothing_and_all(text: str) -> None:
    with pytest.raises(BadValue):
        Rate.of(text)


def test_plain_texts_are_short() -> None:
    assert UnitPrice.of("12.8").plain() == "12.80"
    assert UnitPrice.of("0.333333").plain() == "0.333333"
    assert Quantity.of("3").plain() == "3"
    assert Quantity.of("0.5").plain() == "0.5"


@pytest.mark.parametrize(("text", "packs"), [("1", 1), ("2.0001", 3), ("0.5", 1)])
def test_a_broken_pack_counts_as_one_pack(text: str, packs: int) -> None:
    assert Quantity.of(text).packs() == packs
    assert not ZERO
