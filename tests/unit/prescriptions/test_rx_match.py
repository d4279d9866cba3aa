"""The prescription's unit against the shop's packs, and the basket against the sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import Medicine
from app.domain.money import Quantity, UnitPrice
from app.domain.rx_case import Given, RxCase, RxLine
from app.domain.rx_match import left_over, match_basket, packs_for, same_drug
from app.domain.sale import Sale, SaleLine
from tests.fakes.builders import STORE, TILL, a_medicine, an_item
from tests.fakes.clock import START
from tests.fakes.prescriptions import a_sheet


def drug(**changes: Any) -> Medicine:
    base = a_medicine(
        1, generic_name="练习降压片", display_name="练习降压片", dosage_form="片剂",
        spec="5mg*28片", pack_unit="盒", sale_class="rx",
    )  # fmt: skip
    return replace(base, **changes)


def line(**changes: Any) -> RxLine:
    base = RxLine(1, "练习降压片", "片剂", "5mg*28片", Quantity.of(2), "盒")
    return replace(base, **changes)


@pytest.mark.parametrize(
    ("written", "article", "same"),
    [
        ({}, {}, True),
        ({}, {"spec": "5mg*14片"}, True),
        ({}, {"spec": "10mg*28片"}, False),
        ({}, {"dosage_form": "胶囊剂"}, False),
        ({"form": ""}, {"dosage_form": "胶囊剂"}, True),
        ({}, {"generic_name": "练习降糖片"}, False),
        ({"maker": "练习制药厂"}, {}, True),
        ({"maker": "另一家（虚构）"}, {}, False),
        ({"generic_name": "练习 降压片"}, {}, True),
        ({"spec": "5mg"}, {"spec": "5mg*28片"}, True),
    ],
)
def test_the_same_drug_is_generic_form_strength_and_a_fixed_maker(
    written: dict[str, Any], article: dict[str, Any], same: bool
) -> None:
    assert same_drug(line(**written), drug(**article)) is same


@pytest.mark.parametrize(
    ("written", "article", "packs"),
    [
        ({}, {}, "2"),
        ({"unit": "片", "quantity": Quantity.of(14)}, {}, "0.5"),
        ({"unit": "片", "quantity": Quantity.of(7), "spec": "5mg"}, {"spec": "5mg*24片"}, "0.2917"),
        ({"unit": "盒", "quantity": Quantity.of(2)}, {"spec": "5mg*14片"}, "4"),
        ({"unit": "瓶", "spec": "说明不清", "quantity": Quantity.of(3)},
         {"spec": "说明不清", "pack_unit": "瓶"}, "3"),
    ],
)  # fmt: skip
def test_packs_of_a_quantity(written: dict[str, Any], article: dict[str, Any], packs: str) -> None:
    one = line(**written)
    assert packs_for(one, one.quantity, drug(**article)) == Quantity.of(packs)


def test_units_that_nothing_leads_between_make_no_packs() -> None:
    one = line(unit="支", spec="5mg")
    assert packs_for(one, one.quantity, drug()) is None


def basket(*rows: tuple[Medicine, str]) -> Sale:
    lines = tuple(
        SaleLine(
            no,
            replace(an_item(no), medicine_id=m.id, name=m.display_name, sale_class=m.sale_class),
            Quantity.of(many),
            UnitPrice.of("12.80"),
        )
        for no, (m, many) in enumerate(rows, 1)
    )
    return Sale("sale-1", STORE, TILL, START, "staff-1", lines=lines)


def case(*lines: RxLine, given: tuple[Given, ...] = ()) -> RxCase:
    sheet = replace(a_sheet(), lines=lines)
    return RxCase("rx-1", TILL, sheet, START, sale_id="sale-1", given=given)


def why(held: RxCase, sale: Sale, *medicines: Medicine) -> list[str]:
    return [one.why for one in match_basket(held, sale, {m.id: m for m in medicines})[1]]


def test_scanned_boxes_find_their_line() -> None:
    one = drug()
    given, wrong = match_basket(case(line()), basket((one, "2")), {one.id: one})
    assert (given, wrong) == ((Given(1, one.id, Quantity.of(2), 1),), ())


def test_beyond_the_sheet_is_told() -> None:
    one, rx = drug(), drug(id="med-2", generic_name="练习别的片")
    otc = drug(id="med-3", generic_name="练习维生素", sale_class="otc_b")
    assert why(case(line()), basket((one, "2.0001")), one) == ["too_much"]
    assert why(case(line()), basket((one, "1"), (rx, "1")), one, rx) == ["not_prescribed"]
    assert why(case(line()), basket((one, "1"), (otc, "1")), one, otc) == []
    two = drug(id="med-4", manufacturer="另一家（虚构）")
    assert why(case(line()), basket((one, "1"), (two, "1.5")), one, two) == ["too_much"]
    assert why(case(line(taken=True)), basket((one, "1")), one) == ["not_prescribed"]


def test_a_filled_line_stays_with_its_drug() -> None:
    one, other = drug(), drug(id="med-2", generic_name="练习别的片")
    held = case(line(), given=(Given(1, one.id, Quantity.of(2), 1),))
    assert why(held, basket((other, "1")), other) == ["other_drug"]


@given(st.integers(min_value=1, max_value=90), st.integers(min_value=1, max_value=90))
def test_never_more_than_prescribed_however_it_is_packed(pieces: int, pack: int) -> None:
    """What all of a line makes in packs matches it whole, and a ten-thousandth more does not."""
    one = line(unit="片", quantity=Quantity.of(pieces), spec="5mg")
    article = drug(spec=f"5mg*{pack}片")
    packs = packs_for(one, one.quantity, article)
    assert packs is not None
    given, wrong = match_basket(case(one), basket((article, packs.plain())), {article.id: article})
    assert (wrong, given[0].quantity) == ((), Quantity.of(pieces))
    more = packs + Quantity(1)
    assert why(case(one), basket((article, more.plain())), article) == ["too_much"]


def test_what_is_left_over_is_owed() -> None:
    held = case(line(), line(no=2), given=(Given(1, "med-000001", Quantity.of(2), 1),))
    assert [(one.no, many) for one, many in left_over(held)] == [(2, Quantity.of(2))]
