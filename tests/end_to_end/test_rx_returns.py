"""A return that is cut off: the prescription stays where the books of both ends agree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.insurance import Credential
from app.domain.money import Quantity
from app.domain.returns import ReturnReason
from app.domain.rx_states import RxState
from app.domain.sale import Sale
from app.domain.sale_states import SaleState
from app.errors import RuleBroken
from app.use_cases.complete_sale import complete_sale
from app.use_cases.recover_settlements import recover_settlements
from app.use_cases.return_goods import drop_return, quote_return, run_return
from app.use_cases.rx_settle import RETURN_CODE, prepare_completion, renew_remainder
from tests.fakes.practice_rx import RxTill
from tests.fakes.practice_till import cash, practice_till


@pytest.fixture
def rx(tmp_path: Path) -> Iterator[RxTill]:
    for till in practice_till(tmp_path):
        yield RxTill(till)


def recover(rx: RxTill, seconds: int = 200) -> None:
    rx.till.clock.advance(seconds)
    recover_settlements(rx.doors, rx.till.operator)


def asked_back(rx: RxTill, sale: Sale, packs: int, shown: Credential | None) -> str:
    row = rx.sale(sale.id).lines[0]
    asked = quote_return(
        rx.doors, sale.id, {row.no: Quantity.of(packs)}, row.trace_codes[:packs],
        ReturnReason.QUALITY, rx.till.operator, shown,
    )  # fmt: skip
    return asked.return_id


@pytest.mark.rule("SJZ-A.4")
@pytest.mark.parametrize(("packs", "rests"), [(1, RxState.CHECKED), (2, RxState.RELEASED)])
def test_the_recovery_that_hears_of_the_cancel_frees_the_prescription(
    rx: RxTill, packs: int, rests: RxState
) -> None:
    sale, case, patient = rx.ready()
    rx.till.quote(sale, patient)
    paid = rx.till.settle(sale, patient)
    complete_sale(rx.doors, sale.id, cash(paid.cash_due), paid.cash_due, rx.till.operator)
    one = asked_back(rx, sale, packs, patient.credential)
    rx.till.fault(kind="lost_answer", infno="2103")
    run_return(rx.doors, one, rx.till.operator, patient.credential, lambda _leg: None)
    assert rx.case(case.id).state is RxState.USED
    assert not rx.centre(case.sheet.number)["used"]
    recover(rx)
    assert rx.case(case.id).state is rests
    done = run_return(rx.doors, one, rx.till.operator, patient.credential, lambda _leg: None)
    assert done.state == "done", done.notes
    assert rx.case(case.id).state is (RxState.USED if packs == 1 else RxState.RELEASED)


@pytest.mark.parametrize("kind", ["not_arrived", "lost_answer"])
def test_what_remains_is_not_sold_while_its_report_may_still_stand(rx: RxTill, kind: str) -> None:
    """The 7208 had no answer: money and goods wait, nothing is sold without its prescription."""
    sale, case, _patient = rx.ready()
    prepare_completion(rx.doors, sale.id, rx.till.operator)
    total = rx.sale(sale.id).total
    complete_sale(rx.doors, sale.id, cash(total), total, rx.till.operator)
    one = asked_back(rx, sale, 1, None)
    rx.till.fault(kind=kind, infno="7208", times=2)  # with the cancel, and before the pay-back
    waits = run_return(rx.doors, one, rx.till.operator, None, lambda _leg: None)
    assert waits.state == "paying_back"
    assert [note.severity for note in waits.notes] == ["block"]
    assert rx.case(case.id).state is RxState.UNDOING
    stands = rx.sale(sale.id)
    assert (stands.state, len(stands.tenders)) == (SaleState.UNDOING, 1), "nothing is paid back"
    recover(rx)
    assert rx.case(case.id).state is RxState.CHECKED
    done = run_return(rx.doors, one, rx.till.operator, None, lambda _leg: None)
    assert done.state == "done", done.notes
    held = rx.case(case.id)
    assert (held.state, held.sale_id != sale.id) == (RxState.USED, True)
    assert rx.centre(case.sheet.number)["used"]


def test_cut_off_after_the_taking_back_what_remains_is_told_before_it_is_sold(rx: RxTill) -> None:
    """The 7208 was answered and the till died: the remainder must not be sold untold."""
    sale, case, _patient = rx.ready()
    prepare_completion(rx.doors, sale.id, rx.till.operator)
    total = rx.sale(sale.id).total
    complete_sale(rx.doors, sale.id, cash(total), total, rx.till.operator)
    row = rx.sale(sale.id).lines[0]
    asked = quote_return(
        rx.doors, sale.id, {row.no: Quantity.of(1)}, row.trace_codes[:1],
        ReturnReason.QUALITY, rx.till.operator, None,
    )  # fmt: skip
    rx.till.fault(kind="not_arrived", infno="7208", times=1)
    with pytest.raises(PowerLoss):
        run_return(rx.doors, asked.return_id, rx.till.operator, None, power_loss)
    recover(rx)
    assert rx.case(case.id).state is RxState.CHECKED
    done = run_return(rx.doors, asked.return_id, rx.till.operator, None, lambda _leg: None)
    assert done.state == "done", done.notes
    held = rx.case(case.id)
    assert (held.state, held.sale_id != sale.id) == (RxState.USED, True)
    assert rx.centre(case.sheet.number)["used"]


def sold(rx: RxTill, insured: bool) -> tuple[Sale, str, Credential | None]:
    """Two boxes on one prescription, settled or paid alone; its case, and who is to be shown."""
    sale, case, patient = rx.ready()
    if insured:
        rx.till.quote(sale, patient)
        due = rx.till.settle(sale, patient).cash_due
    else:
        prepare_completion(rx.doors, sale.id, rx.till.operator)
        due = rx.sale(sale.id).total
    complete_sale(rx.doors, sale.id, cash(due), due, rx.till.operator)
    return sale, case.id, patient.credential if insured else None


def token_dies(rx: RxTill, case_id: str) -> None:
    tokens = rx.case(case_id).tokens
    assert tokens is not None and tokens.expires_at is not None
    rx.till.clock.set(tokens.expires_at)


@pytest.mark.rule("SJZ-A.4")
@pytest.mark.parametrize("insured", [False, True])
def test_a_part_that_could_not_be_told_anew_does_not_come_back(rx: RxTill, insured: bool) -> None:
    sale, case_id, shown = sold(rx, insured)
    token_dies(rx, case_id)
    with pytest.raises(RuleBroken, match="RX_RETURN_TOKEN"):
        asked_back(rx, sale, 1, shown)
    assert rx.sale(sale.id).state is SaleState.DONE
    assert rx.case(case_id).state is RxState.USED
    whole = asked_back(rx, sale, 2, shown)
    done = run_return(rx.doors, whole, rx.till.operator, shown, lambda _leg: None)
    assert done.state == "done", done.notes
    assert rx.case(case_id).state is RxState.RELEASED


@pytest.mark.parametrize("insured", [False, True])
def test_a_token_that_dies_after_the_question_stops_before_anything_moves(
    rx: RxTill, insured: bool
) -> None:
    sale, case_id, shown = sold(rx, insured)
    one = asked_back(rx, sale, 1, shown)
    token_dies(rx, case_id)
    with pytest.raises(RuleBroken, match="RX_RETURN_TOKEN"):
        run_return(rx.doors, one, rx.till.operator, shown, lambda _leg: None)
    assert rx.sale(sale.id).state is SaleState.DONE
    drop_return(rx.doors, one, rx.till.operator)


def test_a_token_that_dies_between_the_legs_keeps_the_money_and_says_what_is_wanted(
    rx: RxTill,
) -> None:
    sale, case_id, _shown = sold(rx, insured=False)
    one = asked_back(rx, sale, 1, None)
    rx.till.fault(kind="not_arrived", infno="7208", times=2)
    run_return(rx.doors, one, rx.till.operator, None, lambda _leg: None)
    token_dies(rx, case_id)
    recover(rx)
    waits = run_return(rx.doors, one, rx.till.operator, None, lambda _leg: None)
    assert waits.state == "paying_back"
    assert [note.code for note in waits.notes] == [RETURN_CODE]
    assert rx.sale(sale.id).state is SaleState.UNDOING
    qr = str(rx.centre(rx.case(case_id).sheet.number)["qr"])
    renew_remainder(rx.doors, one, qr, rx.till.operator)
    done = run_return(rx.doors, one, rx.till.operator, None, lambda _leg: None)
    assert done.state == "done", done.notes
    assert rx.case(case_id).state is RxState.USED


def test_a_token_that_dies_between_cancel_and_settling_is_renewed_by_the_code(rx: RxTill) -> None:
    sale, case_id, shown = sold(rx, insured=True)
    one = asked_back(rx, sale, 1, shown)
    rx.till.fault(kind="lost_answer", infno="2103")
    run_return(rx.doors, one, rx.till.operator, shown, lambda _leg: None)
    token_dies(rx, case_id)
    recover(rx)
    waits = run_return(rx.doors, one, rx.till.operator, shown, lambda _leg: None)
    assert (waits.state, [note.code for note in waits.notes]) == ("resettling", [RETURN_CODE])
    qr = str(rx.centre(rx.case(case_id).sheet.number)["qr"])
    renew_remainder(rx.doors, one, qr, rx.till.operator)
    done = run_return(rx.doors, one, rx.till.operator, shown, lambda _leg: None)
    assert done.state == "done", done.notes
    assert rx.case(case_id).state is RxState.USED


class PowerLoss(Exception):
    """The power goes between two legs."""


def power_loss(_leg: object) -> None:
    raise PowerLoss
