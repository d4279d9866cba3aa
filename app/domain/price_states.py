"""What becomes of a changed price: the literal table of its states (HY-1.2.2, S-26)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from app.domain.machine import StateTable


class PriceState(StrEnum):
    """Where a price stands between the wish and the shelf."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    """By a second person; counts when its moment comes."""
    SENT = "sent"
    """The area wants the platform to take it first; until then the old price counts."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    """Was in force until the next one was."""
    WITHDRAWN = "withdrawn"
    """Never was in force."""


class PriceEvent(StrEnum):
    """What happens to it."""

    APPROVED = "approved"
    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TOOK_EFFECT = "took_effect"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


PRICE: StateTable[PriceState, PriceEvent] = StateTable(
    "price",
    {
        PriceState.PROPOSED: {
            PriceEvent.APPROVED: PriceState.APPROVED,
            PriceEvent.WITHDRAWN: PriceState.WITHDRAWN,
        },
        PriceState.APPROVED: {
            PriceEvent.SENT: PriceState.SENT,
            PriceEvent.TOOK_EFFECT: PriceState.IN_FORCE,
            PriceEvent.WITHDRAWN: PriceState.WITHDRAWN,
        },
        # The platform may take it at any moment: what is there can only be answered, not recalled.
        PriceState.SENT: {
            PriceEvent.ACCEPTED: PriceState.ACCEPTED,
            PriceEvent.REFUSED: PriceState.REFUSED,
        },
        PriceState.ACCEPTED: {
            PriceEvent.TOOK_EFFECT: PriceState.IN_FORCE,
            PriceEvent.WITHDRAWN: PriceState.WITHDRAWN,
        },
        PriceState.REFUSED: {
            PriceEvent.SENT: PriceState.SENT,
            PriceEvent.WITHDRAWN: PriceState.WITHDRAWN,
        },
        # Without a price nothing can be sold: what is in force ends by the next one only.
        PriceState.IN_FORCE: {PriceEvent.REPLACED: PriceState.REPLACED},
        PriceState.REPLACED: {},
        PriceState.WITHDRAWN: {},
    },
)

READY: Final = frozenset({PriceState.APPROVED, PriceState.ACCEPTED})
"""Counts as soon as its moment comes."""
OPEN: Final = frozenset(
    {
        PriceState.PROPOSED,
        PriceState.APPROVED,
        PriceState.SENT,
        PriceState.ACCEPTED,
        PriceState.REFUSED,
    }
)
"""Was not in force yet and still may be."""
PAST: Final = frozenset({PriceState.IN_FORCE, PriceState.REPLACED})
"""Is or was in force: together they are the history."""
