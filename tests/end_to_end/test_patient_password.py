"""A region that wants the patient's password: from the keys to the platform, and nowhere else."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.insurance import Credential, CredentialKind
from app.domain.money import ZERO, Quantity
from app.domain.returns import ReturnReason
from app.domain.sale import Sale
from app.domain.scanned import ScannedKind, classify
from app.errors import BadValue, IllegalTransition, RuleBroken
from app.ports import RequestRow
from app.use_cases.complete_sale import complete_sale
from app.use_cases.identify_customer import choose_row, identify_customer, usable_rows
from app.use_cases.patient_password import seal_password, wants_password
from app.use_cases.return_goods import quote_return, run_return
from app.use_cases.settle_sale import settle_next
from app.use_cases.views import Patient, PaymentView, ReturnView
from tests.fakes.practice_till import PracticeTill, digits, practice_till

HEBEI = "CN-130100"


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, HEBEI)


def quoted(till: PracticeTill, person: str = "active_met") -> tuple[Sale, Patient, PaymentView]:
    medicine = till.find(sale_class="otc_b", insurance_class="A")
    patient = till.patient(person)
    sale = till.basket((medicine, 1))
    return sale, patient, till.quote(sale, patient, account_use="1")


def rows(till: PracticeTill, view: PaymentView) -> list[RequestRow]:
    with till.doors.uow() as uow:
        found = [uow.requests.of_settlement(one.settlement_id) for one in view.settlements]
    return [row for group in found for row in group]


def states(view: PaymentView) -> list[str]:
    return [one.state for one in view.settlements]


def test_the_right_password_settles_and_is_on_no_disk(
    till: PracticeTill, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sale, patient, _ = quoted(till)
    typed = till.password(patient)
    sealed = seal_password(till.doors, digits(typed))
    ciphertext = bytes(sealed._text or b"")
    assert len(ciphertext) > 100
    view = settle_next(till.doors, sale.id, patient, till.operator, lambda _: None, sealed)
    assert states(view) == ["settled"]
    settling = next(row for row in rows(till, view) if row.infno == "2102")
    kept = json.loads(settling.request)
    assert kept["cainfo"] == ""
    assert kept["input"]["druginfo"]["psn_no"] == patient.person.psn_no
    till.engine.dispose()
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert any(file.name.startswith("store.sqlite3") for file in files)
    for file in files:
        found = file.read_bytes()
        assert typed.encode() not in found, file.name
        assert ciphertext[:40] not in found, file.name
    assert typed not in caplog.text
    assert ciphertext.decode()[:40] not in caplog.text


def test_without_a_password_nothing_is_written_or_sent(till: PracticeTill) -> None:
    sale, patient, view = quoted(till)
    before = len(rows(till, view))
    with pytest.raises(RuleBroken) as told:
        till.settle_with(sale, patient, "")
    assert told.value.params["code"] == "PASSWORD_MISSING"
    after = rows(till, view)
    assert len(after) == before
    assert till.books()["settlements"] == []
    assert states(till.settle(sale, patient)) == ["settled"]


def test_a_wrong_one_is_refused_in_words_and_may_be_tried_again(till: PracticeTill) -> None:
    sale, patient, _ = quoted(till)
    view = till.settle_with(sale, patient, "000000")
    assert states(view) == ["declined"]
    ids = [note.message_id for note in view.notes]
    assert ids == ["settle.refused", "patient_password.wrong_tries"]
    assert view.notes[1].params == {"tries": 4}
    till.clock.set(till.clock.now() + timedelta(seconds=5))
    again = till.quote(sale, patient, account_use="1")
    assert "quoted" in states(again)
    assert "settled" in states(till.settle(sale, patient))


def test_the_fifth_wrong_one_locks(till: PracticeTill) -> None:
    sale, patient, _ = quoted(till)
    for _ in range(5):
        view = till.settle_with(sale, patient, "000000")
        till.quote(sale, patient, account_use="1")
    assert view.notes[1].message_id == "patient_password.locked"
    view = till.settle(sale, patient)
    assert "settled" not in states(view)
    assert view.notes[1].message_id == "patient_password.locked"


def test_a_patient_of_another_province_types_nothing(till: PracticeTill) -> None:
    area = till.patient("elsewhere").row
    assert area is not None
    assert not wants_password(till.doors, "ordinary", area.area)
    assert wants_password(till.doors, "ordinary", till.doors.profile.division)


def test_one_password_serves_one_message(till: PracticeTill) -> None:
    sale, patient, _ = quoted(till)
    sealed = seal_password(till.doors, digits(till.password(patient)))
    settle_next(till.doors, sale.id, patient, till.operator, lambda _: None, sealed)
    assert sealed.spent
    other, patient, _ = quoted(till, "active_half")
    with pytest.raises(RuleBroken):
        settle_next(till.doors, other.id, patient, till.operator, lambda _: None, sealed)


def test_a_password_of_a_settlement_that_never_began_is_wiped(till: PracticeTill) -> None:
    medicine = till.find(sale_class="otc_b", insurance_class="A")
    patient, sale = till.patient("active_met"), till.basket((medicine, 1))
    sealed = seal_password(till.doors, digits(till.password(patient)))
    with pytest.raises(IllegalTransition):
        settle_next(till.doors, sale.id, patient, till.operator, lambda _: None, sealed)
    assert sealed.spent


def test_too_few_digits_are_no_password(till: PracticeTill) -> None:
    typed = digits("70595")
    with pytest.raises(BadValue):
        seal_password(till.doors, typed)
    assert len(typed) == 0


def test_a_shop_without_the_platforms_key_says_so(till: PracticeTill) -> None:
    from dataclasses import replace

    typed = digits("705953")
    with pytest.raises(RuleBroken) as told:
        seal_password(replace(till.doors, password_sealer=None), typed)
    assert told.value.params["code"] == "PASSWORD_NO_KEY"
    assert len(typed) == 0


@pytest.mark.rule("S-14")
def test_no_disk_knows_the_token_or_the_code_of_a_certificate(
    till: PracticeTill, tmp_path: Path
) -> None:
    """What a terminal answers, and what a scanner reads, opens a person's account (devices 3.1)."""
    for number, name in enumerate(("ec_token", "ec_code")):
        shown = str(till.person("active_met")[name])
        credential = Credential(CredentialKind.E_CERTIFICATE, shown)
        patient = identify_customer(till.doors, credential, till.operator)
        if patient.row is None:
            row = usable_rows(till.doors, patient.person)[0]
            patient = choose_row(till.doors, patient, row, till.operator)
        medicine = till.find(sale_class="otc_b", insurance_class="A")
        sale = till.basket((medicine, 1 + number))
        till.quote(sale, patient, account_use="1")
        assert states(till.settle(sale, patient)) == ["settled"]
    till.engine.dispose()
    for file in tmp_path.rglob("*"):
        if file.is_file():
            found = file.read_bytes()
            for name in ("ec_token", "ec_code"):
                assert str(till.person("active_met")[name]).encode() not in found, file.name


def test_the_sister_code_of_a_certificate_is_the_same_person(till: PracticeTill) -> None:
    shown = "opc" + str(till.person("active_met")["ec_code"])[3:]
    assert classify(shown, till.clock.now().date()).kind is ScannedKind.INSURANCE_CODE
    credential = Credential(CredentialKind.E_CERTIFICATE, shown)
    found = identify_customer(till.doors, credential, till.operator)
    assert found.person.psn_no == till.person("active_met")["psn_no"]


def sold(till: PracticeTill) -> tuple[Sale, Credential]:
    """Two boxes, settled with the password and paid."""
    medicine = till.find(sale_class="otc_b", insurance_class="A")
    patient = till.patient("rich_account")
    sale = till.basket((medicine, 2))
    till.quote(sale, patient, account_use="1")
    assert till.settle(sale, patient).sale_state == "completing"
    complete_sale(till.doors, sale.id, (), ZERO, till.operator)
    with till.doors.uow() as uow:
        return uow.sales.get(sale.id), till.credential("rich_account")


def returned(till: PracticeTill, sale: Sale, credential: Credential, boxes: int) -> ReturnView:
    line = sale.lines[0]
    codes = tuple(code for each in sale.lines for code in each.trace_codes)[:boxes]
    quantities = {line.no: Quantity.of(boxes)}
    if len(sale.lines) > 1:
        quantities = {each.no: Quantity.of(1) for each in sale.lines[:boxes]}
    asked = quote_return(
        till.doors, sale.id, quantities, codes, ReturnReason.QUALITY, till.operator, credential
    )
    return run_return(till.doors, asked.return_id, till.operator, credential, lambda _: None)


def test_part_of_a_sale_is_not_cancelled_where_the_rest_would_need_a_password(
    till: PracticeTill,
) -> None:
    sale, credential = sold(till)
    with pytest.raises(RuleBroken) as told:
        returned(till, sale, credential, 1)
    assert told.value.params["code"] == "PASSWORD_RETURN"
    settlements = till.books()["settlements"]
    assert isinstance(settlements, list)
    assert [one["state"] for one in settlements] == ["settled"]


def test_all_of_it_comes_back_without_a_password(till: PracticeTill) -> None:
    sale, credential = sold(till)
    assert returned(till, sale, credential, 2).state == "done"
