"""清算与拨付 against the practice platform: declared, matched to the fen, refused and appealed."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.clearing import ClearingKey, MonthDue
from app.domain.clearing_states import ClaimState, FeeState
from app.domain.clock import shop_time
from app.domain.money import Money
from app.errors import BadFile, BadValue, IllegalTransition, NotAllowed, StillSent, StoreStale
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.holidays import load_calendar
from app.use_cases.reconcile import reconcile
from app.use_cases.reconcile_acts import act_on
from app.use_cases.remittances import (
    Came,
    add_remittance,
    appeal_fee,
    decide_fee,
    declare,
    declare_by_hand,
    drop_claim,
    import_remittances,
    month_view,
    number_claim,
    refuse_fee,
    withdraw_claim,
)
from tests.fakes.practice_till import practice_till
from tests.fakes.statements import (
    DAY,
    GROUND,
    SECOND,
    a_manager,
    a_settled_sale,
    keyed_past_the_till,
)

MONTH = "2026-11"
CALENDAR = load_calendar()
KEY = ClearingKey("310", "11")
PAID = date(2026, 12, 1)


@pytest.fixture
def till(tmp_path):
    yield from practice_till(tmp_path / "till")


@pytest.fixture
def manager(till):
    """Three settlements, one of them cancelled, one keyed past the till; the month is over."""
    found = a_manager(till)
    a_settled_sale(till)
    cancel_settlements(till.doors, a_settled_sale(till, 2).id, till.operator)
    keyed_past_the_till(till, count=3)
    (one,) = reconcile(till.doors, found, DAY).standing
    act_on(till.doors, found, one.id, one.proposed, GROUND, SECOND)
    till.clock.set(till.clock.now() + timedelta(days=10))
    return found


@pytest.mark.rule("LN-3.4a", "S-32")
def test_a_month_is_declared_with_the_figures_that_the_platform_has_too(till, manager):
    (row,) = month_view(till.doors, manager, MONTH, CALENDAR).rows
    # One pack and, by a documented correction, three of the portal; the refund counts nothing.
    assert (row.key, row.count, row.figures.total) == (KEY, 2, Money(5120))
    claim = declare(till.doors, manager, MONTH, "11")
    assert (claim.state, claim.event_id[:2]) == (ClaimState.DECLARED, "LQ")
    with pytest.raises(IllegalTransition):
        declare(till.doors, manager, MONTH, "11")
    assert withdraw_claim(till.doors, manager, claim.id).state is ClaimState.WITHDRAWN
    assert declare(till.doors, manager, MONTH, "11").state is ClaimState.DECLARED


@pytest.mark.rule("LN-3.4a", "S-32")
def test_what_was_declared_is_due_after_thirty_working_days(till, manager):
    def dues():
        return dict(month_view(till.doors, manager, MONTH, CALENDAR).dues)

    assert dues() == {}, "nothing is declared yet"
    claim = declare(till.doors, manager, MONTH, "11")
    # By hand from Wednesday 2 December 2026: 21 working days of December without New Year's
    # holiday, which nobody published yet for 2027, then 9 weekdays of January.
    assert shop_time(claim.at).date() == date(2026, 12, 2)
    assert dues() == {"11": MonthDue(date(2027, 1, 13), 30, (2027,))}
    till.clock.set(till.clock.now() + timedelta(days=43))
    assert dues()["11"].left == -1
    assert month_view(till.doors, manager, MONTH, None).dues == {}
    withdraw_claim(till.doors, manager, claim.id)
    assert dues() == {}


def test_without_an_answer_a_claim_is_said_again_and_never_twice(till, manager):
    till.fault(infno="3203", kind="not_arrived")
    first = declare(till.doors, manager, MONTH, "11")
    assert first.state is ClaimState.WRITTEN
    again = declare(till.doors, manager, MONTH, "11")
    assert (again.id, again.state) == (first.id, ClaimState.DECLARED)
    till.fault(infno="3204", kind="not_arrived")
    asked = withdraw_claim(till.doors, manager, again.id)
    assert asked.state is ClaimState.WITHDRAWING
    assert withdraw_claim(till.doors, manager, again.id).state is ClaimState.WITHDRAWN


def test_a_repeat_that_is_refused_or_does_not_leave_leaves_the_first_open(till, manager):
    till.fault(infno="3203", kind="lost_answer")
    first = declare(till.doors, manager, MONTH, "11")
    again = declare(till.doors, manager, MONTH, "11")
    # It stands there, and its number was never heard.
    assert (again.id, again.state) == (first.id, ClaimState.WRITTEN) and "已申请" in again.text
    till.line_up = False
    assert declare(till.doors, manager, MONTH, "11").state is ClaimState.WRITTEN
    till.line_up = True
    for number in ("", "  ", "L" * 31):
        with pytest.raises(BadValue):
            number_claim(till.doors, manager, first.id, number)
    with pytest.raises(NotAllowed):
        number_claim(till.doors, till.operator, first.id, "LQ1")
    with till.platform.state.transaction() as books:
        row = books.one("SELECT body FROM document WHERE kind = 'claim'")
    assert row is not None
    number = json.loads(row["body"])["event"]
    wait(till, lambda: number_claim(till.doors, manager, first.id, number))
    kept = number_claim(till.doors, manager, first.id, f" {number} ")
    assert (kept.state, kept.event_id, kept.text) == (ClaimState.DECLARED, number, "")
    assert withdraw_claim(till.doors, manager, first.id).state is ClaimState.WITHDRAWN
    with pytest.raises(IllegalTransition):
        drop_claim(till.doors, manager, first.id)


def test_a_claim_that_the_portal_does_not_have_is_declared_anew(till, manager):
    till.fault(infno="3203", kind="not_arrived")
    first = declare(till.doors, manager, MONTH, "11")
    wait(till, lambda: drop_claim(till.doors, manager, first.id))
    assert drop_claim(till.doors, manager, first.id).state is ClaimState.REFUSED
    fresh = declare(till.doors, manager, MONTH, "11")
    assert fresh.id != first.id and fresh.state is ClaimState.DECLARED


def test_a_repeated_withdrawal_that_is_refused_leaves_the_first_open(till, manager):
    claim = declare(till.doors, manager, MONTH, "11")
    till.fault(infno="3204", kind="lost_answer")
    assert withdraw_claim(till.doors, manager, claim.id).state is ClaimState.WITHDRAWING
    till.line_up = False
    assert withdraw_claim(till.doors, manager, claim.id).state is ClaimState.WITHDRAWING
    till.line_up = True
    again = withdraw_claim(till.doors, manager, claim.id)
    # It is gone there; taken for declared, the month could never be claimed again.
    assert again.state is ClaimState.WITHDRAWING and "未查询到" in again.text
    wait(till, lambda: drop_claim(till.doors, manager, claim.id))
    assert drop_claim(till.doors, manager, claim.id).state is ClaimState.WITHDRAWN
    fresh = declare(till.doors, manager, MONTH, "11")
    till.fault(infno="3204", kind="not_arrived")
    assert withdraw_claim(till.doors, manager, fresh.id).state is ClaimState.WITHDRAWING
    wait(till, lambda: drop_claim(till.doors, manager, fresh.id))
    kept = number_claim(till.doors, manager, fresh.id, fresh.event_id)
    assert (kept.state, kept.event_id) == (ClaimState.DECLARED, fresh.event_id)


def wait(till, pressed):
    """Until what was sent can arrive no more; the key that was pressed too early says when."""
    with pytest.raises(StillSent) as told:
        pressed()
    till.clock.set(till.clock.now() + timedelta(seconds=told.value.params["seconds"]))


class Meanwhile:
    """The platform, and what somebody does while a message is under way to it."""

    def __init__(self, platform, act):
        self.compose, self._send, self._act = platform.compose, platform.send, act

    def send(self, message):
        if message.infno == "3203":
            self._act()
        return self._send(message)


def test_nobody_settles_a_claim_while_its_answer_may_come(till, manager):
    def pressed():
        (claim,) = month_view(till.doors, manager, MONTH, CALENDAR).claims
        with pytest.raises(StillSent):
            drop_claim(till.doors, manager, claim.id)
        with pytest.raises(StillSent):
            number_claim(till.doors, manager, claim.id, "LQ1")

    listening = replace(till.doors, platform=Meanwhile(till.doors.platform, pressed))
    claim = declare(listening, manager, MONTH, "11")
    assert claim.state is ClaimState.DECLARED and claim.event_id != "LQ1"


def test_a_claim_whose_sender_died_is_settled_after_the_time_for_its_answer(till, manager):
    def dies():
        raise KeyboardInterrupt

    dying = replace(till.doors, platform=Meanwhile(till.doors.platform, dies))
    with pytest.raises(KeyboardInterrupt):
        declare(dying, manager, MONTH, "11")
    (claim,) = month_view(till.doors, manager, MONTH, CALENDAR).claims
    wait(till, lambda: drop_claim(till.doors, manager, claim.id))
    assert drop_claim(till.doors, manager, claim.id).state is ClaimState.REFUSED


def test_a_claim_without_an_answer_is_settled_when_its_message_can_arrive_no_more(till, manager):
    till.fault(infno="3203", kind="lost_answer")
    claim = declare(till.doors, manager, MONTH, "11")
    assert claim.state is ClaimState.WRITTEN
    # Nobody listens for it now, and yet it may still be on its way.
    with pytest.raises(StillSent) as told:
        number_claim(till.doors, manager, claim.id, "LQ1")
    left = told.value.params["seconds"]
    assert till.doors.profile.unknown_wait_seconds - 5 <= left
    till.clock.set(till.clock.now() + timedelta(seconds=left))
    assert number_claim(till.doors, manager, claim.id, "LQ1").state is ClaimState.DECLARED


def test_what_cannot_be_declared(till, manager):
    for month, clr_type in (("2026-12", "11"), ("2026-11", "14"), ("2026-13", "11")):
        with pytest.raises(BadValue):
            declare(till.doors, manager, month, clr_type)
    with pytest.raises(NotAllowed):
        declare(till.doors, till.operator, MONTH, "11")
    by_hand = declare_by_hand(till.doors, manager, MONTH, "11", "练习门户 1 号")
    assert (by_hand.state, by_hand.by_interface) == (ClaimState.DECLARED, False)


@pytest.mark.rule("LN-3.4a", "S-32")
def test_money_that_comes_is_matched_to_the_fen_and_a_refused_fee_appealed(till, manager):
    doors = till.doors
    (row,) = month_view(doors, manager, MONTH, CALENDAR).rows
    due = row.expected
    assert due == row.figures.fund + row.figures.account and row.missing == due
    one = Came(MONTH, KEY, PAID, due - Money(301), "BF-1")
    add_remittance(doors, manager, one)
    with pytest.raises(BadValue):
        add_remittance(doors, manager, one)
    told = Came(MONTH, KEY, PAID, Money(300), "KK-1")
    fee = refuse_fee(doors, manager, told, "练习：超量")
    assert month_view(doors, manager, MONTH, CALENDAR).rows[0].missing == Money(1)
    with pytest.raises(IllegalTransition):
        decide_fee(doors, manager, fee.id, Money(100), "x")
    appeal_fee(doors, manager, fee.id, "练习：有处方")
    with pytest.raises(BadValue):
        decide_fee(doors, manager, fee.id, Money(301), "x")
    done = decide_fee(doors, manager, fee.id, Money(300), "练习：复核同意")
    assert done.state is FeeState.GRANTED
    assert month_view(doors, manager, MONTH, CALENDAR).rows[0].missing == Money(301)
    add_remittance(doors, manager, Came(MONTH, KEY, PAID, Money(301), "BF-2"))
    assert month_view(doors, manager, MONTH, CALENDAR).rows[0].missing == Money(0)
    with doors.uow() as uow, pytest.raises(StoreStale):
        uow.clearings.put_fee(fee)


def test_a_file_of_remittances_is_taken_once(till, manager, tmp_path):
    path = tmp_path / "bf.csv"
    path.write_text(
        "清算年月,险种,清算类别,拨付日期,拨付金额,拨付单号\n"
        '202611,310,11,2026-12-01,"1,000.50",BF-1\n'
        "2026-11,310,11,2026/12/1,-0.50,BF-2\n"
        "2026-11,310,11,2026-12-01,1.005,BF-3\n"
        "2026-11,310,11,2026-12-01,-0.50,BF-2\n"
        "2026-11,310,11,2099-12-01,1,BF-4\n"
        "2026-11,310,11,2026-12-01,30,BF-2\n",
        encoding="gb18030",
    )
    done = import_remittances(till.doors, manager, path)
    assert (done.added, done.known) == (2, 1)
    assert [number for number, _ in done.refused] == [4, 6, 7]
    assert done.refused[-1][1] == "clearing.number_twice", "never counted as known, for it is not"
    assert import_remittances(till.doors, manager, path).added == 0
    assert month_view(till.doors, manager, MONTH, CALENDAR).rows[0].remitted == Money(100000)
    path.write_text("险种,金额\n310,1\n", encoding="utf-8")
    with pytest.raises(BadFile):
        import_remittances(till.doors, manager, path)
