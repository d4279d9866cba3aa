"""What the rules look at of a held card; small, for every start loads it with the rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Obstacle(StrEnum):
    """Why a held card may not be used now; the tail of its finding's message id."""

    OFF = "off"
    """No card may be held for this kind of settlement here."""
    PENDING = "pending"
    """Applied for, and the centre's consent or the card's custody is missing."""
    ENDED = "ended"
    EXPIRED = "expired"
    UNEXPLAINED = "unexplained"
    """Some card of the shop is not where the ledger says: all stand still."""
    OVERDUE = "overdue"
    """Some receipt of the shop is late: all stand still."""
    NO_USE = "no_use"
    """The card was shown, and nobody said who takes the drugs along."""
    OTHER_PATIENT = "other_patient"
    PROXY = "proxy"
    """Who takes them along is not on record as proxy of this sale."""


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """That a sale rests on a held card, or on one that may not be used."""

    stop: Obstacle | None = None
    """What forbids it; None = its use is on record and in order."""
