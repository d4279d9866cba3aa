"""The registered visit of route 2201: what the *quote* has already left on the platform."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class VisitState(StrEnum):
    """Where the visit stands; 2601 reverses neither 2201 nor 2204, so we clean up by hand."""

    NONE = "none"
    REGISTERING = "registering"
    REGISTERED = "registered"
    LINES_SENT = "lines_sent"
    CLOSING = "closing"
    CLOSED = "closed"
    ORPHANED = "orphaned"


class VisitEvent(StrEnum):
    """What can happen to a visit."""

    REGISTER_SENT = "register_sent"
    REGISTERED = "registered"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    LINES_SENT = "lines_sent"
    LINES_CLEARED = "lines_cleared"
    CLOSE_ASKED = "close_asked"
    CLOSED = "closed"
    FOUND = "found"
    NOT_IN_BOOKS = "not_in_books"


_S = VisitState
_E = VisitEvent

VISIT = StateTable(
    "visit",
    {
        _S.NONE: {_E.REGISTER_SENT: _S.REGISTERING, _E.CLOSE_ASKED: _S.CLOSED},
        _S.REGISTERING: {
            _E.REGISTERED: _S.REGISTERED,
            _E.REFUSED: _S.NONE,
            _E.NO_ANSWER: _S.ORPHANED,
        },
        # Lines count as sent from before the wire is touched: an unknown 2204 is cleared by 2205.
        _S.REGISTERED: {_E.LINES_SENT: _S.LINES_SENT, _E.CLOSE_ASKED: _S.CLOSING},
        _S.LINES_SENT: {
            _E.LINES_SENT: _S.LINES_SENT,
            _E.LINES_CLEARED: _S.REGISTERED,
            _E.CLOSE_ASKED: _S.CLOSING,
        },
        # Retried until the platform answers.
        _S.CLOSING: {
            _E.LINES_CLEARED: _S.CLOSING,
            _E.CLOSED: _S.CLOSED,
            _E.NO_ANSWER: _S.CLOSING,
            _E.REFUSED: _S.ORPHANED,
        },
        # A visit may exist that we cannot name: 5201 looks for our own visit number.
        _S.ORPHANED: {
            _E.FOUND: _S.CLOSING,
            _E.NOT_IN_BOOKS: _S.CLOSED,
            _E.NO_ANSWER: _S.ORPHANED,
        },
        _S.CLOSED: {},
    },
)
