"""The prescription walk without a window, against the practice centre: every outcome of each step.

Each test compares the till's case with the centre's books.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.prescription import PrescriptionForm
from app.domain.returns import ReturnReason
from app.domain.rx_acts import act_text, signed_texts
from app.domain.rx_case import (
    ListedIssuer,
    RxCase,
    RxDiagnosis,
    RxLine,
    RxPatient,
    RxSheet,
    Verdict,
)
from app.domain.rx_states import RxState
from app.domain.sale import Sale
from app.errors import BadValue, IllegalTransition, NoAnswer, NotAllowed, RuleBroken
from app.resources import resource
from app.use_cases.attach_prescription import attach_prescription
from app.use_cases.basket import abandon_basket, item_of, keep_basket, open_basket, price_of
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.checks import check_before_complete
from app.use_cases.complete_sale import complete_sale
from app.use_cases.duty import sign_off
from app.use_cases.estimate_basket import estimate_basket
from app.use_cases.recover_settlements import recover_settlements
from app.use_cases.return_goods import quote_return, run_return
from app.use_cases.rx_counter import unmet
from app.use_cases.rx_dispense import (
    candidates,
    check,
    current,
    fill_basket,
    pick,
    reopen,
    reopen_if_changed,
)
from app.use_cases.rx_fetch import offers, renew, tokens_of_code
from app.use_cases.rx_owings import fulfil_owing, owe, owings
from app.use_cases.rx_paper import enter_paper
from app.use_cases.rx_review import queue, review
from app.use_cases.rx_settle import prepare_completion, release
from app.use_cases.rx_views import Choice, ReviewInput
from app.use_cases.views import Note, Patient
from tests.fakes.builders import a_prescription
from tests.fakes.practice_rx import CASHIER, CHECKER, COMPARED, PASS, REFUSE, REVIEWER, RxTill
from tests.fakes.practice_till import PracticeTill, cash, practice_till

PICTURE = resource("practice", "prescription.png").read_bytes()


@pytest.fixture
def rx(tmp_path: Path) -> Iterator[RxTill]:
    for till in practice_till(tmp_path):
        yield RxTill(till)


@pytest.fixture
def till(rx: RxTill) -> PracticeTill:
    return rx.till


def recover(rx: RxTill, seconds: int = 200) -> None:
    rx.till.clock.advance(seconds)
    recover_settlements(rx.doors, rx.till.operator)


@pytest.mark.rule("HY-1.1.3")
@pytest.mark.parametrize(("picker", "told"), [(REVIEWER, True), (CASHIER, False)])
def test_who_passed_the_sheet_and_takes_the_boxes_too_is_told(
    rx: RxTill, picker: tuple[str, str], told: bool
) -> None:
    sale, _case, patient = rx.ready(picker=picker)
    codes = {note.code: note.severity for note in rx.till.quote(sale, patient).notes}
    assert codes.get("ONE_PERSON_DOES_BOTH") == ("warn" if told else None)


@pytest.mark.rule("SJZ-A.3", "S-09")
def test_settled_and_sold_makes_it_used(rx: RxTill) -> None:
    sale, case, patient = rx.ready()
    assert case.state is RxState.CHECKED
    view = rx.till.quote(sale, patient)
    assert not [note for note in view.notes if note.severity == "block"], view.notes
    paid = rx.till.settle(sale, patient)
    assert rx.case(case.id).state is RxState.USED
    assert rx.centre(case.sheet.number)["used"]
    complete_sale(rx.doors, sale.id, cash(paid.cash_due), paid.cash_due, rx.till.operator)
    assert rx.sale(sale.id).state == "done"


def blocks(notes: tuple[Note, ...]) -> list[str]:
    return [note.code or note.message_id for note in notes if note.severity == "block"]


def sell_self(rx: RxTill, sale_id: str) -> None:
    total = rx.sale(sale_id).total
    complete_sale(rx.doors, sale_id, cash(total), total, rx.till.operator)


@pytest.mark.rule("SJZ-A.4", "S-08")
def test_revoked_between_review_and_payment_is_a_block_and_nothing_is_settled(rx: RxTill) -> None:
    sale, case, patient = rx.ready()
    rx.till.quote(sale, patient)
    rx.act(case.sheet.number, "revoke")
    view = rx.till.settle(sale, patient)
    assert blocks(view.notes) == ["RX_REVOKED"]
    assert view.sale_state == "open"
    assert rx.till.books()["settlements"] == []
    abandon_basket(rx.doors, rx.sale(sale.id), rx.till.operator)
    release(rx.doors, sale.id, rx.till.operator)
    assert rx.case(case.id).state is RxState.RELEASED


@pytest.mark.rule("SJZ-A.4", "S-08")
def test_revoked_is_not_sold_for_cash_either(rx: RxTill) -> None:
    sale, case, _patient = rx.ready()
    rx.act(case.sheet.number, "revoke")
    assert blocks(prepare_completion(rx.doors, sale.id, rx.till.operator)) == ["RX_REVOKED"]
    with pytest.raises(IllegalTransition):
        sell_self(rx, sale.id)
    assert rx.sale(sale.id).state == "open"


@pytest.mark.rule("S-09")
def test_expired_at_payment_dies_here(rx: RxTill) -> None:
    sale, case, patient = rx.ready()
    rx.till.quote(sale, patient)
    rx.till.clock.advance(days=4)
    with pytest.raises(RuleBroken):
        rx.till.settle(sale, patient)
    assert blocks(prepare_completion(rx.doors, sale.id, rx.till.operator)) == ["RX_EXPIRED"]
    assert rx.case(case.id).state is RxState.DEAD


def test_a_settlement_refused_after_the_report_takes_it_back(rx: RxTill) -> None:
    sale, case, patient = rx.ready()
    rx.till.quote(sale, patient)
    rx.till.fault(kind="refused", infno="2102")
    view = rx.till.settle(sale, patient)
    assert view.settlements[0].state == "declined"
    assert rx.case(case.id).state is RxState.CHECKED
    assert rx.centre(case.sheet.number)["state"] == "reviewed"
    rx.till.quote(sale, patient)
    assert rx.till.settle(sale, patient).sale_state == "completing"
    assert rx.case(case.id).state is RxState.USED
    assert rx.centre(case.sheet.number)["used"]


def test_a_lost_settlement_keeps_the_report_until_it_is_decided(rx: RxTill) -> None:
    sale, case, patient = rx.ready()
    rx.till.quote(sale, patient)
    rx.till.fault(kind="lost_answer", infno="2102")
    rx.till.settle(sale, patient)
    assert rx.case(case.id).state is RxState.REPORTED
    for _round in range(4):
        recover(rx)
    assert rx.sale(sale.id).state == "open"
    assert rx.case(case.id).state in (RxState.CHECKED, RxState.UNDOING)
    assert not rx.centre(case.sheet.number)["used"]


@pytest.mark.rule("S-09")
@pytest.mark.parametrize("kind", ["not_arrived", "lost_answer", "http_500", "torn"])
def test_a_lost_review_is_said_again_with_the_same_serial(rx: RxTill, kind: str) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    number = rx.prescribe("active_met", (drug, 1))
    case = rx.take(rx.patient("active_met"))
    rx.till.fault(kind=kind, infno="7206", times=2)
    assert rx.review(case).state is RxState.PASSING
    recover(rx)
    held = rx.case(case.id)
    assert held.state is RxState.PASSED
    assert held.review_sn == rx.centre(number)["review"]["serial"]


@pytest.mark.parametrize("kind", ["not_arrived", "lost_answer"])
def test_a_lost_report_is_cleared_and_said_anew_in_one_press(rx: RxTill, kind: str) -> None:
    sale, case, patient = rx.ready()
    rx.till.quote(sale, patient)
    rx.till.fault(kind=kind, infno="7207")
    view = rx.till.settle(sale, patient)
    assert view.sale_state == "completing", view.notes
    assert rx.case(case.id).state is RxState.USED
    told = rx.centre(case.sheet.number)
    assert told["used"]


@pytest.mark.parametrize("kind", ["not_arrived", "lost_answer"])
def test_report_and_clearing_both_lost_settle_nothing_and_heal(rx: RxTill, kind: str) -> None:
    sale, case, patient = rx.ready()
    rx.till.quote(sale, patient)
    rx.till.fault(kind=kind, infno="7207", times=2)
    rx.till.fault(kind=kind, infno="7208", times=3)
    view = rx.till.settle(sale, patient)
    assert blocks(view.notes)
    assert rx.till.books()["settlements"] == []
    for _round in range(5):
        recover(rx)
    assert rx.case(case.id).state is RxState.CHECKED
    assert not rx.centre(case.sheet.number)["used"]
    patient = rx.patient("active_met")
    rx.till.quote(sale, patient)
    assert rx.till.settle(sale, patient).sale_state == "completing"


@pytest.mark.rule("S-09")
@pytest.mark.parametrize("kind", ["not_arrived", "lost_answer"])
def test_an_abandoned_basket_gives_the_lock_back_until_answered(rx: RxTill, kind: str) -> None:
    sale, case, _patient = rx.ready()
    rx.till.fault(kind=kind, infno="7208", times=2)
    abandon_basket(rx.doors, sale, rx.till.operator)
    release(rx.doors, sale.id, rx.till.operator)
    assert rx.case(case.id).state is RxState.UNDOING
    for _round in range(3):
        recover(rx)
    held = rx.case(case.id)
    assert held.state is RxState.RELEASED
    assert held.tokens is None
    assert rx.centre(case.sheet.number)["locked_by"] == ""


def test_the_recovery_alone_frees_what_lies_in_an_abandoned_basket(rx: RxTill) -> None:
    sale, case, _patient = rx.ready()
    abandon_basket(rx.doors, sale, rx.till.operator)
    recover(rx)
    assert rx.case(case.id).state is RxState.RELEASED


@pytest.mark.parametrize("kind", ["not_arrived", "lost_answer"])
def test_a_lost_download_is_fetched_again_by_the_same_shop(rx: RxTill, kind: str) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    number = rx.prescribe("active_met", (drug, 1))
    patient = rx.patient("active_met")
    rx.till.fault(kind=kind, infno="7204", times=2)
    with pytest.raises(NoAnswer):
        rx.take(patient)
    assert rx.take(patient).sheet.number == number


def test_taken_twice_is_one_case(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    number = rx.prescribe("active_met", (drug, 1))
    patient = rx.patient("active_met")
    first = rx.take(patient)
    assert rx.take(patient, number).id == first.id


def test_self_paid_is_told_before_it_is_sold(rx: RxTill) -> None:
    sale, case, _patient = rx.ready()
    with pytest.raises(IllegalTransition):
        sell_self(rx, sale.id)
    assert prepare_completion(rx.doors, sale.id, rx.till.operator) == ()
    assert rx.case(case.id).state is RxState.REPORTED
    sell_self(rx, sale.id)
    assert rx.case(case.id).state is RxState.USED
    told = rx.centre(case.sheet.number)
    assert told["used"]


def test_told_for_cash_and_walked_away_is_taken_back(rx: RxTill) -> None:
    sale, case, patient = rx.ready()
    assert prepare_completion(rx.doors, sale.id, rx.till.operator) == ()
    recover(rx)
    assert rx.case(case.id).state is RxState.CHECKED
    assert not rx.centre(case.sheet.number)["used"]
    rx.till.quote(sale, patient)
    assert rx.till.settle(sale, patient).sale_state == "completing"


def test_told_for_cash_then_settled_by_insurance_is_told_anew(rx: RxTill) -> None:
    sale, case, patient = rx.ready()
    assert prepare_completion(rx.doors, sale.id, rx.till.operator) == ()
    rx.till.quote(sale, patient)
    view = rx.till.settle(sale, patient)
    assert view.sale_state == "completing", view.notes
    assert rx.case(case.id).insured_report
    assert rx.centre(case.sheet.number)["used"]


def test_who_cannot_pay_gets_it_back_without_7208(rx: RxTill) -> None:
    sale, case, patient = rx.ready()
    rx.till.quote(sale, patient)
    rx.till.settle(sale, patient)
    cancel_settlements(rx.doors, sale.id, rx.till.operator)
    assert rx.case(case.id).state is RxState.RELEASED
    assert not rx.centre(case.sheet.number)["used"]
    with rx.doors.uow() as uow:
        legs = [row.leg for row in uow.requests.of_settlement(case.id)]
    assert "UndoDispensing" not in legs


@pytest.mark.rule("SJZ-A.3", "S-03")
def test_a_refused_one_is_neither_dispensed_nor_paid(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    number = rx.prescribe("active_met", (drug, 1))
    patient = rx.patient("active_met")
    case = rx.take(patient)
    sale = rx.fill(case)
    assert rx.review(case, REFUSE).state is RxState.REFUSED
    assert rx.centre(number)["state"] == "refused"
    with pytest.raises(IllegalTransition):
        rx.sign(case, sale)
    assert "RX_NOT_REVIEWED" in blocks(rx.till.quote(sale, patient).notes)
    with pytest.raises(RuleBroken):
        sell_self(rx, sale.id)


def test_not_checked_is_not_paid(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", (drug, 1))
    patient = rx.patient("active_met")
    case = rx.take(patient)
    sale = rx.fill(case)
    rx.review(case)
    rx.till.quote(sale, patient)
    with pytest.raises(RuleBroken, match="RX_STATE_PASSED"):
        rx.till.settle(sale, patient)


def test_a_token_that_died_asks_for_the_code_and_keeps_the_basket(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    number = rx.prescribe("active_met", (drug, 1))
    patient = rx.patient("active_met")
    case = rx.take(patient)
    sale = rx.fill(case)
    rx.till.clock.advance(minutes=31)
    with pytest.raises(RuleBroken, match="RX_TOKEN_DEAD"):
        rx.review(case)
    qr = str(rx.centre(number)["qr"])
    assert renew(rx.doors, case.id, qr, rx.till.operator).sale_id == sale.id
    assert rx.review(case).state is RxState.PASSED


@pytest.mark.rule("S-09")
@pytest.mark.parametrize("signature", ["forged", "expired", "altered"])
def test_a_signature_that_does_not_hold_is_turned_away(rx: RxTill, signature: str) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    number = rx.prescribe("active_met", (drug, 1), signature=signature)
    with pytest.raises(RuleBroken, match="RX_SHEET_SIGNATURE"):
        rx.take(rx.patient("active_met"))
    with rx.doors.uow() as uow:
        assert uow.prescriptions.by_number(number) == []
    assert rx.centre(number)["locked_by"] == ""


def test_a_file_that_is_no_prescription_is_turned_away(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", (drug, 1), signature="not_a_pdf")
    with pytest.raises((RuleBroken, NoAnswer)):
        rx.take(rx.patient("active_met"))


@pytest.mark.parametrize("quantity", [0, -1, 10**9])
def test_a_quantity_that_cannot_be_is_turned_away(rx: RxTill, quantity: int) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    number = rx.prescribe("active_met", (drug, quantity), checked=False)
    with pytest.raises((RuleBroken, NoAnswer)):
        rx.take(rx.patient("active_met"))
    with rx.doors.uow() as uow:
        assert uow.prescriptions.by_number(number) == []


def test_a_sheet_of_201_lines_is_turned_away(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", *[(drug, 1)] * 201, checked=False)
    with pytest.raises((RuleBroken, NoAnswer)):
        rx.take(rx.patient("active_met"))


@pytest.mark.rule("EZ-2b")
def test_another_persons_prescription_is_turned_away(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    number = rx.prescribe("active_unmet", (drug, 1))
    with pytest.raises(RuleBroken, match="RX_SHEET_OTHER_PERSON"):
        rx.take(rx.patient("active_met"), number)
    assert rx.centre(number)["locked_by"] == ""
    rx.prescribe("active_met", (drug, 1))
    rx.till.fault(kind="other_rx", infno="7204")
    with pytest.raises((RuleBroken, NoAnswer)):
        rx.take(rx.patient("active_met"))


@pytest.mark.parametrize("code", ["6901234567892", "", "x" * 41, "81234560000000000001"])
def test_a_code_of_something_else_never_leaves(rx: RxTill, code: str) -> None:
    rx.till.line_up = False
    with pytest.raises(RuleBroken, match="RX_CODE_WRONG"):
        tokens_of_code(rx.doors, code, rx.till.operator)


def test_with_a_card_the_till_says_what_to_show(rx: RxTill) -> None:
    patient = rx.till.patient("active_met")
    with pytest.raises(RuleBroken, match="RX_PROOF_NEEDED"):
        offers(rx.doors, patient, rx.till.operator)
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", (drug, 1))
    serial = f"LXDJ{patient.person.psn_no}"
    assert len(offers(rx.doors, patient, rx.till.operator, reg_sn=serial)) == 1


def test_line_down_sells_nothing_on_an_e_prescription(rx: RxTill) -> None:
    sale, case, _patient = rx.ready()
    rx.till.line_up = False
    assert blocks(prepare_completion(rx.doors, sale.id, rx.till.operator))
    with pytest.raises(IllegalTransition):
        sell_self(rx, sale.id)
    assert rx.case(case.id).state is RxState.CHECKED


def test_a_changed_basket_is_checked_anew(rx: RxTill) -> None:
    sale, case, patient = rx.ready()
    sale = rx.sale(sale.id)
    sale.set_quantity(1, Quantity.of(1))
    keep_basket(rx.doors, sale)
    rx.till.quote(sale, patient)
    with pytest.raises(RuleBroken, match="RX_BASKET_CHANGED"):
        rx.till.settle(sale, patient)
    reopen(rx.doors, case.id, rx.till.operator)
    rx.sign(case, sale)
    rx.till.quote(sale, patient)
    assert rx.till.settle(sale, patient).sale_state == "completing"


def test_signatures_of_another_basket_are_void_by_themselves(rx: RxTill) -> None:
    sale, case, patient = rx.ready()
    sale = rx.sale(sale.id)
    beside = rx.till.find(sale_class="otc_b")
    sale.add(item_of(beside), price_of(beside), Quantity.of(1))
    keep_basket(rx.doors, sale)
    assert reopen_if_changed(rx.doors, case.id, sale, rx.till.operator).checked == case.checked
    sale.set_quantity(1, Quantity.of(1))
    keep_basket(rx.doors, sale)
    void = reopen_if_changed(rx.doors, case.id, sale, rx.till.operator)
    assert (void.state, void.picked, void.checked) == (RxState.PASSED, None, None)
    assert void.review is not None, "what the pharmacist said of the sheet holds"
    assert rx.case(case.id).state is RxState.PASSED
    signed = rx.sign(case, sale)
    assert reopen_if_changed(rx.doors, case.id, sale, rx.till.operator).checked == signed.checked
    sale.remove(2)
    keep_basket(rx.doors, sale)
    rx.till.quote(sale, patient)
    assert rx.till.settle(sale, patient).sale_state == "completing"
    sale.set_quantity(1, Quantity.of(2))
    told = reopen_if_changed(rx.doors, case.id, sale, rx.till.operator)
    assert told.state is RxState.USED, "what was settled stays as it was signed"


def test_more_than_prescribed_is_not_signed(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", (drug, 1))
    case = rx.take(rx.patient("active_met"))
    sale = rx.fill(case)
    rx.review(case)
    sale.set_quantity(1, Quantity.of(2))
    with pytest.raises(RuleBroken, match="RX_BASKET_TOO_MUCH"):
        rx.sign(case, sale)


def test_what_is_not_prescribed_is_not_signed(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    other = rx.till.find(insurance_class="B", sale_class="rx")
    rx.prescribe("active_met", (drug, 1))
    case = rx.take(rx.patient("active_met"))
    sale = rx.fill(case)
    rx.review(case)
    sale.add(item_of(other), price_of(other), Quantity.of(1))
    with pytest.raises(RuleBroken, match="RX_BASKET_NOT_PRESCRIBED"):
        rx.sign(case, sale)


@pytest.mark.rule("EZ-6", "SJZ-2.1", "S-09")
def test_part_dispensing_leaves_an_owing_and_an_unmet_request(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    number = rx.prescribe("active_met", (drug, 3))
    rx.stock(drug, 2)
    patient = rx.patient("active_met")
    case = rx.take(patient)
    [line] = candidates(rx.doors, case)
    assert not any(article.enough for article in line.articles)
    basket = open_basket(rx.doors, rx.till.operator)
    choice = Choice(line.line.no, line.articles[0].medicine.id, Quantity.of(2))
    sale = fill_basket(rx.doors, basket, case.id, [choice], rx.till.operator)
    [lacking] = unmet(rx.doors)
    assert (lacking.name, lacking.why, lacking.quantity) == (
        drug.generic_name, "short", Quantity.of(1)
    )  # fmt: skip
    assert lacking.at == rx.till.clock.now()
    sale = rx.scan(sale)
    rx.review(case)
    rx.sign(case, sale)
    [owed] = owe(rx.doors, case.id, rx.till.operator)
    assert (owed.quantity, owed.due) == (Quantity.of(1), shop_time(case.sheet.expires_at).date())  # type: ignore[arg-type]
    assert owe(rx.doors, case.id, rx.till.operator) == ()
    rx.till.quote(sale, patient)
    paid = rx.till.settle(sale, patient)
    complete_sale(rx.doors, sale.id, cash(paid.cash_due), paid.cash_due, rx.till.operator)
    assert rx.case(case.id).state is RxState.USED
    assert rx.centre(number)["state"] == "part_dispensed"
    fulfil_owing(rx.doors, owed.id, rx.till.operator)
    assert owings(rx.doors) == []


def test_short_and_unstocked_go_to_the_unmet_requests(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    other = rx.till.find(insurance_class="B", sale_class="rx")
    rx.prescribe("active_met", (drug, 1), (other, 1))
    rx.stock(drug, 0)
    rx.stock(other, 0)
    case = rx.take(rx.patient("active_met"))
    first = candidates(rx.doors, case)[0]
    choice = Choice(first.line.no, first.articles[0].medicine.id)
    basket = open_basket(rx.doors, rx.till.operator)
    fill_basket(rx.doors, basket, case.id, [choice], rx.till.operator)
    with rx.doors.uow() as uow:
        assert sorted((one.name, one.why) for one in uow.unmet.open()) == sorted(
            [(drug.generic_name, "unstocked"), (other.generic_name, "unstocked")]
        )


@pytest.mark.rule("SJZ-A.6")
def test_without_the_right_to_sell_no_circulated_prescription_is_sold(rx: RxTill) -> None:
    sale, _case, patient = rx.ready()

    def stops() -> list[str]:
        notes = rx.till.quote(sale, patient).notes
        return [note.message_id for note in notes if note.severity == "block"]

    def switch(ends: date | None) -> None:
        row = ListedIssuer("service", "eprescription", "电子处方售药", date(2026, 1, 1), ends)
        with rx.doors.uow() as uow:
            uow.lists.keep_listed("service", [row])
            uow.commit()

    switch(None)
    assert stops() == []
    switch(date(2026, 11, 21))
    assert stops() == ["finding.STORE_NOT_OPEN_eprescription"]
    kept = rx.sale(sale.id)
    with rx.doors.uow() as uow, pytest.raises(RuleBroken, match="STORE_NOT_OPEN"):
        check_before_complete(rx.doors, uow, kept)


def test_an_insured_box_comes_back_and_the_rest_is_settled_again(rx: RxTill) -> None:
    sale, case, patient = rx.ready()
    rx.till.quote(sale, patient)
    paid = rx.till.settle(sale, patient)
    complete_sale(rx.doors, sale.id, cash(paid.cash_due), paid.cash_due, rx.till.operator)
    one = rx.sale(sale.id).lines[0]
    asked = quote_return(
        rx.doors, sale.id, {one.no: Quantity.of(1)}, one.trace_codes[:1],
        ReturnReason.QUALITY, rx.till.operator, patient.credential,
    )  # fmt: skip
    done = run_return(
        rx.doors, asked.return_id, rx.till.operator, patient.credential, lambda _leg: None
    )
    assert done.state == "done", done
    held = rx.case(case.id)
    assert held.state is RxState.USED
    assert held.sale_id != sale.id
    told = rx.centre(case.sheet.number)
    assert told["state"] == "part_dispensed"


def test_an_insured_sale_comes_back_whole_without_7208(rx: RxTill) -> None:
    sale, case, patient = rx.ready()
    rx.till.quote(sale, patient)
    paid = rx.till.settle(sale, patient)
    complete_sale(rx.doors, sale.id, cash(paid.cash_due), paid.cash_due, rx.till.operator)
    give_all_back(rx, sale.id, patient)
    assert rx.case(case.id).state is RxState.RELEASED
    assert not rx.centre(case.sheet.number)["used"]


def give_all_back(rx: RxTill, sale_id: str, patient: Patient | None) -> None:
    sale = rx.sale(sale_id)
    quantities = {row.no: row.quantity for row in sale.lines}
    codes = tuple(code for row in sale.lines for code in row.trace_codes)
    shown = patient.credential if patient else None
    asked = quote_return(
        rx.doors, sale_id, quantities, codes, ReturnReason.QUALITY, rx.till.operator, shown
    )
    done = run_return(rx.doors, asked.return_id, rx.till.operator, shown, lambda _leg: None)
    assert done.state == "done", done


@pytest.mark.parametrize("kind", ["", "not_arrived", "lost_answer"])
def test_a_self_paid_sale_comes_back_by_7208_with_flag_0(rx: RxTill, kind: str) -> None:
    sale, case, _patient = rx.ready()
    prepare_completion(rx.doors, sale.id, rx.till.operator)
    sell_self(rx, sale.id)
    if kind:
        rx.till.fault(kind=kind, infno="7208")
    give_all_back(rx, sale.id, None)
    for _round in range(2):
        recover(rx)
    assert rx.case(case.id).state is RxState.RELEASED
    assert not rx.centre(case.sheet.number)["used"]


def test_a_self_paid_box_comes_back_and_the_rest_is_told_again(rx: RxTill) -> None:
    sale, case, _patient = rx.ready()
    prepare_completion(rx.doors, sale.id, rx.till.operator)
    sell_self(rx, sale.id)
    one = rx.sale(sale.id).lines[0]
    asked = quote_return(
        rx.doors, sale.id, {one.no: Quantity.of(1)}, one.trace_codes[:1],
        ReturnReason.QUALITY, rx.till.operator, None,
    )  # fmt: skip
    done = run_return(rx.doors, asked.return_id, rx.till.operator, None, lambda _leg: None)
    assert done.state == "done", done.notes
    assert rx.case(case.id).state is RxState.USED
    assert rx.centre(case.sheet.number)["used"]


@pytest.mark.rule("LN-3.1a")
def test_out_of_area_is_refused_by_insurance_and_sold_for_cash(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    far = a_prescription(rx.doors.clock.now(), issuer_area="880100", expires_at=None)
    basket = rx.till.basket((drug, 1))
    sale = attach_prescription(rx.doors, basket, far, "2001", "200200")
    patient = rx.patient("active_met")
    assert "RX_OUT_OF_AREA" in blocks(rx.till.quote(sale, patient).notes)
    sell_self(rx, sale.id)
    with rx.doors.uow() as uow:
        case = uow.prescriptions.of_sale(sale.id)
    assert case is not None
    assert case.state is RxState.USED


@pytest.mark.rule("EZ-2b")
def test_a_typed_sheet_is_one_persons_and_pays_for_nobody_else(rx: RxTill) -> None:
    """Who it names is kept with it; before or after, the fund pays for that person alone."""
    patient, drug = rx.patient("active_met"), rx.till.find(insurance_class="A", sale_class="rx")
    mine = " ".join(patient.person.name)
    for name, stops in ((mine, False), ("练习·别人", True)):
        basket = rx.till.basket((drug, 1))
        typed = a_prescription(
            rx.doors.clock.now(), patient=name, number=f"LX{stops}", expires_at=None
        )
        sale = attach_prescription(rx.doors, basket, typed, "2001", "200200")
        with rx.doors.uow() as uow:
            case = uow.prescriptions.of_sale(sale.id)
        assert case is not None
        assert case.sheet.patient.name == name
        assert sale.prescription is not None
        assert sale.prescription.patient == name
        shown = estimate_basket(rx.doors, sale, patient).notes
        assert ("RX_OTHER_PERSON" in blocks(shown)) is stops
        assert ("RX_OTHER_PERSON" in blocks(rx.till.quote(sale, patient).notes)) is stops
    sell_self(rx, sale.id)


def paper(rx: RxTill, **changes: object) -> RxSheet:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    line = RxLine(
        1, drug.generic_name, drug.dosage_form, drug.spec, Quantity.of(1), drug.pack_unit,
        days="7",
    )  # fmt: skip
    base = RxSheet(
        number="LXZZ0001", form=PrescriptionForm.PAPER, issued_at=rx.doors.clock.now(),
        expires_at=None, issuer_code="H99990000001", issuer_name="练习医院",
        issuer_area="999900", patient=RxPatient("练习·纸方患者"), lines=(line,),
        diagnoses=(RxDiagnosis("J06.900", "急性上呼吸道感染", main=True),),
        doctor_code="D999900000001", doctor_name="练习医师",
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


@pytest.mark.rule("LN-4.2a")
def test_paper_after_its_last_day_is_refused_by_pooling_and_sold_for_cash(rx: RxTill) -> None:
    patient = rx.patient("active_met")
    case = enter_paper(rx.doors, paper(rx), PICTURE, rx.till.operator, patient.person_id)
    assert enter_paper(rx.doors, paper(rx), PICTURE, rx.till.operator).id == case.id
    sale = rx.fill(case)
    with pytest.raises(BadValue):
        rx.review(case)
    seen = replace(PASS, stamp_seen=True)
    assert rx.review(case, seen).state is RxState.PASSED
    rx.sign(case, sale)
    assert "RX_FORM_NOT_ACCEPTED" in blocks(rx.till.quote(sale, patient).notes)
    assert prepare_completion(rx.doors, sale.id, rx.till.operator) == ()
    sell_self(rx, sale.id)
    assert rx.case(case.id).state is RxState.USED


@pytest.mark.rule("LN-4.2a")
@pytest.mark.parametrize("picture", [b"", PICTURE])
def test_the_fund_pays_on_paper_only_where_a_picture_of_it_is_kept(
    rx: RxTill, picture: bytes
) -> None:
    """Both ways of paper: the pharmacist's queue and the quick form at the counter."""
    patient, drug = rx.patient("active_met"), rx.till.find(insurance_class="A", sale_class="rx")
    case = enter_paper(rx.doors, paper(rx), picture, rx.till.operator, patient.person_id)
    queued = rx.fill(case)
    rx.review(case, replace(PASS, stamp_seen=True))
    rx.sign(case, queued)
    typed = a_prescription(
        rx.doors.clock.now(), form=PrescriptionForm.PAPER, stamp_seen=True, picture=picture,
        expires_at=None,
    )  # fmt: skip
    basket = rx.till.basket((drug, 1))
    quick = attach_prescription(rx.doors, basket, typed, "2001", "200200")
    for sale in (queued, quick):
        found = blocks(rx.till.quote(sale, patient).notes)
        assert ("RX_WITHOUT_PICTURE" in found) is not bool(picture)
        assert prepare_completion(rx.doors, sale.id, rx.till.operator) == ()
        sell_self(rx, sale.id)


@pytest.mark.rule("LN-4.2a")
def test_the_quick_form_takes_no_paper_whose_stamp_nobody_saw_and_no_file_of_another_kind(
    rx: RxTill,
) -> None:
    basket = rx.till.basket((rx.till.find(sale_class="rx"), 1))
    sheet = a_prescription(rx.doors.clock.now(), form=PrescriptionForm.PAPER, stamp_seen=True)
    for wrong, what in (({"stamp_seen": False}, "stamp"), ({"picture": b"MZ no"}, "picture")):
        with pytest.raises(BadValue) as refused:
            attach_prescription(rx.doors, basket, replace(sheet, **wrong), "2001", "200200")
        assert refused.value.params["what"] == what
    with rx.doors.uow() as uow:
        assert uow.prescriptions.of_sale(basket.id) is None
    attach_prescription(rx.doors, basket, sheet, "2001", "200200")
    with rx.doors.uow() as uow:
        case = uow.prescriptions.of_sale(basket.id)
    assert case is not None and case.stamp_seen


@pytest.mark.rule("EZ-2b", "LN-4.2a")
@pytest.mark.parametrize(
    "changes",
    [
        {"number": ""}, {"doctor_name": " "}, {"diagnoses": ()}, {"lines": ()},
        {"form": PrescriptionForm.ELECTRONIC}, {"patient": RxPatient("")}, {"issuer_name": ""},
    ],
)  # fmt: skip
def test_paper_with_a_gap_is_not_taken(rx: RxTill, changes: dict[str, object]) -> None:
    with pytest.raises(BadValue):
        enter_paper(rx.doors, paper(rx, **changes), PICTURE, rx.till.operator)
    with pytest.raises(BadValue):
        enter_paper(rx.doors, paper(rx), b"MZ no picture", rx.till.operator)


def test_nothing_of_the_patient_stands_in_log_or_error(rx: RxTill) -> None:
    sale, case, patient = rx.ready()
    rx.till.quote(sale, patient)
    rx.till.settle(sale, patient)
    with rx.doors.uow() as uow:
        told = " ".join(f"{one.act} {one.entry}" for one in uow.log.tail(500))
        entries, broken = uow.log.verify()
    assert broken == ""
    assert entries > 10
    for secret in (
        case.sheet.number, patient.person.name, patient.person.cert_no,
        case.sheet.diagnoses[0].code, case.sheet.diagnoses[0].name, case.sheet.doctor_name,
    ):  # fmt: skip
        assert not secret or secret not in told


def test_a_reviewer_off_duty_signs_nothing(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", (drug, 1))
    case = rx.take(rx.patient("active_met"))
    sign_off(rx.doors, "2001", "200200")
    with pytest.raises(RuleBroken, match="RX_REVIEWER_OFF_DUTY"):
        rx.review(case)
    with pytest.raises(NotAllowed):
        review(rx.doors, case.id, PASS, "1001", "100100", rx.till.operator)
    assert rx.case(case.id).state is RxState.ARRIVED


def test_the_duty_of_yesterday_signs_nothing(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", (drug, 1))
    rx.till.clock.advance(days=1)
    case = rx.take(rx.patient("active_met"))
    with pytest.raises(RuleBroken, match="RX_REVIEWER_OFF_DUTY"):
        rx.review(case)


def test_a_pass_wants_all_ten_answers_and_its_signature_holds(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", (drug, 1))
    case = rx.take(rx.patient("active_met"))
    for answers in (PASS.answers[:9], PASS.answers[:9] + PASS.answers[:1],
                    (*PASS.answers[:9], (PASS.answers[9][0], False))):  # fmt: skip
        with pytest.raises(BadValue):
            rx.review(case, replace(PASS, answers=answers))
    with pytest.raises(BadValue):
        rx.review(case, replace(REFUSE, reason="because"))
    sale = rx.fill(case)
    rx.review(case)
    held = rx.sign(case, sale)
    texts = signed_texts(held)
    assert [name for name, _signature, _text in texts] == ["review", "pick", "check"]
    assert all(rx.doors.signer.holds(signature, text) for _name, signature, text in texts)
    assert not rx.doors.signer.holds(texts[0][1], texts[0][2] + b" ")


@pytest.mark.rule("SJZ-A.3")
def test_a_check_wants_all_five_items_and_keeps_them_with_its_signature(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", (drug, 1))
    case = rx.take(rx.patient("active_met"))
    sale = rx.fill(case)
    rx.review(case)
    pick(rx.doors, case.id, sale, *CASHIER)
    for answers in ((), COMPARED[:4], COMPARED[:4] + COMPARED[:1],
                    (*COMPARED[:4], (COMPARED[4][0], False))):  # fmt: skip
        with pytest.raises(BadValue):
            check(rx.doors, case.id, sale, *CHECKER, "练习", answers)
    assert rx.case(case.id).state is RxState.PICKED
    held = check(rx.doors, case.id, sale, *CHECKER, "练习", COMPARED)
    assert rx.case(case.id).checked == held.checked
    assert held.checked is not None and held.checked.answers == COMPARED
    _name, signature, text = signed_texts(held)[2]
    assert rx.doors.signer.holds(signature, text)
    held.checked = replace(held.checked, answers=COMPARED[:4])
    assert not rx.doors.signer.holds(signature, signed_texts(held)[2][2])


@pytest.mark.rule("LN-2.1")
def test_what_the_pharmacist_told_the_patient_stays_with_the_sale_under_its_signature(
    rx: RxTill,
) -> None:
    sale, _case, patient = rx.ready()
    rx.till.quote(sale, patient)
    due = rx.till.settle(sale, patient).cash_due
    complete_sale(rx.doors, sale.id, cash(due), due, rx.till.operator)
    with rx.doors.uow() as uow:
        kept = uow.prescriptions.of_sale(sale.id)
    assert kept is not None and kept.checked is not None
    assert kept.checked.note == "练习：饭后服用"
    _name, signature, text = signed_texts(kept)[2]
    assert rx.doors.signer.holds(signature, text)
    kept.checked = replace(kept.checked, note="练习：饭前服用")
    assert not rx.doors.signer.holds(signature, signed_texts(kept)[2][2])


def test_what_was_signed_before_the_items_were_kept_still_holds(rx: RxTill) -> None:
    sale, case, _patient = rx.ready()
    bare = replace(case.checked, answers=(), signature=None)
    old = json.loads(act_text(case, "check", bare, case.given))
    assert "answers" not in old and set(old) == {
        "act", "case", "number", "by", "at", "note", "given"
    }  # fmt: skip
    signature = rx.doors.signer.sign(bare.staff_id, act_text(case, "check", bare, case.given))
    case.checked = replace(bare, signature=signature)
    assert rx.doors.signer.holds(signature, signed_texts(case)[2][2])
    assert sale.id == case.sale_id


def test_a_return_to_the_prescriber_stays_here(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", (drug, 1))
    case = rx.take(rx.patient("active_met"))
    rx.till.line_up = False
    said = ReviewInput(Verdict.RETURN, reason="incomplete")
    assert rx.review(case, said).state is RxState.RETURNED
    assert queue(rx.doors) == ()


def test_the_queue_shows_who_waits_longest(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", (drug, 1))
    first = rx.take(rx.patient("active_met"))
    rx.till.clock.advance(90)
    rx.prescribe("active_unmet", (drug, 1))
    second = rx.take(rx.patient("active_unmet"))
    rows = queue(rx.doors)
    assert [(row.case_id, row.waited_seconds) for row in rows] == [(first.id, 90), (second.id, 0)]
    assert first.sheet.patient.name not in {row.patient for row in rows}


def beside(rx: RxTill) -> tuple[Sale, RxCase, Patient]:
    """A prescription drug, and an insured OTC that is not on the sheet, in one basket."""
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    otc = rx.till.find(insurance_class="A", sale_class="otc_a")
    rx.prescribe("active_met", (drug, 1))
    patient = rx.patient("active_met")
    case = rx.take(patient)
    sale = rx.fill(case)
    code = (otc.trace_product_code or "8999999") + "0000000000777"
    sale.add(item_of(otc), price_of(otc), Quantity.of(1), code)
    keep_basket(rx.doors, sale)
    rx.review(case)
    return sale, rx.sign(case, sale), patient


def test_the_estimate_says_what_waits_for_the_review_and_counts_it_nowhere(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", (drug, 2))
    patient = rx.patient("active_met")
    case = rx.take(patient)
    sale = rx.fill(case)
    beside = rx.till.find(sale_class="otc_b", insurance_class="C")
    loose = sale.add(item_of(beside), price_of(beside), Quantity.of(1)).amount
    for use in ("0", "1"):
        said = estimate_basket(rx.doors, sale, patient, use)
        assert said.pending == sale.line(1).amount
        assert said.fund + said.account + said.mutual_aid + said.cash_due == loose
    nobody = estimate_basket(rx.doors, sale, None)
    assert not nobody.pending and nobody.cash_due == sale.total, "without insurance it is known"
    rx.review(case)
    known, _case = current(rx.doors, sale)
    said = estimate_basket(rx.doors, known, patient)
    assert not said.pending and said.fund
    assert said.fund + said.account + said.mutual_aid + said.cash_due == sale.total


def test_what_was_refused_is_no_open_question_for_the_estimate(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", (drug, 1))
    patient = rx.patient("active_met")
    case = rx.take(patient)
    sale = rx.fill(case)
    rx.review(case, REFUSE)
    known, _case = current(rx.doors, sale)
    said = estimate_basket(rx.doors, known, patient)
    assert not said.pending and said.notes, "the rules say why it is not sold"


def test_goods_beside_the_prescription_do_not_claim_it(rx: RxTill) -> None:
    sale, case, patient = beside(rx)
    rx.till.quote(sale, patient, "1")
    while (view := rx.till.settle(sale, patient)).sale_state == "part_settled":
        assert not blocks(view.notes), view.notes
    assert view.sale_state == "completing", view.notes
    assert rx.case(case.id).state is RxState.USED
    assert rx.centre(case.sheet.number)["used"]


def test_cash_for_the_prescription_and_insurance_for_the_rest_is_told_as_cash(rx: RxTill) -> None:
    sale, case, patient = beside(rx)
    held = rx.sale(sale.id)
    held.replace_line(replace(held.line(1), self_paid_by_choice=True))
    keep_basket(rx.doors, held)
    rx.till.quote(held, patient, "1")
    view = rx.till.settle(held, patient)
    assert view.sale_state == "completing", view.notes
    assert rx.case(case.id).state is RxState.CHECKED
    assert not rx.centre(case.sheet.number)["used"]
    with pytest.raises(IllegalTransition):
        complete_sale(rx.doors, sale.id, cash(view.cash_due), view.cash_due, rx.till.operator)
    assert prepare_completion(rx.doors, sale.id, rx.till.operator) == ()
    complete_sale(rx.doors, sale.id, cash(view.cash_due), view.cash_due, rx.till.operator)
    held_case = rx.case(case.id)
    assert (held_case.state, held_case.insured_report) == (RxState.USED, False)
    assert rx.centre(case.sheet.number)["used"]
