"""The open shop's part for the data of an old system."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from app.ports import CatalogueIndex
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.go_live import OpeningReport, Progress
    from app.use_cases.go_live_people import PeopleReport, StaffReport
    from app.use_cases.import_catalogue import ImportReport


class ShopGoLive:
    """``ui.screens.golive_door.GoLiveDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    _index: CatalogueIndex

    def golive_items(self, path: Path, operator: Operator, *, codes: bool) -> ImportReport:
        """Drugs with their prices; the search finds them at once.

        ``codes``: the operator answers for other national codes (LN-4.3b).
        """
        from app.domain.catalogue_rows import ColumnMapping
        from app.use_cases.go_live_people import check_file, require_catalogue, require_codes
        from app.use_cases.import_catalogue import import_catalogue

        require_catalogue(self.doors, operator)
        if codes:
            require_codes(self.doors, operator)
        check_file(path)
        doors = self.doors
        return import_catalogue(
            path,
            ColumnMapping(),
            uow_factory=doors.uow,
            ids=doors.ids,
            clock=doors.clock,
            index=self._index,
            actor=operator.staff.id,
            codes_by=operator.staff.id if codes else "",
        )

    def golive_suppliers(self, path: Path, operator: Operator) -> PeopleReport:
        """Suppliers with their papers."""
        from app.use_cases.go_live_people import check_file, import_supplier_file

        check_file(path)
        return import_supplier_file(self.doors, path, operator)

    def golive_staff(self, path: Path, operator: Operator) -> StaffReport:
        """Staff with first PINs."""
        from app.use_cases.go_live_people import check_file, import_staff_file

        check_file(path)
        return import_staff_file(self.doors, path, operator)

    def golive_opening(
        self, path: Path, operator: Operator, tell: Progress, *, keep: bool
    ) -> OpeningReport:
        """The opening stock looked through, or taken in."""
        from app.use_cases.go_live import check_opening, import_opening
        from app.use_cases.go_live_people import check_file

        check_file(path)
        verb = import_opening if keep else check_opening
        return verb(self.doors, path, operator, tell)
