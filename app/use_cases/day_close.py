"""日结: one local transaction that sums a business day, lists what stays open, and chains both.

It reads what happened and judges nothing again; it asks no network and no device; what is open
rolls forward with an owner. So it can be refused for one reason only: who may close a day.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.anchor import AnchorKind
from app.domain.day_close import FIRST, DayClose, canonical, close_hash, holds
from app.domain.print_job import Document
from app.domain.staff import Right
from app.errors import BadValue, NotFound
from app.use_cases.anchors import keep_anchor, own_chain
from app.use_cases.day_open_items import open_items, told_of
from app.use_cases.rights import require
from app.use_cases.shift_figures import figures_of, lasting
from app.use_cases.shift_rules import rules_in
from app.use_cases.slip_jobs import owe_report

if TYPE_CHECKING:
    from datetime import date

    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator

ANCHOR_OF: Final = "day_close.anchor."
"""With the id of a close: the short form of the log's head, for its slip."""


@dataclass(frozen=True, slots=True)
class DayClosed:
    """What closing did."""

    close: DayClose
    """Of the day that was asked for."""
    fresh: bool
    """False: it was closed before, nothing was written."""
    days: tuple[date, ...] = ()
    """Every day that was closed now, earlier ones that were left over first."""
    anchored: bool = True
    """False: closed, but the log's head could not be written down outside the database."""


def business_day(doors: Doors) -> date:
    """The business day of now, by the shop's rule."""
    with doors.uow() as uow:
        return rules_in(uow).day_of(doors.clock.now())


def unclosed_days(doors: Doors) -> list[date]:
    """Business days up to today that have shifts which no close holds; today always, until closed.

    Oldest first.
    """
    with doors.uow() as uow:
        today = rules_in(uow).day_of(doors.clock.now())
        days = uow.shifts.open_days(today)
        if today not in days and uow.shifts.close_of(today) is None:
            days.append(today)
    return days


def close_day(doors: Doors, operator: Operator, day: date | None = None) -> DayClosed:
    """Close a business day, and first every earlier one that was left over, each by itself.

    ``day``: None = today. Open shifts of those days end uncounted and wait for their holders; what
    is sold afterwards belongs to the next day. Pressed twice it closes once.
    :raises NotAllowed: without the right; :raises BadValue: a day that has not begun.
    """
    require(doors, operator, Right.CLOSE_DAY)
    now = doors.clock.now()
    with doors.uow() as uow:
        # First of all: who closes at another till at this moment has then finished.
        uow.shifts.one_close_at_a_time()
        today = rules_in(uow).day_of(now)
        wanted = day or today
        if wanted > today:
            raise BadValue(what="business day", why="not begun")
        known = _known(uow, wanted)
        if known is not None:
            return DayClosed(known, fresh=False)
        days = [one for one in uow.shifts.open_days(wanted) if one < wanted]
        closes = [
            _close(doors, uow, one, operator.staff.id)
            for one in (*days, wanted)
            if uow.shifts.close_of(one) is None
        ]
        heads = uow.log.heads()
        uow.commit()
    # After the commit: an anchor of what never was would accuse an honest log.
    kept = keep_anchor(doors.anchors, now, wanted, AnchorKind.CLOSE, heads)
    return DayClosed(closes[-1], True, tuple(one.day for one in closes), kept)


def _known(uow: UnitOfWork, day: date) -> DayClose | None:
    """The close of the day; of a day without trade before the last close, that one."""
    known, last = uow.shifts.close_of(day), uow.shifts.last_close()
    return last if known is None and last is not None and day < last.day else known


def _close(doors: Doors, uow: UnitOfWork, day: date, by: str) -> DayClose:
    now, close_id = doors.clock.now(), doors.ids.new()
    last = uow.shifts.last_close()
    shifts = uow.shifts.claim(day, close_id, now)
    totals = canonical(figures_of(uow, shifts))
    items = canonical([told_of(item) for item in open_items(uow, by)])
    no, prev = (last.no + 1, last.hash) if last is not None else (1, FIRST)
    close = DayClose(
        close_id, no, day, now, by, totals, items, prev,
        close_hash(no, day, now, by, totals, items, prev),
    )  # fmt: skip
    uow.shifts.add_close(close)
    owe_report(doors, uow, Document.DAY, close_id)
    _log(doors, uow, close)
    return close


def _log(doors: Doors, uow: UnitOfWork, close: DayClose) -> None:
    """The entry of a close names where the other tills' chains stood: its head stands for all."""
    entry: dict[str, object] = {
        "close": close.id, "no": close.no, "day": close.day.isoformat(), "hash": close.hash
    }  # fmt: skip
    own = own_chain(doors)
    others = [[one.chain, one.seq, one.hash] for one in uow.log.heads() if one.chain != own]
    if others:
        entry["heads"] = others
    uow.log.append("day.closed", close.by, close.at, entry)
    head = next(one for one in uow.log.heads() if one.chain == own)
    uow.settings.put(ANCHOR_OF + close.id, head.short)


def closed_days(doors: Doors, text: str = "", limit: int = 100) -> list[DayClose]:
    """Closed days, newest first; ``text`` narrows by day."""
    with doors.uow() as uow:
        return uow.shifts.closes(text.strip(), limit)


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a closed day is still what was written."""

    text_holds: bool
    """Its checksum is that of its text."""
    chained: bool
    """It names the checksum of the close before."""
    books_agree: bool
    """The books, summed again now, say the same."""

    @property
    def good(self) -> bool:
        """All three."""
        return self.text_holds and self.chained and self.books_agree


def verify_close(doors: Doors, day: date) -> Verified:
    """Hold a closed day against its checksum, its chain and the books; :raises NotFound:."""
    with doors.uow() as uow:
        close = uow.shifts.close_of(day)
        if close is None:
            raise NotFound(what="day close")
        before = uow.shifts.close_no(close.no - 1)
        now = figures_of(uow, uow.shifts.of_close(close.id))
    told = json.loads(close.totals)
    return Verified(
        holds(close),
        close.prev == (before.hash if before is not None else FIRST),
        # As texts: what was written is what JSON can hold.
        canonical(lasting(told)) == canonical(lasting(now)),
    )
