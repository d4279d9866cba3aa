"""Which version of the interface document the shop speaks (SJZ-A.7): the pack's, or its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.clock import from_micros, micros
from app.domain.staff import Right
from app.errors import BadValue
from app.use_cases.rights import require
from app.use_cases.typed_reason import typed_reason

if TYPE_CHECKING:
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator

_KEY = "interface_version"
_FORM = re.compile(r"[A-Za-z0-9.]{1,6}")
"""``infver`` of the envelope (interface 1.4): at most six characters."""


@dataclass(frozen=True, slots=True)
class ChosenVersion:
    """What a shop chose over its pack's, and who did."""

    infver: str = ""
    """Empty = the pack's."""
    at: datetime | None = None
    by: str = ""
    """Id of who chose."""
    reason: str = ""


def chosen_version(uow: UnitOfWork) -> ChosenVersion:
    """As the books say, for every till of the store."""
    told = uow.settings.get(_KEY)
    if not told:
        return ChosenVersion()
    infver, at, by, reason = told.split("|", 3)
    return ChosenVersion(infver, from_micros(int(at)), by, reason)


def choose_version(doors: Doors, infver: str, reason: str, operator: Operator) -> None:
    """Another one from the next message on; empty, or the pack's own, goes back to the pack.

    Settlements keep the version they were settled by.

    :raises NotAllowed: neither manager nor administrator; :raises BadValue: ``infver``, no version
        of the interface looks so; ``reason``, none or too long.
    """
    require(doors, operator, Right.MANAGE_STAFF)
    wanted = infver.strip()
    if wanted and not _FORM.fullmatch(wanted):
        raise BadValue(what="infver", why=wanted[:20])
    said = typed_reason(reason)
    wanted = "" if wanted == doors.profile.infver else wanted
    now = doors.clock.now()
    with doors.uow() as uow:
        before = chosen_version(uow).infver or doors.profile.infver
        told = f"{wanted}|{micros(now)}|{operator.staff.id}|{said}"
        uow.settings.put(_KEY, told)
        entry = {
            "before": before,
            "infver": wanted or doors.profile.infver,
            "pack": not wanted,
        }
        uow.log.append("shop.interface_version", operator.staff.id, now, entry)
        uow.commit()
    doors.counter.infver = wanted
