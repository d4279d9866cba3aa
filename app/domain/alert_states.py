"""What may happen to an alert of the supervision subsystem; this table only."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class AlertState(StrEnum):
    """Where an alert (监管提醒) stands."""

    OPEN = "open"
    """Somebody has to say something."""
    ANSWERED = "answered"
    """Somebody said what was done and why; it stays as it was said."""
    HEARD = "heard"
    """Of a question without an answer: it was asked once more and answered."""


class AlertEvent(StrEnum):
    """What can happen to one."""

    ANSWERED = "answered"
    HEARD = "heard"


_S = AlertState
_E = AlertEvent

ALERT = StateTable(
    "supervision_alert",
    {
        _S.OPEN: {_E.ANSWERED: _S.ANSWERED, _E.HEARD: _S.HEARD},
        _S.ANSWERED: {},
        _S.HEARD: {},
    },
)
