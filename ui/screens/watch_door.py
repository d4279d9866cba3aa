"""What the screens ask of the shop about supervision: alerts, the month's report, watched drugs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from app.domain.balance import Period
    from app.domain.insured_list import ListPlan
    from app.domain.sale import SaleLine
    from app.domain.supervision import Alert, Way
    from app.ports_alerts import SaleNote
    from app.use_cases.alerts import AlertsView, MirrorRow
    from app.use_cases.doors import Operator
    from app.use_cases.insured_lists import ListRow
    from app.use_cases.month_report import MonthReport, MonthTold
    from app.use_cases.notes import Note
    from app.use_cases.watched import NoteRow, TopRow


class WatchDoor(Protocol):
    """Reading on the *recovery* lane; what a person says on the *store* lane."""

    def alerts_view(self, operator: Operator, period: Period) -> AlertsView:
        """Alerts of a period and every open one of before; :raises NotAllowed:."""
        ...

    def mirror_rows(self, operator: Operator, period: Period) -> tuple[MirrorRow, ...]:
        """The rule base beside our own checks; :raises NotAllowed:."""
        ...

    def answer_alert(self, operator: Operator, alert_id: str, way: Way, words: str) -> Alert:
        """Say what was done; :raises NotAllowed, BadValue, IllegalTransition:."""
        ...

    def ask_supervision_again(self, operator: Operator, alert_id: str) -> tuple[Note, ...]:
        """The *recovery* lane. A question that had no answer; raises as ``alerts.ask_again``."""
        ...

    def month_report(self, operator: Operator, month: str) -> MonthReport:
        """A month of the store; :raises NotAllowed, BadValue:."""
        ...

    def month_due(self) -> MonthTold | None:
        """Last month's report, from the first to the area's day; None = nobody asks for it now."""
        ...

    def month_told(self, operator: Operator, month: str, form: str) -> None:
        """It was exported; :raises NotAllowed:."""
        ...

    def top_drugs(self, operator: Operator, period: Period, by: str) -> tuple[TopRow, ...]:
        """The biggest sellers, and what is watched; :raises NotAllowed:."""
        ...

    def watch_notes(self, operator: Operator, period: Period) -> tuple[NoteRow, ...]:
        """Pharmacists' notes of a period; :raises NotAllowed:."""
        ...

    def set_watched(self, operator: Operator, medicine_id: str, why: str | None) -> None:
        """Watch a drug, or no longer; :raises NotAllowed, BadValue:."""
        ...

    def insured_rows(self, operator: Operator) -> tuple[ListRow, ...]:
        """What versions of the insurance's list change; :raises NotAllowed:."""
        ...

    def import_insured(
        self, operator: Operator, path: Path, version: str, effective: date
    ) -> ListPlan:
        """Read a version; :raises NotAllowed, BadValue, BadFile:."""
        ...

    def lines_to_note(self, sale_id: str) -> tuple[tuple[SaleLine, SaleNote | None], ...]:
        """The watched lines of a basket with their notes; the *store* lane."""
        ...

    def note_line(self, sale_id: str, line_no: int, words: str, number: str, pin: str) -> SaleNote:
        """A pharmacist's note; raises as ``watched.note_line``; the *store* lane."""
        ...
