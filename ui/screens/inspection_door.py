"""What the screens ask of the shop about inspections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from app.domain.inspection import InspectorPass, SaleKey
    from app.domain.inspection_sheet import Sheet
    from app.use_cases.doors import Operator
    from app.use_cases.inspection import Found, InspectionView, PassWish, Wish
    from app.use_cases.inspection_pack import PackTally, PackWish
    from app.use_cases.item_ledger import Ledger
    from app.use_cases.sign_in import SecondPerson

    Say = Callable[..., str]


class InspectionDoor(Protocol):
    """Looking on the *store* lane; a pack in steps on the *recovery* lane.

    Each raises NotAllowed where the role may not inspect, or an inspector's days are over.
    """

    def inspect_sales(self, wish: Wish, operator: Operator) -> Found:
        """Newest first; the look is logged. :raises BadValue, NotFound: what was typed."""
        ...

    def inspect_person(self, number: str, wish: Wish, operator: Operator) -> Found:
        """Those of one document, as patient or proxy; logged without the number."""
        ...

    def inspect_sheet(self, key: SaleKey, operator: Operator, say: Say) -> Sheet:
        """One sale on one sheet, masked; logged."""
        ...

    def inspect_ledger(
        self, drug: str, first: date | None, last: date | None, operator: Operator
    ) -> Ledger:
        """Every movement of a drug with its balance; logged."""
        ...

    def let_ledger_leave(self, ledger: Ledger, rows: int, operator: Operator) -> None:
        """It becomes a file; logged before it is there."""
        ...

    def inspection_view(self, operator: Operator) -> InspectionView:
        """Accounts, looks and packs, for a manager."""
        ...

    def open_inspector(self, wish: PassWish, operator: Operator) -> InspectorPass:
        """An account for days; :raises BadValue: days, authority or order."""
        ...

    def end_inspector(self, staff_id: str, operator: Operator) -> InspectorPass:
        """Before its time; :raises NotFound: none holds."""
        ...

    def make_pack(
        self, wish: PackWish, operator: Operator, second: SecondPerson | None, say: Say
    ) -> Iterator[PackTally]:
        """A folder for the inspector; a step at a time."""
        ...
