"""What an open item is called on the close's paper and screen."""

import pytest

from ui.shift_rows import ref_words


def say(key: str, **_params: object) -> str:
    return key


@pytest.mark.parametrize(
    ("ref", "told"),
    [
        ("01-20261123-0001", "01-20261123-0001"),
        ("P99990000001202611231245550100", "202611231245550100"),
        ("019a0c1e-77aa-7b21-8898-1af52d41e39f", ""),
        ("receipts", "shift.ref_receipts"),
    ],
)
def test_a_thing_is_told_by_what_people_can_find_it_by(ref: str, told: str) -> None:
    assert ref_words(ref, say) == told
