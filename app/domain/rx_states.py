"""What may happen to a prescription between its arrival and its use; this table and nothing else.

Steps on the wire are 7206 (review), 7207 (report of what is handed out) and 7208 (undoing it);
each is a journalled three-outcome step (design 6). Paper and releases without such a step take
the short arrows.
"""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class RxState(StrEnum):
    """Where a prescription stands at this shop."""

    ARRIVED = "arrived"
    """待审方: in the pharmacist's queue."""
    PASSING = "passing"
    """The pass is signed and under way to the centre; its outcome is not known yet."""
    REFUSING = "refusing"
    PASSED = "passed"
    """审方通过: boxes may be scanned."""
    PICKED = "picked"
    """调配: the boxes lie ready, signed by who took them."""
    CHECKED = "checked"
    """核对: a pharmacist compared boxes and prescription, and signed; it may be paid."""
    REPORTING = "reporting"
    """7207 is under way; its outcome is not known yet."""
    REPORTED = "reported"
    """The centre holds what is handed out; settlement follows, or 7208."""
    UNDOING = "undoing"
    """7208 is under way, until answered."""
    USED = "used"
    """Settled or sold on it."""
    RETURNED = "returned"
    """退回医生: local, nothing uploaded."""
    REFUSED = "refused"
    RELEASED = "released"
    """Given back unused: the basket was abandoned; the lock at the centre is free again."""
    DEAD = "dead"
    """Revoked or expired while it lay here."""


class RxEvent(StrEnum):
    """What can happen to a prescription, named from the till's side."""

    PASS_ASKED = "pass_asked"  # noqa: S105 - an event
    REFUSAL_ASKED = "refusal_asked"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    NO_ANSWER = "no_answer"
    PASSED_HERE = "passed_here"
    REFUSED_HERE = "refused_here"
    RETURNED = "returned"
    PICKED = "picked"
    CHECKED = "checked"
    REOPENED = "reopened"
    REPORT_ASKED = "report_asked"
    UNDO_ASKED = "undo_asked"
    USED = "used"
    GIVEN_BACK = "given_back"
    RELEASED = "released"
    SOLD_AGAIN = "sold_again"
    DIED = "died"


_S = RxState
_E = RxEvent

RX = StateTable(
    "prescription",
    {
        _S.ARRIVED: {
            _E.PASS_ASKED: _S.PASSING,
            _E.REFUSAL_ASKED: _S.REFUSING,
            _E.PASSED_HERE: _S.PASSED,
            _E.REFUSED_HERE: _S.REFUSED,
            _E.RETURNED: _S.RETURNED,
            _E.UNDO_ASKED: _S.UNDOING,
            _E.RELEASED: _S.RELEASED,
            _E.DIED: _S.DEAD,
        },
        # The same verdict of the same pharmacist may be said again: it is a statement about one
        # prescription, and the centre answers it with the number that it gave the first time.
        _S.PASSING: {
            _E.CONFIRMED: _S.PASSED,
            _E.DENIED: _S.ARRIVED,
            _E.NO_ANSWER: _S.PASSING,
            _E.DIED: _S.DEAD,
        },
        _S.REFUSING: {
            _E.CONFIRMED: _S.REFUSED,
            _E.DENIED: _S.ARRIVED,
            _E.NO_ANSWER: _S.REFUSING,
            _E.DIED: _S.DEAD,
        },
        _S.PASSED: {
            _E.PICKED: _S.PICKED,
            _E.UNDO_ASKED: _S.UNDOING,
            _E.RELEASED: _S.RELEASED,
            _E.DIED: _S.DEAD,
        },
        _S.PICKED: {
            _E.CHECKED: _S.CHECKED,
            _E.REOPENED: _S.PASSED,
            _E.UNDO_ASKED: _S.UNDOING,
            _E.RELEASED: _S.RELEASED,
            _E.DIED: _S.DEAD,
        },
        _S.CHECKED: {
            _E.REPORT_ASKED: _S.REPORTING,
            _E.REOPENED: _S.PASSED,
            _E.USED: _S.USED,
            _E.UNDO_ASKED: _S.UNDOING,
            _E.RELEASED: _S.RELEASED,
            _E.DIED: _S.DEAD,
        },
        # A 7207 without an answer is cleared by 7208, which says that nothing stands there.
        _S.REPORTING: {
            _E.CONFIRMED: _S.REPORTED,
            _E.DENIED: _S.CHECKED,
            _E.NO_ANSWER: _S.REPORTING,
            _E.UNDO_ASKED: _S.UNDOING,
        },
        _S.REPORTED: {
            _E.USED: _S.USED,
            _E.UNDO_ASKED: _S.UNDOING,
        },
        _S.UNDOING: {
            _E.CONFIRMED: _S.CHECKED,
            _E.RELEASED: _S.RELEASED,
            _E.DENIED: _S.UNDOING,
            _E.NO_ANSWER: _S.UNDOING,
        },
        # After an insured refund the centre withdraws the lines by itself: no 7208 then.
        # The remainder of a return is sold on the same prescription, and reported anew.
        _S.USED: {
            _E.GIVEN_BACK: _S.RELEASED,
            _E.UNDO_ASKED: _S.UNDOING,
            _E.SOLD_AGAIN: _S.CHECKED,
        },
        _S.RETURNED: {},
        _S.REFUSED: {},
        _S.RELEASED: {},
        _S.DEAD: {},
    },
)

ON_THE_WIRE = frozenset({_S.PASSING, _S.REFUSING, _S.REPORTING, _S.UNDOING})
"""States that the recovery takes up again, by itself."""

WAITING = frozenset({_S.ARRIVED, _S.PASSING, _S.REFUSING})
"""States that stand in the pharmacist's queue."""

REVIEWED = frozenset({_S.PASSED, _S.PICKED, _S.CHECKED, _S.REPORTING, _S.REPORTED, _S.USED})
"""States in which a pharmacist's pass holds (SJZ-A.3)."""

LIVE = frozenset(RxState) - {_S.RETURNED, _S.REFUSED, _S.RELEASED, _S.DEAD, _S.USED}
"""States of a prescription that somebody still waits for."""
