"""A state machine as a literal table: the look-up, the refusal, the picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from app.errors import IllegalTransition

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


@dataclass(frozen=True)
class StateTable(Generic[State, Event]):
    """All steps that a thing may take; a step that is not written here does not exist."""

    name: str
    steps: Mapping[State, Mapping[Event, State]]

    def step(self, state: State, event: Event) -> State:
        """The state after the event; :raises IllegalTransition: when the table holds no such."""
        try:
            return self.steps[state][event]
        except KeyError:
            raise IllegalTransition(machine=self.name, state=state, event=event) from None

    def allows(self, state: State, event: Event) -> bool:
        """Whether the step is in the table."""
        return event in self.steps.get(state, {})

    def is_final(self, state: State) -> bool:
        """Whether nothing leads out of the state."""
        return not self.steps.get(state)

    def arrows(self) -> Iterator[tuple[State, Event, State]]:
        """Every step, for the drawn diagram and for the tests that walk the table."""
        for state, row in self.steps.items():
            for event, after in row.items():
                yield state, event, after
