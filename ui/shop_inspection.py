"""The open shop's part for inspections: what is looked at, and packs that leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from app.domain.inspection import InspectorPass, SaleKey
    from app.domain.inspection_sheet import Sheet
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.inspection import Found, InspectionView, PassWish, Wish
    from app.use_cases.inspection_pack import PackTally, PackWish
    from app.use_cases.item_ledger import Ledger
    from app.use_cases.sign_in import SecondPerson

    Say = Callable[..., str]


class ShopInspection:
    """``ui.screens.inspection_door.InspectionDoor``; a part of :class:`ui.shop.Shop`.

    Imports stand inside on purpose: no start needs them.
    """

    doors: Doors
    devices_folder: Path
    _recovery: Doors

    # --- store --------------------------------------------------------------------------------

    def inspect_sales(self, wish: Wish, operator: Operator) -> Found:
        """Newest first; the look is logged."""
        from app.use_cases.inspection import find_sales

        return find_sales(self.doors, wish, operator)

    def inspect_person(self, number: str, wish: Wish, operator: Operator) -> Found:
        """Those of one document, as patient or proxy."""
        from app.use_cases.inspection import find_person

        return find_person(self.doors, number, wish, operator)

    def inspect_sheet(self, key: SaleKey, operator: Operator, say: Say) -> Sheet:
        """One sale on one sheet, masked; logged."""
        from app.use_cases.inspection import open_sheet

        return open_sheet(self.doors, key, operator, say)

    def inspect_ledger(
        self, drug: str, first: date | None, last: date | None, operator: Operator
    ) -> Ledger:
        """Every movement of a drug with its balance; logged."""
        from app.use_cases.inspection import ledger_of

        return ledger_of(self.doors, drug, first, last, operator)

    def let_ledger_leave(self, ledger: Ledger, rows: int, operator: Operator) -> None:
        """It becomes a file; logged."""
        from app.use_cases.inspection import let_ledger_leave

        let_ledger_leave(self.doors, ledger, rows, operator)

    def inspection_view(self, operator: Operator) -> InspectionView:
        """Accounts, looks and packs, for a manager."""
        from app.use_cases.inspection import inspection_view

        return inspection_view(self.doors, operator)

    def open_inspector(self, wish: PassWish, operator: Operator) -> InspectorPass:
        """An account for days."""
        from app.use_cases.inspection import open_pass

        return open_pass(self.doors, wish, operator)

    def end_inspector(self, staff_id: str, operator: Operator) -> InspectorPass:
        """Before its time."""
        from app.use_cases.inspection import close_pass

        return close_pass(self.doors, staff_id, operator)

    # --- recovery -----------------------------------------------------------------------------

    def make_pack(
        self, wish: PackWish, operator: Operator, second: SecondPerson | None, say: Say
    ) -> Iterator[PackTally]:
        """A folder for the inspector; a step at a time, all of them on one lane."""
        from app.use_cases.inspection_pack import make_pack
        from app.vault.pack_folder import Packs
        from ui.inspection_print import PackPdf

        shop = self.doors.shop
        paper = PackPdf(shop.shop_name, shop.mark, say)
        maker = Packs(self.devices_folder)
        return make_pack(self._recovery, wish, operator, second, maker, paper, say)
