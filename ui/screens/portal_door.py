"""What the screens ask of the shop about the insurer's portal (SJZ-A.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.domain.portal import ConnectionMode, PortalCancel, PortalResult
    from app.use_cases.connection_mode import Connection
    from app.use_cases.doors import Operator
    from app.use_cases.views import Patient, PaymentView


class PortalDoor(Protocol):
    """How the shop is connected, and what is keyed in where it is by the portal."""

    def portal_assisted(self) -> bool:
        """Now: as the books said when they were last read."""
        ...

    def connection(self) -> Connection:
        """On a lane: the mode with its reason."""
        ...

    def choose_connection(
        self, mode: ConnectionMode, reason: str, operator: Operator
    ) -> Connection:
        """On a lane; :raises NotAllowed, BadValue:."""
        ...

    def choose_interface_version(self, infver: str, reason: str, operator: Operator) -> Connection:
        """On a lane; empty goes back to the pack's. :raises NotAllowed, BadValue:."""
        ...

    def key_portal_result(
        self,
        sale_id: str,
        settlement_id: str,
        result: PortalResult,
        patient: Patient,
        operator: Operator,
    ) -> PaymentView:
        """On the line's lane; :raises BadValue, RuleBroken, IllegalTransition:."""
        ...

    def key_portal_cancel(
        self, sale_id: str, cancels: Mapping[str, PortalCancel], operator: Operator
    ) -> PaymentView:
        """On a lane; :raises BadValue, RuleBroken, IllegalTransition:."""
        ...
