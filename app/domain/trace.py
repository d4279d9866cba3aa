"""Trace codes of boxes that came in (policy 3.5, LN-2.4a): each leads back to its receiving."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from app.domain.received_states import ReceivedState

LONGEST_CODE: Final = 100
"""The wire's own limit for one code (interface 2.9: ``drug_trac_codg``, 100)."""


def bears_code(*, exempt: bool, sale_class: str) -> bool:
    """Whether each pack of a drug has a trace code (policy 3.5); what is no drug has none."""
    return not exempt and sale_class != "none"


class CodeSource(StrEnum):
    """How the shop learned that a box came."""

    SCAN = "scan"
    """Box by box, with the scanner."""
    FILE = "file"
    """The supplier's code file."""
    AGGREGATION = "aggregation"
    """The code of the carton was scanned, the file said what is in it."""
    VIRTUAL = "virtual"
    """3592B gave it to a box that carries none."""


@dataclass(frozen=True, slots=True)
class ReceivedCode:
    """One box as it was received."""

    code: str = field(repr=False)
    medicine_id: str
    lot_id: str
    document_id: str
    carton: str = field(default="", repr=False)
    state: ReceivedState = ReceivedState.ON_HAND
    source: CodeSource = CodeSource.SCAN
    received_at: datetime | None = None
    left_at: datetime | None = None
    left_by: str = ""
    """The document that took it away."""

    @property
    def on_hand(self) -> bool:
        """Whether the box is the shop's."""
        return self.state is ReceivedState.ON_HAND


@dataclass(frozen=True, slots=True)
class NoticedCode:
    """One code that a supplier's file announced; nothing is received by it yet."""

    code: str = field(repr=False)
    import_id: str
    at: datetime
    carton: str = field(default="", repr=False)
    """The code of the pack around it; empty = the file names none."""
    medicine_id: str = ""
    """The drug it was found to be; empty = nobody knows yet."""
    batch: str = ""
    made_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class CodeSale:
    """One sale of a code, and when it came back."""

    sale_id: str
    receipt_no: str
    at: datetime
    freed_at: datetime | None
    split_pack: bool
    till_id: str
