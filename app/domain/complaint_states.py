"""What may happen to a complaint (投诉); this table only."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    OPEN = "open"
    """Somebody has to do something and answer by the day."""
    CLOSED = "closed"
    """Answered; who closed it and when is written down. What comes again is a new line."""


class ComplaintEvent(StrEnum):
    """What can happen to one."""

    ACTED = "acted"
    CLOSED = "closed"


_S = ComplaintState
_E = ComplaintEvent

COMPLAINT = StateTable(
    "complaint",
    {
        _S.OPEN: {_E.ACTED: _S.OPEN, _E.CLOSED: _S.CLOSED},
        _S.CLOSED: {},
    },
)
