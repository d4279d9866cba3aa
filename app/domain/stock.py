"""Goods on the shelf: movements, lots and what of a lot may be sold (policy LN-2.4a, HY-1.5.5).

Stock is only ever the sum of movements. A lot is what came in by one line of one document: the same
batch received twice is two lots, so that each box leads back to its own receiving.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.domain.lot_states import LOT, LotEvent, LotState
from app.domain.money import Quantity, UnitPrice
from app.errors import BadValue


class MoveKind(StrEnum):
    """Why goods moved; each is a column of the balance table (进销存平衡表)."""

    OPENING = "opening"
    """期初: there when the books were opened."""
    BOUGHT = "bought"
    """购进, by a receiving."""
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"
    """调拨, between stores of one chain."""
    SUPPLIER_RETURN = "supplier_return"
    """购进退出, back to the supplier."""
    SALE = "sale"
    SALE_UNDO = "sale_undo"
    RETURN_OFF = "return_off"
    """Came back from a customer and leaves the shelf again ..."""
    RETURN_BAD = "return_bad"
    """... into the returned area, where nothing is saleable (policy 3.4)."""
    LOSS = "loss"
    """报损: broken, expired, destroyed; always with a reason."""
    COUNT = "count"
    """盘盈 or 盘亏, posted by a stock-take."""
    CORRECTION = "correction"


NOT_ON_SHELF = frozenset({MoveKind.RETURN_BAD})
"""Movements that fill another place than the shelf: no part of what can be sold."""


@dataclass(frozen=True, slots=True)
class Lot:
    """One batch of one drug as it came by one document line."""

    id: str
    medicine_id: str
    batch: str
    """生产批号 as printed on the box, NFKC, no blanks around; empty = nobody knows it (opening)."""
    made_on: date | None = None
    expires_on: date | None = None
    """有效期至, the last day on which it may be sold; None = nobody knows it (opening)."""
    received_at: datetime | None = None
    document_id: str = ""
    """The receiving, transfer or opening that brought it; empty = before documents were kept."""
    supplier_id: str = ""
    cost: UnitPrice | None = None
    """What one pack cost; None = not known."""
    state: LotState = LotState.SALEABLE
    why: str = ""
    """Code of the reason for the state, e.g. ``cold_chain``; empty while saleable."""
    opening: bool = False
    """Came with the opening stock, not by a receiving (期初)."""

    def sellable_on(self, day: date) -> bool:
        """Not locked and not expired; a lot without a date never expires by itself."""
        return self.state is LotState.SALEABLE and not self.expired_on(day)

    def expired_on(self, day: date) -> bool:
        """Whether its last day is over (policy 3.4: expired goods are never sold)."""
        return self.expires_on is not None and self.expires_on < day

    def step(self, event: LotEvent, why: str = "") -> Lot:
        """The lot after an event; :raises IllegalTransition: when the table holds no such."""
        after = LOT.step(self.state, event)
        return replace(self, state=after, why="" if after is LotState.SALEABLE else why)


def check_lot_dates(made_on: date | None, expires_on: date | None) -> None:
    """:raises BadValue: when a batch expires before, or on the day, it was made."""
    if made_on is not None and expires_on is not None and expires_on <= made_on:
        raise BadValue(what="expiry", why="not after the production date")


class PickBy(StrEnum):
    """What decided that a box is of a lot, best proof first."""

    CODE = "code"
    """The trace code's receiving record."""
    GS1 = "gs1"
    """The lot printed in the scanned symbol."""
    CHOSEN = "chosen"
    """A person read it off the box."""
    FEFO = "fefo"
    """Nobody looked: first expired, first out."""


@dataclass(frozen=True, slots=True)
class LotPick:
    """So much of a sale line comes from this lot; reserved in the books while the basket lives."""

    lot_id: str
    batch: str
    expires_on: date | None
    quantity: Quantity
    by: PickBy


@dataclass(frozen=True, slots=True)
class LotStock:
    """A lot with its figures at one moment."""

    lot: Lot
    on_hand: Quantity
    """The sum of its movements, without those of NOT_ON_SHELF."""
    reserved: Quantity = Quantity(0)  # noqa: RUF009 - a frozen value
    """Held by baskets, of every till."""

    @property
    def free(self) -> Quantity:
        """What a further basket may take."""
        return self.on_hand - self.reserved


def by_expiry(stock: LotStock) -> tuple[date, datetime | date, str]:
    """Sorting key, first expired first out; lots without a date last."""
    lot = stock.lot
    received = lot.received_at.date() if lot.received_at else date.min
    return lot.expires_on or date.max, received, lot.id
