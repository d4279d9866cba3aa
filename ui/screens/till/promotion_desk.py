"""The key / at the basket: a lower price for a line or the whole of it, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.errors import AboveLimit, BadValue
from ui.operation import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.domain.money import UnitPrice
    from app.domain.promotion import Promotion
    from app.domain.sale import Sale
    from app.errors import YaotaiError
    from ui.screens.till.view_model import TillViewModel


class PromotionDesk:
    """What was typed, and why; nothing changes before both are known."""

    def __init__(self, till: TillViewModel) -> None:
        self._till = till
        self._wanted: Promotion | None = None

    def price(self, text: str) -> bool:
        """What is wanted; answers whether the reason may be asked for now."""
        from app.domain.promotion import lowered_by, promoted, read_promotion
        from app.domain.staff import Right

        till, line = self._till, self._till.selected_line()
        self._wanted = None
        if line is None or till.sale is None or not till.may_edit():
            return False
        try:
            wanted = read_promotion(text)
            prices = promoted(till.sale.lines, line.no, wanted)
        except BadValue as error:
            why = error.params.get("why")
            above = why == "above the shelf's price"
            said = "above" if above else "nothing" if why == "nothing left to pay" else "odd"
            till.tell(f"till.promotion_{said}", "warn")
            return False
        if not till.session.who().staff.may(
            Right.CHANGE_PRICE, lowered_by(till.sale.lines, prices)
        ):
            # No reason is asked for what will not be: the use case refuses it, and writes it down.
            self._ask(till.sale, line.no, wanted, lambda _: None)
            return False
        self._wanted = wanted
        return True

    def why(self, text: str) -> bool:
        """The reason by its digit; answers whether the prices are asked for."""
        from app.domain.promotion import REASONS

        till, wanted, line = self._till, self._wanted, self._till.selected_line()
        sale = till.sale
        if wanted is None or line is None or sale is None or not till.may_edit():
            return False
        typed = text.strip()
        if not (typed.isdecimal() and 1 <= int(typed) <= len(REASONS)):
            till.tell("till.promotion_reason", "warn")
            return False

        def put(prices: Mapping[str, UnitPrice]) -> None:
            if till.sale is sale and till.may_edit():
                sale.promote(prices, REASONS[int(typed) - 1])
                till.notes = ()
                till.keep_again()

        self._ask(sale, line.no, wanted, put)
        self._wanted = None
        return True

    def _ask(
        self, sale: Sale, no: int, wanted: Promotion, put: Callable[[Mapping[str, UnitPrice]], None]
    ) -> None:
        """How far this person may go is decided below the screen."""
        till, lines, who = self._till, sale.lines, self._till.session.who()
        till.session.run(
            Lane.STORE, lambda _: till.shop.lowered_prices(lines, no, wanted, who), put, self._tell
        )

    def _tell(self, error: YaotaiError) -> None:
        if isinstance(error, AboveLimit):
            self._till.tell("till.promotion_limit", "warn", limit=error.params["limit"])
        else:
            self._till.session.tell_error(error)
