"""A person who differed from the document is not looked at anew by giving the basket up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.consent import ConsentPurpose
from app.domain.insurance import InsuredPerson
from app.domain.money import Quantity
from app.domain.person_check import CheckDraft, CheckVerdict, CheckWay
from app.domain.returns import ReturnReason
from app.domain.sale import Sale
from app.domain.signature import PenPoint, PenTrace
from app.domain.staff import Role
from app.errors import IllegalTransition, NotAllowed, RuleBroken
from app.use_cases.basket import abandon_basket, hold_basket, keep_basket
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.check_person import record_check
from app.use_cases.complete_sale import complete_sale
from app.use_cases.consents import consent_text, give_consent
from app.use_cases.person_page import person_page
from app.use_cases.quote_sale import quote_sale
from app.use_cases.return_goods import quote_return
from app.use_cases.settle_sale import settle_next
from app.use_cases.sign_in import SecondPerson, add_staff, sign_in
from app.use_cases.views import Note, Patient, PaymentView
from tests.fakes.practice_till import PracticeTill, cash, practice_till

PHARMACIST = SecondPerson("2001", "200200")
MANAGER = SecondPerson("3009", "300900")
MATCH, MISMATCH = CheckVerdict.MATCH, CheckVerdict.MISMATCH
BY_EYE = CheckDraft(CheckWay.BY_EYE, MATCH, "no_consent")
OTHER = CheckDraft(CheckWay.BY_EYE, MISMATCH, "not_this_person")

NAME = PenTrace(
    400, 200, (tuple(PenPoint(10 + 9 * n, 50 + 7 * (n % 6), 500, 16 * n) for n in range(30)),)
)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    for made in practice_till(tmp_path):
        add_staff(made.doors, "3009", "练习店长（虚构）", Role.MANAGER, "300900", by="practice")
        yield made


@pytest.fixture
def patient(till: PracticeTill) -> Patient:
    return replace(till.patient("chronic"), disease_code="M03900")


def basket(till: PracticeTill) -> Sale:
    with till.doors.uow() as uow:
        drugs = sorted(uow.medicines.all(), key=lambda one: one.shop_code)
    drug = next(one for one in drugs if "M03900" in one.diseases and one.insurance_class == "A")
    return till.prescribe(till.basket((drug, 1)))


def look(
    till: PracticeTill,
    sale: Sale,
    patient: Patient,
    draft: CheckDraft,
    second: SecondPerson | None = None,
) -> None:
    record_check(till.doors, sale.id, patient, draft, till.operator, second)


def told(till: PracticeTill, sale: Sale, patient: Patient) -> list[Note]:
    view = quote_sale(till.doors, sale.id, patient, "0", till.operator)
    return [note for note in view.notes if note.code == "ID_DIFFERED"]


@pytest.fixture
def after(till: PracticeTill, patient: Patient) -> Sale:
    """The basket of whoever differed is given up; the same goods are scanned anew."""
    first = basket(till)
    look(till, first, patient, OTHER)
    abandon_basket(till.doors, first, till.operator)
    return basket(till)


@pytest.mark.rule("HY-1.1.4b")
@pytest.mark.rule("HY-1.5.6a")
def test_the_next_basket_of_who_differed_wants_a_manager_among_the_two(
    till: PracticeTill, patient: Patient, after: Sale
) -> None:
    with pytest.raises(NotAllowed) as refused:
        look(till, after, patient, BY_EYE, PHARMACIST)
    assert refused.value.params == {"act": "differed_today"}
    look(till, after, patient, BY_EYE, MANAGER)
    (note,) = told(till, after, patient)
    assert (note.message_id, note.severity) == ("finding.ID_DIFFERED_not_this_person", "warn")
    assert note.params == {"at": "10:00"}


@pytest.mark.parametrize("way", [CheckWay.TERMINAL_FACE, CheckWay.CARD_PICTURE, CheckWay.TEMPLATE])
def test_no_face_is_tried_basket_by_basket_until_it_fits(
    till: PracticeTill, patient: Patient, after: Sale, way: CheckWay
) -> None:
    text = consent_text(till.doors, ConsentPurpose.FACE)
    given = give_consent(till.doors, patient, text, NAME, till.operator)
    draft = CheckDraft(way, MATCH, consent_id=given.id)
    with pytest.raises(NotAllowed) as refused:
        look(till, after, patient, draft)
    assert refused.value.params == {"act": "differed_today"}
    look(till, after, patient, CheckDraft(way, MISMATCH, "differs", consent_id=given.id))
    manager = sign_in(till.doors, MANAGER.number, MANAGER.pin)
    record_check(till.doors, basket(till).id, patient, draft, manager)


def test_beside_a_manager_who_sells_anybody_looks(
    till: PracticeTill, patient: Patient, after: Sale
) -> None:
    manager = sign_in(till.doors, MANAGER.number, MANAGER.pin)
    record_check(till.doors, after.id, patient, BY_EYE, manager, PHARMACIST)


def test_a_second_till_knows_of_it_and_the_page_tells_before_anybody_types(
    till: PracticeTill, patient: Patient, after: Sale
) -> None:
    other = till.second_till()
    page = person_page(other.doors, after, patient, "0")
    assert page.differed is not None and page.differed.reason == "not_this_person"
    with pytest.raises(NotAllowed):
        look(other, after, patient, BY_EYE, PHARMACIST)


def test_another_record_of_the_same_document_is_the_same_person(
    till: PracticeTill, patient: Patient, after: Sale
) -> None:
    again: InsuredPerson = replace(patient.person, psn_no="999900009999999999")
    with till.doors.uow() as uow:
        kept = uow.persons.keep(again, "twin-1", till.clock.now())
        twin = replace(patient, person=again, person_id=kept)
        uow.commit()
    assert twin.person_id != patient.person_id
    with pytest.raises(NotAllowed):
        look(till, after, twin, BY_EYE, PHARMACIST)


def test_a_look_by_a_manager_releases_nothing_for_the_sale_after_it(
    till: PracticeTill, patient: Patient, after: Sale
) -> None:
    look(till, after, patient, BY_EYE, MANAGER)
    with pytest.raises(NotAllowed):
        look(till, basket(till), patient, BY_EYE, PHARMACIST)


def test_a_release_ends_it_and_so_does_the_day(
    till: PracticeTill, patient: Patient, after: Sale
) -> None:
    look(till, after, patient, CheckDraft(CheckWay.OVERRIDE, MATCH, "old_picture"), MANAGER)
    third = basket(till)
    look(till, third, patient, BY_EYE, PHARMACIST)
    assert told(till, third, patient) == []
    look(till, third, patient, OTHER)
    fourth = basket(till)
    with pytest.raises(NotAllowed):
        look(till, fourth, patient, BY_EYE, PHARMACIST)
    till.clock.set(till.clock.now() + timedelta(days=1))
    look(till, fourth, patient, BY_EYE, PHARMACIST)


def test_nobody_else_is_told_of_it(till: PracticeTill, after: Sale) -> None:
    somebody = till.patient("retired_met")
    assert told(till, after, somebody) == []
    look(till, after, somebody, BY_EYE, PHARMACIST)


def test_where_the_pack_asks_for_no_face_a_new_basket_is_no_way_out_either(
    till: PracticeTill,
) -> None:
    customer = till.patient("retired_met")
    goods = till.find(sale_class="rx", diseases=())
    first, second = (till.prescribe(till.basket((goods, 1))) for _ in range(2))
    look(till, first, customer, OTHER)
    assert person_page(till.doors, second, customer, "0").open
    view = quote_sale(till.doors, second.id, customer, "0", till.operator)
    blocks = [note.message_id for note in view.notes if note.severity == "block"]
    assert blocks == ["finding.ID_MISMATCH_not_checked"]
    look(till, second, customer, BY_EYE, MANAGER)
    view = quote_sale(till.doors, second.id, customer, "0", till.operator)
    assert not [note for note in view.notes if note.severity == "block"]


def settled(till: PracticeTill, patient: Patient) -> tuple[Sale, PaymentView]:
    sale = basket(till)
    look(till, sale, patient, BY_EYE, PHARMACIST)
    quote_sale(till.doors, sale.id, patient, "0", till.operator)
    return sale, settle_next(till.doors, sale.id, patient, till.operator, lambda _: None)


@pytest.mark.rule("HY-1.5.6a")
def test_what_was_quoted_for_one_is_never_settled_on_the_account_of_another(
    till: PracticeTill, patient: Patient
) -> None:
    sale, other = basket(till), till.patient("retired_met")
    for each in (patient, other):
        look(till, sale, each, BY_EYE, PHARMACIST)
    quote_sale(till.doors, sale.id, patient, "0", till.operator)
    with pytest.raises(IllegalTransition):
        settle_next(till.doors, sale.id, other, till.operator, lambda _: None)
    assert till.books()["settlements"] == []
    view = settle_next(till.doors, sale.id, patient, till.operator, lambda _: None)
    assert [one.state for one in view.settlements] == ["settled"]


@pytest.mark.rule("HY-1.1.4b")
def test_goods_are_not_handed_out_to_who_was_seen_not_to_be_the_person(
    till: PracticeTill, patient: Patient
) -> None:
    sale, view = settled(till, patient)
    look(till, sale, patient, OTHER)
    due = cash(view.cash_due)
    with pytest.raises(RuleBroken) as broken:
        complete_sale(till.doors, sale.id, due, view.cash_due, till.operator)
    assert broken.value.params["code"] == "ID_MISMATCH"
    release = CheckDraft(CheckWay.OVERRIDE, MATCH, "appearance")
    look(till, sale, patient, release, MANAGER)
    complete_sale(till.doors, sale.id, due, view.cash_due, till.operator)
    with till.doors.uow() as uow:
        assert uow.sales.get(sale.id).state == "done"


def test_what_was_settled_and_then_differed_can_be_cancelled(
    till: PracticeTill, patient: Patient
) -> None:
    sale, _view = settled(till, patient)
    look(till, sale, patient, OTHER)
    back = cancel_settlements(till.doors, sale.id, till.operator)
    assert [one.state for one in back.settlements] == ["cancelled"]


@pytest.mark.rule("HY-1.5.6a")
def test_the_remainder_of_a_return_is_its_persons_and_never_a_basket_again(
    till: PracticeTill, patient: Patient
) -> None:
    """Nobody is looked at for it, so it may be nothing but what that person kept."""
    goods = basket(till).lines[0].item.medicine_id
    with till.doors.uow() as uow:
        drug = uow.medicines.get(goods)
    sale = till.prescribe(till.basket((drug, 2)))
    look(till, sale, patient, BY_EYE, PHARMACIST)
    quote_sale(till.doors, sale.id, patient, "0", till.operator)
    view = settle_next(till.doors, sale.id, patient, till.operator, lambda _: None)
    complete_sale(till.doors, sale.id, cash(view.cash_due), view.cash_due, till.operator)
    code, back = sale.lines[0].trace_codes[:1], {1: Quantity.of(1)}
    quote_return(
        till.doors, sale.id, back, code, ReturnReason.QUALITY, till.operator, patient.credential
    )
    with till.doors.uow() as uow:
        rest = next(one for one in uow.sales.unfinished("till-1") if one.replaces)
    with pytest.raises(IllegalTransition):
        quote_sale(till.doors, rest.id, till.patient("retired_met"), "0", till.operator)
    for change in (keep_basket, lambda doors, kept: hold_basket(doors, kept, till.operator)):
        with pytest.raises(IllegalTransition):
            change(till.doors, rest)
