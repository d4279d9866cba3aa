"""The open shop's part for the insurer's portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.portal import ConnectionMode, PortalCancel, PortalResult
    from app.use_cases.connection_mode import Connection
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.views import Patient, PaymentView


class ShopPortal:
    """``ui.screens.portal_door.PortalDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    _connection: Connection | None = None

    def portal_assisted(self) -> bool:
        """As the books said when they were last read."""
        return self._connection is not None and self._connection.mode.value == "portal_assisted"

    def connection(self) -> Connection:
        """The mode with its reason."""
        from app.use_cases.connection_mode import connection

        self._connection = connection(self.doors)
        return self._connection

    def choose_connection(
        self, mode: ConnectionMode, reason: str, operator: Operator
    ) -> Connection:
        """For every till of the store."""
        from app.use_cases.connection_mode import choose_connection

        self._connection = choose_connection(self.doors, mode, reason, operator)
        return self._connection

    def choose_interface_version(self, infver: str, reason: str, operator: Operator) -> Connection:
        """For every till of the store; empty goes back to the pack's."""
        from app.use_cases.connection_mode import choose_interface_version

        self._connection = choose_interface_version(self.doors, infver, reason, operator)
        return self._connection

    def key_portal_result(
        self,
        sale_id: str,
        settlement_id: str,
        result: PortalResult,
        patient: Patient,
        operator: Operator,
    ) -> PaymentView:
        """One part as the portal settled it."""
        from app.use_cases.portal_sale import key_portal_result

        return key_portal_result(self.doors, sale_id, settlement_id, result, patient, operator)

    def key_portal_cancel(
        self, sale_id: str, cancels: Mapping[str, PortalCancel], operator: Operator
    ) -> PaymentView:
        """All parts of a sale as the portal cancelled them."""
        from app.use_cases.portal_sale import key_portal_cancel

        return key_portal_cancel(self.doors, sale_id, cancels, operator)
