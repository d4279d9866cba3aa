"""What may happen to a claim of a month and to a fee that the agency refuses; these tables only."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class ClaimState(StrEnum):
    """Where the claim of a month (清算申报) stands."""

    WRITTEN = "written"
    """The intent is on disk; whether the platform heard it is not known."""
    DECLARED = "declared"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class ClaimEvent(StrEnum):
    """What can happen to a claim."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    FOUND = "found"
    """A person saw it in the portal and wrote its number down."""
    NOT_THERE = "not_there"
    """A person saw in the portal that there is none."""
    WITHDRAWAL_ASKED = "withdrawal_asked"
    WITHDRAWAL_CONFIRMED = "withdrawal_confirmed"
    WITHDRAWAL_REFUSED = "withdrawal_refused"


_C = ClaimState
_E = ClaimEvent

CLAIM = StateTable(
    "clearing_claim",
    {
        _C.WRITTEN: {
            # Without an answer it is asked again: the platform takes a month and type once. What a
            # later asking is refused says nothing of the first.
            _E.ASKED: _C.WRITTEN,
            _E.CONFIRMED: _C.DECLARED,
            _E.REFUSED: _C.REFUSED,
            _E.FOUND: _C.DECLARED,
            _E.NOT_THERE: _C.REFUSED,
        },
        _C.DECLARED: {
            _E.WITHDRAWAL_ASKED: _C.WITHDRAWING,
            _E.WITHDRAWAL_CONFIRMED: _C.WITHDRAWN,
        },
        _C.WITHDRAWING: {
            _E.WITHDRAWAL_ASKED: _C.WITHDRAWING,
            _E.WITHDRAWAL_CONFIRMED: _C.WITHDRAWN,
            # Of the first asking only: a repeat is refused where the first was carried out.
            _E.WITHDRAWAL_REFUSED: _C.DECLARED,
            _E.FOUND: _C.DECLARED,
            _E.NOT_THERE: _C.WITHDRAWN,
        },
        _C.WITHDRAWN: {},
        _C.REFUSED: {},
    },
)


class FeeState(StrEnum):
    """Where a refused fee (扣款) stands."""

    TOLD = "told"
    APPEALED = "appealed"
    GRANTED = "granted"
    """The appeal was heard: it is paid after all."""
    UPHELD = "upheld"
    ACCEPTED = "accepted"
    """Nobody appeals: it is the shop's loss."""


class FeeEvent(StrEnum):
    """What can happen to a refused fee."""

    APPEALED = "appealed"
    ACCEPTED = "accepted"
    GRANTED = "granted"
    UPHELD = "upheld"


_F = FeeState
_V = FeeEvent

REFUSED_FEE = StateTable(
    "refused_fee",
    {
        _F.TOLD: {_V.APPEALED: _F.APPEALED, _V.ACCEPTED: _F.ACCEPTED},
        _F.APPEALED: {_V.GRANTED: _F.GRANTED, _V.UPHELD: _F.UPHELD},
        _F.GRANTED: {},
        _F.UPHELD: {},
        _F.ACCEPTED: {},
    },
)
