"""The small shop's compliance file: empty."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from app.domain.complaint import Complaint
from app.domain.complaint_states import ComplaintEvent
from app.domain.designation import Status
from app.domain.evidence import Exhibit
from app.errors import NotFound
from app.use_cases.admission import Assessment, Eligibility, StoreFile
from app.use_cases.complaints import ComplaintsView, NewComplaint
from app.use_cases.designation import Designation
from app.use_cases.doors import Operator
from app.use_cases.leaflet import Leaflet

NOTHING = Eligibility(None, 0, None, None, None, (), (), None)


class FakeCompliance:
    """Nothing is on file, and the area asks for nothing."""

    def store_file(self, operator: Operator) -> StoreFile:
        return StoreFile(date(2026, 11, 22), None, None, None, (), {}, NOTHING)

    def assess(self, operator: Operator) -> Assessment:
        return Assessment(date(2026, 11, 22), "CN-999900", "", (), NOTHING)

    def assessed(self, operator: Operator, done: Assessment) -> None:
        return

    def answer_condition(self, operator: Operator, condition: str, yes: bool, note: str) -> None:
        return

    def designation(self, operator: Operator) -> Designation:
        return Designation(date(2026, 11, 22), Status.DESIGNATED, None, ())

    def leaflet(self) -> Leaflet:
        return Leaflet("练习市医保中心", (), None, None, paper=False)

    def store_paper_files(self, operator: Operator) -> dict[str, tuple[Exhibit, ...]]:
        return {}

    def attach_store_paper(self, operator: Operator, paper_id: str, path: Path) -> Exhibit:
        raise NotFound(what="paper")

    def complaints(self, operator: Operator) -> ComplaintsView:
        return ComplaintsView((), {})

    def add_complaint(self, operator: Operator, typed: NewComplaint) -> Complaint:
        raise NotFound(what="complaint")

    def step_complaint(
        self, operator: Operator, complaint_id: str, event: ComplaintEvent, words: str
    ) -> Complaint:
        raise NotFound(what="complaint")
