"""定点进程: application, notice, result, rectification; what is due next stands above the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.papers import STEPS
from ui.screens.compliance.paper_part import PaperPart

if TYPE_CHECKING:
    from app.domain.designation import DueStep


class StepsPart(PaperPart):
    """The papers that begin or end a step, and the days that follow from them."""

    name = "steps"
    kinds = STEPS

    def facts(self) -> tuple[str, ...]:
        """How the store stands, then a line for each open step."""
        seen = self.model.designation
        if seen is None:
            return ()
        gone = f"{seen.delist_date}" if seen.delist_date else ""
        first = self.say(f"designation.status_{seen.status.value}", day=gone)
        told = [self._step(one) for one in seen.open()]
        return (first, *(told or [self.say("designation.nothing")]))

    def _step(self, one: DueStep) -> str:
        say = self.say
        name = say(f"designation.step_{one.step.value}")
        if one.due is None or one.left is None:
            return say("designation.no_day", step=name, since=f"{one.since}")
        words = "late" if one.left < 0 else "due"
        if one.working:
            words += "_working"
        told = say(f"designation.{words}", step=name, since=f"{one.since}", due=f"{one.due}",
                   days=abs(one.left))  # fmt: skip
        if one.plain_years:
            years = say("list.comma").join(f"{year}" for year in one.plain_years)
            told += say("designation.plain_years", years=years)
        return told
