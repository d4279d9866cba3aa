"""What becomes of the code of a box that came in: the literal table of its states (policy 3.5).

Whether it was sold stands with the sale (``sold_code``): here stands only whether the box is the
shop's, so that a box which left by another door than the till is never sold again.
"""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class ReceivedState(StrEnum):
    """Whether a received box is still the shop's."""

    ON_HAND = "on_hand"
    RETURNED = "returned"
    """退供应商: it went back to the supplier."""
    TRANSFERRED = "transferred"
    """调出, to another store of the chain."""
    DESTROYED = "destroyed"
    """报损: broken, expired, destroyed."""
    WITHDRAWN = "withdrawn"
    """The receiving that named it was corrected: it never was there."""


class ReceivedEvent(StrEnum):
    """What takes a box away by another door than the till."""

    RETURNED = "returned"
    TRANSFERRED = "transferred"
    DESTROYED = "destroyed"
    WITHDRAWN = "withdrawn"


RECEIVED: StateTable[ReceivedState, ReceivedEvent] = StateTable(
    "received_code",
    {
        ReceivedState.ON_HAND: {
            ReceivedEvent.RETURNED: ReceivedState.RETURNED,
            ReceivedEvent.TRANSFERRED: ReceivedState.TRANSFERRED,
            ReceivedEvent.DESTROYED: ReceivedState.DESTROYED,
            ReceivedEvent.WITHDRAWN: ReceivedState.WITHDRAWN,
        },
        # A box that comes back is received again: a row of its own.
        ReceivedState.RETURNED: {},
        ReceivedState.TRANSFERRED: {},
        ReceivedState.DESTROYED: {},
        ReceivedState.WITHDRAWN: {},
    },
)
