"""Received trace codes on every database: on hand once, gone by another door, announced before."""

from datetime import date

import pytest

from app.domain.received_states import ReceivedEvent, ReceivedState
from app.domain.stock import Lot
from app.domain.trace import CodeSource, NoticedCode
from app.errors import BadValue, NotFound
from tests.fakes.builders import a_sale
from tests.fakes.clock import START

LOT = Lot("lot-1", "m-1", "B1", expires_on=date(2030, 1, 1), document_id="doc-1")
OTHER = Lot("lot-2", "m-2", "B2", document_id="doc-2")


@pytest.fixture
def shelf(books):
    with books() as uow:
        uow.lots.add([LOT, OTHER])
        uow.received.add("lot-1", ["c2", "c1"], START, "doc-1", "carton-1", CodeSource.AGGREGATION)
        uow.commit()
    return books


@pytest.mark.rule("HY-1.2.3", "S-19")
def test_a_box_leads_back_to_its_lot_its_document_and_its_carton(shelf):
    with shelf() as uow:
        found = uow.received.of_codes(["c1", "nobody's"])
        assert list(found) == ["c1"]
        one = found["c1"]
        assert (one.medicine_id, one.lot_id, one.document_id) == ("m-1", "lot-1", "doc-1")
        assert (one.carton, one.source) == ("carton-1", CodeSource.AGGREGATION)
        assert one.on_hand
        assert uow.received.lots_of(["c2", "c9"]) == {"c2": "lot-1"}
        assert [each.code for each in uow.received.of_lot("lot-1")] == ["c1", "c2"]
        assert [each.code for each in uow.received.of_carton("carton-1")] == ["c1", "c2"]
        assert uow.received.of_document("doc-1") == uow.received.of_lot("lot-1")
        assert uow.received.of_carton("") == []
        assert uow.received.counts(["lot-1", "lot-2"]) == {"lot-1": 2, "lot-2": 0}


def test_a_box_is_on_hand_once(shelf):
    for codes in (["c1"], ["c3", "c3"], ["x" * 101]):
        with shelf() as uow, pytest.raises(BadValue):
            uow.received.add("lot-2", codes, START, "doc-2")
    with shelf() as uow:
        with pytest.raises(NotFound):
            uow.received.add("no lot", ["c3"], START, "doc-2")
        assert uow.received.lots_of(["c1", "c3"]) == {"c1": "lot-1"}


def test_what_left_by_another_door_may_come_again_and_both_are_told(shelf):
    with shelf() as uow:
        uow.received.leave(["c1", "unknown"], ReceivedEvent.RETURNED, START, "doc-9")
        gone = uow.received.of_codes(["c1"])["c1"]
        assert (gone.state, gone.left_by, gone.left_at) == (ReceivedState.RETURNED, "doc-9", START)
        assert uow.received.lots_of(["c1"]) == {}
        uow.received.add("lot-2", ["c1"], START, "doc-2")
        uow.commit()
    with shelf() as uow:
        assert uow.received.of_codes(["c1"])["c1"].lot_id == "lot-2"
        assert [one.lot_id for one in uow.received.life_of("c1")] == ["lot-1", "lot-2"]


def test_a_sold_box_does_not_leave_and_is_no_box_to_be_counted(shelf):
    with shelf() as uow:
        sale = a_sale()
        uow.sales.add(sale)
        uow.codes.take(sale.id, ["c1"], START)
        assert uow.received.unsold_of(["lot-1", "lot-2"]) == {"lot-1": ["c2"], "lot-2": []}
        with pytest.raises(BadValue):
            uow.received.leave(["c2", "c1"], ReceivedEvent.DESTROYED, START, "doc-9")
        uow.codes.free(sale.id, ["c1"], START)
        assert uow.received.unsold_of(["lot-1"]) == {"lot-1": ["c1", "c2"]}


def test_an_announced_code_takes_the_newer_word(books):
    first = NoticedCode("c1", "import-1", START, "carton-1", "m-1", "B1", None, date(2030, 1, 1))
    again = NoticedCode("c1", "import-2", START, "carton-2", "m-1", "B1", date(2025, 1, 1), None)
    other = NoticedCode("c0", "import-2", START, "carton-2")
    with books() as uow:
        uow.received.notice([first])
        uow.received.notice([again, other])
        uow.commit()
    with books() as uow:
        assert uow.received.noticed(["c1", "c7"]) == {"c1": again}
        assert uow.received.noticed_in("carton-2") == [other, again]
        assert uow.received.noticed_in("carton-1") == uow.received.noticed_in("") == []
