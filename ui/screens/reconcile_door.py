"""What the screens ask of the shop about comparing books with the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from app.domain.statement import Act, Difference
    from app.use_cases.doors import Operator
    from app.use_cases.reconcile import DayReconciled
    from app.use_cases.reconcile_page import DayView
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
