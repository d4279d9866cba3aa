"""The quality list, the no-code list and other baskets' codes, on every database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.money import Quantity
from app.domain.quality import NoCodeLot, NoCodeReason, QualityCase, QualityStep, UncodedLine
from app.domain.quality_states import QualityEvent, QualityState
from app.domain.sale_states import SaleEvent
from app.errors import BadValue, IllegalTransition, NotFound
from tests.fakes.builders import a_sale
from tests.fakes.clock import START

CASE = QualityCase("case-1", "m-1", "TRACE_DUPLICATE", START, "staff-1", code="c1", sale_id="s-1")


@pytest.mark.rule("HY-1.2.3")
def test_a_box_has_one_live_case_and_a_later_one_after_its_end(books):
    with books() as uow:
        uow.quality.add(CASE)
        uow.commit()
    with books() as uow, pytest.raises(BadValue):
        uow.quality.add(replace(CASE, id="case-2"))
    looked = CASE.step(QualityStep(QualityEvent.EXAMINED, START, "staff-2", "盒子完好"))
    with books() as uow:
        assert uow.quality.live_of(["c1", "c2"]) == {"c1": CASE}
        uow.quality.save(looked)
        assert uow.quality.get("case-1") == looked
        assert uow.quality.waiting() == 1
        ended = looked.step(QualityStep(QualityEvent.CLEARED, START, "staff-2"))
        uow.quality.save(ended)
        uow.quality.add(replace(CASE, id="case-2", found_at=START + timedelta(hours=1)))
        uow.commit()
    with books() as uow:
        assert [one.state for one in uow.quality.of_code("c1")] == [
            QualityState.CLEARED,
            QualityState.OPEN,
        ]
        assert [one.id for one in uow.quality.those(live=True, limit=9)] == ["case-2"]
        assert [one.id for one in uow.quality.those(live=False, limit=9)] == ["case-2", "case-1"]
        with pytest.raises(NotFound):
            uow.quality.get("nobody's")


def test_nothing_is_cleared_that_nobody_looked_at():
    with pytest.raises(IllegalTransition):
        CASE.step(QualityStep(QualityEvent.CLEARED, START, "staff-2"))
    with pytest.raises(BadValue):
        QualityCase("case-9", "m-1", "by_hand", START, "staff-1")


def test_a_batch_is_on_the_no_code_list_until_it_is_taken_off(books):
    lots = [NoCodeLot("m-1", batch, START, "staff-2", "旧库存.csv") for batch in ("B1", "", "B1")]
    with books() as uow:
        assert uow.uncoded.put(lots) == 2
        assert uow.uncoded.put(lots[:1]) == 0
        uow.commit()
    with books() as uow:
        asked = [("m-1", "B1"), ("m-1", ""), ("m-2", "B1")]
        assert uow.uncoded.listed(asked) == {("m-1", "B1"), ("m-1", "")}
        assert [one.batch for one in uow.uncoded.all()] == ["", "B1"]
        uow.uncoded.drop("m-1", "B1")
        assert uow.uncoded.listed(asked) == {("m-1", "")}
        with pytest.raises(NotFound):
            uow.uncoded.drop("m-1", "B1")


def test_why_a_box_has_no_code_is_remembered_by_product_and_lot(books):
    said = UncodedLine("s-1", 1, "m-1", "B1", NoCodeReason.NO_CODE, START, "staff-1")
    later = replace(said, reason=NoCodeReason.UNREADABLE, at=START + timedelta(minutes=1))
    with books() as uow:
        uow.uncoded.say(said)
        uow.uncoded.say(later)
        uow.uncoded.say(replace(said, sale_id="s-2", line_no=2, batch="B2"))
        uow.commit()
    with books() as uow:
        assert uow.uncoded.of_sale("s-1") == {1: NoCodeReason.UNREADABLE}
        assert uow.uncoded.last("m-1", "B1") is NoCodeReason.UNREADABLE
        assert uow.uncoded.last("m-1", "B3") is None
        assert uow.uncoded.recent(1) == [later]


@pytest.mark.rule("HY-1.2.3")
def test_another_basket_is_named_while_it_holds_a_code(books):
    sale = a_sale("sale-1", lines=2)
    first, second = (line.trace_codes[0] for line in sale.lines)
    sale.replace_line(replace(sale.lines[1], quantity=Quantity.of("0.5")))
    with books() as uow:
        uow.sales.add(sale)
        uow.commit()
    with books() as uow:
        held = uow.baskets.holding([first, second, "c9"], ["sale-2"])
        assert list(held) == [first]  # pieces of an opened pack share its code
        assert (held[first].sale_id, held[first].till_no, held[first].aside) == ("sale-1", 0, False)
        assert uow.baskets.holding([first], ["sale-1"]) == {}
        stored = uow.sales.get("sale-1")
        stored.held_at = START + timedelta(minutes=5)
        uow.sales.save(stored)
        told = uow.baskets.holding([first], [])[first]
        assert (told.aside, told.since) == (True, START + timedelta(minutes=5))
        stored.move(SaleEvent.ABANDONED)
        uow.sales.save(stored)
        assert uow.baskets.holding([first], []) == {}


def test_a_code_that_came_back_says_so(books):
    with books() as uow:
        uow.sales.add(a_sale("sale-1"))
        uow.codes.take("sale-1", ["c1", "c2"], START)
        uow.codes.free("sale-1", ["c1"], START + timedelta(days=1))
        assert uow.baskets.freed(["c1", "c2", "c3"]) == {"c1"}
        (told,) = uow.baskets.sales_of("c1")
        assert (told.sale_id, told.freed_at) == ("sale-1", START + timedelta(days=1))
