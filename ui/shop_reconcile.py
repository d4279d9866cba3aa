"""The open shop's part for comparing books with the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from app.domain.statement import Act, Difference
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.reconcile import DayReconciled
    from app.use_cases.reconcile_page import DayView
    from app.use_cases.sign_in import SecondPerson


class ShopReconcile:
    """``ui.screens.reconcile_door.ReconcileDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    _recovery: Doors
    _system: Operator

    def compared_day(self, operator: Operator, day: date) -> DayView:
        """From the books."""
        from app.use_cases.reconcile_page import day_view

        return day_view(self.doors, operator, day)

    def compare_day(self, operator: Operator, day: date) -> DayReconciled:
        """By the recovery's own line: a customer's settlement does not wait for it."""
        from app.use_cases.reconcile import reconcile

        return reconcile(self._recovery, operator, day)

    def compare_due(self) -> DayReconciled | None:
        """Yesterday, once."""
        from app.use_cases.reconcile import reconcile
        from app.use_cases.reconcile_page import due

        day = due(self._recovery)
        return reconcile(self._recovery, self._system, day) if day is not None else None

    def act_on_difference(
        self,
        operator: Operator,
        difference_id: str,
        act: Act,
        ground: str,
        second: SecondPerson | None,
    ) -> Difference:
        """One of its acts."""
        from app.use_cases.reconcile_acts import act_on

        return act_on(self._recovery, operator, difference_id, act, ground, second)
