"""Two tills of one store on PostgreSQL: taken at one, reviewed at the other, paid at the first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.rx_states import RxState
from app.domain.sale_states import SaleState
from app.errors import StoreStale
from app.use_cases.complete_sale import complete_sale
from app.use_cases.rx_review import queue
from app.use_cases.rx_settle import release
from tests.fakes.practice_rx import RxTill
from tests.fakes.practice_till import PracticeTill, cash, practice_till


@pytest.fixture
def first(tmp_path: Path, postgres_books: str) -> Iterator[PracticeTill]:
    """The till at the counter."""
    yield from practice_till(tmp_path, database=postgres_books)


@pytest.mark.rule("SJZ-A.3")
def test_a_prescription_taken_at_one_till_is_reviewed_at_the_other_and_paid_at_the_first(
    first: PracticeTill,
) -> None:
    counter, station = RxTill(first), RxTill(first.second_till())
    drug = first.find(insurance_class="A", sale_class="rx")
    number = counter.prescribe("active_met", (drug, 2))
    patient = counter.patient("active_met")
    case = counter.take(patient)
    sale = counter.fill(case)
    (waiting,) = queue(station.doors)
    assert (waiting.case_id, waiting.till_id) == (case.id, "till-1")
    station.review(case)
    assert queue(counter.doors) == ()
    assert counter.sign(case, sale).state is RxState.CHECKED
    first.quote(sale, patient)
    paid = first.settle(sale, patient)
    assert station.case(case.id).state is RxState.USED
    complete_sale(counter.doors, sale.id, cash(paid.cash_due), paid.cash_due, first.operator)
    assert counter.sale(sale.id).state is SaleState.DONE
    assert counter.centre(number)["used"] is True


def test_two_stations_cannot_both_say_what_becomes_of_one_prescription(
    first: PracticeTill,
) -> None:
    counter, station = RxTill(first), RxTill(first.second_till())
    counter.prescribe("active_met", (first.find(insurance_class="A", sale_class="rx"), 1))
    case = counter.take(counter.patient("active_met"))
    with station.doors.uow() as theirs:
        seen = theirs.prescriptions.get(case.id)
    counter.review(case)
    with pytest.raises(StoreStale), station.doors.uow() as theirs:
        theirs.prescriptions.save(seen)
    assert station.case(case.id).state is RxState.PASSED


def test_what_one_till_gives_back_is_gone_at_the_other(first: PracticeTill) -> None:
    counter, station = RxTill(first), RxTill(first.second_till())
    number = counter.prescribe("active_met", (first.find(insurance_class="A", sale_class="rx"), 1))
    case = counter.take(counter.patient("active_met"))
    sale = counter.fill(case)
    release(counter.doors, sale.id, first.operator)
    assert queue(station.doors) == ()
    assert station.case(case.id).state is RxState.RELEASED
    assert not counter.centre(number)["locked_by"]
