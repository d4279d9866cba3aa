"""A download locks before its sheet is here: no lock stays behind that nobody here needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.rx_states import RxState
from app.errors import NoAnswer, PlatformError, RuleBroken
from app.use_cases.legs import signed_in
from app.use_cases.recover_settlements import recover_settlements
from app.use_cases.rx_opening import open_sheet
from tests.fakes.practice_rx import RxTill
from tests.fakes.practice_till import practice_till


@pytest.fixture
def rx(tmp_path: Path) -> Iterator[RxTill]:
    for till in practice_till(tmp_path):
        yield RxTill(till)


def issued(rx: RxTill, **more: object) -> str:
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    return rx.prescribe("active_met", (drug, 1), **more)


def openings(rx: RxTill) -> int:
    with rx.doors.uow() as uow:
        return len(uow.prescriptions.openings())


def recover(rx: RxTill, seconds: int = 200) -> None:
    rx.till.clock.advance(seconds)
    recover_settlements(rx.doors, rx.till.operator)


def locked(rx: RxTill, number: str) -> bool:
    return bool(rx.centre(number)["locked_by"])


@pytest.mark.rule("S-09")
def test_a_customer_who_left_after_a_lost_download_leaves_no_lock(rx: RxTill) -> None:
    number, patient = issued(rx), rx.patient("active_met")
    rx.till.fault(kind="lost_answer", infno="7204", times=2)
    with pytest.raises(NoAnswer):
        rx.take(patient)
    assert locked(rx, number)
    recover(rx)
    assert not locked(rx, number)
    assert openings(rx) == 0


def test_a_signature_that_could_not_be_looked_at_leaves_no_lock(rx: RxTill) -> None:
    number, patient = issued(rx), rx.patient("active_met")
    rx.till.fault(kind="not_arrived", infno="7205", times=2)
    with pytest.raises(PlatformError):
        rx.take(patient)
    recover(rx)
    assert not locked(rx, number)
    assert openings(rx) == 0


@pytest.mark.parametrize("kind", ["not_arrived", "lost_answer"])
def test_what_was_turned_away_is_given_back_until_answered(rx: RxTill, kind: str) -> None:
    number, patient = issued(rx, signature="forged"), rx.patient("active_met")
    rx.till.fault(kind=kind, infno="7208", times=2)
    with pytest.raises(RuleBroken, match="RX_SHEET_SIGNATURE"):
        rx.take(patient)
    assert openings(rx) == 1
    recover(rx)
    assert openings(rx) == 1
    recover(rx)
    assert not locked(rx, number)
    assert openings(rx) == 0


def test_fetched_anew_is_not_given_back_by_the_older_try(rx: RxTill) -> None:
    number, patient = issued(rx), rx.patient("active_met")
    rx.till.fault(kind="lost_answer", infno="7204", times=2)
    with pytest.raises(NoAnswer):
        rx.take(patient)
    recover(rx, seconds=1)  # somebody may be asking for it again at this moment
    assert (locked(rx, number), openings(rx)) == (True, 1)
    case = rx.take(patient)
    recover(rx)
    assert (locked(rx, number), openings(rx)) == (True, 0)
    assert rx.review(case).state is RxState.PASSED


def test_tokens_that_died_name_nothing_and_are_forgotten(rx: RxTill) -> None:
    _number, patient = issued(rx), rx.patient("active_met")
    rx.till.fault(kind="not_arrived", infno="7204", times=2)
    with pytest.raises(NoAnswer):
        rx.take(patient)
    rx.till.clock.advance(minutes=31)
    recover(rx)
    assert openings(rx) == 0
    with rx.doors.uow() as uow:
        assert "rx.opening_lapsed" in [entry.act for entry in uow.log.tail(20)]


def test_a_refused_download_holds_nothing(rx: RxTill) -> None:
    number, patient = issued(rx), rx.patient("active_met")
    rx.act(number, "revoke")
    with pytest.raises(PlatformError):
        rx.take(patient, number)
    assert openings(rx) == 0


def test_with_the_line_down_the_opening_waits(rx: RxTill) -> None:
    number, patient = issued(rx), rx.patient("active_met")
    rx.till.fault(kind="lost_answer", infno="7204", times=2)
    with pytest.raises(NoAnswer):
        rx.take(patient)
    rx.till.line_up = False
    recover(rx)
    assert openings(rx) == 1
    rx.till.line_up = True
    recover(rx)
    assert (locked(rx, number), openings(rx)) == (False, 0)


def test_a_second_download_of_one_opening_replaces_it(rx: RxTill) -> None:
    number, patient = issued(rx), rx.patient("active_met")
    case = rx.take(patient)
    assert case.tokens is not None
    operator = signed_in(rx.doors, rx.till.operator)
    for _try in range(2):
        open_sheet(rx.doors, "opening-1", case.tokens, operator)
    assert openings(rx) == 1
    recover(rx)
    assert (locked(rx, number), openings(rx)) == (True, 0)
