"""The manager's list of missing purchase stills, with who stood at the counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.errors import NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors


@dataclass(frozen=True, slots=True)
class GapRow:
    """One missing still."""

    sale_id: str
    receipt_no: str
    till_no: int
    at: datetime
    gap: str
    """A :class:`~app.domain.purchase_still.StillGap`."""
    by: str
    """Name of the member of staff; empty = gone."""
    channels: tuple[int, ...]
    """Cameras whose clip may show the purchase."""


def gap_rows(doors: Doors) -> tuple[GapRow, ...]:
    """Missing and unanswered, oldest first."""
    with doors.uow() as uow:
        rows = []
        for still in uow.stills.open_gaps():
            mark = uow.videos.mark_of(still.sale_id)
            rows.append(
                GapRow(
                    still.sale_id,
                    still.receipt_no,
                    still.till_no,
                    still.at,
                    still.gap,
                    _name(uow, still.by),
                    mark.channels if mark is not None else (),
                )
            )
    return tuple(rows)


def _name(uow: UnitOfWork, staff_id: str) -> str:
    try:
        return uow.staff.get(staff_id).name
    except NotFound:
        return ""
