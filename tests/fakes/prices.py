"""The small shop has no price changes unless a test says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.money import UnitPrice
from app.domain.promotion import Promotion, lowered_by, promoted
from app.domain.sale import SaleLine
from app.domain.staff import Right
from app.errors import AboveLimit
from app.use_cases.doors import Operator


class FakePrices:
    """Prices that took effect since they were last asked for."""

    price_changes: Mapping[str, UnitPrice] = {}

    def changed_prices(self) -> Mapping[str, UnitPrice]:
        told, self.price_changes = self.price_changes, {}
        return told

    def lowered_prices(
        self, lines: Sequence[SaleLine], no: int, wanted: Promotion, operator: Operator
    ) -> Mapping[str, UnitPrice]:
        prices = promoted(lines, no, wanted)
        if not operator.staff.may(Right.CHANGE_PRICE, lowered_by(lines, prices)):
            raise AboveLimit(act=Right.CHANGE_PRICE.value, limit="10.00%")
        return prices
