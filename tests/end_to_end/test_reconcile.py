"""对账 through the real client against the practice platform: what is planted is what is found."""

import json
from dataclasses import replace

import pytest

from app.domain.money import Money
from app.domain.settlement_states import SettlementState
from app.domain.statement import Act, Cause, DayState, GroupResult
from app.domain.statement_states import DifferenceState
from app.errors import BadValue, IllegalTransition, NotAllowed, SecondPersonNeeded
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.reconcile import differences, reconcile
from app.use_cases.reconcile_acts import act_on, take_over
from app.use_cases.sign_in import SecondPerson
from tests.fakes.practice_till import practice_till
from tests.fakes.statements import (
    DAY,
    GROUND,
    SECOND,
    a_manager,
    a_settled_sale,
    keyed_past_the_till,
    portal,
    setl_id,
    settlement_of,
)


@pytest.fixture
def till(tmp_path):
    yield from practice_till(tmp_path)


@pytest.fixture
def manager(till):
    return a_manager(till)


def close(till, manager, seen, act=None):
    """Every standing difference by the act that it proposes."""
    for one in seen.standing:
        act_on(till.doors, manager, one.id, act or one.proposed, GROUND, SECOND)
    return reconcile(till.doors, manager, DAY)


@pytest.mark.rule("LN-3.4b", "S-01", "S-27")
def test_level_books_are_level_with_a_cancel_among_them(till, manager):
    a_settled_sale(till)
    cancel_settlements(till.doors, a_settled_sale(till, 2).id, till.operator)
    seen = reconcile(till.doors, till.operator, DAY)
    assert (seen.statement.state, seen.differences) == (DayState.LEVEL, ())
    # Settlement, and the positive and the negative line of the refund, in groups of their own.
    assert seen.statement.lines == 3
    asked = {one.key.refunded: one.count for one in seen.statement.groups if one.count}
    assert asked == {False: 1, True: 2}
    refunds = next(one for one in seen.statement.groups if one.count == 2)
    assert refunds.figures.total == Money(0)


@pytest.mark.rule("LN-3.4b")
def test_each_difference_has_its_cause_and_its_act_and_then_both_books_agree(till, manager):
    doors = till.doors
    wrong, cancelled, lost = (a_settled_sale(till, packs) for packs in (1, 2, 3))
    stranger = keyed_past_the_till(till, count=4)
    portal(till, f"/{setl_id(till, wrong)}/amounts", fund_pay_sumamt="1.00")
    portal(till, f"/{setl_id(till, cancelled)}/cancel")
    portal(till, f"/{setl_id(till, lost)}/lose")
    seen = reconcile(doors, manager, DAY)
    causes = {one.msgid: one.cause for one in seen.standing}
    assert causes == {
        settlement_of(till, wrong).settle_msgid: Cause.AMOUNTS,
        settlement_of(till, cancelled).settle_msgid: Cause.CANCELLED_THERE,
        settlement_of(till, lost).settle_msgid: Cause.ONLY_HERE,
        stranger: Cause.ONLY_THERE,
    }
    amounts = next(one for one in seen.standing if one.cause is Cause.AMOUNTS)
    assert amounts.here is not None and amounts.there is not None
    assert (amounts.sale_id, amounts.there.fund) == (wrong.id, Money(100))
    again = close(till, manager, seen)
    assert (again.statement.state, again.standing) == (DayState.LEVEL, ())
    assert {one.state for one in again.differences} == {DifferenceState.CLOSED}
    # The settlements stay as they were: corrections stand beside them.
    kept = settlement_of(till, wrong).answer
    assert kept is not None and kept.split.fund == amounts.here.fund


def test_a_row_nobody_knows_of_is_taken_back_by_the_message_that_3202_gives(till, manager):
    keyed_past_the_till(till)
    seen = reconcile(till.doors, manager, DAY)
    (one,) = seen.standing
    assert one.choices == (Act.ADOPT, Act.REVERSE)
    again = close(till, manager, seen, Act.REVERSE)
    assert again.statement.state is DayState.LEVEL
    (row,) = till.books()["settlements"]
    assert row["state"] == "reversed"


def test_an_act_without_an_answer_stays_asked_and_is_said_again(till, manager):
    keyed_past_the_till(till)
    (one,) = reconcile(till.doors, manager, DAY).standing
    till.fault(infno="2601", kind="lost_answer")
    asked = act_on(till.doors, manager, one.id, Act.REVERSE, GROUND, SECOND)
    assert (asked.state, asked.act) == (DifferenceState.ASKED, "reverse")
    done = act_on(till.doors, manager, one.id, Act.REVERSE, GROUND, SECOND)
    assert done.state is DifferenceState.CLOSED
    assert reconcile(till.doors, manager, DAY).statement.state is DayState.LEVEL


def test_what_was_cancelled_here_and_stands_there_is_cancelled_again(till, manager):
    sale = a_settled_sale(till)
    cancel_settlements(till.doors, sale.id, till.operator)
    # The centre loses the cancel: its message is reversed there, past the till.
    one = settlement_of(till, sale)
    twin = next(row for row in till.books()["settlements"] if row["cancels"])
    portal(till, f"/{twin['setl_id']}/lose")
    with till.platform.state.transaction() as books:
        books.run("UPDATE settlement SET state = 'settled' WHERE msgid = ?", one.settle_msgid)
    seen = reconcile(till.doors, manager, DAY)
    assert [each.cause for each in seen.standing] == [Cause.STANDING_THERE]
    again = close(till, manager, seen)
    assert again.statement.state is DayState.LEVEL
    assert settlement_of(till, sale).cancel_msgid != one.cancel_msgid


def test_what_is_undecided_here_is_asked_after(till, manager):
    patient = till.patient("active_met")
    sale = till.prescribe(till.basket((till.medicine("P0001"), 1)))
    till.quote(sale, patient)
    till.fault(infno="2102", kind="lost_answer")
    till.settle(sale, patient)
    seen = reconcile(till.doors, manager, DAY)
    assert [one.cause for one in seen.standing] == [Cause.UNDECIDED_HERE]
    again = close(till, manager, seen)
    assert again.statement.state is DayState.LEVEL
    assert [one.act for one in again.differences] == ["gone"]


def test_what_ended_here_and_stands_there_is_reversed_there(till, manager):
    sale = a_settled_sale(till)
    one = settlement_of(till, sale)
    # Reversed here, and the centre's books stand as if nobody had: its own side of a lost undoing.
    with till.doors.uow() as uow:
        uow.settlements.save(replace(one, state=SettlementState.REVERSED))
        uow.commit()
    seen = reconcile(till.doors, manager, DAY)
    (found,) = seen.standing
    assert (found.cause, found.proposed, found.sale_id) == (Cause.ENDED_HERE, Act.REVERSE, sale.id)
    assert found.here is None and found.there is not None
    again = close(till, manager, seen)
    assert again.statement.state is DayState.LEVEL and not again.standing
    assert [row["state"] for row in till.books()["settlements"]] == ["reversed"]
    assert settlement_of(till, sale).state is SettlementState.REVERSED


def test_what_the_platforms_own_answer_contradicts_is_unclear_and_asked_again(till, manager):
    sale = a_settled_sale(till)
    portal(till, f"/{setl_id(till, sale)}/amounts", fund_pay_sumamt="1.00")
    # The file says that it differs; the question about it is not answered.
    till.fault(infno="5203", kind="not_arrived", times=1)
    seen = reconcile(till.doors, manager, DAY)
    (found,) = seen.standing
    assert (found.cause, found.proposed) == (Cause.UNCLEAR, Act.ASK_AGAIN)
    asked = act_on(till.doors, manager, found.id, Act.ASK_AGAIN, "", None)
    assert (asked.cause, asked.id) == (Cause.AMOUNTS, found.id)


def test_no_answer_leaves_the_day_unfinished_and_nothing_is_closed_by_it(till, manager):
    keyed_past_the_till(till)
    (found,) = reconcile(till.doors, manager, DAY).standing
    for infno in ("3201", "9101", "3202", "9102"):
        till.fault(infno=infno, kind="lost_answer")
        seen = reconcile(till.doors, manager, DAY)
        assert seen.statement.state is DayState.UNFINISHED, infno
        assert [one.id for one in seen.standing] == [found.id]
    silent = [one for one in seen.statement.groups if one.result is GroupResult.UNANSWERED]
    assert silent == []
    assert reconcile(till.doors, manager, DAY).statement.state is DayState.DIFFERS


def test_who_may_and_what_is_needed(till, manager):
    keyed_past_the_till(till)
    (one,) = reconcile(till.doors, till.operator, DAY).standing
    with pytest.raises(NotAllowed):
        differences(till.doors, till.operator, DAY)
    with pytest.raises(NotAllowed):
        act_on(till.doors, till.operator, one.id, Act.ADOPT, GROUND, SECOND)
    with pytest.raises(BadValue):
        act_on(till.doors, manager, one.id, Act.ADOPT, " ", SECOND)
    for other in (None, SecondPerson("3001", "300300")):
        with pytest.raises(SecondPersonNeeded):
            act_on(till.doors, manager, one.id, Act.ADOPT, GROUND, other)
    with pytest.raises(IllegalTransition):
        act_on(till.doors, manager, one.id, Act.CORRECT, GROUND, SECOND)
    assert one.state is DifferenceState.OPEN
    with till.doors.uow() as uow:
        assert replace(uow.reconciliations.get(one.id), seen_at=one.seen_at) == one


def test_a_whole_time_that_only_the_centre_knows_is_taken_over(till, manager):
    for count in (1, 2, 3):
        keyed_past_the_till(till, count=count)
    taken = take_over(till.doors, manager, DAY, DAY, GROUND)
    assert [one.cause for one in taken] == [Cause.ONLY_THERE] * 3
    assert reconcile(till.doors, manager, DAY).statement.state is DayState.LEVEL
    assert take_over(till.doors, manager, DAY, DAY, GROUND) == []
    with till.doors.uow() as uow:
        told = [entry for entry in uow.log.tail(50) if entry.act == "reconcile.closed"]
    assert len(told) == 3 and "LX9999" not in "".join(entry.entry for entry in told)


class Nameless:
    """The platform, whose result file names no amount of one row."""

    def __init__(self, platform, msgid):
        self.compose, self._send, self._msgid = platform.compose, platform.send, msgid

    def send(self, message):
        answer = self._send(message)
        if message.infno != "9102" or not isinstance(answer.value, tuple):
            return answer
        rows = [
            replace(row, figures=None) if row.msgid == self._msgid else row for row in answer.value
        ]
        return replace(answer, value=tuple(rows))


def test_a_row_without_amounts_stays_for_people_and_holds_nothing_up(till, manager):
    msgids = [keyed_past_the_till(till, count=count) for count in (1, 2)]
    doors = replace(till.doors, platform=Nameless(till.doors.platform, msgids[0]))
    taken = take_over(doors, manager, DAY, DAY, GROUND)
    assert [one.msgid for one in taken] == msgids[1:]
    (left,) = reconcile(doors, manager, DAY).standing
    assert (left.msgid, left.there, left.cause) == (msgids[0], None, Cause.ONLY_THERE)


def test_an_amount_that_differs_is_followed_to_its_items(till, manager):
    sale = a_settled_sale(till, 2)
    one = setl_id(till, sale)
    portal(till, f"/{one}/amounts", fund_pay_sumamt="1.00")
    with till.platform.state.transaction() as books:
        row = books.one("SELECT doc FROM settlement WHERE setl_id = ?", one)
        kept = json.loads(row["doc"])
        kept["lines"][0]["amount"] = "25.00"
        books.run("UPDATE settlement SET doc = ? WHERE setl_id = ?", json.dumps(kept), one)
    (found,) = reconcile(till.doors, manager, DAY).standing
    (item,) = found.items
    assert (item.serial, item.here, item.there) == ("1", Money(2560), Money(2500))
    assert item.name == sale.lines[0].item.name


def test_a_region_may_spell_the_result_with_six_digits(tmp_path):
    for till in practice_till(tmp_path / "hubei", "CN-420700"):
        assert "000000" in till.doors.profile.stmt_level
        keeper = a_manager(till)
        assert reconcile(till.doors, keeper, DAY).statement.state is DayState.LEVEL
