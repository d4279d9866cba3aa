"""What becomes of a recall: the literal table of its states (policy 3.4)."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class RecallState(StrEnum):
    """How far a recall is."""

    OPEN = "open"
    """The batch is locked; boxes are gathered, buyers are told."""
    CLOSED = "closed"
    """Brought to its end, with a result."""
    WITHDRAWN = "withdrawn"
    """Called back by who called: the goods wait for an examination, they are not saleable yet."""


class RecallEvent(StrEnum):
    """What happens to a recall."""

    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


RECALL: StateTable[RecallState, RecallEvent] = StateTable(
    "recall",
    {
        RecallState.OPEN: {
            RecallEvent.CLOSED: RecallState.CLOSED,
            RecallEvent.WITHDRAWN: RecallState.WITHDRAWN,
        },
        RecallState.CLOSED: {},
        RecallState.WITHDRAWN: {},
    },
)
