"""What an inspector asks for, what he was handed, and for how many days he may look himself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

MOST_SHEETS: Final = 200_000
"""Sales of one pack; a longer period is handed out in parts."""
LONGEST_DAYS: Final = 92
"""An inspector's account of more days than a quarter is opened anew."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which sales are meant: completed in ``[begins, ends)``, and narrowed by what is not empty."""

    begins: datetime
    ends: datetime
    medicine_id: str = ""
    sale_id: str = ""
    person_ids: tuple[str, ...] = ()
    """Every record of one document; as patient or as proxy."""
    narrowed: bool = False
    """A person was asked for: without any id nothing is meant, instead of everybody."""


@dataclass(frozen=True, slots=True)
class SaleKey:
    """A sale as contents pages name it; holds no personal data."""

    sale_id: str
    receipt_no: str
    till_id: str
    opened_at: datetime
    done_at: datetime
    total_fen: int
    state: str
    insured: bool
    first_line: str
    lines: int


@dataclass(frozen=True, slots=True)
class ScopeCount:
    """What a scope comes to before anything is made."""

    sales: int
    total_fen: int
    insured: int


@dataclass(frozen=True, slots=True)
class InspectorPass:
    """An inspector's account: it begins and ends by itself (EZ-9c)."""

    staff_id: str
    begins_at: datetime
    ends_at: datetime
    """The first moment at which it holds no more."""
    authority: str = field(repr=False)
    """Who sent them, as on the order."""
    order_no: str = field(repr=False)
    """Number of the order (检查通知书)."""
    opened_by: str
    opened_at: datetime
    closed_by: str = ""
    closed_at: datetime | None = None
    """Ended earlier by a manager."""

    def holds(self, now: datetime) -> bool:
        """Whether they may look at this moment."""
        return self.closed_at is None and self.begins_at <= now < self.ends_at


class LookKind(StrEnum):
    """What an inspector, or who makes packs, did; each has words ``inspection.look_<kind>``."""

    SALES = "sales"
    DRUG = "drug"
    PERSON = "person"
    LEDGER = "ledger"
    LEDGER_FILE = "ledger_file"
    SHEET = "sheet"
    PACK = "pack"


@dataclass(frozen=True, slots=True)
class Looked:
    """One look, as the manager's list tells it; the log has it too, without the words."""

    at: datetime
    by: str
    kind: LookKind
    term: str = field(repr=False, default="")
    """What was typed; masked where it is a number of a person. Kept sealed."""
    found: int = 0
    sale_id: str = ""


@dataclass(frozen=True, slots=True)
class PackRecord:
    """A pack that was made."""

    id: str
    at: datetime
    by: str
    second: str
    """Who agreed to an unmasked one; empty = masked."""
    purpose: str = field(repr=False)
    place: str = field(repr=False)
    """The folder it was written to."""
    begins: datetime
    ends: datetime
    medicine_id: str
    sale_id: str
    of_person: bool
    sheets: int
    gaps: int
    total_fen: int
    masked: bool
    digest: str
    """SHA-256 of its ``manifest.json``."""
