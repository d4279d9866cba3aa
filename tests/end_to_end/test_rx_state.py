"""A prescription that is locked, used or partly used elsewhere dispenses and settles nothing here.

The centre is asked when it arrives and again at the payment; both of its ways to say so are
judged: a refusal, and a sheet that comes with its state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.pharmacist import Professional
from app.domain.rx_calls import Downloaded
from app.domain.rx_case import RxCase
from app.domain.rx_states import RxState
from app.errors import Refused, RuleBroken
from app.resources import resource
from app.use_cases.complete_sale import complete_sale
from app.use_cases.rx_fetch import offers, take
from app.use_cases.rx_settle import prepare_completion
from sync.insurance.client import InsuranceClient
from sync.insurance.direct import DirectTransport
from sync.insurance.field_tables import load_tables
from sync.insurance.profile import Institution
from sync.insurance.simulator.refusal import NoReply
from tests.fakes.practice_rx import REVIEWER, RxTill
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.saying_centre import sheets_told
from ui.practice import credentials_of

NEXT_DOOR = "P99990000002"
THEIR_PHARMACIST = Professional("练习·邻药师", "01", "999900198203032006", "YS99990000009001")


def used(got: Downloaded) -> Downloaded:
    return replace(got, state="dispensed")


def first_line_taken(got: Downloaded) -> Downloaded:
    lines = got.sheet.lines
    return replace(got, sheet=replace(got.sheet, lines=(replace(lines[0], taken=True), *lines[1:])))


@pytest.fixture
def rx(tmp_path: Path) -> Iterator[RxTill]:
    for till in practice_till(tmp_path / "ours"):
        yield RxTill(till)


@pytest.fixture
def next_door(rx: RxTill, tmp_path: Path) -> Iterator[RxTill]:
    """Another pharmacy with books of its own at the same centre."""
    for till in practice_till(tmp_path / "theirs"):
        client = InsuranceClient(
            till.doors.profile, url="http://practice.invalid",
            institution=Institution(NEXT_DOOR, "邻家药房"),
            credentials=credentials_of("CN-999900"), tables=load_tables(resource("interface")),
            clock=rx.till.clock, transport=DirectTransport(rx.till.platform.handle, NoReply),
        )  # fmt: skip
        shop = replace(till.doors.shop, institution_code=NEXT_DOOR)
        till.doors = replace(till.doors, platform=client, shop=shop)
        yield RxTill(till)


def employ_next_door(rx: RxTill) -> None:
    """Whoever reviews there is known to the platform at that pharmacy."""
    with rx.doors.uow() as uow:
        who = next(one for one in uow.staff.all() if one.number == REVIEWER[0])
        bound = uow.pharmacists.get(who.id)
        assert bound is not None
        uow.pharmacists.keep(replace(bound, professional=THEIR_PHARMACIST))
        uow.commit()


def cases(rx: RxTill, number: str) -> list[RxCase]:
    with rx.doors.uow() as uow:
        return uow.prescriptions.by_number(number)


def settlements(till: PracticeTill) -> object:
    return till.books()["settlements"]


@pytest.mark.rule("SJZ-A.4", "S-09")
def test_what_another_pharmacy_has_locked_is_not_taken(rx: RxTill, next_door: RxTill) -> None:
    number = rx.prescribe("active_met", (rx.till.find(insurance_class="A", sale_class="rx"), 1))
    patient = rx.patient("active_met")
    (offer,) = offers(rx.doors, patient, rx.till.operator)
    next_door.take(next_door.patient("active_met"))
    assert rx.centre(number)["locked_by"] == NEXT_DOOR
    with pytest.raises(Refused) as said:
        take(rx.doors, offer.tokens, patient, rx.till.operator)
    assert "锁定" in str(said.value.params["text"])
    assert cases(rx, number) == []
    assert offers(rx.doors, patient, rx.till.operator) == ()
    assert rx.centre(number)["locked_by"] == NEXT_DOOR, "theirs is not given back by us"


@pytest.mark.rule("SJZ-A.4", "S-09")
def test_what_was_dispensed_elsewhere_is_not_taken(rx: RxTill, next_door: RxTill) -> None:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    patient = rx.patient("active_met")
    rx.prescribe("active_met", (drug, 2))
    (offer,) = offers(rx.doors, patient, rx.till.operator)
    theirs = next_door.patient("active_met")
    case = next_door.take(theirs)
    sale = next_door.fill(case)
    employ_next_door(next_door)
    next_door.review(case)
    next_door.sign(case, sale)
    prepare_completion(next_door.doors, sale.id, next_door.till.operator)
    total = next_door.sale(sale.id).total
    complete_sale(next_door.doors, sale.id, cash(total), total, next_door.till.operator)
    assert rx.centre(case.sheet.number)["used"]
    with pytest.raises(Refused) as said:
        take(rx.doors, offer.tokens, patient, rx.till.operator)
    assert "已使用" in str(said.value.params["text"])
    assert cases(rx, case.sheet.number) == []


@pytest.mark.rule("SJZ-A.4")
def test_a_sheet_that_arrives_as_used_is_refused_and_given_back(rx: RxTill) -> None:
    number = rx.prescribe("active_met", (rx.till.find(insurance_class="A", sale_class="rx"), 1))
    sheets_told(rx, used)
    with pytest.raises(RuleBroken, match="RX_ALREADY_DISPENSED"):
        rx.take(rx.patient("active_met"))
    assert cases(rx, number) == []
    assert rx.centre(number)["locked_by"] == ""


@pytest.mark.rule("SJZ-A.4")
@pytest.mark.parametrize("turn", [used, first_line_taken])
def test_used_or_partly_used_between_check_and_payment_settles_nothing(
    rx: RxTill, turn: Callable[[Downloaded], Downloaded]
) -> None:
    sale, case, patient = rx.ready()
    rx.till.quote(sale, patient)
    sheets_told(rx, turn)
    view = rx.till.settle(sale, patient)
    assert [one.code for one in view.notes if one.severity == "block"] == ["RX_ALREADY_DISPENSED"]
    assert view.sale_state == "open"
    assert settlements(rx.till) == []
    assert rx.case(case.id).state is not RxState.USED
    (note,) = prepare_completion(rx.doors, sale.id, rx.till.operator)
    assert (note.code, note.severity) == ("RX_ALREADY_DISPENSED", "block")
    assert rx.sale(sale.id).state == "open"
