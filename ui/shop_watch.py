"""The open shop's part for supervision: alerts, the month's report, watched drugs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from app.domain.balance import Period
    from app.domain.insured_list import ListPlan
    from app.domain.sale import SaleLine
    from app.domain.supervision import Alert, Way
    from app.ports_alerts import SaleNote
    from app.use_cases.alerts import AlertsView, MirrorRow
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.insured_lists import ListRow
    from app.use_cases.month_report import MonthReport, MonthTold
    from app.use_cases.notes import Note
    from app.use_cases.watched import NoteRow, TopRow


class ShopWatch:
    """``ui.screens.watch_door.WatchDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    _recovery: Doors

    def alerts_view(self, operator: Operator, period: Period) -> AlertsView:
        """From the books."""
        from app.use_cases.alerts import alerts_view

        return alerts_view(self._recovery, operator, period)

    def mirror_rows(self, operator: Operator, period: Period) -> tuple[MirrorRow, ...]:
        """The rule base beside our own checks."""
        from app.use_cases.alerts import mirror_rows

        return mirror_rows(self._recovery, operator, period)

    def answer_alert(self, operator: Operator, alert_id: str, way: Way, words: str) -> Alert:
        """Say what was done."""
        from app.use_cases.alerts import answer_alert

        return answer_alert(self.doors, operator, alert_id, way, words)

    def ask_supervision_again(self, operator: Operator, alert_id: str) -> tuple[Note, ...]:
        """By the recovery's own line: a customer's settlement does not wait for it."""
        from app.use_cases.alerts import ask_again

        return ask_again(self._recovery, operator, alert_id)

    def month_report(self, operator: Operator, month: str) -> MonthReport:
        """A month of the store."""
        from app.use_cases.month_report import month_report

        return month_report(self._recovery, operator, month)

    def month_due(self) -> MonthTold | None:
        """Whether last month is still to be reported."""
        from app.use_cases.month_report import month_due

        return month_due(self._recovery)

    def month_told(self, operator: Operator, month: str, form: str) -> None:
        """It was exported."""
        from app.use_cases.month_report import month_told

        month_told(self._recovery, operator, month, form)

    def top_drugs(self, operator: Operator, period: Period, by: str) -> tuple[TopRow, ...]:
        """The biggest sellers, and what is watched."""
        from app.use_cases.watched import top_drugs

        return top_drugs(self._recovery, operator, period, by)

    def watch_notes(self, operator: Operator, period: Period) -> tuple[NoteRow, ...]:
        """Pharmacists' notes of a period."""
        from app.use_cases.watched import notes_of

        return notes_of(self._recovery, operator, period)

    def set_watched(self, operator: Operator, medicine_id: str, why: str | None) -> None:
        """Watch a drug, or no longer."""
        from app.use_cases.watched import set_watched

        set_watched(self.doors, operator, medicine_id, why)

    def insured_rows(self, operator: Operator) -> tuple[ListRow, ...]:
        """What versions of the insurance's list change."""
        from app.use_cases.insured_lists import list_rows

        return list_rows(self._recovery, operator)

    def import_insured(
        self, operator: Operator, path: Path, version: str, effective: date
    ) -> ListPlan:
        """Read a version of it."""
        from app.use_cases.insured_lists import import_insured_list

        return import_insured_list(self._recovery, operator, path, version, effective)

    def lines_to_note(self, sale_id: str) -> tuple[tuple[SaleLine, SaleNote | None], ...]:
        """The watched lines of a basket with their notes."""
        from app.use_cases.watched import lines_to_note

        return lines_to_note(self.doors, sale_id)

    def note_line(self, sale_id: str, line_no: int, words: str, number: str, pin: str) -> SaleNote:
        """A pharmacist's note."""
        from app.use_cases.watched import note_line

        return note_line(self.doors, sale_id, line_no, words, number, pin)
