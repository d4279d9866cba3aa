"""The shop's own list of zones, for counting one part after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.catalogue import nfkc
from app.domain.staff import Right
from app.domain.stocktake import MOST_TEXT, Zone
from app.errors import BadValue
from app.use_cases.stocktake import require

if TYPE_CHECKING:
    from app.use_cases.doors import Doors, Operator


def add_zone(doors: Doors, name: str, operator: Operator) -> Zone:
    """A zone more, at the end of the list.

    :raises NotAllowed:; :raises BadValue: ``zone_name``: empty, too long, or there already.
    """
    require(operator, Right.APPROVE_STOCK)
    plain = nfkc(name)
    with doors.uow() as uow:
        known = uow.stocktakes.zones()
        taken = plain in {zone.name for zone in known}
        if not plain or not plain.isprintable() or len(plain) > MOST_TEXT or taken:
            raise BadValue(what="count", why="zone_name")
        zone = Zone(doors.ids.new(), plain, len(known) + 1)
        uow.stocktakes.put_zone(zone)
        entry = {"zone": zone.id}
        uow.log.append("stocktake.zone", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    return zone
