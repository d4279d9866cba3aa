"""What may happen to one attempt at insurance settlement; this table and nothing else."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class SettlementState(StrEnum):
    """Where one attempt stands. *Unknown* is a state, never an exception."""

    QUOTED = "quoted"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    REVERSING = "reversing"
    SETTLED = "settled"
    CANCELLING = "cancelling"
    DISPUTED = "disputed"
    ABANDONED = "abandoned"
    DECLINED = "declined"
    REVERSED = "reversed"
    CANCELLED = "cancelled"
    VOID = "void"


class SettlementEvent(StrEnum):
    """What can happen to an attempt, named from the till's side."""

    REQUOTED = "requoted"
    SUBMITTED = "submitted"
    ABANDONED = "abandoned"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    REVERSAL_ASKED = "reversal_asked"
    REVERSAL_CONFIRMED = "reversal_confirmed"
    NOT_IN_BOOKS = "not_in_books"
    GIVEN_UP = "given_up"
    ASKED_ANEW = "asked_anew"
    CANCEL_ASKED_ANEW = "cancel_asked_anew"
    CANCEL_ASKED = "cancel_asked"
    CANCEL_CONFIRMED = "cancel_confirmed"
    KEYED = "keyed"
    CANCEL_KEYED = "cancel_keyed"


_S = SettlementState
_E = SettlementEvent

SETTLEMENT = StateTable(
    "settlement",
    {
        _S.QUOTED: {
            _E.REQUOTED: _S.QUOTED,
            _E.SUBMITTED: _S.SUBMITTED,
            _E.ABANDONED: _S.ABANDONED,
            # Settled in the insurer's portal: nothing of ours was ever under way.
            _E.KEYED: _S.SETTLED,
        },
        _S.SUBMITTED: {
            _E.ACCEPTED: _S.SETTLED,
            _E.REFUSED: _S.DECLINED,
            _E.NO_ANSWER: _S.UNKNOWN,
        },
        # Nothing unknown is ever sent again as new: it is asked after or reversed, under its id.
        _S.UNKNOWN: {
            _E.ACCEPTED: _S.SETTLED,
            _E.REVERSAL_ASKED: _S.REVERSING,
            _E.NO_ANSWER: _S.UNKNOWN,
            _E.NOT_IN_BOOKS: _S.VOID,
            _E.GIVEN_UP: _S.DISPUTED,
        },
        # A refused reversal proves nothing by itself, so it leads back to not knowing.
        _S.REVERSING: {
            _E.REVERSAL_CONFIRMED: _S.REVERSED,
            _E.NO_ANSWER: _S.REVERSING,
            _E.REFUSED: _S.UNKNOWN,
        },
        _S.SETTLED: {_E.CANCEL_ASKED: _S.CANCELLING, _E.CANCEL_KEYED: _S.CANCELLED},
        _S.CANCELLING: {
            _E.CANCEL_CONFIRMED: _S.CANCELLED,
            _E.REFUSED: _S.SETTLED,
            _E.NO_ANSWER: _S.CANCELLING,
            _E.GIVEN_UP: _S.DISPUTED,
        },
        # Only a person with the platform's books in hand leads out of here.
        _S.DISPUTED: {
            _E.ACCEPTED: _S.SETTLED,
            _E.REVERSAL_CONFIRMED: _S.REVERSED,
            _E.CANCEL_CONFIRMED: _S.CANCELLED,
            _E.NOT_IN_BOOKS: _S.VOID,
            # Asked again under the old ids: it still is the same attempt, nothing is sent anew.
            _E.ASKED_ANEW: _S.UNKNOWN,
            _E.CANCEL_ASKED_ANEW: _S.CANCELLING,
        },
        _S.ABANDONED: {},
        _S.DECLINED: {},
        _S.REVERSED: {},
        _S.CANCELLED: {},
        _S.VOID: {},
    },
)

UNDECIDED = frozenset({_S.SUBMITTED, _S.UNKNOWN, _S.REVERSING, _S.CANCELLING})
"""States that the recovery takes up again, by itself."""

UNRESOLVED = UNDECIDED | {_S.DISPUTED}
"""While one lasts, neither money nor drugs move; a dispute waits for a person."""
