"""The small shop's supervision: nothing was ever found, nothing is watched."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from app.domain.balance import Period
from app.domain.insured_list import ListPlan
from app.domain.sale import SaleLine
from app.domain.statement import NOTHING
from app.domain.supervision import Alert, Way
from app.errors import NotFound
from app.ports_alerts import SaleNote
from app.use_cases.alerts import AlertsView, MirrorRow
from app.use_cases.doors import Operator
from app.use_cases.insured_lists import ListRow
from app.use_cases.month_report import MonthReport, MonthTold, Sum
from app.use_cases.notes import Note
from app.use_cases.watched import NoteRow, TopRow


class FakeWatch:
    """An area that asks nobody."""

    def alerts_view(self, operator: Operator, period: Period) -> AlertsView:
        return AlertsView(period, (), None, False)

    def mirror_rows(self, operator: Operator, period: Period) -> tuple[MirrorRow, ...]:
        return ()

    def answer_alert(self, operator: Operator, alert_id: str, way: Way, words: str) -> Alert:
        raise NotFound(what="alert")

    def ask_supervision_again(self, operator: Operator, alert_id: str) -> tuple[Note, ...]:
        raise NotFound(what="alert")

    def month_report(self, operator: Operator, month: str) -> MonthReport:
        nothing = Sum("", "", 0, NOTHING)
        return MonthReport(month, nothing, (), (), (), (), (), (), (), 0, (), over=True)

    def month_due(self) -> MonthTold | None:
        return None

    def month_told(self, operator: Operator, month: str, form: str) -> None:
        return

    def top_drugs(self, operator: Operator, period: Period, by: str) -> tuple[TopRow, ...]:
        return ()

    def watch_notes(self, operator: Operator, period: Period) -> tuple[NoteRow, ...]:
        return ()

    def set_watched(self, operator: Operator, medicine_id: str, why: str | None) -> None:
        return

    def insured_rows(self, operator: Operator) -> tuple[ListRow, ...]:
        return ()

    def import_insured(
        self, operator: Operator, path: Path, version: str, effective: date
    ) -> ListPlan:
        raise NotFound(what="file")

    def lines_to_note(self, sale_id: str) -> tuple[tuple[SaleLine, SaleNote | None], ...]:
        return ()

    def note_line(self, sale_id: str, line_no: int, words: str, number: str, pin: str) -> SaleNote:
        raise NotFound(what="line")
