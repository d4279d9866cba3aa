"""A social security card at the counter: whom it proves, and when it proves nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.insurance import Credential, CredentialKind
from app.domain.rx_case import RxPatient
from app.domain.social_card import SocialCard
from app.use_cases.show_card import show_social_card
from ui.words import LANGUAGES, say

TODAY = date(2026, 11, 22)
CARD = SocialCard(
    id_code="999900D1560000050000000000000001",
    card_number="LX0000001",
    id_number="999900198003120116",
    name="练习甲·在职",
    version="2.00",
    expires=date(2026, 11, 22),
)


@pytest.mark.rule("S-15")
def test_a_card_is_a_credential_with_its_identification_code() -> None:
    shown = show_social_card(CARD, TODAY, None)
    assert shown.credential == Credential(
        CredentialKind.SOCIAL_CARD, "LX0000001", "999900D1560000050000000000000001"
    )
    assert not shown.credential.typed
    assert (shown.name, shown.refused) == ("练习甲·在职", None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": ""}, "social_card.needs_authentication"),
        ({"card_number": ""}, "social_card.needs_authentication"),
        ({"id_number": ""}, "social_card.needs_authentication"),
        ({"id_code": ""}, "social_card.needs_authentication"),
        ({"expires": date(2026, 11, 21)}, "social_card.expired"),
        ({"id_number": "999900198003120117"}, "social_card.doubtful"),
    ],
)
def test_a_card_that_proves_nobody_says_the_way_out(
    change: dict[str, object], expected: str
) -> None:
    shown = show_social_card(replace(CARD, **change), TODAY, None)  # type: ignore[arg-type]
    assert shown.credential is None and shown.name == ""
    assert shown.refused is not None and shown.refused.message_id == expected
    for lang, words in zip(LANGUAGES, ("身份证", "identity card"), strict=True):
        assert words in say(expected, lang, **shown.refused.params)


@pytest.mark.rule("HY-1.5.6a")
def test_only_the_patient_of_the_prescription_may_show_a_card() -> None:
    theirs = RxPatient(name="练习甲·在职", cert_type="01", cert_no=CARD.id_number)
    assert show_social_card(CARD, TODAY, theirs).credential is not None
    others = RxPatient(name="练习乙", cert_type="01", cert_no="999900199207080229")
    refused = show_social_card(CARD, TODAY, others).refused
    assert refused is not None and refused.message_id == "card.other_person"
