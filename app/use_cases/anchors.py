"""The log's heads outside the database: kept once a business day, and held against the log.

Who can write into the database can also write a whole log that holds in itself. He cannot reach
what was printed, and not the backups on another disk: the walk compares with all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.domain.anchor import Anchor, AnchorKind, AnchorsRead, Head, Typed
from app.domain.clock import micros
from app.errors import YaotaiError
from app.ports_log import Broken, LogQuery, Mark
from app.use_cases.shift_rules import rules_in

if TYPE_CHECKING:
    from app.ports import LogEntry
    from app.ports_log import AnchorKeeper, LogReader, Walked
    from app.use_cases.doors import Doors

RESTORED_ACT = "backup.restored"
"""What stands at the head of a chain when a backup was put back."""


def own_chain(doors: Doors) -> str:
    """The name of this till's chain."""
    return f"{doors.shop.store_id}/{doors.shop.till_id}"


def keep_anchor(
    keeper: AnchorKeeper | None, at: datetime, day: date, kind: AnchorKind, heads: Sequence[Head]
) -> bool:
    """One line more, on the disk; False: it could not be written. The act itself is done."""
    if keeper is None or not heads:
        return True
    try:
        keeper.keep(at, day.isoformat(), kind, heads)
    except YaotaiError:
        return False  # tried again by itself (:func:`tend_anchor`); the doctor tells of it
    return True


def tend_anchor(doors: Doors) -> bool:
    """By itself, once a business day: an anchor where nobody closed the day before.

    :return: False where one is due and could not be kept.
    """
    if doors.anchors is None:
        return True
    now = doors.clock.now()
    with doors.uow() as uow:
        today = rules_in(uow).day_of(now)
        heads = uow.log.heads()
    try:
        held = doors.anchors.read().anchors
    except YaotaiError:
        return False
    if held and not _due(held[-1], today):
        return True
    return keep_anchor(doors.anchors, now, today, AnchorKind.MORNING, heads)


def _due(last: Anchor, today: date) -> bool:
    """One of a day that has not come, left by a clock that was ahead, stands for no day."""
    yesterday = (today - timedelta(days=1)).isoformat()
    closed = last.kind is AnchorKind.CLOSE and last.day == yesterday
    return last.day != today.isoformat() and not closed


# --- held against the log -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BackupHeads:
    """What the manifest of a backup says of the log."""

    name: str
    made_at: datetime
    heads: tuple[Head, ...]


def heads_of_text(text: str) -> tuple[Head, ...]:
    """The heads of a manifest: ``chain:seq:hash`` joined by blanks; what is none is left out."""
    found = []
    for one in text.split():
        chain, _, rest = one.partition(":")
        seq, _, digest = rest.partition(":")
        if chain and digest and seq.isascii() and seq.isdigit():
            found.append(Head(chain, int(seq), digest))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Everything outside the database that knows of the log."""

    read: AnchorsRead
    backups: tuple[BackupHeads, ...] = ()
    typed: Typed | None = None


@dataclass(frozen=True, slots=True)
class LogVerdict:
    """What came of holding the log against itself and its witnesses."""

    walked: Walked
    read: AnchorsRead
    backups: int
    """Backups that were compared."""
    superseded: int
    """Heads of hours that a backup's putting back took away; no sign of an attack."""
    restored: tuple[Anchor, ...]
    typed_superseded: bool = False
    """What was typed belongs to such hours."""

    @property
    def good(self) -> bool:
        """The log holds, and the file of anchors too."""
        return self.walked.broken is None and not self.read.broken


def verify_log(log: LogReader, told: Witnesses) -> LogVerdict:
    """Walk the whole log; the witnesses were read before, so that none is ahead of it."""
    marks, gone = _marks(told)
    restored = tuple(one for one in told.read.anchors if one.kind is AnchorKind.RESTORED)
    superseded = False
    if told.typed is not None:
        superseded = any(
            one.seq == told.typed.seq and one.digits.startswith(told.typed.digits) for one in gone
        )
        if not superseded:
            marks.append(Mark("", told.typed.seq, told.typed.digits, "paper", ""))
    walked = log.walk(marks)
    return LogVerdict(walked, told.read, len(told.backups), len(gone), restored, superseded)


def _marks(told: Witnesses) -> tuple[list[Mark], list[Mark]]:
    """(what the log must bear out, what went when backups were put back)."""
    live: list[tuple[int, Mark]] = []
    gone: list[Mark] = []
    waiting = sorted(
        (
            (micros(one.made_at), Mark(head.chain, head.seq, head.hash, "backup",
                                       one.made_at.date().isoformat()))
            for one in told.backups
            for head in one.heads
        ),
        key=lambda each: each[0],
    )  # fmt: skip
    for anchor in told.read.anchors:
        while waiting and waiting[0][0] <= anchor.at:
            live.append(waiting.pop(0))
        if anchor.kind is AnchorKind.RESTORED:
            live, lost = _put_back(live, anchor)
            gone += lost
        base = {one.chain: one.seq for one in anchor.base}
        for head in anchor.heads:
            new = anchor.kind is AnchorKind.RESTORED and head.seq > base.get(head.chain, 0)
            act = RESTORED_ACT if new else ""
            mark = Mark(head.chain, head.seq, head.hash, "file", anchor.day, act)
            live.append((anchor.at, mark))
    return [mark for _, mark in (*live, *waiting)], gone


def _put_back(
    live: list[tuple[int, Mark]], anchor: Anchor
) -> tuple[list[tuple[int, Mark]], list[Mark]]:
    base = {one.chain: one.seq for one in anchor.base}
    kept = [each for each in live if each[1].seq <= base.get(each[1].chain, 0)]
    return kept, [mark for _, mark in live if mark.seq > base.get(mark.chain, 0)]


_TILLS_APART: Final = timedelta(hours=1)
"""So far the clocks of two tills may be apart."""


def put_backs(chain: str) -> LogQuery:
    """Asks a log where backups were put back."""
    return LogQuery(act=RESTORED_ACT, chain=chain, limit=100)


def without_lost_hours(told: Witnesses, put_back: Iterable[LogEntry]) -> Witnesses:
    """Where several tills share their books, a backup may have been put back at another one: this
    till's own file does not know. What it kept between the backup and that moment went rightly, as
    the log itself says; ``yaotai log verify`` believes the files alone.
    """
    lost = []
    for one in put_back:
        try:
            made_at = datetime.fromisoformat(str(json.loads(one.entry)["made_at"]))
        except (ValueError, TypeError, LookupError):
            continue  # a changed entry: the walk itself finds it
        lost.append((micros(made_at - _TILLS_APART), micros(one.at + _TILLS_APART)))

    def stands(at: int) -> bool:
        return not any(begins <= at < ends for begins, ends in lost)

    known = AnchorKind.RESTORED
    anchors = tuple(one for one in told.read.anchors if one.kind is known or stands(one.at))
    backups = tuple(one for one in told.backups if stands(micros(one.made_at)))
    return replace(told, read=replace(told.read, anchors=anchors), backups=backups)


def look_at_log(doors: Doors, by: str) -> Broken | None:
    """The till looks itself, once a day: the end of each chain, and every anchor of its file.

    What does not hold is written down, in a log that goes on all the same, and told to who keeps
    the shop. None = nothing is wrong that this look can see.
    """
    if doors.anchors is None:
        return None
    try:
        read = doors.anchors.read()
    except YaotaiError:
        return Broken("", 0, "file")
    with doors.uow() as uow:
        told = Witnesses(read)
        if doors.shop.shared:
            told = without_lost_hours(told, uow.log.page(put_backs(own_chain(doors))))
        marks, _ = _marks(told)
        broken = uow.log.lately(marks).broken
        if broken is None:
            return Broken("", read.broken, "file") if read.broken else None
        entry = {"chain": broken.chain, "seq": broken.seq, "what": broken.what, "day": broken.day}
        uow.log.append("log.broken", by, doors.clock.now(), entry)
        uow.commit()
    return broken
