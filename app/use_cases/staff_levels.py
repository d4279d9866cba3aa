"""The store's own levels: made, changed by a new version, withdrawn; each in the log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.domain.staff import Right
from app.domain.staff_level import Level, check_level
from app.errors import BadValue, NotAllowed
from app.use_cases.rights import refused, require

if TYPE_CHECKING:
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator


@dataclass(frozen=True, slots=True)
class LevelDraft:
    """A level as somebody wants it."""

    name: str
    rights: frozenset[Right]
    limits: tuple[tuple[Right, int], ...] = ()
    """By right, in its unit (:data:`app.domain.staff_level.LIMITED`)."""
    level_id: str = ""
    """Of the one that is changed; empty = a new one."""


def keep_level(doors: Doors, operator: Operator, draft: LevelDraft) -> Level:
    """A new level, or the next version of one; who has it may at once what it says now.

    :raises NotAllowed: no right, or it holds what the operator does not, now or before;
    :raises BadValue: no such level can be, or another has its name.
    """
    require(doors, operator, Right.MANAGE_STAFF)
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.staff.lock()
        before = uow.levels.get(draft.level_id) if draft.level_id else None
        level = check_level(
            Level(
                before.id if before is not None else doors.ids.new(),
                draft.name,
                draft.rights,
                draft.limits,
                before.version + 1 if before is not None else 1,
            )
        )
        _require_free_name(uow, level)
        concerned = (level,) if before is None else (before, level)
        allowed = all(operator.staff.covers(one.rights, one) for one in concerned)
        if allowed:
            level = uow.levels.put(level, now, operator.staff.id)
            uow.log.append("level.kept", operator.staff.id, now, _told(level))
            uow.commit()
    if not allowed:
        refused(doors, operator.staff.id, Right.MANAGE_STAFF)
        raise NotAllowed(act=Right.MANAGE_STAFF.value)
    return level


def withdraw_level(doors: Doors, operator: Operator, level_id: str) -> Level:
    """Nobody gets it any more.

    :raises NotAllowed:; :raises BadValue: somebody has it still, or it is withdrawn.
    """
    require(doors, operator, Right.MANAGE_STAFF)
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.staff.lock()
        before = uow.levels.get(level_id)
        if before.withdrawn:
            raise BadValue(what="level", why="withdrawn")
        if any(one.active and one.level == before for one in uow.staff.all()):
            raise BadValue(what="level", why="somebody has it")
        gone = replace(before, version=before.version + 1, withdrawn=True)
        gone = uow.levels.put(gone, now, operator.staff.id)
        entry = {"level": gone.id, "version": gone.version}
        uow.log.append("level.withdrawn", operator.staff.id, now, entry)
        uow.commit()
    return gone


def _require_free_name(uow: UnitOfWork, level: Level) -> None:
    for one in uow.levels.all():
        if one.name == level.name and one.id != level.id and not one.withdrawn:
            raise BadValue(what="level", why="a name of its own")


def _told(level: Level) -> dict[str, object]:
    return {
        "level": level.id,
        "version": level.version,
        "rights": sorted(level.rights),
        "limits": {right.value: limit for right, limit in level.limits},
    }
