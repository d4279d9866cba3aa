"""9001 and 9002 by themselves: one number an operator and till, renewed where it died."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.insurance import AskPerson, Credential, CredentialKind, Outcome
from app.domain.line import Line, Trouble
from app.use_cases.identify_customer import identify_customer
from app.use_cases.legs import Leg, run_leg, signed_in, signed_off
from app.use_cases.outage import log_line, probe, probe_due
from sync.insurance.simulator.faults import Rule
from sync.line_watch import LineState, WatchedPlatform
from tests.fakes.practice_till import PracticeTill, practice_till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def asked(till: PracticeTill, infno: str) -> list[str]:
    with till.engine.connect() as books:
        query = text("SELECT outcome FROM platform_request WHERE infno = :no ORDER BY msgid")
        return [str(row.outcome) for row in books.execute(query, {"no": infno})]


def forget_all(till: PracticeTill) -> None:
    """The platform closes every sign-in of its own, as after its night's work."""
    with till.platform.state.transaction() as books:
        books.run("UPDATE sign_in SET open = 0")


def test_one_number_an_operator_and_till(till: PracticeTill) -> None:
    other = till.second_till()
    first = signed_in(till.doors, till.operator)
    assert signed_in(till.doors, till.operator).sign_no == first.sign_no
    assert signed_in(other.doors, till.operator).sign_no != first.sign_no
    assert asked(till, "9001") == ["success", "success"]


def test_a_number_that_died_is_renewed_and_the_question_asked_again(till: PracticeTill) -> None:
    before = signed_in(till.doors, till.operator)
    forget_all(till)
    till.clock.advance(hours=1)
    found = identify_customer(till.doors, till.credential("active_met"), till.operator)
    assert found.person.psn_no
    assert asked(till, "1101") == ["refused", "success"]
    assert asked(till, "9001") == ["success", "success"]
    assert signed_in(till.doors, till.operator).sign_no != before.sign_no


def test_a_refusal_that_is_none_of_the_number_is_asked_once_more_at_most(
    till: PracticeTill,
) -> None:
    nobody = AskPerson(Credential(CredentialKind.ID_CARD, "999900190001010000"))
    signed_in(till.doors, till.operator)
    till.clock.advance(hours=1)
    for _ in range(3):
        who = signed_in(till.doors, till.operator)
        assert run_leg(till.doors, Leg(nobody), who).outcome is Outcome.REFUSED
    # The first refusal renewed the number; from then on it is young and not at fault.
    assert len(asked(till, "1101")) == 4
    assert len(asked(till, "9001")) == 2


def test_signing_in_that_fails_leaves_the_refusal_as_it_is(till: PracticeTill) -> None:
    who = signed_in(till.doors, till.operator)
    forget_all(till)
    till.clock.advance(hours=1)
    till.platform.faults.add([Rule("refused", infno=("9001",))])
    answer = run_leg(till.doors, Leg(AskPerson(till.credential("active_met"))), who)
    assert answer.outcome is Outcome.REFUSED
    assert asked(till, "1101") == ["refused"]


def test_another_lane_takes_over_what_one_renewed(till: PracticeTill) -> None:
    lane = replace(till.doors, sign_numbers={})
    signed_in(till.doors, till.operator)
    signed_in(lane, till.operator)
    forget_all(till)
    till.clock.advance(hours=1)
    identify_customer(till.doors, till.credential("active_met"), till.operator)
    identify_customer(lane, till.credential("active_met"), till.operator)
    assert len(asked(till, "9001")) == 2


def test_signing_off_ends_the_number(till: PracticeTill) -> None:
    assert not signed_off(till.doors, till.operator)
    before = signed_in(till.doors, till.operator)
    assert signed_off(till.doors, till.operator)
    assert asked(till, "9002") == ["success"]
    assert not signed_off(till.doors, till.operator)
    assert signed_in(till.doors, till.operator).sign_no != before.sign_no


def test_signing_off_without_a_line_is_no_hindrance(till: PracticeTill) -> None:
    signed_in(till.doors, till.operator)
    till.line_up = False
    assert not signed_off(till.doors, till.operator)
    till.line_up = True
    assert signed_in(till.doors, till.operator).sign_no
    assert asked(till, "9002") == ["not_sent"]


@pytest.mark.rule("HY-1.1.4a", "S-30")
def test_an_outage_is_asked_after_and_stands_in_the_log(till: PracticeTill) -> None:
    state = LineState(till.clock)
    doors = replace(till.doors, platform=WatchedPlatform(till.doors.platform, state))
    assert not probe_due(state.read(), 1, till.clock.now())
    till.line_up = False
    assert not probe(doors, till.operator)
    known = log_line(doors, till.operator, state.read(), Line())
    assert known.trouble is Trouble.DOWN
    assert not probe_due(state.read(), 1, till.clock.now())
    rests = set()
    for number in (1, 2, 3):
        seconds = (
            s
            for s in range(99)
            if probe_due(known, number, till.clock.advance(0) + timedelta(seconds=s))
        )
        rests.add(next(seconds))
    assert len(rests) == 3
    assert probe_due(known, 1, till.clock.now() - timedelta(hours=2))
    till.clock.advance(hours=20)
    till.line_up = True
    assert probe(doors, till.operator)
    known = log_line(doors, till.operator, state.read(), known)
    assert log_line(doors, till.operator, state.read(), known) is known
    with till.engine.connect() as books:
        acts = books.execute(text("SELECT act FROM act_log WHERE act LIKE 'line.%' ORDER BY seq"))
        assert [row.act for row in acts] == ["line.down", "line.up"]
