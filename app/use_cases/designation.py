"""定点进程 of this store: its status and the dated steps that are open (HY-1.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.domain.designation import DueStep, Status, status_of, steps_of
from app.domain.staff import Right
from app.use_cases.delisting import delisting_in
from app.use_cases.rights import require
from app.use_cases.store_papers import any_policy

if TYPE_CHECKING:
    from app.domain.working_days import WorkCalendar
    from app.use_cases.doors import Doors, Operator


@dataclass(frozen=True, slots=True)
class Designation:
    """How the store stands today, and what is waited for."""

    day: date
    status: Status
    delist_date: date | None
    steps: tuple[DueStep, ...]

    def open(self) -> tuple[DueStep, ...]:
        """What is not done."""
        return tuple(one for one in self.steps if not one.done)


def designation(doors: Doors, operator: Operator, calendar: WorkCalendar) -> Designation:
    """:raises NotAllowed: the operator does not keep the store's papers."""
    require(doors, operator, Right.APPROVE_STOCK)
    day, policy = shop_time(doors.clock.now()).date(), any_policy(doors)
    with doors.uow() as uow:
        papers, record = uow.papers.all(), delisting_in(uow)
    periods = policy.store.designation if policy is not None else {}
    steps = steps_of(papers, record, periods, calendar, day)
    status = status_of(steps, record, day)
    return Designation(day, status, record.delist_date if record else None, steps)
