"""Whether the shop buys from a supplier: the literal table (policy 3.4, 首营企业审批)."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class SupplierState(StrEnum):
    """Where a supplier stands."""

    PROPOSED = "proposed"
    """待审批: entered or changed; nothing may be received from it yet."""
    ACTIVE = "active"
    STOPPED = "stopped"
    """暂停合作: nothing is received until somebody takes it up again."""
    CLOSED = "closed"
    """档案终止: kept for its papers only."""


class SupplierEvent(StrEnum):
    """What happens to a supplier."""

    APPROVED = "approved"
    CHANGED = "changed"
    """Name, kind or licences are others: whoever approved has not seen these."""
    STOPPED = "stopped"
    RESUMED = "resumed"
    CLOSED = "closed"


SUPPLIER: StateTable[SupplierState, SupplierEvent] = StateTable(
    "supplier",
    {
        SupplierState.PROPOSED: {
            SupplierEvent.APPROVED: SupplierState.ACTIVE,
            SupplierEvent.CHANGED: SupplierState.PROPOSED,
            SupplierEvent.STOPPED: SupplierState.STOPPED,
            SupplierEvent.CLOSED: SupplierState.CLOSED,
        },
        SupplierState.ACTIVE: {
            SupplierEvent.CHANGED: SupplierState.PROPOSED,
            SupplierEvent.STOPPED: SupplierState.STOPPED,
            SupplierEvent.CLOSED: SupplierState.CLOSED,
        },
        # Back through the approval: what stood in its papers may have run out meanwhile.
        SupplierState.STOPPED: {
            SupplierEvent.CHANGED: SupplierState.STOPPED,
            SupplierEvent.RESUMED: SupplierState.PROPOSED,
            SupplierEvent.CLOSED: SupplierState.CLOSED,
        },
        SupplierState.CLOSED: {},
    },
)
