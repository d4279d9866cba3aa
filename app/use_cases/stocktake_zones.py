"""The shop's own list of zones, for counting one part after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.catalogue import nfkc
from app.domain.staff import Right
from app.domain.stocktake import MOST_TEXT, Zone
from app.errors import BadValue, NotFound
from app.use_cases.stocktake import require

if TYPE_CHECKING:
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator


def add_zone(doors: Doors, name: str, operator: Operator) -> Zone:
    """A zone more, at the end of the list.

    :raises NotAllowed:; :raises BadValue: ``zone_name``: empty, too long, or there already.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    with doors.uow() as uow:
        known = uow.stocktakes.zones()
        zone = Zone(doors.ids.new(), _free_name(name, known), len(known) + 1)
        _keep(doors, uow, zone, operator)
    return zone


def rename_zone(doors: Doors, zone_id: str, name: str, operator: Operator) -> Zone:
    """Another name for a zone; what lies there and what was counted there stays.

    :raises NotAllowed:; :raises NotFound:; :raises BadValue: ``zone_name``: empty, too long, or
    another zone's.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    with doors.uow() as uow:
        known = {zone.id: zone for zone in uow.stocktakes.zones()}
        if zone_id not in known:
            raise NotFound(what="zone")
        others = [zone for zone in known.values() if zone.id != zone_id]
        zone = replace(known[zone_id], name=_free_name(name, others))
        _keep(doors, uow, zone, operator)
    return zone


def _free_name(name: str, known: Sequence[Zone]) -> str:
    plain = nfkc(name)
    taken = plain in {zone.name for zone in known}
    if not plain or not plain.isprintable() or len(plain) > MOST_TEXT or taken:
        raise BadValue(what="count", why="zone_name")
    return plain


def _keep(doors: Doors, uow: UnitOfWork, zone: Zone, operator: Operator) -> None:
    uow.stocktakes.put_zone(zone)
    entry = {"zone": zone.id}
    uow.log.append("stocktake.zone", operator.staff.id, doors.clock.now(), entry)
    uow.commit()
