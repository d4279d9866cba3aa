from dataclasses import replace

import pytest

from app.domain.money import Money
from app.domain.sale import TenderKind
from app.errors import NotSent, RuleBroken
from app.use_cases.views import Note, Step
from tests.fakes.shop import CODE_424, trace
from tests.ui.conftest import Counter
from ui.operation import Lane
from ui.screens.payment.open_items import OpenItemsViewModel
from ui.screens.payment.view_model import Stage


def insured(counter: Counter, *codes: str) -> None:
    counter.scan(*codes)
    counter.scan(CODE_424)
    counter.till.set_account_use("0")


def quoted(counter: Counter, *codes: str) -> None:
    insured(counter, *codes)
    counter.payment.quote()
    counter.lanes.run()
    assert counter.payment.stage is Stage.QUOTED


def without_answer(counter: Counter) -> None:
    """A settlement is sent and nothing comes back: its sale is parked."""
    counter.shop.outcomes = ["unknown"]
    quoted(counter, trace(1, 1))
    counter.payment.settle()
    counter.lanes.run()


# --- self-paid ---------------------------------------------------------------------------------


def test_a_self_paid_sale_goes_straight_to_the_tenders_and_gives_change(counter: Counter) -> None:
    counter.scan(trace(3, 1))
    counter.payment.settle()
    assert counter.payment.stage is Stage.TENDER
    counter.payment.complete("20")
    counter.lanes.run()
    assert counter.payment.stage is Stage.DONE
    assert counter.payment.receipt is not None
    assert counter.payment.receipt.change == Money.of("10.10")
    assert counter.till.lines == ()
    assert counter.till.last_receipt is counter.payment.receipt


def test_enter_held_down_completes_once(counter: Counter) -> None:
    counter.scan(trace(3, 1))
    counter.payment.settle()
    for _ in range(5):
        counter.payment.complete("9.90")
    counter.lanes.run()
    for _ in range(5):
        counter.payment.complete("9.90")
    counter.lanes.run()
    assert counter.shop.calls.count("complete_sale") == 1


def test_too_little_money_completes_nothing_and_says_what_is_missing(counter: Counter) -> None:
    counter.scan(trace(3, 1))
    counter.payment.settle()
    counter.payment.complete("9")
    counter.lanes.run()
    assert counter.payment.stage is Stage.TENDER
    assert "0.90" in counter.session.say_note(counter.till.notes[0])
    assert "complete_sale" not in counter.shop.calls


@pytest.mark.parametrize("typed", ["abc", "-5", "1,000", "9.901"])
def test_no_number_is_no_money(counter: Counter, typed: str) -> None:
    counter.scan(trace(3, 1))
    counter.payment.settle()
    counter.payment.complete(typed)
    counter.lanes.run()
    assert counter.payment.stage is Stage.TENDER


@pytest.mark.rule("S-31")
def test_cash_and_scan_pay_together_pay_exactly_what_is_due(counter: Counter) -> None:
    counter.scan(trace(3, 1))
    counter.payment.settle()
    counter.payment.add_scan_pay("4.90", "PAY-0001")
    counter.payment.complete("10")
    counter.lanes.run()
    receipt = counter.payment.receipt
    assert receipt is not None
    assert [(t.kind, str(t.amount)) for t in receipt.tenders] == [
        (TenderKind.SCAN_PAY, "4.90"),
        (TenderKind.CASH, "5.00"),
    ]
    assert receipt.change == Money.of("5.00")


def test_scan_pay_alone_needs_no_cash(counter: Counter) -> None:
    counter.scan(trace(3, 1))
    counter.payment.settle()
    counter.payment.add_scan_pay("", "PAY-0002")
    counter.payment.complete("")
    counter.lanes.run()
    receipt = counter.payment.receipt
    assert receipt is not None
    assert [t.kind for t in receipt.tenders] == [TenderKind.SCAN_PAY]


@pytest.mark.parametrize(("amount", "reference"), [("10.00", "P"), ("1.00", " "), ("0", "P")])
def test_a_scan_pay_part_must_fit_and_be_found_again(
    counter: Counter, amount: str, reference: str
) -> None:
    counter.scan(trace(3, 1))
    counter.payment.settle()
    counter.payment.add_scan_pay(amount, reference)
    assert counter.payment.draft is not None
    assert counter.payment.draft.scan_pay == []


def test_a_blocking_finding_keeps_the_tenders_closed(counter: Counter) -> None:
    counter.shop.rule_notes = (Note("till.none_held", {}, "block", "RX_MISSING"),)
    counter.scan(trace(1, 1))
    counter.payment.settle()
    assert counter.payment.stage is Stage.SELLING
    assert counter.said() == ["payment.blocked"]


def test_a_scan_while_the_tenders_are_open_goes_back_to_the_basket(counter: Counter) -> None:
    counter.scan(trace(3, 1))
    counter.payment.settle()
    counter.scan(trace(3, 2))
    assert counter.payment.stage is Stage.SELLING
    assert counter.till.lines[0].quantity.packs() == 2


def test_the_next_scan_after_done_serves_the_next_customer(counter: Counter) -> None:
    counter.scan(trace(3, 1))
    counter.payment.settle()
    counter.payment.complete("")
    counter.lanes.run()
    counter.scan(trace(1, 1))
    assert counter.payment.stage is Stage.SELLING
    assert [line.item.medicine_id for line in counter.till.lines] == ["m1"]
    assert len({sale.id for sale in counter.shop.sales.values()}) == 2


# --- insured -----------------------------------------------------------------------------------


def test_quote_settle_tender_done_in_this_order_and_no_other(counter: Counter) -> None:
    insured(counter, trace(1, 1))
    counter.payment.settle()
    counter.lanes.run()
    assert counter.payment.stage is Stage.QUOTED, "F12 without a quote only quotes"
    assert "settle_next" not in counter.shop.calls
    counter.payment.settle()
    assert counter.payment.stage is Stage.SETTLING
    counter.lanes.run()
    assert counter.payment.stage is Stage.TENDER
    assert counter.payment.ticks == tuple(Step)
    assert counter.payment.draft is not None
    assert counter.payment.draft.due == Money.of("6.40")
    counter.payment.complete("")
    counter.lanes.run()
    assert counter.payment.stage is Stage.DONE


def test_a_quote_needs_a_patient(counter: Counter) -> None:
    counter.scan(trace(1, 1))
    counter.payment.quote()
    assert counter.said() == ["payment.patient_first"]
    assert counter.payment.stage is Stage.SELLING


def test_pressing_settle_again_while_settling_settles_once(counter: Counter) -> None:
    quoted(counter, trace(1, 1))
    for _ in range(4):
        counter.payment.settle()
    counter.lanes.run()
    assert counter.shop.calls.count("settle_next") == 1


def test_a_changed_basket_makes_the_quote_void_on_the_platform_too(counter: Counter) -> None:
    quoted(counter, trace(1, 1))
    counter.scan(trace(1, 2))
    assert counter.payment.stage is Stage.SELLING
    assert counter.shop.calls == ["quote", "abandon_quote"]


def test_another_account_makes_the_quote_void(counter: Counter) -> None:
    quoted(counter, trace(1, 1))
    counter.till.set_account_use("1")
    counter.lanes.run()
    assert counter.payment.stage is Stage.SELLING
    assert "abandon_quote" in counter.shop.calls


def test_what_is_settled_cannot_be_edited(counter: Counter) -> None:
    quoted(counter, trace(1, 1))
    counter.payment.settle()
    counter.lanes.run()
    before = counter.till.lines
    counter.scan(trace(1, 2))
    counter.till.delete_line()
    counter.till.quantity_key("9")
    counter.held.hold()
    counter.till.clear()
    assert counter.till.lines == before
    assert counter.said()[0] == "payment.locked"
    assert counter.payment.stage is Stage.TENDER


def test_an_uninsured_basket_of_an_insured_person_is_self_paid(counter: Counter) -> None:
    insured(counter, trace(4, 1))
    counter.payment.quote()
    counter.lanes.run()
    assert counter.said() == ["payment.nothing_insured"]
    assert counter.payment.stage is Stage.TENDER
    assert counter.payment.draft is not None
    assert counter.payment.draft.due == Money.of("3.50")


def test_a_line_that_is_down_leaves_the_basket_as_it_was(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise NotSent(infno="2101")

    insured(counter, trace(1, 1))
    monkeypatch.setattr(counter.shop, "quote", down)
    counter.payment.quote()
    counter.lanes.run()
    assert counter.payment.stage is Stage.SELLING
    assert counter.said() == ["error.platform_not_sent"]
    assert len(counter.till.lines) == 1


def test_the_findings_of_a_broken_rule_are_said_each_by_itself(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuleBroken((Note("till.none_held", {}, "block"),), code="X")

    quoted(counter, trace(1, 1))
    monkeypatch.setattr(counter.shop, "settle_next", broken)
    counter.payment.settle()
    counter.lanes.run()
    assert "till.none_held" in counter.said()
    assert counter.payment.stage is Stage.SELLING


# --- unknown -----------------------------------------------------------------------------------


def test_an_unknown_outcome_is_parked_and_the_next_customer_is_served(counter: Counter) -> None:
    without_answer(counter)
    assert counter.payment.stage is Stage.SELLING
    assert counter.till.lines == ()
    item = counter.open_items.items[0]
    assert item.undecided
    assert item.name == "练***兰"
    counter.open_items.resume(0)
    counter.lanes.run()
    assert counter.said() == ["open.wait"]
    counter.scan(trace(3, 1))
    counter.payment.settle()
    counter.payment.complete("")
    counter.lanes.run()
    assert counter.payment.stage is Stage.DONE
    assert counter.shop.calls.count("settle_next") == 1, "nothing unknown is sent again"


def test_a_parked_sale_that_turns_out_settled_is_taken_up_and_paid(counter: Counter) -> None:
    without_answer(counter)
    counter.shop.decided = "settled"
    counter.open_items.ask()
    counter.lanes.run()
    assert counter.said() == ["open.settled"]
    counter.open_items.resume(0)
    counter.lanes.run()
    assert counter.payment.stage is Stage.TENDER
    assert counter.payment.draft is not None
    assert counter.payment.draft.due == Money.of("6.40")
    assert counter.open_items.items == []


@pytest.mark.parametrize("lane", [Lane.STORE, Lane.RECOVERY])
def test_what_an_earlier_run_left_unknown_is_told_whichever_lane_is_quicker(
    counter: Counter, lane: Lane
) -> None:
    without_answer(counter)
    counter.shop.decided = "settled"
    after_the_restart = OpenItemsViewModel(counter.session, counter.payment, counter.held)
    after_the_restart.start()
    counter.lanes.run(quickest=lane)
    after_the_restart.stop()
    (told,) = counter.till.notes
    assert told.message_id == "open.settled"
    assert told.params["name"] == "上次没做完的一单"


def test_a_disputed_sale_stays_parked_and_is_not_settled_anew(counter: Counter) -> None:
    without_answer(counter)
    counter.shop.decided = "disputed"
    counter.open_items.ask()
    counter.lanes.run()
    assert counter.said() == ["open.disputed"]
    assert counter.open_items.items[0].state == "disputed"
    counter.open_items.resume(0)
    counter.lanes.run()
    assert counter.payment.stage is Stage.SELLING
    assert counter.till.lines == ()
    assert counter.shop.calls.count("settle_next") == 1


def test_a_parked_sale_that_was_never_charged_may_be_settled_anew(counter: Counter) -> None:
    without_answer(counter)
    counter.shop.decided = "void"
    counter.open_items.ask()
    counter.lanes.run()
    counter.scan(trace(3, 1))
    counter.open_items.resume(0)
    counter.lanes.run()
    assert counter.payment.stage is Stage.SELLING
    assert [line.item.medicine_id for line in counter.till.lines] == ["m1"]
    assert len(counter.held.held) == 1, "the basket on the screen was held first"


def test_a_sale_taken_up_while_it_is_asked_after_waits_no_more(counter: Counter) -> None:
    without_answer(counter)
    counter.shop.decided = "void"
    counter.open_items.ask()
    counter.lanes.run()
    counter.open_items.ask()
    counter.open_items.resume(0)
    counter.lanes.run()
    assert len(counter.till.lines) == 1
    assert counter.open_items.items == []


def test_what_is_left_of_a_return_is_not_paid_as_a_sale_of_its_own(counter: Counter) -> None:
    without_answer(counter)
    counter.shop.decided = "settled"
    counter.open_items.ask()
    counter.lanes.run()
    sale_id = counter.open_items.items[0].sale_id
    counter.shop.sales[sale_id].replaces = "sale-0"
    counter.open_items.resume(0)
    counter.lanes.run()
    assert "open.returning" in counter.said()
    assert counter.payment.stage is Stage.SELLING
    assert len(counter.open_items.items) == 1


def test_a_dispute_that_nobody_parked_is_listed_and_a_cancelled_one_goes(
    counter: Counter,
) -> None:
    without_answer(counter)
    counter.open_items.items.clear()
    counter.shop.decided = "disputed"
    counter.open_items.ask()
    counter.lanes.run()
    [item] = counter.open_items.items
    assert item.state == "disputed"
    counter.open_items.take(replace(item.view, sale_state="undone", settlements=()))
    assert counter.open_items.items == []
    assert counter.said()[0] == "open.gone"


def test_an_open_sale_of_an_earlier_run_is_listed_at_the_start(counter: Counter) -> None:
    without_answer(counter)
    counter.open_items.items.clear()
    counter.open_items.start()
    counter.lanes.run()
    counter.open_items.stop()
    assert [item.state for item in counter.open_items.items] == ["unknown"]


# --- refused, several, undone ------------------------------------------------------------------


def test_several_settlements_run_one_after_the_other(counter: Counter) -> None:
    counter.shop.parts = 2
    quoted(counter, trace(1, 1), trace(3, 1))
    counter.payment.settle()
    counter.lanes.run()
    assert counter.shop.calls.count("settle_next") == 2
    assert counter.payment.stage is Stage.TENDER


@pytest.mark.parametrize(
    ("choice", "due"), [("self_paid", Money.of("16.30")), ("take_out", Money.of("6.40"))]
)
def test_after_a_refused_part_a_choice_is_recorded_before_money_is_taken(
    counter: Counter, choice: str, due: Money
) -> None:
    counter.shop.parts, counter.shop.outcomes = 2, ["settled", "declined"]
    quoted(counter, trace(1, 1), trace(3, 1))
    counter.payment.settle()
    counter.lanes.run()
    assert counter.payment.stage is Stage.REFUSED
    if choice == "self_paid":
        counter.payment.sell_refused_self_paid()
    else:
        counter.payment.take_refused_out()
    counter.lanes.run()
    assert f"resolve:{choice}" in counter.shop.calls
    assert counter.payment.stage is Stage.TENDER
    assert counter.payment.draft is not None
    assert counter.payment.draft.due == due


def test_a_customer_who_cannot_pay_is_undone_by_one_key(counter: Counter) -> None:
    quoted(counter, trace(1, 1))
    counter.payment.settle()
    counter.lanes.run()
    counter.payment.cannot_pay()
    counter.payment.cannot_pay()
    assert counter.payment.stage is Stage.UNDOING
    counter.lanes.run()
    assert counter.shop.calls.count("cancel_settlements") == 1
    assert counter.payment.stage is Stage.SELLING
    assert counter.till.lines == ()
    assert counter.said() == ["payment.undone"]


def test_escape_never_leaves_a_settled_sale(counter: Counter) -> None:
    quoted(counter, trace(1, 1))
    counter.payment.settle()
    counter.lanes.run()
    assert not counter.payment.back()
    assert counter.payment.stage is Stage.TENDER


def test_escape_in_a_refusal_of_nothing_settled_goes_back_to_the_basket(counter: Counter) -> None:
    counter.shop.outcomes = ["declined"]
    quoted(counter, trace(1, 1))
    counter.payment.settle()
    counter.lanes.run()
    assert counter.payment.stage is Stage.REFUSED
    assert counter.payment.back()
    assert counter.payment.stage is Stage.SELLING
    assert len(counter.till.lines) == 1


def test_taking_the_only_refused_part_out_ends_the_sale(counter: Counter) -> None:
    counter.shop.outcomes = ["declined"]
    quoted(counter, trace(1, 1))
    counter.payment.settle()
    counter.lanes.run()
    counter.payment.take_refused_out()
    counter.lanes.run()
    assert counter.payment.stage is Stage.SELLING
    assert counter.till.sale is None
    assert counter.till.patient is None
    assert "abandon_basket" in counter.shop.calls


def test_a_refused_sale_may_be_paid_by_the_customer(counter: Counter) -> None:
    counter.shop.outcomes = ["declined"]
    quoted(counter, trace(1, 1))
    counter.payment.settle()
    counter.lanes.run()
    counter.payment.sell_refused_self_paid()
    counter.lanes.run()
    assert counter.payment.stage is Stage.TENDER
    assert counter.payment.draft is not None
    assert counter.payment.draft.due == Money.of("12.80")


def test_what_is_taken_back_while_the_last_slip_is_shown_stays(counter: Counter) -> None:
    counter.scan(trace(1, 1))
    counter.held.hold()
    counter.lanes.run()
    counter.scan(trace(3, 1))
    counter.payment.settle()
    counter.payment.complete("")
    counter.lanes.run()
    counter.held.take()
    counter.lanes.run()
    counter.scan(trace(2, 1))
    assert [line.item.medicine_id for line in counter.till.lines] == ["m1", "m2"]
    counter.till.clear()
    counter.till.clear()
    counter.lanes.run()
    counter.till.undo_clear()
    counter.scan(trace(2, 2))
    assert [line.quantity.plain() for line in counter.till.lines] == ["1", "2"]
