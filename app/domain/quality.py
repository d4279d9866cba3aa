"""The quality list: suspect boxes, and boxes that carry no code (policy 3.4, 3.5)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from app.domain.quality_states import LIVE, QUALITY, QualityEvent, QualityState
from app.errors import BadValue


@dataclass(frozen=True, slots=True)
class QualityStep:
    """One decision about a case."""

    event: QualityEvent
    at: datetime
    staff_id: str
    note: str = ""
    """What a person wrote; names nobody."""


@dataclass(frozen=True, slots=True)
class QualityCase:
    """One suspect box, or a batch of a drug where no code names a box."""

    id: str
    medicine_id: str
    why: str
    """Code of the finding that led to it, e.g. ``TRACE_DUPLICATE``, or ``by_hand``."""
    found_at: datetime
    found_by: str
    """Id of the member of staff."""
    code: str = field(default="", repr=False)
    batch: str = ""
    lot_id: str = ""
    till_no: int = 0
    sale_id: str = ""
    """The basket in which it was found."""
    note: str = ""
    state: QualityState = QualityState.OPEN
    steps: tuple[QualityStep, ...] = ()

    def __post_init__(self) -> None:
        """:raises BadValue: it names neither a box nor a batch."""
        if not self.code and not (self.medicine_id and self.batch):
            raise BadValue(what="quality case", why="neither a code nor a drug and its batch")

    @property
    def live(self) -> bool:
        """Whether the box still waits for a decision."""
        return self.state in LIVE

    def step(self, one: QualityStep) -> QualityCase:
        """The case after a decision; :raises IllegalTransition: when the table holds no such."""
        after = QUALITY.step(self.state, one.event)
        return replace(self, state=after, steps=(*self.steps, one))


class NoCodeReason(StrEnum):
    """Why a box is sold without its trace code."""

    NO_CODE = "no_code"
    """盒上没有码."""
    UNREADABLE = "unreadable"
    """码污损, 扫不出."""
    OLD_STOCK = "old_stock"
    """无码库内的旧库存."""


@dataclass(frozen=True, slots=True)
class UncodedLine:
    """A sale line whose boxes carry no code, and why; remembered by product and lot."""

    sale_id: str
    line_no: int
    medicine_id: str
    batch: str
    reason: NoCodeReason
    at: datetime
    staff_id: str


@dataclass(frozen=True, slots=True)
class NoCodeLot:
    """A batch on the no-code list (无码库): bought before codes were printed (D-5, D-6)."""

    medicine_id: str
    batch: str
    at: datetime
    staff_id: str
    source: str = ""
    """The file it came from; empty = entered by hand."""
