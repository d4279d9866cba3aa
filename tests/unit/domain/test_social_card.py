"""What speaks against a social security card."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.social_card import SocialCard, card_doubts
from ui.words import knows

TODAY = date(2026, 10, 5)
CARD = SocialCard(
    id_code="999900D1560000050000000000000001",
    card_number="LX0000001",
    id_number="999900198003120116",
    name="练习甲·在职",
    expires=date(2026, 10, 5),
)


def test_nothing_speaks_against_a_good_card_on_its_last_day() -> None:
    assert card_doubts(CARD, TODAY) == ()


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({"expires": date(2026, 10, 4)}, "expired"),
        ({"id_number": "999900198003120117"}, "number_check"),
        ({"name": ""}, "needs_authentication"),
        ({"card_number": ""}, "needs_authentication"),
        ({"id_number": ""}, "needs_authentication"),
    ],
)
def test_what_speaks_against_a_card_is_said(change: dict[str, object], doubt: str) -> None:
    doubts = card_doubts(replace(CARD, **change), TODAY)  # type: ignore[arg-type]
    assert doubts == (f"device_sscard.{doubt}",)
    assert knows(doubts[0])


def test_numbers_of_others_than_citizens_are_not_judged() -> None:
    assert card_doubts(replace(CARD, id_number="HKG000000000000001"), TODAY) == ()


def test_the_issuer_is_the_organisation_or_the_area() -> None:
    assert SocialCard(organisation="9999", area="999900").issuer == "9999"
    assert SocialCard(area="999900").issuer == "999900"
