"""One live check from the first frame to its end: a literal table."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class LivePhase(StrEnum):
    """Where a live check stands."""

    FRAMING = "framing"
    """The face is not yet as it must be: alone, near, lit, sharp, straight."""
    BEFORE = "before"
    """It is; it must stay so for some frames, of which one is kept in memory."""
    TURNING = "turning"
    """A turn of the head was asked."""
    RETURNING = "returning"
    """It was seen; the head must come back before anything else is asked."""
    AFTER = "after"
    """All turns were seen; the straight face is compared with the one kept before."""
    PASSED = "passed"
    FAILED = "failed"


class LiveEvent(StrEnum):
    """What can happen to one."""

    FRAMED = "framed"
    UNFRAMED = "unframed"
    KEPT = "kept"
    TURNED = "turned"
    NEXT_ASKED = "next_asked"
    ALL_SEEN = "all_seen"
    SAME_FACE = "same_face"
    FAILED = "failed"


_P = LivePhase
_E = LiveEvent

LIVE = StateTable(
    "live_check",
    {
        _P.FRAMING: {_E.FRAMED: _P.BEFORE, _E.FAILED: _P.FAILED},
        _P.BEFORE: {_E.UNFRAMED: _P.FRAMING, _E.KEPT: _P.TURNING, _E.FAILED: _P.FAILED},
        _P.TURNING: {_E.TURNED: _P.RETURNING, _E.FAILED: _P.FAILED},
        _P.RETURNING: {
            _E.NEXT_ASKED: _P.TURNING,
            _E.ALL_SEEN: _P.AFTER,
            _E.FAILED: _P.FAILED,
        },
        _P.AFTER: {_E.SAME_FACE: _P.PASSED, _E.FAILED: _P.FAILED},
        _P.PASSED: {},
        _P.FAILED: {},
    },
)
