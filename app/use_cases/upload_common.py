"""What every act on an upload row begins and ends with."""

from __future__ import annotations

from app.domain.staff import Right
from app.domain.stock_upload import StockUpload, upload_of
from app.errors import BadValue, IllegalTransition, NotAllowed, NotFound
from app.ports import UnitOfWork
from app.ports_outbox import OutboxEntry
from app.use_cases.doors import Operator


def require_manager(operator: Operator) -> None:
    """:raises NotAllowed: what the platform is told of goods is a manager's matter."""
    if not operator.staff.may(Right.APPROVE_STOCK):
        raise NotAllowed(act="upload")


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
