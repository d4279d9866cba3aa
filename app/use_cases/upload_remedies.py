"""One key helps a row that stands aside; nothing is deleted, and the log says who did what and why.

Sent again, its mapping or a count told first, taken as told, or left for good.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from app.domain.money import Quantity
from app.domain.refusals import REMEDIES, Remedy, cause_of
from app.domain.stock_upload import StockUpload, UploadKind, serial_of
from app.domain.upload_states import UPLOAD, UploadEvent, UploadState
from app.errors import BadValue, IllegalTransition, NotFound
from app.ports import UnitOfWork
from app.ports_outbox import OutboxEntry
from app.use_cases.doors import Doors, Operator
from app.use_cases.mappings import map_again
from app.use_cases.stock_moves import outbox_row
from app.use_cases.upload_common import (
    entry_of,
    fits,
    followed,
    goods_of,
    keep_row,
    may_take,
    require_manager,
)

_LONGEST: Final = 200

TOGETHER: Final = 200
"""Rows of one cause that go again at one key."""


def remedy(doors: Doors, key: str, which: Remedy, operator: Operator, reason: str = "") -> None:
    """Do what one key does; ``reason`` is needed to leave a row for good.

    :raises NotAllowed: not a manager; :raises NotFound: no such row; :raises BadValue: no reason,
    or a remedy that is none of its cause or could do nothing; :raises IllegalTransition: it does
    not stand aside.
    """
    require_manager(doors, operator)
    if which not in _DO:
        raise BadValue(what="remedy", why="has a way of its own")
    now = doors.clock.now()
    with doors.uow() as uow:
        entry = entry_of(uow, key)
        if not fits(entry, which):
            raise BadValue(what="remedy", why="is none of this cause")
        if which is Remedy.TAKE and not may_take(doors, entry):
            raise BadValue(what="remedy", why="the centre is asked first")
        told = _DO[which](uow, entry, now, reason.strip()[:_LONGEST])
        uow.log.append(f"upload.{which}", operator.staff.id, now, {"upload": key, **told})
        uow.commit()


def say_again(doors: Doors, key: str, operator: Operator) -> None:
    """A refused row goes once more as it is; errors as :func:`remedy`."""
    remedy(doors, key, Remedy.AGAIN, operator)


def say_alike_again(doors: Doors, key: str, operator: Operator) -> int:
    """Every refused row with the same cause, at most :data:`TOGETHER`; answers how many went.

    :raises NotAllowed: not a manager; :raises NotFound: no such row; :raises BadValue: sending
    again is no remedy of that cause.
    """
    require_manager(doors, operator)
    now = doors.clock.now()
    with doors.uow() as uow:
        cause = cause_of(entry_of(uow, key).answer)
        if Remedy.AGAIN not in REMEDIES[cause]:
            raise BadValue(what="remedy", why="is none of this cause")
        aside = uow.outbox.newest([UploadState.REJECTED], TOGETHER)
        alike = [one for one in reversed(aside) if cause_of(one.answer) is cause]
        for entry in alike:
            _again(uow, entry)
        told = {"cause": cause.value, "rows": len(alike)}
        uow.log.append("upload.again_all", operator.staff.id, now, told)
        uow.commit()
    return len(alike)


def _again(uow: UnitOfWork, entry: OutboxEntry) -> None:
    state = UPLOAD.step(entry.state, UploadEvent.AGAIN)
    # What was found by asking is of then; the next answer says why of itself.
    answer = {name: told for name, told in entry.answer.items() if name not in ("cause", "looked")}
    sent = replace(entry, state=state, next_try_at=None, settled_at=None, answer=answer)
    keep_row(uow, sent, entry)


def _as_it_is(uow: UnitOfWork, entry: OutboxEntry, _now: datetime, _reason: str) -> dict[str, str]:
    _again(uow, entry)
    return {}


def _after_mapping(
    uow: UnitOfWork, entry: OutboxEntry, now: datetime, _reason: str
) -> dict[str, str]:
    """The drug's mapping first; the row waits for it, and holds nobody meanwhile."""
    try:
        drug = uow.medicines.get(goods_of(entry).medicine_id)
    except NotFound:
        drug = None
    if drug is None or not drug.national_code:
        raise BadValue(what="national_code", why="the drug has no national code to be mapped to")
    by = map_again(uow, drug, now)
    _again(uow, entry)
    uow.outbox.hold([(entry.seq, by)])
    return {"by": by}


def _after_count(
    uow: UnitOfWork, entry: OutboxEntry, now: datetime, _reason: str
) -> dict[str, str]:
    """What of the lot stands aside before it and may go again goes too; without any, a count opens
    the lot.
    """
    row, told = goods_of(entry), {}
    older = [
        one for one in uow.outbox.stepped_aside(entry.row.aggregate)
        if one.seq < entry.seq and one.state is UploadState.REJECTED and fits(one, Remedy.AGAIN)
    ]  # fmt: skip
    for one in older:
        _again(uow, one)
    if not older:
        count = _count(uow, row, now)
        uow.outbox.add([outbox_row(count)])
        told = {"by": count.serial}
    _again(uow, entry)
    if told:
        uow.outbox.hold([(entry.seq, told["by"])])
    return told


def _count(uow: UnitOfWork, row: StockUpload, now: datetime) -> StockUpload:
    """3501 of the lot as the books have it now, under a serial of its own."""
    about, attempt = f"again/{row.serial}", 0
    while uow.outbox.many([serial_of(row.lot_id, UploadKind.COUNTED, about, attempt)]):
        attempt += 1
    lots = uow.lots.stock_of([row.medicine_id])[row.medicine_id]
    there = next((one.on_hand for one in lots if one.lot.id == row.lot_id), Quantity(0))
    return replace(
        row,
        serial=serial_of(row.lot_id, UploadKind.COUNTED, about, attempt),
        kind=UploadKind.COUNTED.value,
        at=now,
        move_id=about,
        quantity=max(there, Quantity(0)),
        change="",
        codes=(),
        sale=None,
        purchase=None,
        undoes="",
        platform_serial="",
        note="",
    )


def _taken(uow: UnitOfWork, entry: OutboxEntry, now: datetime, reason: str) -> dict[str, str]:
    if entry.state is not UploadState.REJECTED:
        raise IllegalTransition(machine="upload", state=entry.state, event=UploadEvent.FOUND)
    state = UPLOAD.step(entry.state, UploadEvent.FOUND)
    answer = {**entry.answer, "found": reason or "seen"}
    keep_row(uow, replace(entry, state=state, settled_at=now, answer=answer), entry)
    followed(uow, entry, now)
    return {}


def _left(uow: UnitOfWork, entry: OutboxEntry, now: datetime, reason: str) -> dict[str, str]:
    if not reason:
        raise BadValue(what="reason", why="a reason is needed")
    state = UPLOAD.step(entry.state, UploadEvent.LEFT)
    answer = {**entry.answer, "reason": reason}
    keep_row(uow, replace(entry, state=state, settled_at=now, answer=answer), entry)
    _stands_again(uow, entry)
    return {}


def _stands_again(uow: UnitOfWork, entry: OutboxEntry) -> None:
    """Of a deletion that never comes: what it was to delete may be asked to be deleted anew."""
    if entry.row.kind != UploadKind.DELETE:
        return
    key = goods_of(entry).deletes
    found = uow.outbox.many([key]).get(key)
    if found is not None and found.answer.get("deleting") == entry.row.key:
        gone = ("deleting", "reason")
        answer = {name: told for name, told in found.answer.items() if name not in gone}
        uow.outbox.keep(replace(found, answer=answer), found)


_DO: Final = {
    Remedy.AGAIN: _as_it_is,
    Remedy.MAP: _after_mapping,
    Remedy.COUNT: _after_count,
    Remedy.TAKE: _taken,
    Remedy.LEAVE: _left,
}
