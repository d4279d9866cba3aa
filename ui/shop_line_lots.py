"""The open shop's part for the lots of a basket's lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.stock_document import StockDocument
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.line_lots import Found, LotRow
    from app.use_cases.sign_in import SecondPerson


class ShopLineLots:
    """``ui.screens.line_lots_door.LineLotsDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors

    def line_lots(self, sale_id: str, medicine_id: str) -> tuple[LotRow, ...]:
        """Every lot of the drug with goods."""
        from app.use_cases.line_lots import line_lots

        return line_lots(self.doors, sale_id, medicine_id)

    def book_found(
        self, operator: Operator, found: Found, second: SecondPerson | None
    ) -> StockDocument:
        """盘盈 at the counter."""
        from app.use_cases.line_lots import book_found

        return book_found(self.doors, operator, found, second)
