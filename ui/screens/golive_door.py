"""What the page 上线 asks of the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from app.use_cases.doors import Operator
    from app.use_cases.go_live import OpeningReport, Progress
    from app.use_cases.go_live_people import PeopleReport, StaffReport
    from app.use_cases.import_catalogue import ImportReport


class GoLiveDoor(Protocol):
    """On a lane, each of them; a large file takes seconds."""

    def golive_items(self, path: Path, operator: Operator, *, codes: bool) -> ImportReport:
        """Drugs with their prices; ``codes``: this manager answers for other national codes.

        :raises NotAllowed:; :raises BadFile:.
        """
        ...

    def golive_suppliers(self, path: Path, operator: Operator) -> PeopleReport:
        """Suppliers with their papers; :raises NotAllowed:; :raises BadFile:."""
        ...

    def golive_staff(self, path: Path, operator: Operator) -> StaffReport:
        """Staff with first PINs; :raises NotAllowed:; :raises BadFile:."""
        ...

    def golive_opening(
        self, path: Path, operator: Operator, tell: Progress, *, keep: bool
    ) -> OpeningReport:
        """The opening stock looked through, or taken in; :raises NotAllowed:; :raises BadFile:."""
        ...
