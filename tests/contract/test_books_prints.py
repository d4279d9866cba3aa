"""Print jobs on every database: in order, each once, those of this till."""

from dataclasses import replace

import pytest

from app.domain.money import Money
from app.domain.print_job import Document, PrintJob
from app.domain.print_states import PrintEvent, PrintState
from app.errors import NotFound
from tests.fakes.clock import START


def a_job(key="sale-1/sale/1", **changes):
    return replace(PrintJob(key, "sale-1", Document.SALE, 1, START, given=Money(5000)), **changes)


def test_jobs_come_back_in_their_order_and_a_known_id_is_left_alone(books):
    second = a_job("sale-1/settlement/1", document=Document.SETTLEMENT)
    with books() as uow:
        assert uow.prints.add([a_job(), second]) == 2
        uow.commit()
    with books() as uow:
        started = a_job().moved(PrintEvent.STARTED)
        uow.prints.save(started)
        assert uow.prints.add([a_job(), second]) == 0
        uow.commit()
    with books() as uow:
        (waiting,) = uow.prints.in_state(PrintState.WAITING)
        (printing,) = uow.prints.in_state(PrintState.PRINTING)
        assert replace(waiting, seq=0) == second
        assert replace(printing, seq=0) == started
        both = uow.prints.in_state(PrintState.WAITING, PrintState.PRINTING)
        assert [job.id for job in both] == [started.id, second.id]


def test_a_job_of_nobody_cannot_be_saved(books):
    with books() as uow, pytest.raises(NotFound):
        uow.prints.save(a_job("none"))


def test_another_till_has_a_spool_of_its_own(till):
    with till("till-1")() as uow:
        uow.prints.add([a_job()])
        uow.commit()
    with till("till-2")() as uow:
        assert uow.prints.in_state(PrintState.WAITING) == []
        with pytest.raises(NotFound):
            uow.prints.save(a_job())
