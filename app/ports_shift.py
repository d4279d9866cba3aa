"""The door to shifts, what moved in their drawers, and closed days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.day_close import DayClose
from app.domain.money import Money
from app.domain.shift import DrawerCount, DrawerMove, Shift


@dataclass(frozen=True, slots=True)
class TenderSum:
    """What came in, or went back, by one way of paying."""

    shift_id: str
    cashier_id: str
    kind: str
    """Value of :class:`app.domain.sale.TenderKind`."""
    back: bool
    sales: int
    amount: Money
    """Not negative, whichever way it went."""


@dataclass(frozen=True, slots=True)
class TypeSum:
    """Lines by the settlement type that carried them; of whole sales that came back too."""

    shift_id: str
    settlement_type: str
    back: bool
    sales: int
    amount: Money


@dataclass(frozen=True, slots=True)
class ReceiptSum:
    """Slips of one shift."""

    shift_id: str
    receipts: int
    first: str
    last: str
    total: Money


@dataclass(frozen=True, slots=True)
class BackSum:
    """Returns that were paid back in one shift."""

    shift_id: str
    returns: int
    total: Money
    """Of the sales that came back; what was kept of them is sold again in the same shift."""


@dataclass(frozen=True, slots=True)
class BasketSeen:
    """A basket of any till that waits for somebody."""

    sale_id: str
    till_id: str
    cashier_id: str
    at: datetime
    """When it was put aside, or opened."""
    total: Money


class ShiftBook(Protocol):
    """Of the whole store; the till is the unit's own where nothing else is said."""

    def current(self) -> Shift | None:
        """The open shift of this till; until the unit ends nobody ends it elsewhere."""
        ...

    def add(self, shift: Shift) -> None:
        """A new one; :raises BadValue: its till has an open one."""
        ...

    def save(self, shift: Shift) -> Shift:
        """Write a changed one, answers it with its version raised; :raises StoreStale:."""
        ...

    def get(self, shift_id: str) -> Shift:
        """:raises NotFound:."""
        ...

    def uncounted(self) -> list[Shift]:
        """Shifts of every till that were left or counted and not closed, oldest first."""
        ...

    def waiting_of(self) -> list[Shift]:
        """The same, of this till."""
        ...

    def recent(self, text: str, limit: int) -> list[Shift]:
        """Newest first; ``text`` narrows by number or day."""
        ...

    def add_move(self, move: DrawerMove) -> None:
        """A movement; :raises BadValue: its id is used, or a second opening float."""
        ...

    def moves(self, shift_ids: Sequence[str]) -> list[DrawerMove]:
        """In the order in which they happened."""
        ...

    def add_count(self, count: DrawerCount) -> None:
        """A count; :raises BadValue: there is one of that number."""
        ...

    def counts(self, shift_ids: Sequence[str]) -> list[DrawerCount]:
        """By shift, in the order of counting."""
        ...

    def tenders(self, shift_ids: Sequence[str]) -> list[TenderSum]:
        """By shift, cashier and kind, what came in before what went back."""
        ...

    def types(self, shift_ids: Sequence[str]) -> list[TypeSum]:
        """By shift and settlement type."""
        ...

    def receipts(self, shift_ids: Sequence[str]) -> list[ReceiptSum]:
        """By shift; one without a sale is not there."""
        ...

    def backs(self, shift_ids: Sequence[str]) -> list[BackSum]:
        """By shift; one without a return is not there."""
        ...

    def held_baskets(self) -> list[BasketSeen]:
        """Baskets put aside at any till, oldest first."""
        ...

    def unfinished_sales(self) -> list[BasketSeen]:
        """Sales of any till that were begun to be paid and are not at rest, oldest first."""
        ...

    # --- closed days ---

    def one_close_at_a_time(self) -> None:
        """Whoever closes a day of the store waits here for whoever does already."""
        ...

    def open_days(self, until: date) -> list[date]:
        """Business days up to ``until`` with shifts that no close holds, oldest first."""
        ...

    def claim(self, day: date, close_id: str, at: datetime) -> list[Shift]:
        """Every shift up to ``day`` that no close holds is this close's; open ones are left."""
        ...

    def of_close(self, close_id: str) -> list[Shift]:
        """The shifts that a close holds, by till and number."""
        ...

    def add_close(self, close: DayClose) -> None:
        """Write one; :raises BadValue: the day is closed."""
        ...

    def close_of(self, day: date) -> DayClose | None:
        """The close of a day."""
        ...

    def close(self, close_id: str) -> DayClose | None:
        """The close of that id."""
        ...

    def close_no(self, no: int) -> DayClose | None:
        """The close of that number."""
        ...

    def last_close(self) -> DayClose | None:
        """The newest one."""
        ...

    def closes(self, text: str, limit: int) -> list[DayClose]:
        """Newest first; ``text`` narrows by day."""
        ...
