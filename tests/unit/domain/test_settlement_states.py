"""The tables themselves: final states, the way out of not knowing, no way back to a new sending."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.machine import StateTable
from app.domain.return_states import RETURN, ReturnState
from app.domain.sale_states import SALE, SaleState
from app.domain.settlement_states import (
    SETTLEMENT,
    UNDECIDED,
    SettlementEvent,
    SettlementState,
)
from app.domain.visit_states import VISIT, VisitEvent, VisitState
from app.errors import IllegalTransition

TABLES = [
    (SALE, SaleState.OPEN),
    (SETTLEMENT, SettlementState.QUOTED),
    (VISIT, VisitState.NONE),
    (RETURN, ReturnState.ASKED),
]


def reachable(table: StateTable, start: object) -> set[object]:
    seen, left = {start}, deque([start])
    while left:
        for after in table.steps.get(left.popleft(), {}).values():
            if after not in seen:
                seen.add(after)
                left.append(after)
    return seen


@pytest.mark.parametrize(("table", "start"), TABLES, ids=[table.name for table, _ in TABLES])
def test_every_state_can_be_reached_and_every_state_has_a_row(
    table: StateTable, start: object
) -> None:
    assert reachable(table, start) == set(table.steps)
    assert set(table.steps) == set(type(start))


@pytest.mark.parametrize(("table", "start"), TABLES, ids=[table.name for table, _ in TABLES])
def test_from_every_state_an_end_can_be_reached(table: StateTable, start: object) -> None:
    for state in table.steps:
        assert any(table.is_final(each) for each in reachable(table, state)), state


def test_an_unwritten_step_is_an_error_that_names_it() -> None:
    with pytest.raises(IllegalTransition) as refused:
        SETTLEMENT.step(SettlementState.SETTLED, SettlementEvent.SUBMITTED)
    assert refused.value.params["machine"] == "settlement"


@pytest.mark.rule("S-01")
def test_nothing_unknown_is_ever_sent_again() -> None:
    for state in UNDECIDED | {SettlementState.DISPUTED}:
        assert SettlementState.SUBMITTED not in SETTLEMENT.steps[state].values()
    into_submitted = [
        before for before, _e, after in SETTLEMENT.arrows() if after is SettlementState.SUBMITTED
    ]
    assert into_submitted == [SettlementState.QUOTED]


@given(st.lists(st.sampled_from(list(SettlementEvent)), max_size=40))
def test_money_state_is_left_only_by_a_named_undoing(events: list[SettlementEvent]) -> None:
    state = SettlementState.QUOTED
    for event in events:
        if not SETTLEMENT.allows(state, event):
            continue
        after = SETTLEMENT.step(state, event)
        if state is SettlementState.SETTLED:
            assert event in (SettlementEvent.CANCEL_ASKED, SettlementEvent.CANCEL_KEYED)
        state = after


def test_a_refused_reversal_is_not_proof() -> None:
    after = SETTLEMENT.step(SettlementState.REVERSING, SettlementEvent.REFUSED)
    assert after is SettlementState.UNKNOWN


def test_an_unknown_registration_is_looked_for_before_it_is_forgotten() -> None:
    state = VISIT.step(VisitState.REGISTERING, VisitEvent.NO_ANSWER)
    assert state is VisitState.ORPHANED
    assert VISIT.step(state, VisitEvent.NOT_IN_BOOKS) is VisitState.CLOSED
    assert VISIT.step(state, VisitEvent.FOUND) is VisitState.CLOSING
