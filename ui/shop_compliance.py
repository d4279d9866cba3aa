"""The open shop's part for the compliance file, the self-assessment, scans and complaints."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.complaint import Complaint
    from app.domain.complaint_states import ComplaintEvent
    from app.domain.evidence import Exhibit
    from app.use_cases.admission import Assessment, StoreFile
    from app.use_cases.complaints import ComplaintsView, NewComplaint
    from app.use_cases.designation import Designation
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.leaflet import Leaflet


class ShopCompliance:
    """``ui.screens.compliance_door.ComplianceDoor``; a part of :class:`ui.shop.Shop`.

    Imports stand inside on purpose: no start needs them.
    """

    doors: Doors
    devices_folder: Path
    _recovery: Doors

    def store_file(self, operator: Operator) -> StoreFile:
        """The compliance file with its windows computed."""
        from app.use_cases.admission import store_file

        return store_file(self.doors, operator)

    def assess(self, operator: Operator) -> Assessment:
        """Every condition of the area."""
        from app.use_cases.admission import assess

        return assess(self._recovery, operator)

    def assessed(self, operator: Operator, done: Assessment) -> None:
        """It was printed or exported."""
        from app.use_cases.admission import assessed

        assessed(self.doors, operator, done)

    def answer_condition(self, operator: Operator, condition: str, yes: bool, note: str) -> None:
        """What the books do not know."""
        from app.use_cases.admission import answer

        answer(self.doors, operator, condition, yes, note)

    def designation(self, operator: Operator) -> Designation:
        """Status and dated steps."""
        from app.use_cases.designation import designation
        from app.use_cases.holidays import load_calendar

        return designation(self.doors, operator, load_calendar(self.devices_folder))

    def leaflet(self) -> Leaflet:
        """The figures of the leaflet for patients."""
        from app.use_cases.leaflet import leaflet

        return leaflet(self.doors)

    def store_paper_files(self, operator: Operator) -> dict[str, tuple[Exhibit, ...]]:
        """Scans by paper."""
        from app.use_cases.paper_files import paper_files

        return paper_files(self.doors, operator)

    def attach_store_paper(self, operator: Operator, paper_id: str, path: Path) -> Exhibit:
        """Seal one."""
        from app.use_cases.paper_files import attach_paper_file

        return attach_paper_file(self.doors, paper_id, path, operator)

    def complaints(self, operator: Operator) -> ComplaintsView:
        """The register; the look is logged."""
        from app.use_cases.complaints import complaints_view

        return complaints_view(self.doors, operator)

    def add_complaint(self, operator: Operator, typed: NewComplaint) -> Complaint:
        """Take one down."""
        from app.use_cases.complaints import add_complaint

        return add_complaint(self.doors, operator, typed)

    def step_complaint(
        self, operator: Operator, complaint_id: str, event: ComplaintEvent, words: str
    ) -> Complaint:
        """Worked on, or closed."""
        from app.use_cases.complaints import step_complaint

        return step_complaint(self.doors, operator, complaint_id, event, words)
