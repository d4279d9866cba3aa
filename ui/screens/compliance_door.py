"""What the page 合规档案 asks of the shop: the file, the self-assessment, scans, complaints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.complaint import Complaint
    from app.domain.complaint_states import ComplaintEvent
    from app.domain.evidence import Exhibit
    from app.use_cases.admission import Assessment, StoreFile
    from app.use_cases.complaints import ComplaintsView, NewComplaint
    from app.use_cases.designation import Designation
    from app.use_cases.doors import Operator
    from app.use_cases.leaflet import Leaflet


class ComplianceDoor(Protocol):
    """NotAllowed where the operator does not keep the store's papers."""

    def store_file(self, operator: Operator) -> StoreFile:
        """*store*: the compliance file with its windows computed."""
        ...

    def assess(self, operator: Operator) -> Assessment:
        """*recovery*: every condition of the area; :raises PackError:."""
        ...

    def assessed(self, operator: Operator, done: Assessment) -> None:
        """*store*: it was printed or exported."""
        ...

    def answer_condition(self, operator: Operator, condition: str, yes: bool, note: str) -> None:
        """*store*: what the books do not know; :raises BadValue:."""
        ...

    def designation(self, operator: Operator) -> Designation:
        """*store*: status and dated steps; :raises BadFile: the shop's calendar."""
        ...

    def leaflet(self) -> Leaflet:
        """*store*: the figures of the leaflet for patients."""
        ...

    def store_paper_files(self, operator: Operator) -> dict[str, tuple[Exhibit, ...]]:
        """*store*: scans by paper."""
        ...

    def attach_store_paper(self, operator: Operator, paper_id: str, path: Path) -> Exhibit:
        """*store*: seal one; :raises BadFile, BadValue, NotFound:."""
        ...

    def complaints(self, operator: Operator) -> ComplaintsView:
        """*store*: the register; the look is logged."""
        ...

    def add_complaint(self, operator: Operator, typed: NewComplaint) -> Complaint:
        """*store*: :raises BadValue:."""
        ...

    def step_complaint(
        self, operator: Operator, complaint_id: str, event: ComplaintEvent, words: str
    ) -> Complaint:
        """*store*: :raises BadValue, IllegalTransition, StoreStale:."""
        ...
