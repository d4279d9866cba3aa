"""The small shop has no price changes unless a test says so."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.money import UnitPrice


class FakePrices:
    """Prices that took effect since they were last asked for."""

    price_changes: Mapping[str, UnitPrice] = {}

    def changed_prices(self) -> Mapping[str, UnitPrice]:
        told, self.price_changes = self.price_changes, {}
        return told
