"""What the screens ask of the shop about its figures: the balance table and the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.domain.balance import Period
    from app.domain.money import Money, Quantity
    from app.use_cases.balance import BalanceDetail, BalanceTable
    from app.use_cases.doors import Operator
    from app.use_cases.reports import Report


class ReportsDoor(Protocol):
    """The *recovery* lane: long for a big shop. NotAllowed where the operator sees no costs."""

    def balance_table(self, operator: Operator, period: Period, by_lot: bool) -> BalanceTable:
        """进销存平衡表 of a period, by drug or by lot."""
        ...

    def balance_detail(self, operator: Operator, period: Period, medicine_id: str) -> BalanceDetail:
        """One drug of it with what stands beside; :raises NotFound:."""
        ...

    def check_sums(self, operator: Operator) -> bool:
        """Sum everything anew beside the kept sums; false = they were wrong and are gone."""
        ...

    def watch_limits(self) -> tuple[Money, Quantity]:
        """*store*: from which price and how many packs a drug is watched."""
        ...

    def set_watch_limits(self, operator: Operator, dear: Money, fast: Quantity) -> None:
        """*store*: :raises BadValue:."""
        ...

    def report(self, operator: Operator, name: str, period: Period) -> Report:
        """Any other list by its name; :raises BadValue: no such report."""
        ...
