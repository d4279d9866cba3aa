"""The small shop's comparison with the platform: never compared, nothing differs."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.domain.statement import Act, DayState, Difference, Statement
from app.errors import NotFound
from app.use_cases.doors import Operator
from app.use_cases.reconcile import DayReconciled
from app.use_cases.reconcile_page import DayView
from app.use_cases.sign_in import SecondPerson

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)


class FakeStatements:
    """A platform that agrees with everything."""

    def compared_day(self, operator: Operator, day: date) -> DayView:
        return DayView(day, None, ())

    def compare_day(self, operator: Operator, day: date) -> DayReconciled:
        return DayReconciled(Statement("s-1", day, AT, "staff-1", DayState.LEVEL, ()), ())

    def compare_due(self) -> DayReconciled | None:
        return None

    def act_on_difference(
        self,
        operator: Operator,
        difference_id: str,
        act: Act,
        ground: str,
        second: SecondPerson | None,
    ) -> Difference:
        raise NotFound(what="difference")
