"""How long the oldest upload row may wait until every screen's bar says so: a setting."""

from __future__ import annotations

from typing import Final

from app.errors import BadValue
from app.use_cases.doors import Doors, Operator

SETTING: Final = "outbox.ages"
WARN_MINUTES: Final = 10
LATE_MINUTES: Final = 120
"""What counts where the shop set nothing: amber after a short outage, red when somebody has to
ask."""


def outbox_ages(doors: Doors) -> tuple[int, int]:
    """Minutes of the oldest waiting row from which the bar is amber, and from which red."""
    with doors.uow() as uow:
        held = uow.settings.get(SETTING)
    warn, _, late = held.partition(",")
    return (int(warn), int(late)) if held else (WARN_MINUTES, LATE_MINUTES)


def set_outbox_ages(doors: Doors, warn: int, late: int, operator: Operator) -> None:
    """Keep both; :raises BadValue: not above zero, or red before amber."""
    if not 0 < warn <= late:
        raise BadValue(what="ages", why="minutes above zero, red not before amber")
    with doors.uow() as uow:
        uow.settings.put(SETTING, f"{warn},{late}")
        told = {"warn": warn, "late": late}
        uow.log.append("outbox.ages", operator.staff.id, doors.clock.now(), told)
        uow.commit()
