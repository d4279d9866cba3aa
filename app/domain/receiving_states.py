"""What becomes of an order and of a receiving: two literal tables."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class OrderState(StrEnum):
    """Where a purchase order (采购单) stands."""

    DRAFT = "draft"
    SENT = "sent"
    PART_RECEIVED = "part_received"
    RECEIVED = "received"
    CANCELLED = "cancelled"
    """Nothing more of it is waited for."""


class OrderEvent(StrEnum):
    """What happens to an order."""

    SENT = "sent"
    PART_CAME = "part_came"
    ALL_CAME = "all_came"
    NONE_CAME = "none_came"
    """The only receiving against it was corrected away."""
    CANCELLED = "cancelled"


ORDER: StateTable[OrderState, OrderEvent] = StateTable(
    "order",
    {
        OrderState.DRAFT: {
            OrderEvent.SENT: OrderState.SENT,
            OrderEvent.CANCELLED: OrderState.CANCELLED,
        },
        OrderState.SENT: {
            OrderEvent.PART_CAME: OrderState.PART_RECEIVED,
            OrderEvent.ALL_CAME: OrderState.RECEIVED,
            OrderEvent.CANCELLED: OrderState.CANCELLED,
        },
        OrderState.PART_RECEIVED: {
            OrderEvent.PART_CAME: OrderState.PART_RECEIVED,
            OrderEvent.ALL_CAME: OrderState.RECEIVED,
            OrderEvent.NONE_CAME: OrderState.SENT,
            OrderEvent.CANCELLED: OrderState.CANCELLED,
        },
        # A receiving that is put right may open it again.
        OrderState.RECEIVED: {
            OrderEvent.PART_CAME: OrderState.PART_RECEIVED,
            OrderEvent.ALL_CAME: OrderState.RECEIVED,
            OrderEvent.NONE_CAME: OrderState.SENT,
        },
        OrderState.CANCELLED: {},
    },
)


class ReceivingState(StrEnum):
    """Where a receiving stands."""

    DRAFT = "draft"
    POSTED = "posted"
    CORRECTED = "corrected"
    """Put right by a counter document: it moved nothing in the end."""
    DROPPED = "dropped"


class ReceivingEvent(StrEnum):
    """What happens to a receiving."""

    POSTED = "posted"
    CORRECTED = "corrected"
    DROPPED = "dropped"


RECEIVING: StateTable[ReceivingState, ReceivingEvent] = StateTable(
    "receiving",
    {
        ReceivingState.DRAFT: {
            ReceivingEvent.POSTED: ReceivingState.POSTED,
            ReceivingEvent.DROPPED: ReceivingState.DROPPED,
        },
        ReceivingState.POSTED: {ReceivingEvent.CORRECTED: ReceivingState.CORRECTED},
        ReceivingState.CORRECTED: {},
        ReceivingState.DROPPED: {},
    },
)
