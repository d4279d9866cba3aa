"""Checks and consents of persons, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.consent import Consent, ConsentHow, ConsentPurpose, standing
from app.domain.person_check import CheckVerdict, CheckWay, PersonCheck, newest_of
from app.errors import BadValue, NotFound
from app.ports import UnitOfWorkFactory
from tests.fakes.clock import START
from tests.fakes.insurance import PERSON

BY_EYE = PersonCheck(
    "check-2", "sale-1", "person-1", START, "staff-1", CheckWay.BY_EYE, CheckVerdict.MATCH,
    "02", second_id="staff-2", reason="no_consent",
)  # fmt: skip
BY_FACE = PersonCheck(
    "check-1", "sale-1", "person-1", START, "staff-1", CheckWay.TEMPLATE, CheckVerdict.MISMATCH,
    "01", "engine-1", 13_400, 9_200, "turns+blink", 3, "consent-1", "", "differs",
)  # fmt: skip
GIVEN = Consent(
    "consent-1", "person-1", ConsentPurpose.FACE, "face-1", START, "staff-1", ConsentHow.PEN,
    "exhibit-1",
)  # fmt: skip


def _keep(books: UnitOfWorkFactory, *things: PersonCheck | Consent) -> None:
    with books() as uow:
        for one in things:
            if isinstance(one, Consent):
                uow.consents.add(one)
            else:
                uow.checks.add(one)
        uow.commit()


def test_checks_of_a_sale_come_back_as_they_were_in_the_order_in_which_they_were_made(
    books: UnitOfWorkFactory,
) -> None:
    _keep(books, BY_EYE, BY_FACE, replace(BY_EYE, id="check-3", sale_id="sale-2"))
    with books() as uow:
        assert uow.checks.of_sale("sale-1") == [BY_EYE, BY_FACE]
        assert newest_of(uow.checks.of_sale("sale-1"), "person-1") == BY_FACE
        assert uow.checks.of_sale("sale-9") == []


def test_checks_of_a_person_are_those_since_a_moment_at_any_sale_and_till(till: object) -> None:
    later = replace(BY_EYE, id="check-3", sale_id="sale-2", at=START + timedelta(hours=1))
    _keep(till("till-1"), BY_FACE, later)  # type: ignore[operator]
    _keep(till("till-2"), replace(BY_EYE, id="check-4", person_id="person-2"))  # type: ignore[operator]
    with till("till-2")() as uow:  # type: ignore[operator]
        assert uow.checks.of_person("person-1", START) == [BY_FACE, later]
        assert uow.checks.of_person("person-1", START + timedelta(minutes=1)) == [later]
        assert uow.checks.of_person("person-9", START) == []


def test_checks_of_a_person_are_found_under_every_record_of_the_document(
    books: UnitOfWorkFactory,
) -> None:
    somebody = PERSON
    again = replace(somebody, psn_no="999900008888888888")
    without = [replace(somebody, psn_no=f"99990000777777777{n}", cert_no="") for n in range(2)]
    with books() as uow:
        ids = [uow.persons.keep(one, f"person-{n}", START)
               for n, one in enumerate((somebody, again, *without))]  # fmt: skip
        uow.commit()
    first, twin, bare, other = (
        replace(BY_EYE, id=f"check-{n}", person_id=each) for n, each in enumerate(ids)
    )
    _keep(books, first, twin, bare, other)
    with books() as uow:
        assert uow.checks.of_person(ids[0], START) == [first, twin]
        assert uow.checks.of_person(ids[1], START) == [first, twin]
        assert uow.checks.of_person(ids[2], START) == [bare]


def test_a_check_is_not_overwritten(books: UnitOfWorkFactory) -> None:
    _keep(books, BY_FACE)
    with pytest.raises(BadValue):
        _keep(books, replace(BY_FACE, verdict=CheckVerdict.MATCH))
    with books() as uow:
        assert uow.checks.of_sale("sale-1") == [BY_FACE]


def test_a_consent_stands_until_it_is_withdrawn_and_stays_as_a_record(
    books: UnitOfWorkFactory,
) -> None:
    still = replace(GIVEN, id="consent-2", purpose=ConsentPurpose.PURCHASE_STILL, guardian=True)
    _keep(books, GIVEN, still, replace(GIVEN, id="consent-3", person_id="person-2"))
    gone = replace(GIVEN, withdrawn_at=START + timedelta(days=1), withdrawn_by="staff-2")
    with books() as uow:
        uow.consents.withdraw(gone)
        uow.commit()
    with books() as uow:
        kept = uow.consents.of_person("person-1")
        assert kept == [gone, still]
        assert standing(kept, ConsentPurpose.FACE) is None
        assert standing(kept, ConsentPurpose.PURCHASE_STILL) == still
        with pytest.raises(NotFound):
            uow.consents.withdraw(gone)


def test_another_till_of_the_store_sees_the_consent(till: object) -> None:
    _keep(till("till-1"), GIVEN)  # type: ignore[operator]
    with till("till-2")() as uow:  # type: ignore[operator]
        assert uow.consents.of_person("person-1") == [GIVEN]
