"""What every act on an upload row begins and ends with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

from app.domain.refusals import REMEDIES, Remedy, cause_of
from app.domain.staff import Right
from app.domain.stock_held import ASKED_BY, Found
from app.domain.stock_upload import StockUpload, UploadKind, upload_of
from app.domain.upload_states import NEEDS_PEOPLE, UPLOAD, UploadEvent, UploadState
from app.errors import BadValue, IllegalTransition, NotFound
from app.ports import UnitOfWork
from app.ports_outbox import OutboxEntry
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require


def require_manager(doors: Doors, operator: Operator) -> None:
    """:raises NotAllowed: what the platform is told of goods is a manager's matter."""
    require(doors, operator, Right.APPROVE_STOCK)


def entry_of(uow: UnitOfWork, key: str) -> OutboxEntry:
    """The row, of which no other till does anything until this unit ends.

    :raises NotFound: no row has that key.
    """
    uow.outbox.alone()
    found = uow.outbox.many([key]).get(key)
    if found is None:
        raise NotFound(what="upload")
    return found


def goods_of(entry: OutboxEntry) -> StockUpload:
    """What it says of goods; :raises BadValue: it is a mapping."""
    row = upload_of(entry.row.kind, entry.row.payload)
    if not isinstance(row, StockUpload):
        raise BadValue(what="upload", why="a mapping is changed in the catalogue")
    return row


def keep_row(uow: UnitOfWork, after: OutboxEntry, was: OutboxEntry) -> None:
    """Write it down and let come who stood behind it.

    :raises IllegalTransition: it changed since it was read.
    """
    if not uow.outbox.keep(after, was):
        raise IllegalTransition(machine="upload", state=was.state, event="changed meanwhile")
    uow.outbox.release([was.seq])


def followed(uow: UnitOfWork, entry: OutboxEntry, now: datetime) -> None:
    """A deletion that was carried out ends the row that it deleted."""
    if entry.row.kind != UploadKind.DELETE:
        return
    row = goods_of(entry)
    found = uow.outbox.many([row.deletes]).get(row.deletes)
    if found is not None and UPLOAD.allows(found.state, UploadEvent.DELETED):
        state = UPLOAD.step(found.state, UploadEvent.DELETED)
        uow.outbox.keep(replace(found, state=state, settled_at=now), found)


def fits(entry: OutboxEntry, remedy: Remedy) -> bool:
    """Whether its cause knows that remedy; of a row that does not stand aside its state tells."""
    return entry.state not in NEEDS_PEOPLE or remedy in REMEDIES[cause_of(entry.answer)]


def may_look(doors: Doors, entry: OutboxEntry) -> bool:
    """Whether this region answers what the centre holds of such a row, and asking says anything."""
    asked = ASKED_BY.get(entry.row.kind, "") in doors.profile.stock_queries
    return asked and entry.state in (UploadState.REJECTED, UploadState.SENT)


def looked(entry: OutboxEntry) -> Mapping[str, object]:
    """What came of asking after it, as it was kept; empty = nobody asked."""
    return cast("Mapping[str, object]", entry.answer.get("looked", {}))


def may_take(doors: Doors, entry: OutboxEntry) -> bool:
    """Whether a person's word counts: where the centre can be asked only after it was, and did not
    say that it has nothing.
    """
    if not may_look(doors, entry):
        return True
    return looked(entry).get("found") in (Found.DIFFERS, Found.REFUSED)
