"""The notice that is hung up while no pharmacist is on duty, as rows for whatever prints it.

Policy 3.1: 「执业药师不在岗，暂停销售处方药和甲类非处方药」.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.clock import shop_time
from app.use_cases.doors import Doors
from app.use_cases.duty import presence_in


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One row: words by id, or plain text where there is no id; how large it is set."""

    kind: str
    """title, big or plain."""
    message_id: str = ""
    params: dict[str, object] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Everything that stands on the sheet, from top to bottom."""

    needed: bool
    """Whether nobody counts as present now; a notice may be printed before."""
    since: datetime
    """From when on nobody was there: the end of the last duty today, else now."""
    rows: tuple[NoticeRow, ...]


def no_pharmacist_notice(doors: Doors) -> Notice:
    """The notice as of now; it names the shop and the time, no person."""
    now = doors.clock.now()
    midnight = shop_time(now).replace(hour=0, minute=0, second=0, microsecond=0)
    with doors.uow() as uow:
        needed = presence_in(uow, now).present == 0
        today = uow.duties.between(midnight, midnight + timedelta(days=1))
    ends = [duty.off_at for duty in today if duty.off_at is not None and not duty.remote]
    since = max(ends, default=now) if needed else now
    time = shop_time(since).strftime("%Y-%m-%d %H:%M")
    rows = [
        NoticeRow("title", "notice.no_pharmacist"),
        NoticeRow("big", "notice.otc_b"),
        NoticeRow("plain", "notice.since", {"time": time}),
        NoticeRow("plain", text=doors.shop.shop_name),
    ]
    if doors.shop.practice:
        rows.append(NoticeRow("big", "notice.practice"))
    return Notice(needed, since, tuple(rows))
