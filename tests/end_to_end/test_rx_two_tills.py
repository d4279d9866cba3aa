"""Two tills of one store on PostgreSQL: taken at one, reviewed at the other, paid at the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from app.domain.rx_case import RxCase
from app.domain.rx_states import RxState
from app.domain.sale import Sale
from app.domain.sale_states import SaleState
from app.errors import RuleBroken, StoreStale, YaotaiError
from app.use_cases.complete_sale import complete_sale
from app.use_cases.rx_review import queue, review
from app.use_cases.rx_settle import release
from tests.fakes.practice_rx import CHECKER, PASS, REFUSE, REVIEWER, RxTill
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


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act answers, or the error it ended with; they begin at the same moment."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        gate.wait(10)
        try:
            return act()
        except YaotaiError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.rule("SJZ-A.3")
@pytest.mark.parametrize("_round", range(3))
def test_of_two_verdicts_at_one_moment_one_holds_and_the_other_is_told(
    first: PracticeTill, _round: int
) -> None:
    counter, station = RxTill(first), RxTill(first.second_till())
    drug = first.find(insurance_class="A", sale_class="rx")
    number = counter.prescribe("active_met", (drug, 1))
    case = counter.take(counter.patient("active_met"))
    told = at_once(
        lambda: review(counter.doors, case.id, PASS, *REVIEWER, first.operator),
        lambda: review(station.doors, case.id, REFUSE, *CHECKER, first.operator),
    )
    held = counter.case(case.id)
    (won,) = (one for one in told if isinstance(one, RxCase))
    (lost,) = (one for one in told if isinstance(one, RuleBroken))
    assert held.state is won.state in (RxState.PASSED, RxState.REFUSED)
    passed = held.state is RxState.PASSED
    assert lost.params["code"] == f"RX_DECIDED_{'PASS' if passed else 'REFUSE'}"
    assert held.review is not None
    with counter.doors.uow() as uow:
        who = uow.staff.get(held.review.pharmacist_id).number
        said = [row for row in uow.requests.of_settlement(case.id) if row.leg == "UploadReview"]
        assert uow.log.verify()[1] == ""
    assert who == (REVIEWER if passed else CHECKER)[0] and len(said) == 1
    assert counter.centre(number)["state"] == ("reviewed" if passed else "refused")


@pytest.mark.rule("SJZ-A.4")
@pytest.mark.parametrize("_round", range(3))
def test_one_prescription_taken_at_both_tills_at_once_is_one_case_for_one_basket(
    first: PracticeTill, _round: int
) -> None:
    counter, other = RxTill(first), RxTill(first.second_till())
    number = counter.prescribe("active_met", (first.find(insurance_class="A", sale_class="rx"), 1))
    patient = counter.patient("active_met")
    told = at_once(lambda: counter.take(patient), lambda: other.take(patient))
    one, same = (each for each in told if isinstance(each, RxCase))
    assert one.id == same.id and len(queue(counter.doors)) == 1
    baskets = at_once(lambda: counter.fill(one), lambda: other.fill(one))
    assert sum(isinstance(each, Sale) for each in baskets) == 1
    (sale,) = (each for each in baskets if isinstance(each, Sale))
    assert counter.case(one.id).sale_id == sale.id
    assert counter.centre(number)["locked_by"]
