"""定点进程: how far an application or rectification is, and when its next step is due (HY-1.3).

Read from the dated papers of the file; the periods are the pack's. Evaluation after the centre took
the application on, public notice, the result for who did not pass, rectification of a store that
failed, the transition of its patients, and the day from which it may apply again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from app.domain.admission import after_months
from app.domain.papers import PaperKind, StorePaper

if TYPE_CHECKING:
    from app.domain.delisting import Delisting
    from app.domain.working_days import WorkCalendar


class Step(StrEnum):
    """What is waited for."""

    EVALUATION = "evaluation"
    """The centre evaluates within so many months of acceptance."""
    NOTICE = "notice"
    """公示 runs for so many working days."""
    RESULT = "result"
    """Who did not pass is told so within so many working days."""
    RECTIFY = "rectify"
    """整改 ends on the day that the centre set."""
    TRANSITION = "transition"
    """Patients are served until the record's own day, 31 December at the latest."""
    REAPPLY = "reapply"
    """A cancelled store may apply again after so many months."""


class Status(StrEnum):
    """How the store stands with the insurance."""

    DESIGNATED = "designated"
    RECTIFYING = "rectifying"
    LEAVING = "leaving"
    """To be cancelled: the transition runs, or its gap."""
    DELISTED = "delisted"


PERIOD: Final[Mapping[Step, str]] = {
    Step.EVALUATION: "evaluation_months",
    Step.NOTICE: "notice_days",
    Step.RESULT: "result_days",
    Step.REAPPLY: "reapply_months",
}
"""The pack's key of each period, below ``designation``."""

_WORKING: Final = frozenset({Step.NOTICE, Step.RESULT})
_OF: Final[Mapping[PaperKind, tuple[Step, tuple[PaperKind, ...]]]] = {
    PaperKind.APPLICATION: (
        Step.EVALUATION,
        (PaperKind.NOTICE, PaperKind.REFUSED, PaperKind.RESULT, PaperKind.AGREEMENT),
    ),
    PaperKind.NOTICE: (Step.NOTICE, (PaperKind.RESULT, PaperKind.REFUSED, PaperKind.AGREEMENT)),
    PaperKind.REFUSED: (Step.RESULT, (PaperKind.RESULT,)),
    PaperKind.RECTIFYING: (Step.RECTIFY, (PaperKind.RESULT,)),
}
"""The step that a paper begins, and the papers that end it."""


@dataclass(frozen=True, slots=True)
class DueStep:
    """One step with its day."""

    step: Step
    since: date
    due: date | None
    """None: the area names no period, or the centre no day."""
    left: int | None
    """Days until then, of notice and result working days; negative = so many since."""
    done: bool
    plain_years: tuple[int, ...] = ()
    """Years counted by plain weekdays, since no calendar is known for them."""

    @property
    def working(self) -> bool:
        """Whether its days are working days."""
        return self.step in _WORKING


def steps_of(
    papers: Sequence[StorePaper],
    delisting: Delisting | None,
    periods: Mapping[str, int],
    calendar: WorkCalendar,
    day: date,
) -> tuple[DueStep, ...]:
    """What was begun by a day: the open ones first, the soonest before the later."""
    live = [one for one in papers if one.withdrawn_at is None and one.begins <= day]
    found = [
        _step(one, live, periods, calendar, day)
        for one in live
        if one.kind in _OF and not any(other.renews == one.id for other in live)
    ]
    if delisting is not None:
        end, gone = delisting.transition_end, delisting.delist_date
        found.append(DueStep(Step.TRANSITION, end, end, (end - day).days, day > end))
        months = periods.get(PERIOD[Step.REAPPLY])
        again = after_months(gone, months) if months else None
        left = (again - day).days if again else None
        found.append(DueStep(Step.REAPPLY, gone, again, left, again is not None and day >= again))
    return tuple(sorted(found, key=lambda one: (one.done, one.due or date.max, one.since)))


def _step(
    paper: StorePaper,
    live: Sequence[StorePaper],
    periods: Mapping[str, int],
    calendar: WorkCalendar,
    day: date,
) -> DueStep:
    step, enders = _OF[paper.kind]
    due = _due(paper, step, periods, calendar)
    done = any(one.kind in enders and one.begins >= paper.begins for one in live)
    if due is None:
        return DueStep(step, paper.begins, None, None, done)
    if step in _WORKING:
        years = calendar.unknown(paper.begins, due)
        over = step is Step.NOTICE and day > due  # a notice runs out by itself
        return DueStep(step, paper.begins, due, calendar.left(day, due), done or over, years)
    return DueStep(step, paper.begins, due, (due - day).days, done)


def _due(
    paper: StorePaper, step: Step, periods: Mapping[str, int], calendar: WorkCalendar
) -> date | None:
    """What the paper says itself goes before the area's period."""
    if paper.ends is not None:
        return paper.ends
    count = periods.get(PERIOD.get(step, ""))
    if not count:
        return None
    if step is Step.EVALUATION:
        return after_months(paper.begins, count)
    return calendar.after(paper.begins, count)


def status_of(steps: Sequence[DueStep], delisting: Delisting | None, day: date) -> Status:
    """A rectification lasts until its result is on file, also past its day."""
    if delisting is not None:
        return Status.DELISTED if day >= delisting.delist_date else Status.LEAVING
    open_one = any(one.step is Step.RECTIFY and not one.done for one in steps)
    return Status.RECTIFYING if open_one else Status.DESIGNATED
