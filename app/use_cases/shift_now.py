"""The shift that an act at this till belongs to, inside the act's own transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.domain.shift import Shift
from app.domain.shift_states import ShiftEvent

if TYPE_CHECKING:
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors


def shift_at(doors: Doors, uow: UnitOfWork, staff_id: str, now: datetime) -> Shift:
    """The open shift; where nobody opened one, or its day is over, the act opens it by itself.

    Never refuses: money that moves is always somebody's, and the screen says that nobody counted.
    """
    found = uow.shifts.current()
    if found is not None and now < found.until:
        return found
    if found is not None:
        leave(uow, found, staff_id, found.until, now)
    return begin(doors, uow, staff_id, now, by_itself=True)


def leave(uow: UnitOfWork, shift: Shift, staff_id: str, ended: datetime, now: datetime) -> Shift:
    """Its day is over and nobody counted: it waits for its holder."""
    left = uow.shifts.save(shift.ended(ShiftEvent.LEFT, ended))
    uow.log.append("shift.left", staff_id, now, {"shift": shift.id, "number": shift.number})
    return left


def begin(
    doors: Doors, uow: UnitOfWork, holder: str, now: datetime, *, by_itself: bool = False
) -> Shift:
    """A new shift of this till. What begins after the close of its day belongs to the next day.

    :raises BadValue: the till has an open one.
    """
    # Loaded here: a sale within an open shift asks for no rules.
    from app.use_cases.shift_rules import rules_in

    rules, last = rules_in(uow), uow.shifts.last_close()
    day = rules.day_of(now)
    if last is not None and day <= last.day:
        day = last.day + timedelta(days=1)
    name = f"{doors.shop.till_no:02d}-{day:%Y%m%d}"
    shift = Shift(
        id=doors.ids.new(),
        till_id=doors.shop.till_id,
        number=f"{name}-{uow.numbers.next_serial(f'shift|{name}')}",
        day=day,
        opened_at=now,
        until=rules.until(day),
        holder=holder,
        by_itself=by_itself,
    )
    uow.shifts.add(shift)
    entry = {"shift": shift.id, "number": shift.number, "by_itself": by_itself}
    uow.log.append("shift.opened", holder, now, entry)
    return shift
