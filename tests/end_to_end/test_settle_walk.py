"""The settle walk without a window: both routes, every outcome, recovery, returns.

Real books on disk, real client, real practice platform; the clock is turned by hand. Each test
compares the till's books with the platform's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.insurance import Credential, CredentialKind
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.returns import ReturnReason
from app.domain.sale import Sale
from app.domain.settlement_states import SettlementState
from app.errors import BadValue, IllegalTransition, RuleBroken
from app.use_cases.basket import hold_basket, keep_basket, recall_basket
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.complete_sale import complete_sale
from app.use_cases.estimate_basket import estimate_basket
from app.use_cases.payment import payment
from app.use_cases.recover_settlements import recover_settlements
from app.use_cases.resolve_part import resolve_refused_part
from app.use_cases.return_goods import quote_return, run_return
from app.use_cases.settle_sale import settle_next
from app.use_cases.views import Patient, PaymentView, ReturnView, Step
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.shelves import clear_shelf

PHARMACY, VISIT = "CN-999900", "CN-999901"
SETTLING = ["2102", "2207"]


@pytest.fixture(params=[PHARMACY, VISIT])
def till(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, request.param)


@pytest.fixture
def short(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, PHARMACY)


def quoted(till: PracticeTill, who: str = "active_met") -> tuple[Sale, Patient, PaymentView]:
    """A prescribed basket of three boxes, quoted."""
    first = till.find(insurance_class="A", sale_class="rx")
    second = till.find(insurance_class="B")
    sale = till.prescribe(till.basket((first, 2), (second, 1)))
    patient = till.patient(who)
    view = till.quote(sale, patient)
    assert view.notes == ()
    return sale, patient, view


def sold(till: PracticeTill) -> tuple[Sale, Patient, PaymentView]:
    """The same, settled and paid."""
    sale, patient, _view = quoted(till)
    paid = till.settle(sale, patient)
    complete_sale(till.doors, sale.id, cash(paid.cash_due), paid.cash_due, till.operator)
    return sale, patient, paid


def states(till: PracticeTill, sale: Sale) -> tuple[str, list[str]]:
    view = payment(till.doors, sale.id)
    return view.sale_state, [one.state for one in view.settlements]


def live(till: PracticeTill) -> list[str]:
    """Amounts that the platform holds settled."""
    rows = till.books()["settlements"]
    assert isinstance(rows, list)
    return [
        one["amounts"]["psn_cash_pay"]
        for one in rows
        if one["state"] == "settled" and not one["cancels"]
    ]


def open_visits(till: PracticeTill) -> list[str]:
    rows = till.books()["visits"]
    assert isinstance(rows, list)
    return [one["state"] for one in rows if one["state"] in ("registered", "lines")]


def recover(till: PracticeTill, seconds: int = 120) -> None:
    till.clock.advance(seconds)
    recover_settlements(till.doors, till.operator)


@pytest.mark.rule("S-01")
def test_the_answer_is_what_the_customer_pays(till: PracticeTill) -> None:
    sale, patient, view = quoted(till)
    steps: list[Step] = []
    paid = settle_next(till.doors, sale.id, patient, till.operator, steps.append)
    assert steps == [Step.RECORDED, Step.SENT, Step.ANSWERED, Step.BOOKED]
    assert paid.cash_due == view.cash_due
    assert paid.difference == Money(0)
    receipt = complete_sale(
        till.doors, sale.id, cash(paid.cash_due), Money.of("100"), till.operator
    )
    assert receipt.change == Money.of("100") - paid.cash_due
    assert Money.total(tender.amount for tender in receipt.tenders) == receipt.total
    assert live(till) == [str(paid.cash_due)]
    assert states(till, sale) == ("done", ["settled"])


def test_a_second_press_settles_nothing(till: PracticeTill) -> None:
    sale, patient, _view = quoted(till)
    till.settle(sale, patient)
    with pytest.raises(IllegalTransition):
        till.settle(sale, patient)
    assert len(live(till)) == 1


def test_a_second_completion_is_refused(till: PracticeTill) -> None:
    sale, _patient, paid = sold(till)
    with pytest.raises(IllegalTransition):
        complete_sale(till.doors, sale.id, cash(paid.cash_due), paid.cash_due, till.operator)


@pytest.mark.rule("HY-3.6d", "S-01")
def test_only_exactly_what_is_due_is_taken(till: PracticeTill) -> None:
    sale, patient, _view = quoted(till)
    paid = till.settle(sale, patient)
    with pytest.raises(BadValue):
        short_one = cash(paid.cash_due - Money(1))
        complete_sale(till.doors, sale.id, short_one, paid.cash_due, till.operator)


def test_a_lost_answer_is_reversed_under_its_own_id(till: PracticeTill) -> None:
    sale, patient, _view = quoted(till)
    till.fault(kind="lost_answer", infno=SETTLING)
    view = till.settle(sale, patient)
    assert states(till, sale) == ("settling", ["unknown"])
    assert [note.message_id for note in view.notes] == ["settle.unknown"]
    with pytest.raises(IllegalTransition):
        complete_sale(till.doors, sale.id, cash(view.cash_due), view.cash_due, till.operator)
    recover(till)
    assert states(till, sale) == ("open", ["reversed"])
    assert live(till) == []
    assert open_visits(till) == []


def test_a_request_that_never_arrived_ends_void(till: PracticeTill) -> None:
    sale, patient, _view = quoted(till)
    till.fault(kind="not_arrived", infno=SETTLING)
    till.settle(sale, patient)
    for _round in range(3):
        recover(till)
    assert states(till, sale) == ("open", ["void"])
    assert live(till) == []
    assert open_visits(till) == []


@pytest.mark.parametrize("kind", ["torn", "html", "empty", "redirect", "http_502", "twice",
                                  "other_msgid", "wrong_amounts", "bad_signature"])  # fmt: skip
def test_no_answer_that_cannot_be_believed_settles(short: PracticeTill, kind: str) -> None:
    sale, patient, _view = quoted(short)
    short.fault(kind=kind, infno=SETTLING)
    short.settle(sale, patient)
    assert states(short, sale) == ("settling", ["unknown"])
    for _round in range(3):
        recover(short)
    assert states(short, sale)[0] == "open"
    assert live(short) == []


def test_an_unknown_reversal_changes_nothing(till: PracticeTill) -> None:
    sale, patient, _view = quoted(till)
    till.fault(kind="lost_answer", infno=SETTLING)
    till.settle(sale, patient)
    till.fault(kind="not_arrived", infno=["2601"])
    recover(till)
    assert states(till, sale) == ("settling", ["reversing"])
    recover(till)
    assert states(till, sale) == ("open", ["reversed"])
    assert live(till) == []


def test_a_refusal_leaves_the_basket_open(till: PracticeTill) -> None:
    sale, patient, _view = quoted(till)
    till.fault(kind="refused", infno=SETTLING)
    view = till.settle(sale, patient)
    assert states(till, sale) == ("open", ["declined"])
    assert view.notes[0].severity == "block"
    recover(till)
    assert open_visits(till) == []
    again = till.quote(sale, patient)
    assert again.notes == ()
    assert till.settle(sale, patient).sale_state == "completing"
    assert len(live(till)) == 1


def test_a_line_that_is_down_refuses_insurance_and_sells_for_cash(
    till: PracticeTill,
) -> None:
    sale, patient, _view = quoted(till)
    till.line_up = False
    till.settle(sale, patient)
    assert states(till, sale) == ("open", ["declined"])
    receipt = complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    assert receipt.total == sale.total
    till.line_up = True
    recover(till)
    assert live(till) == []
    assert open_visits(till) == []


def test_a_changed_basket_cannot_settle_its_old_quote(till: PracticeTill) -> None:
    sale, patient, _view = quoted(till)
    sale.set_quantity(1, Quantity.of(1))
    keep_basket(till.doors, sale)
    with pytest.raises(IllegalTransition):
        till.settle(sale, patient)
    view = till.quote(sale, patient)
    assert view.total == sale.total
    assert till.settle(sale, patient).sale_state == "completing"


def test_who_cannot_pay_is_undone_whole(till: PracticeTill) -> None:
    sale, patient, _view = quoted(till)
    till.settle(sale, patient)
    cancel_settlements(till.doors, sale.id, till.operator)
    assert states(till, sale) == ("undone", ["cancelled"])
    assert live(till) == []
    assert open_visits(till) == []


def returned(
    till: PracticeTill, sale: Sale, quantities: dict[int, int], *, codes: tuple[str, ...] = ()
) -> ReturnView:
    wanted = {no: Quantity.of(packs) for no, packs in quantities.items()}
    who = till.credential("active_met")
    asked = quote_return(
        till.doors, sale.id, wanted, codes, ReturnReason.QUALITY, till.operator, who
    )
    done = run_return(till.doors, asked.return_id, till.operator, who, lambda _leg: None)
    assert (asked.net_cash, asked.net_fund) == (done.net_cash, done.net_fund)
    return done


@pytest.mark.rule("LN-2.4a", "LN-4.3b")
def test_a_whole_return_gives_everything_back(till: PracticeTill) -> None:
    sale, _patient, paid = sold(till)
    done = returned(till, sale, {1: 2, 2: 1})
    assert done.state == "done"
    assert done.net_cash == paid.cash_due
    (cancel,) = (leg for leg in done.legs if leg.leg == "cancel")
    assert cancel.amount == paid.fund > Money(0)
    assert live(till) == []
    codes = sale.line(1).trace_codes
    with till.doors.uow() as uow:
        assert uow.codes.where(codes) == {}
        assert uow.sales.get(sale.id).paid() == Money(0)
        assert uow.log.verify()[1] == ""


@pytest.mark.rule("LN-2.4a")
def test_one_box_back_sells_the_remainder_again(till: PracticeTill) -> None:
    sale, _patient, paid = sold(till)
    back = sale.line(1).trace_codes[:1]
    done = returned(till, sale, {1: 1}, codes=back)
    assert done.state == "done"
    assert Money.of(live(till)[0]) == paid.cash_due - done.net_cash
    with till.doors.uow() as uow:
        held = uow.codes.where(sale.line(1).trace_codes)
    assert set(held) == set(sale.line(1).trace_codes[1:])


def test_a_return_without_an_answer_goes_on_later(till: PracticeTill) -> None:
    sale, _patient, _paid = sold(till)
    till.fault(kind="lost_answer", infno=["2103", "2208"])
    who = till.credential("active_met")
    everything = {1: Quantity.of(2), 2: Quantity.of(1)}
    asked = quote_return(
        till.doors, sale.id, everything, (), ReturnReason.RECALL, till.operator, who
    )
    stopped = run_return(till.doors, asked.return_id, till.operator, who, lambda _leg: None)
    assert stopped.state == "cancelling"
    recover(till)
    done = run_return(till.doors, asked.return_id, till.operator, who, lambda _leg: None)
    assert done.state == "done"
    assert live(till) == []


@pytest.mark.rule("S-01")
def test_a_cancel_may_arrive_after_a_look_that_still_shows_the_settlement(
    till: PracticeTill,
) -> None:
    """Within the platform's own time limit "still settled" proves nothing; "refunded" does."""
    sale, patient, _view = quoted(till)
    till.settle(sale, patient)
    till.fault(kind="not_arrived", infno=["2103", "2208"])
    cancel_settlements(till.doors, sale.id, till.operator)
    recover(till, 76)
    with till.doors.uow() as uow:
        (one,) = uow.settlements.of_sale(sale.id)
    assert one.state is SettlementState.CANCELLING
    recover(till, 60)
    with till.doors.uow() as uow:
        (one,) = uow.settlements.of_sale(sale.id)
    assert one.state is SettlementState.SETTLED
    assert cancel_settlements(till.doors, sale.id, till.operator).sale_state == "undone"
    assert live(till) == []


@pytest.mark.rule("HY-1.5.6a")
def test_a_return_needs_the_buyer(till: PracticeTill) -> None:
    sale, _patient, _paid = sold(till)
    stranger = Credential(CredentialKind.ID_CARD, till.credential("active_half").number)
    with pytest.raises(RuleBroken) as broken:
        quote_return(
            till.doors, sale.id, {1: Quantity.of(1)}, (), ReturnReason.QUALITY, till.operator,
            stranger,
        )  # fmt: skip
    assert broken.value.params["code"] == "ID_MISMATCH"
    assert len(live(till)) == 1


@pytest.mark.rule("LN-3.1a")
def test_without_a_prescription_nothing_is_pooled(short: PracticeTill) -> None:
    drug = short.find(insurance_class="A", sale_class="otc_b")
    sale = short.basket((drug, 1))
    patient = short.patient("active_met")
    assert short.quote(sale, patient).settlements == ()
    with_account = short.quote(sale, patient, "1")
    assert [one.settlement_type for one in with_account.settlements] == ["account"]
    paid = short.settle(sale, patient)
    assert paid.fund == Money(0)
    assert paid.account == sale.total
    complete_sale(short.doors, sale.id, cash(Money(0)), Money(0), short.operator)
    who = short.credential("active_met")
    back = quote_return(
        short.doors, sale.id, {1: Quantity.of(1)}, sale.line(1).trace_codes, ReturnReason.QUALITY,
        short.operator, who,
    )  # fmt: skip
    (cancel,) = (leg for leg in back.legs if leg.leg == "cancel")
    assert (cancel.amount, back.net_account) == (sale.total, sale.total)


@pytest.mark.rule("HY-1.2.3")
def test_a_code_sold_once_is_not_sold_again(short: PracticeTill) -> None:
    sale, patient, _paid = sold(short)
    code = sale.line(1).trace_codes[0]
    again = short.basket((short.find(insurance_class="A", sale_class="rx"), 1), traced=False)
    line = again.line(1)
    again.replace_line(type(line)(line.no, line.item, line.quantity, line.price, (code,)))
    keep_basket(short.doors, again)
    short.prescribe(again)
    view = short.quote(again, patient)
    blocks = [note.code for note in view.notes if note.severity == "block"]
    assert blocks == ["TRACE_DUPLICATE"]


@pytest.mark.rule("LN-2.1")
def test_prescription_drugs_need_a_prescription_for_cash_too(short: PracticeTill) -> None:
    drug = short.find(insurance_class="A", sale_class="rx")
    sale = short.basket((drug, 1))
    with pytest.raises(RuleBroken) as broken:
        complete_sale(short.doors, sale.id, cash(sale.total), sale.total, short.operator)
    assert broken.value.params["code"] == "RX_MISSING"


def test_a_held_basket_comes_back_with_what_changed(short: PracticeTill) -> None:
    drug = short.find(insurance_class="A", sale_class="otc_b")
    sale = short.basket((drug, 2))
    hold_basket(short.doors, sale, short.operator)
    with short.doors.uow() as uow:
        uow.medicines.save_many([replace(drug, price=UnitPrice.of("99.00"))])
        uow.commit()
    clear_shelf(short.doors, drug.id)
    back, notes = recall_basket(short.doors, sale.id, short.operator)
    assert {note.message_id for note in notes} == {"basket.price_changed", "basket.short"}
    assert back.line(1).price == UnitPrice.of("99.00")


def test_the_estimate_is_what_the_platform_says(till: PracticeTill) -> None:
    for who in ("active_met", "active_half", "active_unmet", "retired_met"):
        sale, patient, view = quoted(till, who)
        said = estimate_basket(till.doors, sale, patient)
        assert (said.fund, said.cash_due) == (view.fund, view.cash_due)
        assert not said.rough


def test_a_refused_part_may_be_paid_or_taken_out(short: PracticeTill) -> None:
    sale, patient, _view = quoted(short)
    short.fault(kind="refused", infno=SETTLING)
    short.settle(sale, patient)
    resolve_refused_part(short.doors, sale.id, "self_paid", short.operator)
    receipt = complete_sale(short.doors, sale.id, cash(sale.total), sale.total, short.operator)
    assert receipt.total == sale.total
    assert live(short) == []


@pytest.mark.rule("EZ-9b")
def test_a_typed_number_settles_nothing_in_a_real_shop(short: PracticeTill) -> None:
    sale, patient, _view = quoted(short)
    real = replace(short.doors, shop=replace(short.doors.shop, environment="production"))
    typed = replace(patient, credential=replace(patient.credential, typed=True))
    with pytest.raises(RuleBroken) as broken:
        settle_next(real, sale.id, typed, short.operator, lambda _step: None)
    assert broken.value.params["code"] == "ID_TYPED"
    assert live(short) == []


@pytest.mark.rule("HY-1.5.6a")
def test_a_typed_number_returns_nothing_in_a_real_shop(short: PracticeTill) -> None:
    sale, patient, _paid = sold(short)
    real = replace(short.doors, shop=replace(short.doors.shop, environment="production"))
    typed = replace(patient.credential, typed=True)
    with pytest.raises(RuleBroken) as broken:
        quote_return(
            real, sale.id, {1: Quantity.of(1)}, (), ReturnReason.QUALITY, short.operator, typed
        )
    assert broken.value.params["code"] == "ID_TYPED"
    assert len(live(short)) == 1
    assert states(short, sale)[0] == "done"


@pytest.mark.rule("S-01")
def test_a_disputed_settlement_still_holds_money_and_drugs(till: PracticeTill) -> None:
    sale, patient, _view = quoted(till)
    till.fault(kind="lost_answer", infno=SETTLING)
    till.settle(sale, patient)
    till.fault(kind="refused", infno=["2601"], times=50)
    till.fault(kind="not_arrived", infno=["5201", "2205"], times=50)
    for _round in range(16):
        till.clock.advance(120)
        recover_settlements(till.doors, till.operator)
    assert states(till, sale) == ("settling", ["disputed"])
    with pytest.raises(IllegalTransition):
        till.quote(sale, patient)
    with pytest.raises(IllegalTransition):
        complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    assert len(live(till)) == 1


def test_a_clock_that_is_off_is_told_at_the_quote(short: PracticeTill) -> None:
    sale = short.prescribe(short.basket((short.find(insurance_class="A", sale_class="rx"), 1)))
    patient = short.patient("active_met")
    short.fault(kind="clock_off", infno=["2101"])
    view = short.quote(sale, patient)
    assert view.notes[0].message_id == "quote.unknown"
    assert str(view.notes[0].params["text"]).startswith("answer.finding_clock")
    assert live(short) == []


def test_what_was_left_behind_waits_for_the_line_and_then_is_taken_up(till: PracticeTill) -> None:
    sale, patient, _view = quoted(till)
    till.fault(kind="lost_answer", infno=SETTLING)
    till.settle(sale, patient)
    started = till.clock.advance(60)
    till.line_up = False
    first = recover_settlements(till.doors, till.operator, left_before=started)
    assert first.decided == 0
    till.line_up = True
    till.clock.advance(120)
    again = recover_settlements(till.doors, till.operator, left_before=started)
    assert again.decided == 1
    assert states(till, sale) == ("open", ["reversed"])
    assert open_visits(till) == []
