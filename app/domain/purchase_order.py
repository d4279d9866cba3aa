"""Purchase orders: what was ordered of a supplier and how much of it came (LN-2.3b)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.money import Money, Quantity, UnitPrice
from app.domain.receiving_states import ORDER, OrderEvent, OrderState

NOTHING = Quantity(0)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One drug of an order."""

    medicine_id: str
    quantity: Quantity
    price: UnitPrice | None = None
    """As agreed; None = not agreed."""
    received: Quantity = NOTHING

    @property
    def open(self) -> Quantity:
        """What is still to come; never below zero."""
        return max(NOTHING, self.quantity - self.received)


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """One order to one supplier."""

    id: str
    number: str
    supplier_id: str
    at: datetime
    by: str
    lines: tuple[OrderLine, ...] = ()
    state: OrderState = OrderState.DRAFT
    note: str = ""
    version: int = 1

    @property
    def total(self) -> Money:
        """What the priced lines cost."""
        return Money.total(
            line.price.times(line.quantity) for line in self.lines if line.price is not None
        )

    def step(self, event: OrderEvent) -> PurchaseOrder:
        """After an event; :raises IllegalTransition:."""
        return replace(self, state=ORDER.step(self.state, event))

    def came(self, quantities: Mapping[str, Quantity]) -> PurchaseOrder:
        """So much more came of each drug, or less where a receiving is put right.

        What was not ordered changes nothing; what comes beyond the order counts to its first line.
        :raises IllegalTransition: goods come on an order that was cancelled or never sent.
        """
        left, lines = dict(quantities), []
        for line in self.lines:
            more = left.pop(line.medicine_id, NOTHING)
            lines.append(replace(line, received=max(NOTHING, line.received + more)))
        changed = replace(self, lines=tuple(lines))
        return changed.step(changed._event())

    def _event(self) -> OrderEvent:
        if all(not line.open for line in self.lines):
            return OrderEvent.ALL_CAME
        if any(line.received for line in self.lines):
            return OrderEvent.PART_CAME
        return OrderEvent.NONE_CAME
