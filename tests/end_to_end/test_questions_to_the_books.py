"""How often a counter asks its books while a customer waits: as often for one box as for many.

Budgets ``commit`` and ``settle`` (design 11) hang on it; here it is counted, not timed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.catalogue import Medicine
from app.domain.sale import Sale
from app.use_cases.complete_sale import complete_sale
from tests.fakes.practice_till import PracticeTill, cash, practice_till

AT_A_COMPLETION = 18
"""Of a sale that the customer pays alone."""
AT_A_SETTLEMENT = 29
"""Of a prescribed part: what is asked before it is sent, and before the answer is booked."""


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999900")


def questions(till: PracticeTill, act: Callable[[], object]) -> list[str]:
    """What was read from the books meanwhile; one connection serves all units of a thread."""
    said: list[str] = []
    held = till.engine.raw_connection()
    raw = held.driver_connection
    held.close()
    assert raw is not None
    raw.set_trace_callback(said.append)
    try:
        act()
    finally:
        raw.set_trace_callback(None)
    assert said.count("COMMIT") >= 1, "another connection was asked"
    return [one for one in said if one.startswith(("SELECT", "WITH"))]


def drugs(till: PracticeTill, how_many: int) -> list[tuple[Medicine, int]]:
    with till.doors.uow() as uow:
        known = sorted(uow.medicines.all(), key=lambda each: each.shop_code)
    fit = [each for each in known if each.sale_class == "otc_b" and not each.ephedrine]
    return [(each, 1) for each in fit[:how_many]]


def completed(till: PracticeTill, how_many: int) -> list[str]:
    sale: Sale = till.basket(*drugs(till, how_many))
    assert len(sale.lines) == how_many
    own = cash(sale.total)
    return questions(
        till, lambda: complete_sale(till.doors, sale.id, own, sale.total, till.operator)
    )


def settled(till: PracticeTill, packs: int) -> list[str]:
    first = till.find(insurance_class="A", sale_class="rx")
    second = till.find(insurance_class="B")
    sale = till.prescribe(till.basket((first, packs), *(((second, packs),) if packs > 1 else ())))
    patient = till.patient("active_met")
    till.quote(sale, patient)
    return questions(till, lambda: till.settle(sale, patient))


def test_a_completion_asks_as_often_for_one_line_as_for_four(till: PracticeTill) -> None:
    completed(till, 1)  # the first one of a day opens what is open then
    one, four = completed(till, 1), completed(till, 4)
    assert len(four) == len(one) <= AT_A_COMPLETION, "\n".join(four)
    assert len(set(one)) == len(one), "asked twice"


def test_a_settlement_asks_as_often_for_one_box_as_for_four(till: PracticeTill) -> None:
    settled(till, 1)
    one, four = settled(till, 1), settled(till, 2)
    assert len(four) == len(one) <= AT_A_SETTLEMENT, "\n".join(four)
