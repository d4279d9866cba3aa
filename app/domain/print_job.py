"""A print job: which paper of which sale, which copy of it, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.money import ZERO, Money
from app.domain.print_states import PRINT, PrintEvent, PrintState


class Document(StrEnum):
    """The papers of a sale, of what came back of it, and what a proxy signs before it."""

    SALE = "sale"
    """销售小票."""
    SETTLEMENT = "settlement"
    """医保购药结算单: copy 1 is the customer's, copy 2 the shop's and is signed."""
    RETURN = "return"
    """退货单, in the same two copies."""
    REFUND = "refund"
    """医保退费单: what of the settlement was taken back, in the same two copies."""
    PROXY_LIST = "proxy_list"
    """购药清单 that a proxy signs, with the amounts of the quote (HY-1.5.6b)."""
    SHIFT = "shift"
    """班次报表; ``sale_id`` of its job is the shift's id."""
    DAY = "day"
    """日结单; ``sale_id`` of its job is the close's id."""
    LABEL = "label"
    """用药标签 of one line; goes to the label printer."""


SLIPS = frozenset(Document) - {Document.LABEL}
"""What goes to the receipt printer."""
REPORTS = frozenset({Document.SHIFT, Document.DAY})
"""Papers of no sale: built from a :class:`app.use_cases.shift_report.Report`."""
LABELS = frozenset({Document.LABEL})


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One paper. It names nobody: what it says is built from the books when it is printed."""

    id: str
    sale_id: str
    document: Document
    copy: int
    at: datetime
    state: PrintState = PrintState.WAITING
    reprint: bool = False
    given: Money = ZERO
    """Cash handed over; the books keep only what was due."""
    line_no: int = 0
    """A label's line of the sale."""
    usage: str = ""
    """A label's directions as typed; empty = those of the prescription."""
    seq: int = 0
    """Place in the queue; given by the book."""

    def moved(self, event: PrintEvent) -> PrintJob:
        """After the event; asked again it is a reprint. :raises IllegalTransition:."""
        again = self.reprint or event is PrintEvent.ASKED_AGAIN
        return replace(self, state=PRINT.step(self.state, event), reprint=again)
