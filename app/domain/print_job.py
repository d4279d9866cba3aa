"""A print job: which paper of which sale, which copy of it, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.money import ZERO, Money
from app.domain.print_states import PRINT, PrintEvent, PrintState


class Document(StrEnum):
    """The papers of a sale."""

    SALE = "sale"
    """销售小票."""
    SETTLEMENT = "settlement"
    """医保购药结算单: copy 1 is the customer's, copy 2 the shop's and is signed."""


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One paper. It holds no words: what it says is built from the books when it is printed."""

    id: str
    sale_id: str
    document: Document
    copy: int
    at: datetime
    state: PrintState = PrintState.WAITING
    reprint: bool = False
    given: Money = ZERO
    """Cash handed over; the books keep only what was due."""
    seq: int = 0
    """Place in the queue; given by the book."""

    def moved(self, event: PrintEvent) -> PrintJob:
        """After the event; asked again it is a reprint. :raises IllegalTransition:."""
        again = self.reprint or event is PrintEvent.ASKED_AGAIN
        return replace(self, state=PRINT.step(self.state, event), reprint=again)
