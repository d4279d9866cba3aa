"""An identity card at the counter: whom it proves, and when it proves nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.identity_card import IdentityCard, IdentityCardType, Sex
from app.domain.insurance import Credential, CredentialKind, InsuredPerson
from app.domain.rx_case import RxPatient
from app.use_cases.show_card import name_differs, show_card

TODAY = date(2026, 11, 22)
CARD = IdentityCard(
    IdentityCardType.RESIDENT, name="练习甲·在职", sex=Sex.MALE, ethnicity_code="01",
    birth_date=date(1980, 3, 12), id_number="999900198003120116",
    valid_from=date(2020, 1, 1), valid_until=date(2040, 1, 1),
)  # fmt: skip


@pytest.mark.rule("S-15")
def test_a_card_is_a_credential_and_no_typed_number() -> None:
    shown = show_card(CARD, TODAY, None)
    assert shown.credential == Credential(CredentialKind.ID_CARD, CARD.id_number)
    assert not shown.credential.typed
    assert shown.refused is None


def test_the_last_day_counts_and_the_day_after_does_not() -> None:
    last = replace(CARD, valid_until=TODAY)
    assert show_card(last, TODAY, None).credential is not None
    after = show_card(replace(CARD, valid_until=date(2026, 11, 21)), TODAY, None)
    assert after.credential is None
    assert after.refused is not None
    assert after.refused.message_id == "card.expired"
    for_life = replace(CARD, valid_until=None, long_term=True)
    assert show_card(for_life, TODAY, None).credential is not None


@pytest.mark.parametrize(
    "card",
    [
        replace(CARD, id_number="999900198003120117"),
        replace(CARD, id_number=""),
        replace(CARD, birth_date=date(1980, 3, 13)),
        IdentityCard(IdentityCardType.FOREIGN_2023, name="练习外"),
    ],
    ids=["check digit", "no number", "another birthday", "a foreigner's without number"],
)
def test_a_number_that_cannot_be_true_is_asked_of_nobody(card: IdentityCard) -> None:
    shown = show_card(card, TODAY, None)
    assert shown.credential is None
    assert shown.refused is not None
    assert shown.refused.message_id == "card.doubtful"
    assert card.id_number not in str(shown.refused.params) or not card.id_number


@pytest.mark.rule("HY-1.5.6a")
@pytest.mark.parametrize(
    ("patient", "same"),
    [
        (RxPatient("练习甲·在职", cert_type="01", cert_no="999900198003120116"), True),
        (RxPatient("练习甲·在职"), True),
        (RxPatient("练习甲 · 在职"), True),
        (RxPatient("练习乙·在职"), False),
        (RxPatient("练习甲·在职", cert_type="01", cert_no="999900199207080229"), False),
        (RxPatient("练习甲·在职", cert_type="08", cert_no="E00000000"), True),
    ],
)
def test_a_card_of_somebody_else_than_the_patient_is_refused(
    patient: RxPatient, same: bool
) -> None:
    shown = show_card(CARD, TODAY, patient)
    assert (shown.credential is not None) is same
    if not same:
        assert shown.refused is not None
        assert shown.refused.message_id == "card.other_person"


def test_another_name_at_the_platform_is_noticed() -> None:
    assert name_differs("练习甲", InsuredPerson("1", "练习乙"))
    assert not name_differs("练习甲", InsuredPerson("1", "练习甲 "))
    assert not name_differs("", InsuredPerson("1", "练习乙"))


@pytest.mark.rule("S-15")
def test_nothing_of_a_card_is_printed() -> None:
    shown = show_card(CARD, TODAY, None)
    assert CARD.id_number not in repr(shown)
    assert CARD.name not in repr(shown)
