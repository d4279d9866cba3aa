"""Where an upload row stands on its way to the platform (design 7)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from app.domain.machine import StateTable


class UploadState(StrEnum):
    """Where a row of the outbox stands; it is never deleted from it."""

    WRITTEN = "written"
    """In the act's own transaction, before it is judged; never stored."""
    PENDING = "pending"
    HELD = "held"
    """Behind another row: an older one of its aggregate rests, or what it rests on is not known
    there yet. It is nobody's turn until that one moves, so that the sender never reads it."""
    SENT = "sent"
    """On the wire, or nobody knows what became of it: it is said again under its own serial."""
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    """The platform said no, in its own words: a person looks."""
    INCOMPLETE = "incomplete"
    """Written without something that the table demands: a person completes it."""
    REPLACED = "replaced"
    """Another row says it instead; this one stays as it was."""
    DELETED = "deleted"
    """Taken back at the platform by 3507."""
    LEFT = "left"
    """A manager leaves it untold for good, with a reason."""


class UploadEvent(StrEnum):
    """What can happen to an upload row."""

    WHOLE = "whole"
    LACKING = "lacking"
    HELD = "held"
    RELEASED = "released"
    SENT = "sent"
    NOT_LEFT = "not_left"
    NO_ANSWER = "no_answer"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    AGAIN = "again"
    REPLACED = "replaced"
    DELETED = "deleted"
    FOUND = "found"
    """The platform's own list holds the row already: it was asked, or a person saw it there."""
    LEFT = "left"


_S = UploadState
_E = UploadEvent

UPLOAD = StateTable(
    "upload",
    {
        _S.WRITTEN: {_E.WHOLE: _S.PENDING, _E.LACKING: _S.INCOMPLETE},
        # Refused before it was sent: it breaks its field table, so nothing may leave.
        _S.PENDING: {_E.SENT: _S.SENT, _E.REFUSED: _S.REJECTED, _E.HELD: _S.HELD},
        _S.HELD: {_E.RELEASED: _S.PENDING},
        _S.SENT: {
            _E.SENT: _S.SENT,
            _E.NOT_LEFT: _S.PENDING,
            _E.NO_ANSWER: _S.SENT,
            _E.CONFIRMED: _S.CONFIRMED,
            _E.REFUSED: _S.REJECTED,
            # Asked after while nobody knew: the centre's own answer holds it.
            _E.FOUND: _S.CONFIRMED,
        },
        _S.INCOMPLETE: {_E.REPLACED: _S.REPLACED, _E.LEFT: _S.LEFT},
        _S.REJECTED: {
            _E.AGAIN: _S.PENDING,
            _E.REPLACED: _S.REPLACED,
            _E.FOUND: _S.CONFIRMED,
            _E.LEFT: _S.LEFT,
        },
        _S.CONFIRMED: {_E.DELETED: _S.DELETED},
        _S.REPLACED: {},
        _S.DELETED: {},
        _S.LEFT: {},
    },
)

WAITING: Final = (UploadState.PENDING, UploadState.HELD, UploadState.SENT)
"""What the line will settle by itself, sooner or later."""

NEEDS_PEOPLE: Final = (UploadState.REJECTED, UploadState.INCOMPLETE)
"""What stands aside until a person has looked."""

COUNTED: Final = 10_000
"""Rows are counted up to here where a screen asks: a count costs the same whatever lies behind."""
