"""State tables: closed, reachable, able to end, and drawn in the documentation."""

from __future__ import annotations

from enum import StrEnum

import pytest

from app.errors import IllegalTransition
from ui.commands.states import PAGE, Table, render, tables

TABLES = [table for _, table in tables()]
EACH = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


def _reached(table: Table, start: StrEnum) -> set[StrEnum]:
    seen, waiting = set(), [start]
    while waiting:
        state = waiting.pop()
        if state not in seen:
            seen.add(state)
            waiting += table.steps[state].values()
    return seen


def test_the_tables_of_a_sale_are_found() -> None:
    assert {"settlement", "sale", "visit"} <= {table.name for table in TABLES}


@EACH
def test_every_state_has_a_row_and_every_arrow_ends_in_one(table: Table) -> None:
    kinds = {type(state) for state in table.steps}
    assert len(kinds) == 1
    assert set(kinds.pop()) == set(table.steps)
    assert all(after in table.steps for _, _, after in table.arrows())


@EACH
def test_every_state_is_reachable_from_the_first(table: Table) -> None:
    assert _reached(table, next(iter(table.steps))) == set(table.steps)


@EACH
def test_every_state_can_still_come_to_rest(table: Table) -> None:
    stuck = [
        state
        for state in table.steps
        if not any(table.is_final(after) for after in _reached(table, state))
    ]
    assert stuck == []


@EACH
def test_every_event_is_used_and_every_other_step_is_refused(table: Table) -> None:
    events = {event for _, event, _ in table.arrows()}
    assert events == set(type(next(iter(events))))
    for state in table.steps:
        for event in events - set(table.steps[state]):
            with pytest.raises(IllegalTransition):
                table.step(state, event)


def test_the_drawn_page_is_the_tables() -> None:
    assert PAGE.read_text("utf-8") == render(), "run: python -m ui.commands.states --write"
