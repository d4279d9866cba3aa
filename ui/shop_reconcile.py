"""The open shop's part for comparing books with the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from app.domain.clearing import MonthClaim, RefusedFee, Remittance
    from app.domain.money import Money
    from app.domain.statement import Act, Difference
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.reconcile import DayReconciled
    from app.use_cases.reconcile_page import DayView
    from app.use_cases.remittances import Came, Imported, MonthView
    from app.use_cases.sign_in import SecondPerson


class ShopReconcile:
    """``ui.screens.reconcile_door.ReconcileDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    devices_folder: Path
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
        """Yesterday, or a day that nobody compared since, once."""
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

    def clearing_month(self, operator: Operator, month: str) -> MonthView:
        """From the books."""
        from app.errors import BadFile
        from app.use_cases.holidays import load_calendar
        from app.use_cases.remittances import month_view

        try:
            calendar = load_calendar(self.devices_folder)
        except BadFile:  # told on the page of the papers; a month is declared all the same
            calendar = None
        return month_view(self._recovery, operator, month, calendar)

    def declare_month(
        self, operator: Operator, month: str, clr_type: str, reference: str
    ) -> MonthClaim:
        """By 3203, or as declared in the portal."""
        from app.use_cases.remittances import declare, declare_by_hand

        if reference:
            return declare_by_hand(self._recovery, operator, month, clr_type, reference)
        return declare(self._recovery, operator, month, clr_type)

    def settle_claim(self, operator: Operator, claim_id: str, reference: str) -> MonthClaim:
        """As a person saw it in the portal."""
        from app.use_cases.remittances import drop_claim, number_claim

        if reference:
            return number_claim(self._recovery, operator, claim_id, reference)
        return drop_claim(self._recovery, operator, claim_id)

    def withdraw_month(self, operator: Operator, claim_id: str) -> MonthClaim:
        """By 3204, or as withdrawn in the portal."""
        from app.use_cases.remittances import withdraw_claim

        return withdraw_claim(self._recovery, operator, claim_id)

    def add_remittance(self, operator: Operator, came: Came) -> Remittance:
        """Money came."""
        from app.use_cases.remittances import add_remittance

        return add_remittance(self._recovery, operator, came)

    def import_remittances(self, operator: Operator, path: Path) -> Imported:
        """A file of it."""
        from app.use_cases.remittances import import_remittances

        return import_remittances(self._recovery, operator, path)

    def refuse_fee(self, operator: Operator, told: Came, reason: str) -> RefusedFee:
        """The agency does not pay something."""
        from app.use_cases.remittances import refuse_fee

        return refuse_fee(self._recovery, operator, told, reason)

    def step_fee(
        self, operator: Operator, fee_id: str, step: str, words: str, granted: Money
    ) -> RefusedFee:
        """An appeal, no appeal, or what came of it."""
        from app.use_cases.remittances import accept_fee, appeal_fee, decide_fee

        if step == "appeal":
            return appeal_fee(self._recovery, operator, fee_id, words)
        if step == "accept":
            return accept_fee(self._recovery, operator, fee_id)
        return decide_fee(self._recovery, operator, fee_id, granted, words)
