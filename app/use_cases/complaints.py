"""投诉登记: taken down, worked on, answered by its day and closed; nothing is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.clock import shop_time
from app.domain.complaint import Channel, Complaint, Subject
from app.domain.complaint_states import ComplaintEvent
from app.domain.staff import Right
from app.errors import BadValue
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require

MOST: Final = 5_000
"""As many as a page shows."""


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """What a person typed."""

    received_on: date
    channel: Channel
    subject: Subject
    words: str
    person: str
    due_on: date


@dataclass(frozen=True, slots=True)
class ComplaintLine:
    """One line of the register as the page shows it."""

    complaint: Complaint
    days: int | None
    """Until the answer is due; negative = late by so many; None = closed."""


@dataclass(frozen=True, slots=True)
class ComplaintsView:
    """The register."""

    lines: tuple[ComplaintLine, ...]
    staff: Mapping[str, str]
    """Name by id."""

    @property
    def late(self) -> int:
        """How many are overdue."""
        return sum(one.days is not None and one.days < 0 for one in self.lines)


def complaints_view(doors: Doors, operator: Operator) -> ComplaintsView:
    """The whole register, what waits first; the look is logged, since it names people.

    :raises NotAllowed:.
    """
    _check(doors, operator)
    now = doors.clock.now()
    today = shop_time(now).date()
    with doors.uow() as uow:
        found = uow.complaints.all(MOST)
        staff = {one.id: one.name for one in uow.staff.all()}
        if any(one.person for one in found):
            uow.log.append("complaints.seen", operator.staff.id, now, {"lines": len(found)})
            uow.commit()
    return ComplaintsView(tuple(ComplaintLine(one, one.days_left(today)) for one in found), staff)


def add_complaint(doors: Doors, operator: Operator, typed: NewComplaint) -> Complaint:
    """Take one down.

    :raises NotAllowed: :raises BadValue: no words, a day later than today, or an answer due before.
    """
    _check(doors, operator)
    now = doors.clock.now()
    if typed.received_on > shop_time(now).date():
        raise BadValue(what="complaint", why="received later than today")
    made = Complaint(
        id=doors.ids.new(),
        received_on=typed.received_on,
        channel=typed.channel,
        subject=typed.subject,
        words=typed.words.strip(),
        person=typed.person.strip(),
        due_on=typed.due_on,
        at=now,
        by=operator.staff.id,
    )
    with doors.uow() as uow:
        uow.complaints.put(made)
        entry = {"complaint": made.id, "channel": made.channel.value, "due": f"{made.due_on}"}
        uow.log.append("complaint.added", operator.staff.id, now, entry)
        uow.commit()
    return made


def step_complaint(
    doors: Doors, operator: Operator, complaint_id: str, event: ComplaintEvent, words: str
) -> Complaint:
    """Something was done, or it is answered and closed.

    :raises NotAllowed: :raises NotFound: :raises BadValue: no words; :raises IllegalTransition: as
    the table says; :raises StoreStale: another till was faster.
    """
    _check(doors, operator)
    now = doors.clock.now()
    with doors.uow() as uow:
        changed = uow.complaints.get(complaint_id).step(event, words, operator.staff.id, now)
        uow.complaints.put(changed)
        entry = {"complaint": complaint_id, "step": event.value}
        uow.log.append("complaint.step", operator.staff.id, now, entry)
        uow.commit()
    return changed


def complaints_waiting(doors: Doors) -> tuple[int, int]:
    """(open, late), for the morning board."""
    with doors.uow() as uow:
        return uow.complaints.waiting(shop_time(doors.clock.now()).date())


def _check(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.APPROVE_STOCK)
