"""What the panel of lots at the counter asks of the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.domain.stock_document import StockDocument
    from app.use_cases.doors import Operator
    from app.use_cases.line_lots import Found, LotRow
    from app.use_cases.sign_in import SecondPerson


class LineLotsDoor(Protocol):
    """Store."""

    def line_lots(self, sale_id: str, medicine_id: str) -> tuple[LotRow, ...]:
        """Every lot of the drug with goods, first expired first."""
        ...

    def book_found(
        self, operator: Operator, found: Found, second: SecondPerson | None
    ) -> StockDocument:
        """Goods found on the shelf come into the books.

        :raises NotAllowed: :raises SignInRefused: :raises LockedOut: the second person;
        :raises BadValue: something typed is no such thing.
        """
        ...
