"""A paper on its way to the printer: so that a retry prints nothing twice."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class PrintState(StrEnum):
    """Where a print job stands."""

    WAITING = "waiting"
    PRINTING = "printing"
    """Committed before the first byte leaves: a crash from here on leaves it in doubt."""
    UNSURE = "unsure"
    """Some of it left; only a person who looks can say what stands on paper."""
    PRINTED = "printed"
    DROPPED = "dropped"


class PrintEvent(StrEnum):
    """What can happen to a print job."""

    STARTED = "started"
    HELD_BACK = "held_back"
    CAME_OUT = "came_out"
    BROKE_OFF = "broke_off"
    ASKED_AGAIN = "asked_again"
    DROPPED = "dropped"


_S = PrintState
_E = PrintEvent

PRINT = StateTable(
    "print",
    {
        _S.WAITING: {_E.STARTED: _S.PRINTING, _E.DROPPED: _S.DROPPED},
        # Held back: the printer could not, and nothing of it has left.
        _S.PRINTING: {
            _E.HELD_BACK: _S.WAITING,
            _E.CAME_OUT: _S.PRINTED,
            _E.BROKE_OFF: _S.UNSURE,
        },
        # Never again by itself: a person asks again (and the paper says 补打) or lets it be.
        _S.UNSURE: {_E.ASKED_AGAIN: _S.WAITING, _E.CAME_OUT: _S.PRINTED},
        _S.PRINTED: {},
        _S.DROPPED: {},
    },
)
