"""What a product part may be, and how two parts typed by hand become a code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pack_code import MOST_UNITS, PackCode, PackLevel, product_code_of, two_parts
from app.domain.scanned import classify
from app.errors import BadValue
from tests.fakes.clock import START


def code(**changes: object) -> PackCode:
    values = {
        "product_code": "8385793", "medicine_id": "m-1", "level": PackLevel.BOX, "units": 1,
        "learned_at": START, "learned_by": "staff-1",
    }  # fmt: skip
    return PackCode(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["8385793", "86901234567890", "06901234567892"])
def test_a_part_is_seven_digits_or_a_gtin(part: str) -> None:
    assert code(product_code=part).product_code == part


@pytest.mark.parametrize("part", ["", "7385793", "838579", "83857931", "838579x", "８３８５７９３"])
def test_nothing_else_is_a_part(part: str) -> None:
    with pytest.raises(BadValue):
        code(product_code=part)


@given(st.integers(-5, MOST_UNITS + 5), st.sampled_from(PackLevel))
def test_a_box_is_one_and_every_other_pack_holds_several(units: int, level: PackLevel) -> None:
    fits = units == 1 if level is PackLevel.BOX else 2 <= units <= MOST_UNITS
    if fits:
        assert code(level=level, units=units).units == units
    else:
        with pytest.raises(BadValue):
            code(level=level, units=units)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("83857930000879766660", "8385793"),
        ("药品标识码：8385793 序列号：0000879766660", "8385793"),
        ("https://example.invalid/t?code=83857930000879766660", "8385793"),
        ("]d201069012345678921726123121SN7", "06901234567892"),
        ("010690123456789217261231", ""),
        ("6901234567892", ""),
        ("1001", ""),
    ],
)
def test_the_part_of_a_code_that_names_one_pack(text: str, part: str) -> None:
    assert product_code_of(classify(text, START.date())) == part


def test_two_parts_stand_apart_on_the_label_and_together_in_the_code() -> None:
    assert two_parts(" 8385 793", "0000879 766660") == "83857930000879766660"
    for wrong in (("838579", "0000879766660"), ("8385793", "000087976666")):
        with pytest.raises(BadValue):
            two_parts(*wrong)
