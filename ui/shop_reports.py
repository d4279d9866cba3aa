"""The open shop's part for its figures: the balance table and the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.balance import Period
    from app.domain.money import Money, Quantity
    from app.use_cases.balance import BalanceDetail, BalanceTable
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.reports import Report


class ShopReports:
    """``ui.screens.reports_door.ReportsDoor``; a part of :class:`ui.shop.Shop`.

    Imports stand inside on purpose: no start needs them.
    """

    doors: Doors
    _recovery: Doors

    def balance_table(self, operator: Operator, period: Period, by_lot: bool) -> BalanceTable:
        """进销存平衡表 of a period, by drug or by lot."""
        from app.use_cases.balance import balance_table

        return balance_table(self._recovery, operator, period, by_lot=by_lot)

    def balance_detail(self, operator: Operator, period: Period, medicine_id: str) -> BalanceDetail:
        """One drug of it with what stands beside."""
        from app.use_cases.balance import balance_detail

        return balance_detail(self._recovery, operator, period, medicine_id)

    def check_sums(self, operator: Operator) -> bool:
        """Sum everything anew beside the kept sums."""
        from app.use_cases.balance import check_sums

        return check_sums(self._recovery, operator)

    def watch_limits(self) -> tuple[Money, Quantity]:
        """From which price and how many packs a drug is watched."""
        from app.use_cases.reports import watch_limits

        return watch_limits(self.doors)

    def set_watch_limits(self, operator: Operator, dear: Money, fast: Quantity) -> None:
        """Other limits from now on."""
        from app.use_cases.reports import set_watch_limits

        set_watch_limits(self.doors, operator, dear, fast)

    def report(self, operator: Operator, name: str, period: Period) -> Report:
        """Any other list by its name."""
        from app.use_cases.reports import report

        return report(self._recovery, operator, name, period)
