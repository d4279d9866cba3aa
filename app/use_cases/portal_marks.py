"""Where it is shown that something went by the insurer's portal, and who keyed it in (SJZ-A.7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain.portal import ConnectionMode
from app.errors import NotFound
from app.use_cases.views import KeyedView

if TYPE_CHECKING:
    from app.domain.settlement import Settlement
    from app.ports import UnitOfWork
    from app.ports_portal import PortalEntry


def keyed_of(uow: UnitOfWork, attempts: Sequence[Settlement]) -> tuple[KeyedView, ...]:
    """What of some attempts was keyed in; the books are not asked where nothing was."""
    keyed = [one.id for one in attempts if one.mode is ConnectionMode.PORTAL]
    entries = uow.portal.of_settlements(keyed) if keyed else []
    return tuple(keyed_view(uow, one) for one in entries)


def keyed_view(uow: UnitOfWork, entry: PortalEntry) -> KeyedView:
    """One of them with the name of who did it."""
    return KeyedView(entry.setl_id, entry.cancel, _name(uow, entry.by), entry.at)


def _name(uow: UnitOfWork, staff_id: str) -> str:
    try:
        return uow.staff.get(staff_id).name if staff_id else ""
    except NotFound:
        return ""
