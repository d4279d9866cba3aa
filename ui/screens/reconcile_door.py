"""What the screens ask of the shop about comparing books with the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from app.domain.clearing import MonthClaim, RefusedFee, Remittance
    from app.domain.money import Money
    from app.domain.statement import Act, Difference
    from app.use_cases.doors import Operator
    from app.use_cases.reconcile import DayReconciled
    from app.use_cases.reconcile_page import DayView
    from app.use_cases.remittances import Came, Imported, MonthView
    from app.use_cases.sign_in import SecondPerson


class ReconcileDoor(Protocol):
    """Reading on the *store* lane; whatever asks the platform on the *recovery* lane."""

    def compared_day(self, operator: Operator, day: date) -> DayView:
        """A day from the books; :raises NotAllowed:."""
        ...

    def compare_day(self, operator: Operator, day: date) -> DayReconciled:
        """Ask the platform, keep what differs; raises as ``reconcile.reconcile``."""
        ...

    def compare_due(self) -> DayReconciled | None:
        """Yesterday by itself, if it was not compared to its end; None = nothing to do."""
        ...

    def act_on_difference(
        self,
        operator: Operator,
        difference_id: str,
        act: Act,
        ground: str,
        second: SecondPerson | None,
    ) -> Difference:
        """Do one of its acts; raises as ``reconcile_acts.act_on``."""
        ...

    # --- 清算与拨付: the recovery lane; raises as the functions of ``remittances``

    def clearing_month(self, operator: Operator, month: str) -> MonthView:
        """A month with what is due, what came, what is missing."""
        ...

    def declare_month(
        self, operator: Operator, month: str, clr_type: str, reference: str
    ) -> MonthClaim:
        """By 3203 where the area has it open, else as declared in the portal under a number."""
        ...

    def settle_claim(self, operator: Operator, claim_id: str, reference: str) -> MonthClaim:
        """A claim without an answer, as the portal shows it: its number, or empty = not there."""
        ...

    def withdraw_month(self, operator: Operator, claim_id: str) -> MonthClaim:
        """By 3204, or as withdrawn in the portal."""
        ...

    def add_remittance(self, operator: Operator, came: Came) -> Remittance:
        """Money came."""
        ...

    def import_remittances(self, operator: Operator, path: Path) -> Imported:
        """A file of it."""
        ...

    def refuse_fee(self, operator: Operator, told: Came, reason: str) -> RefusedFee:
        """The agency does not pay something."""
        ...

    def step_fee(
        self, operator: Operator, fee_id: str, step: str, words: str, granted: Money
    ) -> RefusedFee:
        """``appeal``, ``accept`` or ``decide``."""
        ...
