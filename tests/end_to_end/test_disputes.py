"""What nobody could prove a person decides; what an area wants reversed by hand waits for one.

Real books, real client, real practice platform, as in the settle walk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.dispute import Verdict
from app.domain.insurance import FundSplit
from app.domain.money import Money, Quantity
from app.domain.returns import ReturnReason
from app.domain.sale import Sale
from app.domain.settlement import Settlement
from app.domain.staff import Role
from app.errors import (
    BadValue,
    IllegalTransition,
    NotAllowed,
    NotSent,
    Refused,
    RuleBroken,
    SignInRefused,
)
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.complete_sale import complete_sale
from app.use_cases.decide_dispute import BookedAmounts, Ruling, decide_dispute
from app.use_cases.payment import payment
from app.use_cases.recover_settlements import recover_settlements, reverse_by_hand
from app.use_cases.return_goods import quote_return, run_return
from app.use_cases.sign_in import SecondPerson, add_staff
from app.use_cases.views import Patient
from tests.fakes.practice_till import PracticeTill, cash, practice_till

PHARMACY, VISIT = "CN-999900", "CN-999901"
SETTLING, CANCELLING = ["2102", "2207"], ["2103", "2208"]
MANAGER = SecondPerson("3001", "300300")
GROUND = "练习对账单 8-17，练习经办张某"


def with_manager(till: PracticeTill) -> PracticeTill:
    add_staff(till.doors, MANAGER.number, "练习·赵店长", Role.MANAGER, MANAGER.pin, "test")
    return till


@pytest.fixture(params=[PHARMACY, VISIT])
def till(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PracticeTill]:
    yield from map(with_manager, practice_till(tmp_path, request.param))


@pytest.fixture
def short(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from map(with_manager, practice_till(tmp_path, PHARMACY))


def quoted(till: PracticeTill) -> tuple[Sale, Patient]:
    first = till.find(insurance_class="A", sale_class="rx")
    second = till.find(insurance_class="B")
    sale = till.prescribe(till.basket((first, 2), (second, 1)))
    patient = till.patient("active_met")
    assert till.quote(sale, patient).notes == ()
    return sale, patient


def recover(till: PracticeTill, rounds: int = 1) -> None:
    for _round in range(rounds):
        till.clock.advance(120)
        recover_settlements(till.doors, till.operator)


def heal(till: PracticeTill) -> None:
    """The faults of the platform are over."""
    till.platform.handle("POST", "/practice/faults", {}, b"[]")


def disputed(till: PracticeTill, kind: str = "lost_answer") -> tuple[Sale, Patient, Settlement]:
    """Settled or never arrived, and nobody can prove it."""
    sale, patient = quoted(till)
    till.fault(kind=kind, infno=SETTLING)
    till.settle(sale, patient)
    till.fault(kind="refused", infno=["2601"], times=13)
    till.fault(kind="not_arrived", infno=["5201", "2205"], times=13)
    recover(till, 14)
    heal(till)
    one = attempt(till, sale)
    assert one.state == "disputed"
    return sale, patient, one


def attempt(till: PracticeTill, sale: Sale) -> Settlement:
    with till.doors.uow() as uow:
        return uow.settlements.of_sale(sale.id)[-1]


def states(till: PracticeTill, sale: Sale) -> tuple[str, str]:
    return payment(till.doors, sale.id).sale_state, attempt(till, sale).state.value


def there(till: PracticeTill) -> Mapping[str, Any]:
    """The one settlement that the platform holds."""
    rows = till.books()["settlements"]
    assert isinstance(rows, list)
    [one] = [row for row in rows if row["state"] == "settled" and not row["cancels"]]
    return dict(one)


def decide(till: PracticeTill, one: Settlement, verdict: Verdict, **more: Any) -> tuple[str, str]:
    ruling = Ruling(verdict, GROUND, **more)
    view = decide_dispute(till.doors, one.id, ruling, till.operator, MANAGER)
    with till.doors.uow() as uow:
        return view.sale_state, uow.settlements.get(one.id).state.value


def in_the_quotes_parts(one: Settlement) -> BookedAmounts:
    split = one.quote.split if one.quote else None
    assert isinstance(split, FundSplit)
    return BookedAmounts(split.fund, split.account, split.cash, split.mutual_aid)


# --- settled there -------------------------------------------------------------------------------


@pytest.mark.rule("S-01")
def test_what_the_platform_holds_is_fetched_booked_and_paid(till: PracticeTill) -> None:
    sale, _patient, one = disputed(till)
    held = there(till)
    now = decide(till, one, Verdict.SETTLED, setl_id=held["setl_id"], mdtrt_id=held["mdtrt_id"])
    assert now == ("completing", "settled")
    view = payment(till.doors, sale.id)
    assert str(view.cash_due) == held["amounts"]["psn_cash_pay"]
    receipt = complete_sale(till.doors, sale.id, cash(view.cash_due), view.cash_due, till.operator)
    assert receipt.total == sale.total
    kept = attempt(till, sale)
    assert [(d.source, d.evidence) for d in kept.decisions] == [("platform", GROUND)]
    who = quote_return(
        till.doors, sale.id, {1: Quantity.of(2), 2: Quantity.of(1)}, (), ReturnReason.QUALITY,
        till.operator, till.credential("active_met"),
    )  # fmt: skip
    back = run_return(
        till.doors, who.return_id, till.operator, till.credential("active_met"), lambda _leg: None
    )
    assert back.state == "done", "the ids that were booked can be cancelled by"


def test_an_unknown_visit_id_is_looked_up_where_only_one_can_be_meant(till: PracticeTill) -> None:
    _sale, _patient, one = disputed(till)
    held = there(till)
    assert decide(till, one, Verdict.SETTLED, setl_id=held["setl_id"]) == ("completing", "settled")
    with till.doors.uow() as uow:
        booked = uow.settlements.get(one.id).answer
    assert booked is not None
    assert booked.mdtrt_id == held["mdtrt_id"]


def test_amounts_are_typed_only_while_the_platform_cannot_be_asked(till: PracticeTill) -> None:
    sale, _patient, one = disputed(till)
    held = there(till)
    ids = {"setl_id": held["setl_id"], "mdtrt_id": held["mdtrt_id"]}
    typed = in_the_quotes_parts(one)
    too_much = replace(typed, fund=typed.fund + Money(1))
    till.line_up = False
    with pytest.raises(NotSent):
        decide(till, one, Verdict.SETTLED, **ids)
    for wrong in (too_much, replace(typed, cash=-typed.cash), replace(typed, mutual_aid=Money(1))):
        with pytest.raises(BadValue):
            decide(till, one, Verdict.SETTLED, **ids, amounts=wrong)
    assert states(till, sale) == ("settling", "disputed")
    now = decide(till, one, Verdict.SETTLED, **ids, amounts=typed)
    assert now == ("completing", "settled")
    kept = attempt(till, sale)
    assert kept.decisions[-1].source == "typed"
    assert str(payment(till.doors, sale.id).cash_due) == held["amounts"]["psn_cash_pay"]
    till.line_up = True
    assert cancel_settlements(till.doors, sale.id, till.operator).sale_state == "undone"


def test_the_platforms_amounts_prevail_over_typed_ones(short: PracticeTill) -> None:
    sale, _patient, one = disputed(short)
    held = there(short)
    wrong = BookedAmounts(Money(0), Money(0), sale.total)
    ids = {"setl_id": held["setl_id"], "mdtrt_id": held["mdtrt_id"]}
    decide(short, one, Verdict.SETTLED, **ids, amounts=wrong)
    assert str(payment(short.doors, sale.id).cash_due) == held["amounts"]["psn_cash_pay"]


def test_what_the_platform_does_not_know_is_not_booked(till: PracticeTill) -> None:
    sale, _patient, one = disputed(till)
    typed = in_the_quotes_parts(one)
    with pytest.raises(Refused):
        decide(till, one, Verdict.SETTLED, setl_id="LX0", mdtrt_id="LX0", amounts=typed)
    with pytest.raises(BadValue):
        decide(till, one, Verdict.SETTLED)
    assert states(till, sale) == ("settling", "disputed")


def test_another_customers_settlement_is_not_ours(short: PracticeTill) -> None:
    other, who = quoted(short)
    short.settle(other, who)
    theirs = attempt(short, other).answer
    assert theirs is not None
    sale, _patient, one = disputed(short)
    with pytest.raises(RuleBroken) as refused:
        decide(short, one, Verdict.SETTLED, setl_id=theirs.setl_id, mdtrt_id=theirs.mdtrt_id)
    assert refused.value.findings[0].message_id == "decide.books_other"  # type: ignore[attr-defined]
    assert states(short, sale) == ("settling", "disputed")


# --- not settled there ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "after"), [(Verdict.NOT_IN_BOOKS, "void"), (Verdict.REVERSED, "reversed")]
)
def test_what_was_not_charged_may_be_settled_anew(
    till: PracticeTill, verdict: Verdict, after: str
) -> None:
    sale, patient, one = disputed(till, "not_arrived")
    assert decide(till, one, verdict) == ("open", after)
    recover(till)
    assert [row for row in _rows(till, "visits") if row["state"] in ("registered", "lines")] == []
    assert till.quote(sale, patient).notes == ()
    assert till.settle(sale, patient).sale_state == "completing"
    assert there(till)["amounts"]["medfee_sumamt"] == str(sale.total)


def _rows(till: PracticeTill, what: str) -> list[dict[str, Any]]:
    rows = till.books()[what]
    assert isinstance(rows, list)
    return rows


def test_a_disputed_one_may_be_asked_again_from_the_beginning(till: PracticeTill) -> None:
    sale, _patient, one = disputed(till)
    assert decide(till, one, Verdict.ASK_AGAIN) == ("settling", "unknown")
    assert attempt(till, sale).asked == 0
    recover(till, 3)
    assert states(till, sale) == ("open", "reversed")
    assert [row["state"] for row in _rows(till, "settlements")] == ["reversed"]


# --- a cancel in dispute -------------------------------------------------------------------------


def cancel_disputed(till: PracticeTill, kind: str) -> tuple[Sale, Settlement]:
    """The customer could not pay, and whether that was undone there nobody can tell."""
    sale, patient = quoted(till)
    till.settle(sale, patient)
    till.fault(kind=kind, infno=CANCELLING)
    cancel_settlements(till.doors, sale.id, till.operator)
    till.fault(kind="not_arrived", infno=["5203"], times=13)
    recover(till, 13)
    heal(till)
    assert states(till, sale) == ("undoing", "disputed")
    return sale, attempt(till, sale)


def test_a_cancel_that_went_through_ends_the_sale(till: PracticeTill) -> None:
    sale, one = cancel_disputed(till, "lost_answer")
    for never in (Verdict.NOT_IN_BOOKS, Verdict.REVERSED):
        with pytest.raises(IllegalTransition):
            decide(till, one, never)
    with pytest.raises(RuleBroken):
        decide(till, one, Verdict.SETTLED)
    assert decide(till, one, Verdict.CANCELLED) == ("undone", "cancelled")
    assert attempt(till, sale).decisions[-1].source == "platform"


def test_a_cancel_that_never_arrived_leaves_the_sale_to_be_paid(till: PracticeTill) -> None:
    sale, one = cancel_disputed(till, "not_arrived")
    with pytest.raises(RuleBroken):
        decide(till, one, Verdict.CANCELLED)
    assert decide(till, one, Verdict.SETTLED) == ("completing", "settled")
    assert cancel_settlements(till.doors, sale.id, till.operator).sale_state == "undone"


def test_a_cancel_is_decided_by_the_books_where_the_platform_is_silent(till: PracticeTill) -> None:
    sale, one = cancel_disputed(till, "lost_answer")
    till.line_up = False
    assert decide(till, one, Verdict.CANCELLED) == ("undone", "cancelled")
    assert attempt(till, sale).decisions[-1].source == "books"


def test_a_cancel_may_be_asked_about_again(till: PracticeTill) -> None:
    sale, one = cancel_disputed(till, "lost_answer")
    assert decide(till, one, Verdict.ASK_AGAIN) == ("undoing", "cancelling")
    recover(till)
    assert states(till, sale) == ("undone", "cancelled")


def test_a_return_goes_on_after_its_cancel_was_decided(short: PracticeTill) -> None:
    sale, patient = quoted(short)
    paid = short.settle(sale, patient)
    complete_sale(short.doors, sale.id, cash(paid.cash_due), paid.cash_due, short.operator)
    who = short.credential("active_met")
    everything = {1: Quantity.of(2), 2: Quantity.of(1)}
    asked = quote_return(
        short.doors, sale.id, everything, (), ReturnReason.RECALL, short.operator, who
    )
    short.fault(kind="lost_answer", infno=CANCELLING)
    run_return(short.doors, asked.return_id, short.operator, who, lambda _leg: None)
    short.fault(kind="not_arrived", infno=["5203"], times=13)
    recover(short, 13)
    heal(short)
    one = attempt(short, sale)
    stopped = run_return(short.doors, asked.return_id, short.operator, who, lambda _leg: None)
    assert (one.state.value, stopped.state) == ("disputed", "cancelling")
    assert stopped.net_cash == asked.net_cash
    assert [leg.state for leg in stopped.legs if leg.leg == "cancel"] == ["failed"]
    assert decide(short, one, Verdict.CANCELLED) == ("undoing", "cancelled")
    done = run_return(short.doors, asked.return_id, short.operator, who, lambda _leg: None)
    assert (done.state, done.net_cash) == ("done", paid.cash_due)


# --- who may, and what is written down -----------------------------------------------------------


def test_a_decision_needs_a_ground_and_somebody_who_may(short: PracticeTill) -> None:
    sale, _patient, one = disputed(short, "not_arrived")
    ruling = Ruling(Verdict.NOT_IN_BOOKS, GROUND)
    with pytest.raises(BadValue):
        decide_dispute(short.doors, one.id, replace(ruling, evidence=" "), short.operator, MANAGER)
    with pytest.raises(NotAllowed):
        decide_dispute(short.doors, one.id, ruling, short.operator)
    with pytest.raises(SignInRefused):
        wrong = SecondPerson("3001", "000000")
        decide_dispute(short.doors, one.id, ruling, short.operator, wrong)
    with pytest.raises(NotAllowed):
        pharmacist = SecondPerson("2001", "200200")
        decide_dispute(short.doors, one.id, ruling, short.operator, pharmacist)
    assert states(short, sale) == ("settling", "disputed")
    decide_dispute(short.doors, one.id, ruling, short.operator, MANAGER)
    with pytest.raises(IllegalTransition):
        decide_dispute(short.doors, one.id, ruling, short.operator, MANAGER)


def test_the_log_names_who_decided_and_no_person_beyond(short: PracticeTill) -> None:
    _sale, _patient, one = disputed(short, "not_arrived")
    decide(short, one, Verdict.NOT_IN_BOOKS)
    with short.doors.uow() as uow:
        entry = uow.log.tail(1)[0]
        manager = uow.staff.by_number(MANAGER.number)
        assert uow.log.verify()[1] == ""
        assert uow.settlements.get(one.id).decisions[0].evidence == GROUND
    assert manager is not None
    assert (entry.act, entry.actor) == ("settlement.decided", manager[0].id)
    assert short.operator.staff.id in str(entry.entry)
    assert "张某" not in str(entry.entry)
    with short.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT sealed_decisions FROM settlement").all()
    assert all("张某".encode() not in (row[0] or b"") for row in stored)


# --- 冲正 by hand ---------------------------------------------------------------------------------


def by_hand(till: PracticeTill) -> PracticeTill:
    """The same shop in an area where a person starts the reversal."""
    till.doors = replace(till.doors, profile=replace(till.doors.profile, reversal="by_hand"))
    return till


def test_a_reversal_by_hand_waits_for_a_person(till: PracticeTill) -> None:
    by_hand(till)
    sale, patient = quoted(till)
    till.fault(kind="lost_answer", infno=SETTLING)
    till.settle(sale, patient)
    recover(till, 15)
    assert states(till, sale) == ("settling", "unknown")
    one = attempt(till, sale)
    with pytest.raises(NotAllowed):
        reverse_by_hand(till.doors, one.id, till.operator)
    assert reverse_by_hand(till.doors, one.id, till.operator, MANAGER)
    assert states(till, sale) == ("open", "reversed")
    with till.doors.uow() as uow:
        manager = uow.staff.by_number(MANAGER.number)
        by = [entry.actor for entry in uow.log.tail(9) if entry.act == "settlement.by_hand"]
    assert manager is not None
    assert by == [manager[0].id]
    with pytest.raises(IllegalTransition):
        reverse_by_hand(till.doors, one.id, till.operator, MANAGER)


def test_after_a_refused_reversal_by_hand_the_second_look_needs_nobody(till: PracticeTill) -> None:
    by_hand(till)
    sale, patient = quoted(till)
    till.fault(kind="not_arrived", infno=SETTLING)
    till.settle(sale, patient)
    recover(till)
    reverse_by_hand(till.doors, attempt(till, sale).id, till.operator, MANAGER)
    recover(till, 3)
    assert states(till, sale) == ("open", "void")
