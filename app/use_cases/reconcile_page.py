"""What the page 对账 shows: a day at its three levels, each difference with both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from app.domain.clock import SHOP_ZONE, shop_time
from app.domain.staff import Right
from app.domain.statement import Act, DayState, Difference, GroupResult, GroupTold, Statement
from app.domain.statement_states import STANDING
from app.errors import NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.portal_marks import keyed_view
from app.use_cases.rights import require
from app.use_cases.views import KeyedView

_SENT = frozenset({Act.CANCEL_AGAIN, Act.REVERSE})
"""Acts that send something."""


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One difference with what names it for people."""

    difference: Difference
    receipt_no: str = ""
    closed_by: str = ""
    """The name of who closed it."""
    keyed: KeyedView | None = None
    """By whom our side of it was keyed in from the insurer's portal."""

    @property
    def choices(self) -> tuple[Act, ...]:
        """What may be done; nothing is ever sent for what the portal settled (SJZ-A.7)."""
        some = self.difference.choices
        return tuple(one for one in some if one not in _SENT) if self.keyed else some

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
    keyed: int = 0
    """Lines of ours that were keyed in from the insurer's portal."""

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


LOOK_BACK: Final = 31
"""Days that are compared by themselves, however long the shop was closed."""

_SAYS = (GroupResult.DIFFERS, GroupResult.UNANSWERED)


def yesterday(doors: Doors) -> date:
    """The last whole day of the shop's clock."""
    return shop_time(doors.clock.now()).date() - timedelta(days=1)


def day_view(doors: Doors, operator: Operator, day: date) -> DayView:
    """From the books; asks nobody. :raises NotAllowed:."""
    require(doors, operator, Right.RESOLVE_UNKNOWN)
    with doors.uow() as uow:
        names = {one.id: one.name for one in uow.staff.all()}
        found = uow.reconciliations.of_day(day)
        keyed = _keyed(uow, found)
        lines = tuple(
            DifferenceLine(
                one, _receipt(uow, one), names.get(one.closed_by, ""),
                keyed.get((one.settlement_id, one.negative)),
            )
            for one in found
        )  # fmt: skip
        others: dict[date, int] = {}
        for one in uow.reconciliations.standing():
            if one.day != day:
                others[one.day] = others.get(one.day, 0) + 1
        begins = datetime.combine(day, time(), SHOP_ZONE)
        return DayView(
            day, uow.reconciliations.newest(day), lines, tuple(sorted(others.items())),
            len(uow.portal.between(begins, begins + timedelta(days=1))),
        )  # fmt: skip


def _keyed(uow: UnitOfWork, found: Sequence[Difference]) -> dict[tuple[str, bool], KeyedView]:
    """By settlement, and whether it is the line of its cancel."""
    entries = uow.portal.of_settlements([one.settlement_id for one in found if one.settlement_id])
    return {(one.settlement_id, one.cancel): keyed_view(uow, one) for one in entries}


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
    if statement is None or not _over(statement):
        return Yesterday(day, "none", standing)
    if statement.state is DayState.UNFINISHED:
        return Yesterday(day, "unfinished", standing)
    # As it stands now: what was closed since does not count.
    left = standing or (statement.state is DayState.DIFFERS and not statement.open_differences)
    return Yesterday(day, "differs" if left else "level", standing)


def due(doors: Doors) -> date | None:
    """A day that was not compared to its end: yesterday, or one since the first that was compared,
    at most :data:`LOOK_BACK` days ago. The shop may be closed on the morning after a day.

    What was never asked for goes first, the newest of it; then what waits longest. None = nothing.
    """
    last = yesterday(doors)
    with doors.uow() as uow:
        told = {one.day: one for one in uow.reconciliations.days(LOOK_BACK)}
    first = max(min(told, default=last), last - timedelta(days=LOOK_BACK - 1))
    days = [last - timedelta(days=back) for back in range((last - first).days + 1)] or [last]
    never = [day for day in days if day not in told or not _over(told[day])]
    if never:
        return never[0]
    silent = [told[day] for day in days if told[day].state is DayState.UNFINISHED]
    return min(silent, key=lambda one: one.at).day if silent else None


def _over(one: Statement) -> bool:
    """Whether the day was over when it was compared: what was settled after it took no part."""
    return shop_time(one.at).date() > one.day
