"""What the page 对账 shows: a day at its three levels, each difference with both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.clock import shop_time
from app.domain.staff import Right
from app.domain.statement import DayState, Difference, GroupResult, GroupTold, Statement
from app.domain.statement_states import STANDING
from app.errors import NotAllowed, NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One difference with what names it for people."""

    difference: Difference
    receipt_no: str = ""
    closed_by: str = ""
    """The name of who closed it."""

    @property
    def standing(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.difference.state in STANDING


@dataclass(frozen=True, slots=True)
class DayView:
    """One day; ``statement`` is None where it was never compared."""

    day: date
    statement: Statement | None
    lines: tuple[DifferenceLine, ...]
    elsewhere: tuple[tuple[date, int], ...] = ()
    """Other days on which differences stand, with how many."""

    @property
    def standing(self) -> int:
        """Differences of the day that stand."""
        return sum(one.standing for one in self.lines)

    @property
    def groups(self) -> tuple[GroupTold, ...]:
        """Groups that hold a line on either side; empty and level ones say nothing."""
        told = self.statement.groups if self.statement is not None else ()
        return tuple(one for one in told if one.count or one.result in _SAYS)

    @property
    def unlevel(self) -> int:
        """Groups whose sums differ."""
        return sum(one.result is GroupResult.DIFFERS for one in self.groups)


_SAYS = (GroupResult.DIFFERS, GroupResult.UNANSWERED)


def yesterday(doors: Doors) -> date:
    """The last whole day of the shop's clock."""
    return shop_time(doors.clock.now()).date() - timedelta(days=1)


def day_view(doors: Doors, operator: Operator, day: date) -> DayView:
    """From the books; asks nobody. :raises NotAllowed:."""
    if not operator.staff.may(Right.RESOLVE_UNKNOWN):
        raise NotAllowed(act=Right.RESOLVE_UNKNOWN.value)
    with doors.uow() as uow:
        names = {one.id: one.name for one in uow.staff.all()}
        found = uow.reconciliations.of_day(day)
        lines = tuple(
            DifferenceLine(one, _receipt(uow, one), names.get(one.closed_by, "")) for one in found
        )
        others: dict[date, int] = {}
        for one in uow.reconciliations.standing():
            if one.day != day:
                others[one.day] = others.get(one.day, 0) + 1
        return DayView(day, uow.reconciliations.newest(day), lines, tuple(sorted(others.items())))


def _receipt(uow: UnitOfWork, one: Difference) -> str:
    if not one.sale_id:
        return ""
    try:
        return uow.sales.get(one.sale_id).receipt_no
    except NotFound:
        return ""


@dataclass(frozen=True, slots=True)
class Yesterday:
    """What the morning board tells: how the last day stands, and what stands from before."""

    day: date
    said: str
    """``none`` (not compared), ``unfinished``, ``level`` or ``differs``."""
    standing: int
    """Differences that stand, of all days."""


def yesterday_told(doors: Doors) -> Yesterday:
    """From the books; asks nobody."""
    day = yesterday(doors)
    with doors.uow() as uow:
        statement = uow.reconciliations.newest(day)
        standing = len(uow.reconciliations.standing())
    if statement is None:
        return Yesterday(day, "none", standing)
    if statement.state is DayState.UNFINISHED:
        return Yesterday(day, "unfinished", standing)
    # As it stands now: what was closed since does not count.
    left = standing or (statement.state is DayState.DIFFERS and not statement.open_differences)
    return Yesterday(day, "differs" if left else "level", standing)


def due(doors: Doors) -> date | None:
    """Yesterday, while it was not compared to its end; None = nothing to do."""
    told = yesterday_told(doors)
    return told.day if told.said in ("none", "unfinished") else None
