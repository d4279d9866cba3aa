"""The small shop's comparison with the platform: never compared, nothing differs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from app.domain.clearing import MonthClaim, RefusedFee, Remittance
from app.domain.money import Money
from app.domain.statement import Act, DayState, Difference, Statement
from app.errors import NotFound
from app.use_cases.doors import Operator
from app.use_cases.reconcile import DayReconciled
from app.use_cases.reconcile_page import DayView
from app.use_cases.remittances import Came, Imported, MonthView
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

    def clearing_month(self, operator: Operator, month: str) -> MonthView:
        return MonthView(month, (), (), (), (), True)

    def declare_month(
        self, operator: Operator, month: str, clr_type: str, reference: str
    ) -> MonthClaim:
        raise NotFound(what="month")

    def settle_claim(self, operator: Operator, claim_id: str, reference: str) -> MonthClaim:
        raise NotFound(what="claim")

    def withdraw_month(self, operator: Operator, claim_id: str) -> MonthClaim:
        raise NotFound(what="claim")

    def add_remittance(self, operator: Operator, came: Came) -> Remittance:
        raise NotFound(what="month")

    def import_remittances(self, operator: Operator, path: Path) -> Imported:
        return Imported(0, 0, ())

    def refuse_fee(self, operator: Operator, told: Came, reason: str) -> RefusedFee:
        raise NotFound(what="month")

    def step_fee(
        self, operator: Operator, fee_id: str, step: str, words: str, granted: Money
    ) -> RefusedFee:
        raise NotFound(what="fee")
