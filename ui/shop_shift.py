"""The open shop's part for shifts and days: use cases with their doors bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from app.domain.money import Money
    from app.domain.shift import MoveKind, Shift, ShiftRules
    from app.ports_log import Broken
    from app.use_cases.day_close import DayClosed, Verified
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.shift import Counted, CountSeen, Release
    from app.use_cases.shift_report import ItemRow, Past, Report
    from app.use_cases.shift_view import TillShift
    from app.use_cases.sign_in import SecondPerson


class ShopShift:
    """``ui.screens.shift_door.ShiftDoor``; a part of :class:`ui.shop.Shop`.

    Imports stand inside on purpose: no start needs them.
    """

    doors: Doors
    _recovery: Doors
    _system: Operator
    _anchor_looked: datetime | None = None
    _log_trouble: Broken | None = None
    day_closed: bool = False
    """Since the last backup: what a day holds is kept at once (:mod:`ui.shop_backup`)."""

    def shift_state(self) -> TillShift:
        """The open shift of this till and those that wait to be counted."""
        from app.use_cases.shift_view import shift_state

        return shift_state(self.doors)

    def open_shift(self, operator: Operator, counted: Counted) -> Shift:
        """开班, or the float of a shift that a sale opened."""
        from app.use_cases.shift import open_shift

        return open_shift(self.doors, operator, counted)

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
        from app.use_cases.shift import move_cash

        move_cash(self.doors, operator, kind, amount, reason, note, second)

    def confirm_count(
        self, operator: Operator, shift_id: str, counted: Counted, second: SecondPerson | None
    ) -> CountSeen:
        """What was counted; answers what should be there."""
        from app.use_cases.shift import confirm_count

        return confirm_count(self.doors, operator, shift_id, counted, second)

    def count_seen(self, shift_id: str) -> CountSeen:
        """The same of a shift that was counted before."""
        from app.use_cases.shift import count_seen

        return count_seen(self.doors, shift_id)

    def close_shift(self, operator: Operator, shift_id: str, release: Release | None) -> None:
        """关班."""
        from app.use_cases.shift import close_shift

        close_shift(self.doors, operator, shift_id, release)

    def hand_over(
        self,
        shift_id: str,
        outgoing: SecondPerson,
        incoming: SecondPerson,
        release: Release | None,
    ) -> None:
        """交班: both sign."""
        from app.use_cases.shift import hand_over

        hand_over(self.doors, shift_id, outgoing, incoming, release)

    def shift_report(self, shift_id: str) -> Report:
        """A shift's report as it stands."""
        from app.use_cases.shift_report import shift_report

        return shift_report(self.doors, shift_id)

    def day_report(self, day: date) -> Report:
        """A closed day's report as it was written."""
        from app.use_cases.shift_report import day_report

        return day_report(self.doors, day)

    def unclosed_days(self) -> list[date]:
        """Oldest first."""
        from app.use_cases.day_close import unclosed_days

        return unclosed_days(self.doors)

    def day_open_items(self) -> list[ItemRow]:
        """What would roll forward now."""
        from app.use_cases.shift_view import open_item_rows

        return open_item_rows(self.doors)

    def close_day(self, operator: Operator, day: date) -> DayClosed:
        """日结."""
        from app.use_cases.day_close import close_day

        closed = close_day(self.doors, operator, day)
        self.day_closed = True
        return closed

    def tend_anchor(self) -> None:
        """The log's head outside the database, once a business day where nobody closed."""
        from datetime import timedelta

        from app.domain.clock import shop_time
        from app.use_cases.anchors import look_at_log, tend_anchor

        now, looked = self._recovery.clock.now(), self._anchor_looked
        if looked is not None and looked <= now < looked + timedelta(minutes=30):
            return
        if looked is None or shop_time(looked).date() != shop_time(now).date():
            # Before today's line is added: it would hold whatever the books have become.
            self._log_trouble = look_at_log(self._recovery, self._system.staff.id)
        tend_anchor(self._recovery)
        self._anchor_looked = now

    def log_trouble(self) -> Broken | None:
        """Memory only: what the till found wrong with its log."""
        return self._log_trouble

    def verify_close(self, day: date) -> Verified:
        """Checksum, chain, books."""
        from app.use_cases.day_close import verify_close

        return verify_close(self.doors, day)

    def shift_history(self, text: str) -> list[Past]:
        """Closed days and shifts, newest first."""
        from app.use_cases.shift_report import history

        return history(self.doors, text)

    def shift_rules(self) -> ShiftRules:
        """What the shop decided."""
        from app.use_cases.shift_rules import shift_rules

        return shift_rules(self.doors)

    def keep_shift_rules(self, operator: Operator, rules: ShiftRules) -> None:
        """Decide anew."""
        from app.use_cases.shift_rules import keep_rules

        keep_rules(self.doors, operator, rules)
