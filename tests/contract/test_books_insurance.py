"""Settlements, persons and the journal of the wire, on every database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.dispute import Decision, Verdict
from app.domain.insurance import Answer, Outcome, Settled
from app.domain.money import Money
from app.domain.settlement import Visit
from app.domain.settlement_states import SettlementEvent, SettlementState
from app.domain.visit_states import VisitState
from app.errors import BadValue, NotFound, StoreStale
from app.ports import RequestRow
from tests.fakes.builders import INSTITUTION, a_person, a_sale, a_settlement, a_split
from tests.fakes.clock import START


@pytest.fixture
def shop(books):
    """Books with a sale and a person to settle for."""
    with books() as uow:
        uow.sales.add(a_sale())
        uow.sales.add(a_sale("sale-2"))
        uow.persons.keep(a_person(), "person-1", START)
        uow.commit()
    return books


def keep(books, *settlements):
    with books() as uow:
        for one in settlements:
            uow.settlements.add(one)
        uow.commit()


def test_a_settlement_comes_back_whole(shop):
    one = a_settlement(
        answer=Settled(
            replace(a_split(), mutual_aid=Money.of("3.00")),
            setl_id="S1",
            mdtrt_id="M1",
            medins_setl_id="m",
            setl_time=START,
            clr_type="41",
        ),
        estimate_fund_fen=1999,
        visit=Visit("V1", VisitState.LINES_SENT, "M1", "0001"),
        settle_msgid="x" * 30,
        settle_infno="2207",
        submitted_at=START,
        asked=2,
        next_ask_at=START + timedelta(seconds=30),
        absent_at=START + timedelta(seconds=1),
        last_text="练习：原文",
        disease_code="M03900",
        disease_name="练习病种",
        digest="d" * 32,
        decisions=(
            Decision(Verdict.ASK_AGAIN, "练习：窗口电话", "staff-1", "staff-2", START),
            Decision(Verdict.SETTLED, "LX-17", "staff-1", "staff-1", START, "typed"),
        ),
    )
    keep(shop, one)
    with shop() as uow:
        assert uow.settlements.get("set-1") == one
        with pytest.raises(NotFound):
            uow.settlements.get("set-2")


def test_saving_a_settlement_raises_its_version_and_refuses_a_stale_one(shop):
    keep(shop, a_settlement())
    with shop() as uow:
        mine, stale = uow.settlements.get("set-1"), uow.settlements.get("set-1")
        mine.move(SettlementEvent.SUBMITTED)
        mine.cancel_answer = Settled(replace(a_split(), total=Money.of("-38.40")))
        mine.visit = Visit("V1")
        uow.settlements.save(mine)
        assert uow.settlements.get("set-1") == mine
        with pytest.raises(StoreStale):
            uow.settlements.save(stale)


def test_attempts_of_a_sale_are_listed_oldest_first(shop):
    later = START + timedelta(microseconds=1)
    keep(shop, a_settlement("b", created_at=later), a_settlement("c"), a_settlement("d", "sale-2"))
    with shop() as uow:
        assert [one.id for one in uow.settlements.of_sale("sale-1")] == ["c", "b"]


def test_the_undecided_are_those_of_the_table_and_of_this_till(shop, till):
    keep(shop, *(a_settlement(state.value, state=state) for state in SettlementState))
    keep(till("02"), a_settlement("elsewhere", state=SettlementState.UNKNOWN))
    with shop() as uow:
        found = {one.id for one in uow.settlements.undecided()}
    assert found == {"submitted", "unknown", "reversing", "cancelling"}


def test_open_visits_are_found_unless_the_money_is_settled_or_undecided(shop):
    def visit(state):
        return Visit("V", state)

    keep(
        shop,
        a_settlement("orphan", state=SettlementState.DECLINED, visit=visit(VisitState.ORPHANED)),
        a_settlement("lines", visit=visit(VisitState.LINES_SENT)),
        a_settlement("closed", state=SettlementState.ABANDONED, visit=visit(VisitState.CLOSED)),
        a_settlement("settled", state=SettlementState.SETTLED, visit=visit(VisitState.LINES_SENT)),
        a_settlement("unknown", state=SettlementState.UNKNOWN, visit=visit(VisitState.LINES_SENT)),
        a_settlement("doubt", state=SettlementState.DISPUTED, visit=visit(VisitState.LINES_SENT)),
        a_settlement("none"),
    )
    with shop() as uow:
        assert {one.id for one in uow.settlements.with_open_visit()} == {"orphan", "lines"}


def test_a_person_keeps_one_random_id_and_the_newest_facts(books):
    with books() as uow:
        assert uow.persons.keep(a_person(), "first", START) == "first"
        moved = a_person(gender="1", rows=())
        assert uow.persons.keep(moved, "second", START) == "first"
        assert uow.persons.keep(a_person(2), "third", START) == "third"
        uow.commit()
    with books() as uow:
        assert uow.persons.get("first").person == moved
        assert uow.persons.get("third").person == a_person(2)
        with pytest.raises(NotFound):
            uow.persons.get("second")


def test_a_person_is_found_by_the_id_number_however_it_was_typed(books):
    with books() as uow:
        uow.persons.keep(a_person(cert_no="99990019900101001X"), "one", START)
        assert [one.id for one in uow.persons.by_cert_no(" 99990019900101001x")] == ["one"]
        assert uow.persons.by_cert_no("999900199001010019") == []


def a_request(number=1, **changes):
    msgid = f"{INSTITUTION}20261120100000{number:04d}"
    base = RequestRow(msgid, "2102", "SettleBasket", "set-1", b'{"practice":1}', START)
    return replace(base, **changes)


def test_a_request_is_written_before_and_answered_once(books):
    row = a_request()
    later = START + timedelta(seconds=2)
    said = Answer(Outcome.SUCCESS, "0", "练习原文", raw=b'{"infcode":0}', millis=140)
    with books() as uow:
        uow.requests.write(row)
        assert uow.requests.pending() == [row]
        uow.requests.answer(row.msgid, said, later)
        uow.commit()
    with books() as uow:
        found = uow.requests.get(row.msgid)
        assert found == replace(
            row,
            outcome=Outcome.SUCCESS,
            infcode="0",
            text="练习原文",
            answer=b'{"infcode":0}',
            answered_at=later,
            millis=140,
        )
        assert uow.requests.pending() == []


def test_a_second_answer_stands_in_the_log_only(books):
    row = a_request()
    with books() as uow:
        uow.requests.write(row)
        uow.requests.answer(row.msgid, Answer(Outcome.UNKNOWN), START)
        before = uow.requests.get(row.msgid)
        late = Answer(Outcome.SUCCESS, "0", "练习张小兰", raw=b"late")
        uow.requests.answer(row.msgid, late, START)
        assert uow.requests.get(row.msgid) == before
        (entry,) = uow.log.tail(5)
        assert entry.act == "platform.answered_again"
        assert '"outcome":"success"' in entry.entry
        assert "练习" not in entry.entry


def test_a_msgid_is_used_once_and_only_known_ones_are_answered(books):
    with books() as uow:
        with pytest.raises(NotFound):
            uow.requests.answer("nobody", Answer(Outcome.SUCCESS), START)
        assert uow.requests.get("nobody") is None
        uow.requests.write(a_request())
        uow.commit()
    with books() as uow, pytest.raises(BadValue):
        uow.requests.write(a_request(settlement_id="set-2"))


def test_legs_are_listed_in_the_order_of_sending(books, till):
    with books() as uow:
        for row in (
            a_request(3, sent_at=START + timedelta(seconds=1)),
            a_request(2),
            a_request(1),
            a_request(9, settlement_id="set-2"),
        ):
            uow.requests.write(row)
        uow.commit()
    with books() as uow:
        found = uow.requests.of_settlement("set-1")
        assert [row.msgid[-1] for row in found] == ["1", "2", "3"]
    with till("02")() as uow:
        assert uow.requests.pending() == []
