"""What is said and heard when books are compared and months are claimed (interface 2.4, 2.14)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from app.domain.insurance import Insured, LateCall
from app.domain.money import Money
from app.domain.statement import Figures, GroupKey, OwnRow


@dataclass(frozen=True, slots=True)
class AskTotals(LateCall):
    """3201 for one group; value: :class:`TotalsSaid`."""

    group: GroupKey
    begins: date
    ends: date
    figures: Figures
    count: int


@dataclass(frozen=True, slots=True)
class TotalsSaid:
    """Whether the platform's sums are ours; ``text`` in its words."""

    result: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class SendStatement(LateCall):
    """9101 with our lines as the file of 3202; value: :class:`FileKept`."""

    rows: tuple[OwnRow, ...] = field(repr=False)
    filename: str = "statement.zip"


@dataclass(frozen=True, slots=True)
class FileKept:
    """Where the platform keeps a file, and until when."""

    number: str
    filename: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AskDetails(LateCall):
    """3202 over a sent file; value: :class:`FileKept` of the result. It knows no insutype."""

    agency: str
    clr_type: str
    refunded: bool
    file_number: str
    begins: date
    ends: date
    figures: Figures
    count: int


@dataclass(frozen=True, slots=True)
class FetchStatement(LateCall):
    """9102 of a result of 3202; value: tuple of :class:`app.domain.statement.CentreRow`."""

    file: FileKept


@dataclass(frozen=True, slots=True)
class AskFeeLines(LateCall):
    """5204 by ids; value: tuple of :class:`FeeLineTold`; None where it names a file instead."""

    insured: Insured
    setl_id: str
    mdtrt_id: str


@dataclass(frozen=True, slots=True)
class FeeLineTold:
    """One fee line as the platform has it."""

    serial: str
    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ApplyClearing(LateCall):
    """3203 清算申请 of one month and type; value: ``clr_appy_evt_id``."""

    clr_type: str
    month: str
    """Six digits."""
    begins: date
    ends: date
    count: int
    figures: Figures
    recognised: Money
    """``med_sumfee``: normally the total (interface 6.2, traps)."""


@dataclass(frozen=True, slots=True)
class WithdrawClearing(LateCall):
    """3204 清算申请撤销; no value."""

    event_id: str
