"""A platform that is closed for a while: said plainly where nothing hangs on it, never of money."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import Maintenance
from app.use_cases.payment import payment
from tests.fakes.practice_till import PracticeTill, practice_till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999900")


def test_who_cannot_be_asked_after_is_told_of_the_maintenance(till: PracticeTill) -> None:
    till.fault(infno="1101", kind="maintenance", times=1)
    with pytest.raises(Maintenance) as told:
        till.patient("active_met")
    assert told.value.params == {"infno": "1101"}
    assert till.patient("active_met").person.psn_no


def test_a_settlement_with_the_same_answer_is_unknown(till: PracticeTill) -> None:
    sale = till.prescribe(till.basket((till.find(insurance_class="A", sale_class="rx"), 1)))
    patient = till.patient("active_met")
    till.quote(sale, patient)
    till.fault(infno="2102", kind="maintenance", times=1)
    till.settle(sale, patient)
    assert [one.state for one in payment(till.doors, sale.id).settlements] == ["unknown"]
