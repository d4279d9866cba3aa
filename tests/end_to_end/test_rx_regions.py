"""The same walk in every way in which an area speaks to its prescription centre and platform.

CN-999900 pharmacy route, CN-999901 registered visit, CN-999902 the centre called directly,
CN-999903 release A, which has no verifying and no undoing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.rx_case import RxCase
from app.domain.rx_states import RxState
from app.domain.sale import Sale
from app.domain.staff import Role
from app.errors import BadValue, IllegalTransition, NotAllowed
from app.use_cases.basket import abandon_basket
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.complete_sale import complete_sale
from app.use_cases.recover_settlements import recover_settlements
from app.use_cases.rx_by_hand import say_what_stands
from app.use_cases.rx_counter import rx_of_case
from app.use_cases.rx_fetch import name_prescriber, prescriber_missing
from app.use_cases.rx_settle import prepare_completion, release
from app.use_cases.sign_in import add_staff
from app.use_cases.views import Patient
from tests.fakes.practice_rx import REFUSE, RxTill
from tests.fakes.practice_till import cash, practice_till

RELEASE_A = "CN-999903"
REGIONS = ("CN-999900", "CN-999901", "CN-999902", RELEASE_A)


@pytest.fixture(params=REGIONS)
def rx(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RxTill]:
    for till in practice_till(tmp_path, request.param):
        yield RxTill(till)


def undoes(rx: RxTill) -> bool:
    return rx.doors.profile.offers("undo")


def ready(rx: RxTill) -> tuple[Sale, RxCase, Patient]:
    """Checked, and the prescriber named where the settlement uploads one."""
    sale, case, patient = rx.ready()
    if prescriber_missing(rx.doors, case):
        notes = rx.till.quote(sale, patient).notes
        assert "rx_walk.rx_prescriber_missing" in {note.message_id for note in notes}
        assert rx_of_case(rx.doors, case.id).prescriber_wanted
        case = name_prescriber(
            rx.doors, case.id, "LXDR0001", "练习·赵医师", "A03", rx.till.operator
        )
    assert not rx_of_case(rx.doors, case.id).prescriber_wanted
    return sale, case, patient


def test_settled_and_sold_makes_it_used(rx: RxTill) -> None:
    sale, case, patient = ready(rx)
    view = rx.till.quote(sale, patient)
    assert not [note for note in view.notes if note.severity == "block"], view.notes
    paid = rx.till.settle(sale, patient)
    assert paid.sale_state == "completing", paid.notes
    complete_sale(rx.doors, sale.id, cash(paid.cash_due), paid.cash_due, rx.till.operator)
    assert rx.case(case.id).state is RxState.USED
    assert rx.centre(case.sheet.number)["used"]


def test_sold_for_cash_makes_it_used(rx: RxTill) -> None:
    sale, case, _patient = rx.ready()
    assert prepare_completion(rx.doors, sale.id, rx.till.operator) == ()
    total = sale.total
    complete_sale(rx.doors, sale.id, cash(total), total, rx.till.operator)
    assert rx.case(case.id).state is RxState.USED
    assert rx.centre(case.sheet.number)["used"]


def test_a_refusal_is_told(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    number = rx.prescribe("active_met", (drug, 1))
    case = rx.take(rx.patient("active_met"))
    assert rx.review(case, REFUSE).state is RxState.REFUSED
    assert rx.centre(number)["state"] == "refused"


def test_a_settlement_refused_after_the_report(rx: RxTill) -> None:
    """Taken back where the release can; else it stays reported, is told to a person, and serves
    the next try."""
    sale, case, patient = ready(rx)
    rx.till.quote(sale, patient)
    settling = "2207" if rx.doors.profile.route_of("ordinary") == "visit" else "2102"
    rx.till.fault(kind="refused", infno=settling)
    rx.till.settle(sale, patient)
    state = rx.case(case.id).state
    assert state is (RxState.CHECKED if undoes(rx) else RxState.REPORTED)
    with rx.doors.uow() as uow:
        acts = [one.act for one in uow.log.tail(40)]
    assert ("rx.undo_by_hand" in acts) is not undoes(rx)
    rx.till.quote(sale, patient)
    assert rx.till.settle(sale, patient).sale_state == "completing"
    assert rx.case(case.id).state is RxState.USED


@pytest.mark.parametrize("rx", [RELEASE_A], indirect=True)
@pytest.mark.parametrize("kind", ["not_arrived", "lost_answer"])
def test_a_report_without_an_answer_waits_for_a_person_who_asked_the_centre(
    rx: RxTill, kind: str
) -> None:
    add_staff(rx.doors, "3001", "练习·店长", Role.MANAGER, "300300", "test")
    sale, case, patient = rx.ready()
    rx.till.quote(sale, patient)
    rx.till.fault(kind=kind, infno=rx.doors.profile.eprescription_of("dispense"))
    rx.till.settle(sale, patient)
    assert rx.case(case.id).state is RxState.REPORTING
    logged = len(hand_lines(rx))
    for _ in range(5):
        rx.till.clock.advance(30)
        recover_settlements(rx.doors, rx.till.operator)
    assert rx.case(case.id).state is RxState.REPORTING, "nobody guesses"
    assert len(hand_lines(rx)) - logged < 5, "it is looked at more rarely each time"
    standing = any(one["state"] == "open" for one in rx.centre(case.sheet.number)["reports"])
    assert standing is (kind == "lost_answer")
    with pytest.raises(NotAllowed):
        say_what_stands(rx.doors, case.id, standing, "练习", "1001", "100100")
    with pytest.raises(BadValue):
        say_what_stands(rx.doors, case.id, standing, " ", "3001", "300300")
    said = say_what_stands(rx.doors, case.id, standing, "练习：电话答复", "3001", "300300")
    assert said.state is (RxState.REPORTED if standing else RxState.CHECKED)
    (decision,) = rx.case(case.id).decided
    assert (decision.stands, decision.ground) == (standing, "练习：电话答复")
    rx.till.quote(sale, patient)
    assert rx.till.settle(sale, patient).sale_state == "completing"
    assert rx.case(case.id).state is RxState.USED
    assert rx.centre(case.sheet.number)["used"]
    with pytest.raises(IllegalTransition):
        say_what_stands(rx.doors, case.id, False, "练习", "3001", "300300")


@pytest.mark.parametrize("rx", [RELEASE_A], indirect=True)
def test_what_the_centre_took_back_by_hand_is_free_once_its_basket_is_gone(rx: RxTill) -> None:
    add_staff(rx.doors, "3001", "练习·店长", Role.MANAGER, "300300", "test")
    sale, case, patient = rx.ready()
    rx.till.quote(sale, patient)
    rx.till.fault(kind="refused", infno="2102")
    rx.till.settle(sale, patient)
    with pytest.raises(IllegalTransition):
        say_what_stands(rx.doors, case.id, True, "练习", "3001", "300300")
    abandon_basket(rx.doors, rx.sale(sale.id), rx.till.operator)
    release(rx.doors, sale.id, rx.till.operator)
    assert rx.case(case.id).state is RxState.REPORTED
    said = say_what_stands(rx.doors, case.id, False, "练习：已代为撤回", "3001", "300300")
    assert (said.state, said.tokens) == (RxState.RELEASED, None)


def hand_lines(rx: RxTill) -> list[str]:
    with rx.doors.uow() as uow:
        return [one.act for one in uow.log.tail(200) if one.act == "rx.undo_by_hand"]


def test_who_cannot_pay_gets_it_back(rx: RxTill) -> None:
    sale, case, patient = ready(rx)
    rx.till.quote(sale, patient)
    rx.till.settle(sale, patient)
    cancel_settlements(rx.doors, sale.id, rx.till.operator)
    assert rx.case(case.id).state is RxState.RELEASED
    assert not rx.centre(case.sheet.number)["used"]


def test_an_abandoned_basket_gives_it_back(rx: RxTill) -> None:
    sale, case, _patient = rx.ready()
    abandon_basket(rx.doors, sale, rx.till.operator)
    release(rx.doors, sale.id, rx.till.operator)
    assert rx.case(case.id).state is RxState.RELEASED
    assert not rx.centre(case.sheet.number)["used"]


def test_a_lost_review_is_said_again(rx: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    number = rx.prescribe("active_met", (drug, 1))
    case = rx.take(rx.patient("active_met"))
    rx.till.fault(kind="lost_answer", infno=rx.doors.profile.eprescription_of("review"), times=2)
    assert rx.review(case).state is RxState.PASSING
    rx.till.clock.advance(200)
    recover_settlements(rx.doors, rx.till.operator)
    assert rx.case(case.id).state is RxState.PASSED
    assert rx.case(case.id).review_sn in ("", rx.centre(number)["review"]["serial"])
