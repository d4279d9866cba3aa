"""How the drawer of this till stands, for the panel and for the strip over the basket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.shift import MoveKind, Shift, ShiftRules
from app.use_cases.day_open_items import open_items
from app.use_cases.shift_report import ItemRow
from app.use_cases.shift_rules import rules_in

if TYPE_CHECKING:
    from app.use_cases.doors import Doors


@dataclass(frozen=True, slots=True)
class WaitingShift:
    """A shift of this till that is to be counted, or counted and to be closed."""

    shift: Shift
    holder: str


@dataclass(frozen=True, slots=True)
class TillShift:
    """Nothing of it tells what should be in the drawer."""

    shift: Shift | None
    """The open one; None = the next sale opens one by itself."""
    holder: str
    float_known: bool
    waiting: tuple[WaitingShift, ...]
    rules: ShiftRules


def shift_state(doors: Doors) -> TillShift:
    """The open shift, its holder's name, and what waits."""
    with doors.uow() as uow:
        shift = uow.shifts.current()
        if shift is not None and doors.clock.now() >= shift.until:
            waiting = [shift, *uow.shifts.waiting_of()]
            shift = None
        else:
            waiting = uow.shifts.waiting_of()
        names = {one.id: one.name for one in uow.staff.all()}
        moves = uow.shifts.moves([shift.id]) if shift is not None else []
        return TillShift(
            shift=shift,
            holder=names.get(shift.holder, "") if shift is not None else "",
            float_known=any(move.kind is MoveKind.FLOAT for move in moves),
            waiting=tuple(WaitingShift(one, names.get(one.holder, "")) for one in waiting),
            rules=rules_in(uow),
        )


def open_item_rows(doors: Doors) -> list[ItemRow]:
    """What a close would roll forward now, with the names of the owners."""
    with doors.uow() as uow:
        names = {one.id: one.name for one in uow.staff.all()}
        return [ItemRow(item, names.get(item.owner, "")) for item in open_items(uow, "")]
