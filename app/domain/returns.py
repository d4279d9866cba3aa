"""A return: which lines come back, why, and how far its legs have come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.money import Quantity
from app.domain.return_states import RETURN, ReturnEvent, ReturnState


class ReturnReason(StrEnum):
    """The only reasons: sold drugs are not taken back for any other (policy 3.4)."""

    QUALITY = "quality"
    RECALL = "recall"
    WRONG_DISPENSING = "wrong_dispensing"
    SETTLEMENT_ERROR = "settlement_error"


@dataclass
class Return:
    """One return of a done sale, whole or single boxes."""

    id: str
    sale_id: str
    reason: ReturnReason
    staff_id: str
    asked_at: datetime
    quantities: tuple[tuple[int, Quantity], ...]
    """(line number, how many come back)."""
    codes: tuple[str, ...] = ()
    """Trace codes of the boxes that come back."""
    state: ReturnState = ReturnState.ASKED
    replacement_sale_id: str = ""
    approver_id: str = ""
    note: str = ""
    shift_id: str = ""
    """The shift in which the money went back."""

    def move(self, event: ReturnEvent) -> None:
        """Step along the table; :raises IllegalTransition: for any other step."""
        self.state = RETURN.step(self.state, event)
