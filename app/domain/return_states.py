"""Giving goods and money back: a list of legs that can stop after any of them and go on."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class ReturnState(StrEnum):
    """Where a return stands; every state but the last two is an open item with an owner."""

    ASKED = "asked"
    CANCELLING = "cancelling"
    RESETTLING = "resettling"
    PAYING_BACK = "paying_back"
    DONE = "done"
    DROPPED = "dropped"


class ReturnEvent(StrEnum):
    """What can happen to a return."""

    CANCEL_STARTED = "cancel_started"
    CANCELLED = "cancelled"
    CANCEL_REFUSED = "cancel_refused"
    NOTHING_TO_CANCEL = "nothing_to_cancel"
    RESETTLED = "resettled"
    SOLD_AGAIN = "sold_again"
    PAID_BACK = "paid_back"
    DROPPED = "dropped"


_S = ReturnState
_E = ReturnEvent

RETURN = StateTable(
    "return",
    {
        _S.ASKED: {
            _E.CANCEL_STARTED: _S.CANCELLING,
            _E.NOTHING_TO_CANCEL: _S.PAYING_BACK,
            _E.DROPPED: _S.DROPPED,
        },
        # CANCELLED here means every settlement of the sale is; one leg at a time leads there.
        _S.CANCELLING: {
            _E.CANCEL_STARTED: _S.CANCELLING,
            _E.CANCELLED: _S.PAYING_BACK,
            _E.RESETTLED: _S.RESETTLING,
            _E.CANCEL_REFUSED: _S.ASKED,
        },
        # The old settlement is gone and the remainder is not settled yet: the open item.
        _S.RESETTLING: {_E.RESETTLED: _S.RESETTLING, _E.SOLD_AGAIN: _S.PAYING_BACK},
        _S.PAYING_BACK: {_E.PAID_BACK: _S.DONE},
        _S.DONE: {},
        _S.DROPPED: {},
    },
)
