"""The small shop's connection: by the interface, until somebody says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.domain.portal import ConnectionMode, PortalCancel, PortalResult
from app.errors import BadValue, IllegalTransition
from app.use_cases.connection_mode import Connection
from app.use_cases.doors import Operator
from app.use_cases.views import Patient, PaymentView


class FakePortal:
    """Nothing of it is ever settled in the portal."""

    connected: Connection = Connection(ConnectionMode.DIRECT, "V1.0", pack_infver="V1.0")

    def portal_assisted(self) -> bool:
        return self.connected.mode is ConnectionMode.PORTAL

    def connection(self) -> Connection:
        return self.connected

    def choose_connection(
        self, mode: ConnectionMode, reason: str, operator: Operator
    ) -> Connection:
        self.connected = replace(self.connected, mode=mode, reason=reason, by=operator.staff.name)
        return self.connected

    def choose_interface_version(self, infver: str, reason: str, operator: Operator) -> Connection:
        if not reason:
            raise BadValue(what="reason", why="-")
        wanted = infver or "V1.0"
        self.connected = replace(
            self.connected, infver=wanted, infver_reason=reason, infver_by=operator.staff.name
        )
        return self.connected

    def key_portal_result(
        self,
        sale_id: str,
        settlement_id: str,
        result: PortalResult,
        patient: Patient,
        operator: Operator,
    ) -> PaymentView:
        raise IllegalTransition(machine="settlement", state="", event="keyed")

    def key_portal_cancel(
        self, sale_id: str, cancels: Mapping[str, PortalCancel], operator: Operator
    ) -> PaymentView:
        raise IllegalTransition(machine="settlement", state="", event="keyed")
