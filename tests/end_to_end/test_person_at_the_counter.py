"""Person against credential through the whole till: rules, ways out, consents, what is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.consent import ConsentHow, ConsentPurpose, ConsentText, guardian_needed
from app.domain.credential_proof import PROOFS, ShownAs, in_order, shown_as
from app.domain.evidence import EvidenceKind
from app.domain.insurance import Credential, CredentialKind
from app.domain.person_check import CheckDraft, CheckVerdict, CheckWay
from app.domain.sale import Sale
from app.domain.signature import PenPoint, PenTrace
from app.domain.staff import Role
from app.errors import (
    BadValue,
    NotAllowed,
    NotFound,
    RuleBroken,
    SecondPersonNeeded,
    SignInRefused,
)
from app.use_cases.check_person import record_check
from app.use_cases.consents import consent_text, give_consent, live_consent, withdraw_consent
from app.use_cases.exhibits import look_at
from app.use_cases.person_facts import identity_in
from app.use_cases.person_page import person_page
from app.use_cases.proxy_purchase import open_proxy
from app.use_cases.quote_sale import quote_sale
from app.use_cases.settle_sale import settle_next
from app.use_cases.sign_in import SecondPerson, add_staff, sign_in
from app.use_cases.views import Patient, PaymentView
from tests.fakes.practice_till import PracticeTill, practice_till

PHARMACIST = SecondPerson("2001", "200200")
MANAGER = SecondPerson("3009", "300900")
MATCH, MISMATCH = CheckVerdict.MATCH, CheckVerdict.MISMATCH
BY_EYE = CheckDraft(CheckWay.BY_EYE, MATCH, "no_consent")
NAME = PenTrace(
    400, 200, (tuple(PenPoint(10 + 9 * n, 50 + 7 * (n % 6), 500, 16 * n) for n in range(30)),)
)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    for made in practice_till(tmp_path):
        add_staff(made.doors, "3009", "练习店长（虚构）", Role.MANAGER, "300900", by="practice")
        yield made


@pytest.fixture(scope="module")
def one_till(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[PracticeTill, Sale, Patient]]:
    """One for all examples of a property: a new one costs a second."""
    for made in practice_till(tmp_path_factory.mktemp("till")):
        add_staff(made.doors, "3009", "练习店长（虚构）", Role.MANAGER, "300900", by="practice")
        yield made, made.basket((made.find(sale_class="rx"), 1)), made.patient("chronic")


@pytest.fixture
def patient(till: PracticeTill) -> Patient:
    return replace(till.patient("chronic"), disease_code="M03900")


@pytest.fixture
def sale(till: PracticeTill) -> Sale:
    """A drug of the disease, with its prescription."""
    with till.doors.uow() as uow:
        drugs = sorted(uow.medicines.all(), key=lambda one: one.shop_code)
    drug = next(one for one in drugs if "M03900" in one.diseases and one.insurance_class == "A")
    return till.prescribe(till.basket((drug, 1)))


def quoted(till: PracticeTill, sale: Sale, patient: Patient) -> PaymentView:
    return quote_sale(till.doors, sale.id, patient, "0", till.operator)


def stops(view: PaymentView) -> list[str]:
    return [note.message_id for note in view.notes if note.severity == "block"]


def recorded(
    till: PracticeTill,
    sale: Sale,
    patient: Patient,
    draft: CheckDraft = BY_EYE,
    second: SecondPerson | None = PHARMACIST,
) -> None:
    record_check(till.doors, sale.id, patient, draft, till.operator, second)


def logged(till: PracticeTill, act: str) -> list[dict[str, object]]:
    with till.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT entry FROM act_log WHERE act = ? ORDER BY seq", (act,)
        )
        return [json.loads(row.entry) for row in rows]


# --- the rule -------------------------------------------------------------------------------------


@pytest.mark.rule("HY-1.1.4b")
@pytest.mark.rule("HY-1.5.6a")
def test_a_special_part_waits_until_two_people_have_looked(
    till: PracticeTill, sale: Sale, patient: Patient
) -> None:
    assert stops(quoted(till, sale, patient)) == ["finding.ID_MISMATCH_not_checked"]
    recorded(till, sale, patient)
    view = quoted(till, sale, patient)
    assert stops(view) == []
    assert [one.settlement_type for one in view.settlements] == ["special"]
    settled = settle_next(till.doors, sale.id, patient, till.operator, lambda _: None)
    assert [one.state for one in settled.settlements] == ["settled"]
    (entry,) = logged(till, "person.checked")
    assert entry["way"] == "by_eye" and entry["verdict"] == "match" and entry["second"]


def test_a_look_at_somebody_else_says_nothing_of_this_person(
    till: PracticeTill, sale: Sale, patient: Patient
) -> None:
    recorded(till, sale, till.patient("retired_met"))
    assert stops(quoted(till, sale, patient)) == ["finding.ID_MISMATCH_not_checked"]


def test_a_parked_basket_that_is_taken_back_another_day_is_looked_at_again(
    till: PracticeTill, sale: Sale, patient: Patient
) -> None:
    recorded(till, sale, patient)
    till.clock.set(till.clock.now() + timedelta(days=1))
    assert person_page(till.doors, sale, patient, "0").open
    assert "finding.ID_MISMATCH_not_checked" in stops(quoted(till, sale, patient))
    recorded(till, sale, patient, CheckDraft(CheckWay.BY_EYE, MISMATCH, "not_this_person"), None)
    till.clock.set(till.clock.now() + timedelta(days=1))
    assert "finding.ID_MISMATCH" in stops(quoted(till, sale, patient))


WAYS_OF_PEOPLE = (
    CheckDraft(CheckWay.BY_EYE, MATCH, "no_consent"),
    CheckDraft(CheckWay.BY_EYE, MISMATCH, "not_this_person"),
    CheckDraft(CheckWay.TERMINAL_FACE, MATCH),
    CheckDraft(CheckWay.TERMINAL_FACE, MISMATCH, "differs"),
    CheckDraft(CheckWay.OVERRIDE, MATCH, "old_picture"),
)


@settings(max_examples=40, deadline=None)
@given(looks=st.lists(st.sampled_from(WAYS_OF_PEOPLE), max_size=6))
def test_whatever_is_tried_a_mismatch_ends_by_a_manager_alone(
    one_till: tuple[PracticeTill, Sale, Patient], looks: list[CheckDraft]
) -> None:
    """The books against a model of two lines: only an override leads out of a mismatch."""
    till, sale, patient = one_till
    # A day of its own: what differed yesterday is not carried into the basket of today.
    till.clock.set(till.clock.now() + timedelta(days=1))
    sale = replace(sale, id=till.doors.ids.new())
    with till.doors.uow() as uow:
        uow.sales.add(sale)
        uow.commit()
    expected = ""
    for draft in looks:
        allowed = expected != "mismatch" or draft.verdict is MISMATCH
        if allowed or draft.way is CheckWay.OVERRIDE:
            recorded(till, sale, patient, draft, MANAGER)
            expected = draft.verdict.value
        else:
            with pytest.raises(NotAllowed):
                recorded(till, sale, patient, draft, MANAGER)
    with till.doors.uow() as uow:
        now = till.clock.now()
        assert identity_in(uow, sale.id, patient.person_id, now) == expected


@pytest.mark.rule("HY-1.5.6a")
def test_a_mismatch_stops_until_a_manager_releases_it(
    till: PracticeTill, sale: Sale, patient: Patient
) -> None:
    recorded(till, sale, patient)
    draft = CheckDraft(CheckWay.BY_EYE, MISMATCH, "not_this_person")
    recorded(till, sale, patient, draft, second=None)
    assert stops(quoted(till, sale, patient)) == ["finding.ID_MISMATCH"]
    release = CheckDraft(CheckWay.OVERRIDE, MATCH, "appearance")
    with pytest.raises(NotAllowed) as refused:
        recorded(till, sale, patient, release)  # a pharmacist is no manager
    assert refused.value.params == {"act": "second_word"}
    recorded(till, sale, patient, release, MANAGER)
    assert stops(quoted(till, sale, patient)) == []
    assert logged(till, "person.checked")[-1]["reason"] == "appearance"


@pytest.mark.rule("HY-1.1.4b")
@pytest.mark.parametrize("way", [CheckWay.BY_EYE, CheckWay.TERMINAL_FACE])
def test_what_differed_once_is_not_looked_at_until_it_fits(
    till: PracticeTill, sale: Sale, patient: Patient, way: CheckWay
) -> None:
    draft = CheckDraft(CheckWay.TERMINAL_FACE, MISMATCH, "differs")
    recorded(till, sale, patient, draft, second=None)
    with pytest.raises(NotAllowed) as refused:
        recorded(till, sale, patient, CheckDraft(way, MATCH))
    assert refused.value.params == {"act": "release_mismatch"}
    assert stops(quoted(till, sale, patient)) == ["finding.ID_MISMATCH"]


def test_a_mismatch_between_quote_and_settling_stops_the_settling(
    till: PracticeTill, sale: Sale, patient: Patient
) -> None:
    recorded(till, sale, patient)
    quoted(till, sale, patient)
    draft = CheckDraft(CheckWay.BY_EYE, MISMATCH, "not_this_person")
    recorded(till, sale, patient, draft, second=None)
    with pytest.raises(RuleBroken) as broken:
        settle_next(till.doors, sale.id, patient, till.operator, lambda _: None)
    assert broken.value.params["code"] == "ID_MISMATCH"
    assert till.books()["settlements"] == []


def test_where_the_pack_asks_for_no_face_nobody_has_to_look(tmp_path: Path) -> None:
    for till in practice_till(tmp_path):
        patient = till.patient("retired_met")
        sale = till.prescribe(till.basket((till.find(sale_class="rx", diseases=()), 1)))
        view = quoted(till, sale, patient)
        assert stops(view) == []
        assert [one.settlement_type for one in view.settlements] == ["ordinary"]
        draft = CheckDraft(CheckWay.BY_EYE, MISMATCH, "not_this_person")
        recorded(till, sale, patient, draft, second=None)
        assert stops(quoted(till, sale, patient)) == ["finding.ID_MISMATCH"]


# --- who may say so -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "error"),
    [
        (None, SecondPersonNeeded),
        (SecondPerson("1001", "100100"), SecondPersonNeeded),
        (SecondPerson("2001", "000000"), SignInRefused),
    ],
)
def test_one_alone_proves_nobody(
    till: PracticeTill,
    sale: Sale,
    patient: Patient,
    second: SecondPerson | None,
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        recorded(till, sale, patient, second=second)
    with till.doors.uow() as uow:
        assert uow.checks.of_sale(sale.id) == []


def test_beside_a_manager_anybody_who_sells_may_release(
    till: PracticeTill, sale: Sale, patient: Patient
) -> None:
    manager = sign_in(till.doors, MANAGER.number, MANAGER.pin)
    draft = CheckDraft(CheckWay.OVERRIDE, MATCH, "old_picture")
    record_check(till.doors, sale.id, patient, draft, manager, PHARMACIST)
    with pytest.raises(SecondPersonNeeded):
        record_check(till.doors, sale.id, patient, draft, manager, MANAGER)


@pytest.mark.parametrize("way", [CheckWay.TEMPLATE, CheckWay.CARD_PICTURE])
@pytest.mark.rule("S-16")
def test_no_face_is_used_without_a_consent_that_stands(
    till: PracticeTill, sale: Sale, patient: Patient, way: CheckWay
) -> None:
    given = consented(till, patient)
    draft = CheckDraft(way, MATCH, consent_id=given)
    recorded(till, sale, patient, draft, None)
    withdraw_consent(till.doors, patient.person_id, ConsentPurpose.FACE, till.operator)
    with pytest.raises(NotAllowed):
        recorded(till, sale, patient, draft, None)
    with pytest.raises(NotAllowed):
        recorded(till, sale, patient, CheckDraft(way, MATCH), None)


def test_a_reason_must_be_one_of_its_way(till: PracticeTill, sale: Sale, patient: Patient) -> None:
    for draft in (
        CheckDraft(CheckWay.OVERRIDE, MATCH),
        CheckDraft(CheckWay.OVERRIDE, MATCH, "because"),
        CheckDraft(CheckWay.BY_EYE, MATCH, "appearance"),
    ):
        with pytest.raises(BadValue):
            recorded(till, sale, patient, draft, MANAGER)


# --- credentials ----------------------------------------------------------------------------------


@pytest.mark.rule("EZ-9b")
def test_the_e_certificate_comes_first_and_lasts_for_one_transaction() -> None:
    shuffled = ["id_card", "social_security_card", "e_certificate", "unheard_of"]
    assert in_order(shuffled)[0] is ShownAs.E_CERTIFICATE
    assert in_order(shuffled)[1:] == (ShownAs.ID_CARD, ShownAs.SOCIAL_CARD)
    assert PROOFS[ShownAs.E_CERTIFICATE].lasts == "transaction"
    assert set(PROOFS) == set(ShownAs)
    typed = Credential(CredentialKind.ID_CARD, "1", typed=True)
    assert not PROOFS[shown_as(typed)].settles
    assert all(PROOFS[one].settles for one in ShownAs if one is not ShownAs.TYPED)


def typed_in_a_real_shop(till: PracticeTill, patient: Patient) -> tuple[PracticeTill, Patient]:
    doors = replace(till.doors, shop=replace(till.doors.shop, environment="test"))
    typed = replace(patient, credential=replace(patient.credential, typed=True))
    return replace(till, doors=doors), typed


@pytest.mark.rule("HY-1.5.6a")
@pytest.mark.rule("S-15")
def test_a_typed_number_settles_by_a_managers_release_alone(
    till: PracticeTill, sale: Sale, patient: Patient
) -> None:
    real, typed = typed_in_a_real_shop(till, patient)
    recorded(real, sale, typed)  # by eye alone shows no credential
    quoted(real, sale, typed)
    with pytest.raises(RuleBroken) as broken:
        settle_next(real.doors, sale.id, typed, real.operator, lambda _: None)
    assert broken.value.params["code"] == "ID_TYPED"
    recorded(real, sale, typed, CheckDraft(CheckWay.OVERRIDE, MATCH, "appearance"), MANAGER)
    with pytest.raises(RuleBroken):  # released for its looks, not for want of a document
        settle_next(real.doors, sale.id, typed, real.operator, lambda _: None)
    recorded(real, sale, typed, CheckDraft(CheckWay.OVERRIDE, MATCH, "reader_broken"), MANAGER)
    view = settle_next(real.doors, sale.id, typed, real.operator, lambda _: None)
    assert [one.state for one in view.settlements] == ["settled"]


# --- consents -------------------------------------------------------------------------------------


def consented(till: PracticeTill, patient: Patient) -> str:
    text = consent_text(till.doors, ConsentPurpose.FACE)
    return give_consent(till.doors, patient, text, NAME, till.operator).id


@pytest.mark.rule("S-16")
def test_a_consent_keeps_the_text_that_was_signed_and_each_purpose_by_itself(
    till: PracticeTill, patient: Patient
) -> None:
    text = consent_text(till.doors, ConsentPurpose.FACE)
    assert till.doors.shop.shop_name in text.plain()
    first = give_consent(till.doors, patient, text, NAME, till.operator)
    assert give_consent(till.doors, patient, text, NAME, till.operator) == first  # once
    assert (first.how, first.text_version) == (ConsentHow.PEN, text.version)
    with till.doors.uow() as uow:
        assert live_consent(uow, patient.person_id, ConsentPurpose.FACE) == first
        assert live_consent(uow, patient.person_id, ConsentPurpose.PURCHASE_STILL) is None
        (exhibit,) = uow.evidence.about(first.id, EvidenceKind.CONSENT)
    pharmacist = sign_in(till.doors, PHARMACIST.number, PHARMACIST.pin)
    kept = json.loads(look_at(till.doors, exhibit, pharmacist))
    assert kept["text"] == text.plain() and len(kept["trace"]["strokes"][0]) == 30
    assert exhibit.person_id == patient.person_id


@pytest.mark.parametrize("purpose", ConsentPurpose)
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_every_text_tells_who_what_for_how_what_how_long_and_the_rights(
    till: PracticeTill, purpose: ConsentPurpose, lang: str
) -> None:
    text: ConsentText = consent_text(till.doors, purpose, lang)
    assert len(text.items) == 6
    assert all(head and len(words) > 10 and "{" not in words for head, words in text.items)


def test_paper_is_a_picture_and_a_slip_of_the_pen_is_no_consent(
    till: PracticeTill, patient: Patient
) -> None:
    text = consent_text(till.doors, ConsentPurpose.PURCHASE_STILL)
    dot = PenTrace(400, 200, ((PenPoint(1, 1, 500, 0),),))
    for nothing in (dot, b"", b"%PDF-1.4"):
        with pytest.raises(BadValue):
            give_consent(till.doors, patient, text, nothing, till.operator)
    with till.doors.uow() as uow:
        assert uow.consents.of_person(patient.person_id) == []
    given = give_consent(till.doors, patient, text, b"\xff\xd8\xff paper", till.operator)
    assert given.how is ConsentHow.PAPER


def test_a_child_needs_a_guardian(till: PracticeTill) -> None:
    child = till.patient("resident_child")
    text = consent_text(till.doors, ConsentPurpose.FACE)
    with pytest.raises(BadValue):
        give_consent(till.doors, child, text, NAME, till.operator)
    given = give_consent(till.doors, child, text, NAME, till.operator, guardian=True)
    assert given.guardian


@pytest.mark.parametrize(("today", "asked"), [(date(2026, 5, 1), True), (date(2026, 5, 2), False)])
def test_the_fourteenth_birthday_ends_it(today: date, asked: bool) -> None:
    assert guardian_needed(date(2012, 5, 2), 14, today) is asked
    assert not guardian_needed(None, 14, today)


def test_withdrawal_stops_the_use_and_stays_as_a_record(
    till: PracticeTill, patient: Patient
) -> None:
    given = consented(till, patient)
    gone = withdraw_consent(till.doors, patient.person_id, ConsentPurpose.FACE, till.operator)
    assert gone.consent.id == given and not gone.consent.stands
    with till.doors.uow() as uow:
        assert live_consent(uow, patient.person_id, ConsentPurpose.FACE) is None
        assert len(uow.consents.of_person(patient.person_id)) == 1
        assert uow.evidence.about(given, EvidenceKind.CONSENT)
    with pytest.raises(NotFound):
        withdraw_consent(till.doors, patient.person_id, ConsentPurpose.FACE, till.operator)
    assert logged(till, "consent.withdrawn")[0]["consent"] == given


def test_a_consent_to_an_older_text_does_not_stand_up_again(
    till: PracticeTill, patient: Patient
) -> None:
    text = consent_text(till.doors, ConsentPurpose.FACE)
    older = give_consent(till.doors, patient, replace(text, version="face-0"), NAME, till.operator)
    newer = give_consent(till.doors, patient, text, NAME, till.operator)
    assert older.id != newer.id
    with till.doors.uow() as uow:
        assert live_consent(uow, patient.person_id, ConsentPurpose.FACE) == newer
    withdraw_consent(till.doors, patient.person_id, ConsentPurpose.FACE, till.operator)
    with till.doors.uow() as uow:
        assert live_consent(uow, patient.person_id, ConsentPurpose.FACE) is None
        assert [one.stands for one in uow.consents.of_person(patient.person_id)] == [False, False]


# --- the page -------------------------------------------------------------------------------------


def test_the_page_says_what_is_asked_and_what_was_found(
    till: PracticeTill, sale: Sale, patient: Patient
) -> None:
    page = person_page(till.doors, sale, patient, "0")
    assert page.needed and page.open and page.face_asked and page.still_asked
    assert page.methods[0] is ShownAs.E_CERTIFICATE
    recorded(till, sale, patient)
    page = person_page(till.doors, sale, patient, "0")
    assert page.needed and not page.open
    assert page.checked_by and page.second and page.checked_by != page.second
    other = person_page(till.doors, sale, till.patient("retired_met"), "0")
    assert not other.needed and other.check is None


@pytest.mark.rule("HY-1.5.6a")
def test_a_relative_with_the_patients_code_is_a_proxy_and_no_mismatch(
    till: PracticeTill, sale: Sale, patient: Patient
) -> None:
    assert person_page(till.doors, sale, patient, "0").open
    open_proxy(till.doors, sale, patient, till.operator)
    page = person_page(till.doors, sale, patient, "0")
    assert page.instead == "proxy" and not page.open
    codes = stops(quoted(till, sale, patient))
    assert codes and not any(code.startswith("finding.ID_MISMATCH") for code in codes)
