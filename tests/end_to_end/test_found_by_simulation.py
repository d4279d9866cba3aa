"""Faults of the till that ``yaotai simulate`` found, each as its smallest walk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.money import Quantity
from app.domain.returns import ReturnReason
from app.domain.rx_states import RxState
from app.domain.sale import Sale
from app.domain.settlement_states import SettlementState
from app.domain.visit_states import VisitState
from app.use_cases.basket import abandon_basket
from app.use_cases.complete_sale import complete_sale
from app.use_cases.recover_settlements import recover_settlements
from app.use_cases.return_goods import quote_return, run_return
from tests.fakes.practice_till import PracticeTill, cash, practice_till


@pytest.fixture
def short(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999900")


@pytest.fixture
def visits(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999901")


@pytest.mark.parametrize("back", [1, 2])
def test_a_typed_prescription_follows_a_cash_sale_that_comes_back(
    short: PracticeTill, back: int
) -> None:
    """seed 1, store 2: it stayed used by a sale that was undone."""
    drug = short.find(insurance_class="A", sale_class="rx")
    sale = short.prescribe(short.basket((drug, 2)))
    complete_sale(short.doors, sale.id, cash(sale.total), sale.total, short.operator)
    one = quote_return(
        short.doors, sale.id, {1: Quantity.of(back)}, sale.lines[0].trace_codes[:back],
        ReturnReason.QUALITY, short.operator, None,
    )  # fmt: skip
    run_return(short.doors, one.return_id, short.operator, None, lambda _leg: None)
    with short.doors.uow() as uow:
        rest = uow.returns.get(one.return_id).replacement_sale_id
        case = uow.prescriptions.of_sale(rest or sale.id)
    assert case is not None
    assert case.state is (RxState.USED if rest else RxState.RELEASED)


def test_no_settled_visit_is_taken_for_one_that_never_was(visits: PracticeTill) -> None:
    """seed 5, store 6: 2205 of "every unsettled line" succeeds where all are settled."""
    drug = visits.find(insurance_class="A", sale_class="rx")
    sale = visits.prescribe(visits.basket((drug, 1)))
    patient = visits.patient("active_met")
    visits.quote(sale, patient)
    visits.fault(kind="other_msgid", infno="2207")
    visits.settle(sale, patient)
    visits.fault(kind="refused", infno="2601")
    for _round in range(2):
        visits.clock.set(visits.clock.now() + timedelta(seconds=130))
        recover_settlements(visits.doors, visits.operator)
    with visits.doors.uow() as uow:
        (one,) = uow.settlements.of_sale(sale.id)
    assert one.state is SettlementState.REVERSED
    settlements = visits.books()["settlements"]
    assert isinstance(settlements, list)
    assert [each["state"] for each in settlements] == ["reversed"]


def test_a_basket_that_is_given_up_leaves_no_visit_open(visits: PracticeTill) -> None:
    """seed 22, store 1: a quote of a basket that was given up kept its visit open for ever."""
    drug = visits.find(insurance_class="A", sale_class="rx")
    sale = visits.prescribe(visits.basket((drug, 1)))
    visits.quote(sale, visits.patient("active_met"))
    with visits.doors.uow() as uow:
        kept = uow.sales.get(sale.id)
    abandon_basket(visits.doors, kept, visits.operator)
    recover_settlements(visits.doors, visits.operator)
    shown = visits.books()["visits"]
    assert isinstance(shown, list)
    assert [one["state"] for one in shown if one["state"] in ("registered", "lines")] == []
    assert len(shown) == 1


def test_a_visit_whose_answer_found_no_room_on_the_disk_is_looked_for(visits: PracticeTill) -> None:
    """seed 2026, store 79: 2201 got through, its answer could not be written, the customer left."""
    drug = visits.find(insurance_class="A", sale_class="rx")
    sale = visits.prescribe(visits.basket((drug, 1)))
    visits.quote(sale, visits.patient("active_met"))
    with visits.doors.uow() as uow:
        (one,) = uow.settlements.of_sale(sale.id)
        assert one.visit is not None
        one.visit.state, one.visit.mdtrt_id = VisitState.REGISTERING, ""
        kept = uow.sales.get(sale.id)
        uow.settlements.save(one)
        uow.commit()
    abandon_basket(visits.doors, kept, visits.operator)
    recover_settlements(visits.doors, visits.operator)
    assert _open_there(visits) == 1, "its sender may still be listening"
    visits.clock.advance(minutes=3)
    recover_settlements(visits.doors, visits.operator)
    assert _open_there(visits) == 0


def _open_there(till: PracticeTill) -> int:
    shown = till.books()["visits"]
    assert isinstance(shown, list)
    return sum(one["state"] in ("registered", "lines") for one in shown)


def _unknown(till: PracticeTill) -> Sale:
    drug = till.find(insurance_class="A", sale_class="rx")
    sale = till.prescribe(till.basket((drug, 1)))
    patient = till.patient("active_met")
    till.quote(sale, patient)
    till.fault(kind="lost_answer", infno="2102")
    till.settle(sale, patient)
    return sale


def _state(till: PracticeTill, sale: Sale) -> SettlementState:
    with till.doors.uow() as uow:
        (one,) = uow.settlements.of_sale(sale.id)
    return one.state


@pytest.mark.parametrize("set_back", [0, 1], ids=["true_clock", "clock_is_set_back"])
def test_a_settlement_in_the_books_is_never_void_however_long_the_quote_stood(
    short: PracticeTill, set_back: int
) -> None:
    """seed 2026, store 157: the visit began with the quote, and was looked for from the sending."""
    drug = short.find(insurance_class="A", sale_class="rx")
    sale = short.prescribe(short.basket((drug, 1)))
    patient = short.patient("active_met")
    short.quote(sale, patient)
    short.clock.advance(seconds=21)
    short.fault(kind="lost_answer", infno="2102")
    short.settle(sale, patient)
    short.clock.advance(days=-set_back)
    short.fault(kind="refused", infno="2601", times=50)
    for _round in range(16):
        short.clock.advance(minutes=3)
        recover_settlements(short.doors, short.operator)
    assert _state(short, sale) is SettlementState.DISPUTED


def test_a_visit_of_another_sale_of_the_person_is_no_sign_of_this_one(short: PracticeTill) -> None:
    """What the store's own books know already does not make an attempt look settled."""
    drug = short.find(insurance_class="A", sale_class="rx")
    patient = short.patient("active_met")
    first = short.prescribe(short.basket((drug, 1)))
    short.quote(first, patient)
    short.settle(first, patient)
    sale = short.prescribe(short.basket((drug, 1)))
    short.quote(sale, patient)
    short.fault(kind="not_arrived", infno="2102")
    short.settle(sale, patient)
    for _round in range(6):
        short.clock.advance(minutes=3)
        recover_settlements(short.doors, short.operator)
    assert _state(short, sale) is SettlementState.VOID


def test_a_clock_that_was_a_day_ahead_makes_no_settlement_wait_a_day(short: PracticeTill) -> None:
    """seed 11, store 7: asked while the clock was ahead, and left alone once it was set back."""
    sale = _unknown(short)
    short.fault(kind="not_arrived", infno="2601")
    short.clock.advance(days=1)
    recover_settlements(short.doors, short.operator)
    short.clock.advance(days=-1, minutes=3)
    recover_settlements(short.doors, short.operator)
    assert _state(short, sale) is SettlementState.REVERSED


def test_a_clock_that_is_set_back_while_a_sender_listens_takes_nothing_from_it(
    short: PracticeTill,
) -> None:
    """A few seconds, as a time server does it: the sender's own limits are still waited for."""
    sale = _unknown(short)
    with short.doors.uow() as uow:
        (one,) = uow.settlements.of_sale(sale.id)
        one.state = SettlementState.SUBMITTED
        uow.settlements.save(one)
        uow.commit()
    short.clock.advance(seconds=-20)
    recover_settlements(short.doors, short.operator)
    assert _state(short, sale) is SettlementState.SUBMITTED
    short.clock.advance(days=-1)
    recover_settlements(short.doors, short.operator)
    assert _state(short, sale) is SettlementState.REVERSED
