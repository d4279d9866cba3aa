"""What may happen to a shift at a till; this table and nothing else."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class ShiftState(StrEnum):
    """Where a shift stands."""

    OPEN = "open"
    LEFT = "left"
    """Its day is over and nobody has counted: it waits, with its holder as the owner."""
    COUNTED = "counted"
    """Counted blind; only now is the figure known that should be there."""
    CLOSED = "closed"


class ShiftEvent(StrEnum):
    """What can happen to a shift."""

    LEFT = "left"
    COUNTED = "counted"
    CLOSED = "closed"


_S = ShiftState
_E = ShiftEvent

SHIFT = StateTable(
    "shift",
    {
        _S.OPEN: {_E.COUNTED: _S.COUNTED, _E.LEFT: _S.LEFT},
        _S.LEFT: {_E.COUNTED: _S.COUNTED},
        # Counted again: each count stays in the books, the last one stands.
        _S.COUNTED: {_E.COUNTED: _S.COUNTED, _E.CLOSED: _S.CLOSED},
        _S.CLOSED: {},
    },
)
