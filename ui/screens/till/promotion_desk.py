"""The key / at the basket: a lower price for a line or the whole of it, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.errors import BadValue

if TYPE_CHECKING:
    from app.domain.promotion import Promotion
    from ui.screens.till.view_model import TillViewModel


class PromotionDesk:
    """What was typed, and why; nothing changes before both are known."""

    def __init__(self, till: TillViewModel) -> None:
        self._till = till
        self._wanted: Promotion | None = None

    def price(self, text: str) -> bool:
        """What is wanted; answers whether the reason may be asked for now."""
        from app.domain.promotion import promoted, read_promotion

        till, line = self._till, self._till.selected_line()
        self._wanted = None
        if line is None or till.sale is None or not till.may_edit():
            return False
        try:
            wanted = read_promotion(text)
            promoted(till.sale.lines, line.no, wanted)
        except BadValue as error:
            why = error.params.get("why")
            above = why == "above the shelf's price"
            said = "above" if above else "nothing" if why == "nothing left to pay" else "odd"
            till.tell(f"till.promotion_{said}", "warn")
            return False
        self._wanted = wanted
        return True

    def why(self, text: str) -> bool:
        """The reason by its digit; answers whether the prices are set."""
        from app.domain.promotion import REASONS, promoted

        till, wanted, line = self._till, self._wanted, self._till.selected_line()
        if wanted is None or line is None or till.sale is None or not till.may_edit():
            return False
        typed = text.strip()
        if not (typed.isdecimal() and 1 <= int(typed) <= len(REASONS)):
            till.tell("till.promotion_reason", "warn")
            return False
        prices = promoted(till.sale.lines, line.no, wanted)
        till.sale.promote(prices, REASONS[int(typed) - 1])
        self._wanted = None
        return True
