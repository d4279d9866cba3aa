"""What becomes of a lot: the literal table of its states (policy 3.4, HY-1.5.3)."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class LotState(StrEnum):
    """Whether a lot may be sold, and why not."""

    SALEABLE = "saleable"
    QUARANTINED = "quarantined"
    """待验: not accepted yet, e.g. cold-chain goods that came too warm."""
    HELD = "held"
    """暂停销售: somebody of the shop doubts it."""
    RECALLED = "recalled"
    """召回: maker or regulator called it back; it leaves by a return or a loss only."""
    REJECTED = "rejected"
    """不合格: never saleable again here."""


class LotEvent(StrEnum):
    """What happens to a lot."""

    QUARANTINED = "quarantined"
    ACCEPTED = "accepted"
    HELD = "held"
    RELEASED = "released"
    RECALLED = "recalled"
    REJECTED = "rejected"


LOT: StateTable[LotState, LotEvent] = StateTable(
    "lot",
    {
        LotState.SALEABLE: {
            LotEvent.QUARANTINED: LotState.QUARANTINED,
            LotEvent.HELD: LotState.HELD,
            LotEvent.RECALLED: LotState.RECALLED,
            LotEvent.REJECTED: LotState.REJECTED,
        },
        LotState.QUARANTINED: {
            LotEvent.ACCEPTED: LotState.SALEABLE,
            LotEvent.RECALLED: LotState.RECALLED,
            LotEvent.REJECTED: LotState.REJECTED,
        },
        LotState.HELD: {
            LotEvent.RELEASED: LotState.SALEABLE,
            LotEvent.RECALLED: LotState.RECALLED,
            LotEvent.REJECTED: LotState.REJECTED,
        },
        # A recall that was withdrawn puts the goods back under examination, never on the shelf.
        LotState.RECALLED: {
            LotEvent.RELEASED: LotState.HELD,
            LotEvent.REJECTED: LotState.REJECTED,
        },
        LotState.REJECTED: {},
    },
)
