"""Camera numbers and time mark of each sale, and the list of clips that an inspector asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain.masking import mask_name
from app.domain.sale import Sale
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementState
from app.domain.staff import Right
from app.domain.video_mark import VideoMark, clip_of
from app.errors import NotAllowed, NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator

SPECIAL: Final = "special"
LONGEST: Final = timedelta(days=400)
"""No list is longer: a year and its month."""
_CLOCK_KNOWN: Final = timedelta(days=31)
"""For how long what was read off the recorder's clock says something of a clip."""


@dataclass(frozen=True, slots=True)
class ClipRow:
    """One line of the list; a name is masked, whoever looks."""

    sale_id: str
    receipt_no: str
    till_no: int
    channels: tuple[int, ...]
    begins: datetime
    ends: datetime
    clip_begins: datetime
    """On the recorder's own clock, as far as it was read off; else the till's."""
    clip_ends: datetime
    ahead_seconds: int | None
    """How far the recorder's clock was ahead when somebody last looked; None = nobody did."""
    settlement_types: tuple[str, ...]
    person: str
    """Masked; empty = nobody was identified."""
    still: str
    """State of the purchase still; empty = none is wanted."""


def mark_video(
    doors: Doors, uow: UnitOfWork, sale: Sale, attempts: Sequence[Settlement], at: datetime
) -> None:
    """The mark of a sale, in its own completion: no question and no flush more.

    Every sale of a till whose plan names a camera; a special-disease one always, so that a camera
    that nobody set is seen as a gap.
    """
    channels = doors.channels()
    kinds = [one.settlement_type for one in attempts if one.state is SettlementState.SETTLED]
    if not channels and SPECIAL not in kinds:
        return
    uow.videos.mark(
        VideoMark(
            sale_id=sale.id,
            till_no=doors.shop.till_no,
            channels=channels,
            begins=min(sale.opened_at, at),
            ends=at,
            receipt_no=sale.receipt_no,
            person_id=sale.person_id,
            settlement_types=tuple(dict.fromkeys(kinds)),
        )
    )


def clip_list(
    doors: Doors, begins: datetime, ends: datetime, operator: Operator, cert_no: str = ""
) -> tuple[ClipRow, ...]:
    """The clips of the sales of ``[begins, ends)``, oldest first; who asked is in the log.

    ``cert_no``: of one person alone, by the whole number of the document.
    :raises NotAllowed: the role may not look for a person.
    """
    if cert_no and not operator.staff.may(Right.SEE_PERSON):
        raise NotAllowed(act=Right.SEE_PERSON.value)
    ends = min(ends, begins + LONGEST)
    with doors.uow() as uow:
        marks = uow.videos.marks(begins, ends)
        wanted = [one.id for one in uow.persons.by_cert_no(cert_no)] if cert_no else []
        if cert_no:
            marks = [one for one in marks if one.person_id in wanted]
        stills = uow.stills.of_sales([one.sale_id for one in marks])
        clocks = [
            (check.at, check.state.ahead_seconds)
            for check in uow.videos.checks(begins - _CLOCK_KNOWN, ends)
            if check.state.ahead_seconds is not None
        ]
        names: dict[str, str] = {"": ""}
        rows = []
        for mark in marks:
            if mark.person_id not in names:
                names[mark.person_id] = _masked(uow, mark.person_id)
            still = stills.get(mark.sale_id)
            state = still.state.value if still is not None else ""
            rows.append(_row(mark, names[mark.person_id], state, _ahead(clocks, mark.ends)))
        entry = {"rows": len(rows), "from": begins.isoformat(), "to": ends.isoformat()}
        if cert_no:
            entry["persons"] = " ".join(wanted)
        uow.log.append("video.listed", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    return tuple(rows)


def _ahead(clocks: Sequence[tuple[datetime, int]], at: datetime) -> int | None:
    """What was last read off before a sale."""
    known = [ahead for seen, ahead in clocks if at - _CLOCK_KNOWN <= seen <= at]
    return known[-1] if known else None


def _row(mark: VideoMark, person: str, still: str, ahead: int | None) -> ClipRow:
    clip = clip_of(mark, ahead or 0)
    return ClipRow(
        sale_id=mark.sale_id,
        receipt_no=mark.receipt_no,
        till_no=mark.till_no,
        channels=mark.channels,
        begins=mark.begins,
        ends=mark.ends,
        clip_begins=clip.begins,
        clip_ends=clip.ends,
        ahead_seconds=ahead,
        settlement_types=mark.settlement_types,
        person=person,
        still=still,
    )


def _masked(uow: UnitOfWork, person_id: str) -> str:
    try:
        return mask_name(uow.persons.get(person_id).person.name)
    except NotFound:
        return ""
