"""What the screens ask of the shop about its delisting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.domain.delisting import Delisting
    from app.use_cases.delisting import DelistingView
    from app.use_cases.doors import Operator


class DelistingDoor(Protocol):
    """On a lane."""

    def delisting_view(self, operator: Operator) -> DelistingView:
        """The store's record; :raises NotAllowed: it is the manager's."""
        ...

    def set_delisting(self, record: Delisting | None, operator: Operator) -> DelistingView:
        """Write its two days down, or take them back; :raises NotAllowed: as above."""
        ...
