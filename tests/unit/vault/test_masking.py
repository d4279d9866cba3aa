"""Whoever need not know a name or a number whole does not see it whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.masking import mask_id_number, mask_name


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张小兰", "张*兰"),
        ("张兰", "张*"),
        ("张", "*"),
        ("", ""),
        (" 欧阳小雪 ", "欧**雪"),
        ("𠮷小兰", "𠮷*兰"),
    ],
)
def test_names(name, masked):
    assert mask_name(name) == masked


def test_numbers():
    assert mask_id_number("999900199001010019") == "999*************19"


@given(number=st.text("0123456789X", max_size=40))
def test_at_least_half_of_any_number_is_hidden_and_its_length_kept(number):
    masked = mask_id_number(number)
    assert len(masked) == len(number)
    assert masked.count("*") * 2 >= len(number)
