"""The open shop's part for its delisting."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.delisting import Delisting
    from app.use_cases.delisting import DelistingView
    from app.use_cases.doors import Doors, Operator


class ShopDelisting:
    """``ui.screens.delisting_door.DelistingDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors

    def delisting_view(self, operator: Operator) -> DelistingView:
        """The store's record with who set it."""
        from app.use_cases.delisting import delisting_view

        return delisting_view(self.doors, operator)

    def set_delisting(self, record: Delisting | None, operator: Operator) -> DelistingView:
        """Write its two days down, or take them back."""
        from app.use_cases.delisting import set_delisting

        return set_delisting(self.doors, record, operator)
