"""What may happen to one difference between our books and the platform's; this table only."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from app.domain.machine import StateTable


class DifferenceState(StrEnum):
    """Where a difference stands."""

    FOUND = "found"
    """By a comparison that is just made; never stored."""
    OPEN = "open"
    ASKED = "asked"
    """Its act was sent and no answer came: it is asked again, under nothing new of ours."""
    CLOSED = "closed"


class DifferenceEvent(StrEnum):
    """What can happen to a difference."""

    WRITTEN = "written"
    ASKED = "asked"
    REFUSED = "refused"
    DONE = "done"
    GONE = "gone"
    """A later comparison of the same day no longer finds it."""
    SEEN_AGAIN = "seen_again"
    """By a later comparison, while it stands; closed and found again it is a new one."""


_S = DifferenceState
_E = DifferenceEvent

DIFFERENCE = StateTable(
    "difference",
    {
        _S.FOUND: {_E.WRITTEN: _S.OPEN},
        _S.OPEN: {
            _E.ASKED: _S.ASKED,
            _E.DONE: _S.CLOSED,
            _E.GONE: _S.CLOSED,
            _E.SEEN_AGAIN: _S.OPEN,
        },
        _S.ASKED: {
            _E.ASKED: _S.ASKED,
            _E.REFUSED: _S.OPEN,
            _E.DONE: _S.CLOSED,
            _E.GONE: _S.CLOSED,
            _E.SEEN_AGAIN: _S.ASKED,
        },
        _S.CLOSED: {},
    },
)

STANDING: Final = (DifferenceState.OPEN, DifferenceState.ASKED)
"""What somebody still has to do something about."""
