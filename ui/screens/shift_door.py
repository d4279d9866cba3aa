"""What the screens ask of the shop about shifts and closed days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from app.domain.money import Money
    from app.domain.shift import MoveKind, Shift, ShiftRules
    from app.use_cases.day_close import DayClosed, Verified
    from app.use_cases.doors import Operator
    from app.use_cases.shift import Counted, CountSeen, Release
    from app.use_cases.shift_report import ItemRow, Past, Report
    from app.use_cases.shift_view import TillShift
    from app.use_cases.sign_in import SecondPerson


class ShiftDoor(Protocol):
    """The *store* lane, all of it; errors as the verbs in ``app/use_cases/shift*.py`` raise."""

    def shift_state(self) -> TillShift:
        """The open shift of this till and those that wait to be counted."""
        ...

    def open_shift(self, operator: Operator, counted: Counted) -> Shift:
        """开班, or the float of a shift that a sale opened."""
        ...

    def move_cash(
        self,
        operator: Operator,
        kind: MoveKind,
        amount: Money,
        reason: str,
        note: str,
        second: SecondPerson | None,
    ) -> None:
        """Cash in or out."""
        ...

    def confirm_count(
        self, operator: Operator, shift_id: str, counted: Counted, second: SecondPerson | None
    ) -> CountSeen:
        """What was counted; answers what should be there."""
        ...

    def count_seen(self, shift_id: str) -> CountSeen:
        """The same of a shift that was counted before."""
        ...

    def close_shift(self, operator: Operator, shift_id: str, release: Release | None) -> None:
        """关班."""
        ...

    def hand_over(
        self,
        shift_id: str,
        outgoing: SecondPerson,
        incoming: SecondPerson,
        release: Release | None,
    ) -> None:
        """交班: both sign."""
        ...

    def shift_report(self, shift_id: str) -> Report:
        """A shift's report as it stands."""
        ...

    def day_report(self, day: date) -> Report:
        """A closed day's report as it was written."""
        ...

    def unclosed_days(self) -> list[date]:
        """Oldest first."""
        ...

    def day_open_items(self) -> list[ItemRow]:
        """What would roll forward now."""
        ...

    def close_day(self, operator: Operator, day: date) -> DayClosed:
        """日结."""
        ...

    def verify_close(self, day: date) -> Verified:
        """Checksum, chain, books."""
        ...

    def shift_history(self, text: str) -> list[Past]:
        """Closed days and shifts, newest first."""
        ...

    def shift_rules(self) -> ShiftRules:
        """What the shop decided."""
        ...

    def keep_shift_rules(self, operator: Operator, rules: ShiftRules) -> None:
        """Decide anew."""
        ...
