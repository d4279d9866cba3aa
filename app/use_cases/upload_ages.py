"""How long the oldest upload row may wait until every screen's bar says so: a setting."""

from __future__ import annotations

from typing import Final

from app.errors import BadValue
from app.use_cases.doors import Doors, Operator
from app.use_cases.upload_common import require_manager

SETTING: Final = "outbox.ages"
WARN_MINUTES: Final = 10
LATE_MINUTES: Final = 120
"""What counts where the shop set nothing: amber after a short outage, red when somebody has to
ask."""

MOST_MINUTES: Final = 7 * 24 * 60
"""A warning that comes after a week is none."""


def outbox_ages(doors: Doors) -> tuple[int, int]:
    """Minutes of the oldest waiting row from which the bar is amber, and from which red."""
    with doors.uow() as uow:
        held = uow.settings.get(SETTING)
    warn, _, late = held.partition(",")
    return (int(warn), int(late)) if held else (WARN_MINUTES, LATE_MINUTES)


def set_outbox_ages(doors: Doors, warn: int, late: int, operator: Operator) -> None:
    """Keep both; :raises NotAllowed: not a manager; :raises BadValue: not above zero, red before
    amber, or more than a week.
    """
    require_manager(doors, operator)
    if not 0 < warn <= late <= MOST_MINUTES:
        raise BadValue(what="ages", why="minutes above zero, red not before amber")
    _keep(doors, operator, f"{warn},{late}", (warn, late))


def reset_outbox_ages(doors: Doors, operator: Operator) -> None:
    """What counts where nothing is set counts again; :raises NotAllowed: not a manager."""
    require_manager(doors, operator)
    _keep(doors, operator, "", (WARN_MINUTES, LATE_MINUTES))


def _keep(doors: Doors, operator: Operator, held: str, ages: tuple[int, int]) -> None:
    with doors.uow() as uow:
        uow.settings.put(SETTING, held)
        told = {"warn": ages[0], "late": ages[1], "default": not held}
        uow.log.append("outbox.ages", operator.staff.id, doors.clock.now(), told)
        uow.commit()
