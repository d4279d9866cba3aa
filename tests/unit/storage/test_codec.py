"""Values of the domain keep their one text and come back from it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clock import from_micros
from app.domain.insurance import FundSplit, Settled
from app.domain.money import Money, Quantity, Rate, UnitPrice
from app.domain.rx_case import Act
from app.storage.codec import canonical, from_text, shared_text, shared_value, to_text
from tests.fakes.builders import a_medicine, a_person, a_prescription, a_split, an_item

MONEY = st.integers(-(10**12), 10**12).map(Money)
MOMENTS = st.integers(0, 4 * 10**15).map(from_micros)
SPLITS = st.builds(
    FundSplit,
    *(MONEY,) * 5,
    funds=st.lists(st.tuples(st.text(max_size=5), MONEY), max_size=3).map(tuple),
    balance_after=st.none() | MONEY,
)
ANSWERS = st.builds(Settled, SPLITS, setl_id=st.text(max_size=9), setl_time=st.none() | MOMENTS)


@given(ANSWERS)
def test_any_answer_comes_back_the_same(answer):
    text = to_text(answer)
    assert from_text(Settled, text) == answer
    assert to_text(from_text(Settled, text)) == text


@pytest.mark.parametrize("value", [a_medicine(), an_item(), a_person(), a_prescription()])
def test_every_kind_that_is_kept_comes_back_the_same(value):
    assert from_text(type(value), to_text(value)) == value


def test_remembered_values_are_the_same_ones():
    item = an_item(7)
    assert shared_value(type(item), shared_text(item)) == item


@dataclass(frozen=True)
class Scaled:
    money: Money
    price: UnitPrice
    share: Rate
    many: Quantity
    day: date
    at: datetime
    tags: frozenset[str] = frozenset()
    more: dict[str, Money] = field(default_factory=dict)


def test_the_text_is_scaled_integers_in_sorted_order():
    told = Scaled(
        Money.of("-1.20"),
        UnitPrice.of("0.333333"),
        Rate.of("0.6"),
        Quantity.of("0.5"),
        date(2026, 11, 20),
        datetime(2026, 11, 20, 2, tzinfo=UTC),
        frozenset({"b", "a"}),
        {"药": Money.of("1")},
    )
    text = to_text(told)
    assert text == (
        '{"at":1795140000000000,"day":"2026-11-20","many":5000,"money":-120,'
        '"more":{"药":100},"price":333333,"share":600000,"tags":["a","b"]}'
    )
    assert from_text(Scaled, text) == told


def test_fields_missing_take_their_default_and_unknown_ones_are_skipped():
    whole = a_split()
    text = to_text(whole).replace('"mutual_aid":0', '"from_later":1')
    assert from_text(FundSplit, text) == whole


def test_what_has_no_stored_form_is_refused():
    @dataclass
    class Loose:
        anything: Any

    with pytest.raises(TypeError):
        to_text(Loose(1))
    with pytest.raises(TypeError):
        to_text(object())
    with pytest.raises(ValueError, match="JSON"):
        canonical(float("nan"))


def test_an_act_of_a_prescription_from_before_its_answers_were_kept_is_still_read():
    old = '{"at":0,"note":"","signature":null,"staff_id":"staff-1"}'
    assert from_text(Act, old) == Act("staff-1", from_micros(0))
