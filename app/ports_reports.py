"""The door to figures of whole periods: what was taken, from whom goods came, what stands still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from app.domain.balance import Period
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.prescription import Prescription


@dataclass(frozen=True, slots=True)
class Takings:
    """What one person completed, and paid back, on one business day."""

    day: date
    cashier_id: str
    receipts: int
    total: Money
    undone: int
    """Returns whose money went back on this day, whenever they were sold."""
    undone_total: Money


@dataclass(frozen=True, slots=True)
class TakenBy:
    """One kind of tender of one person's business day, less what went back by it."""

    day: date
    cashier_id: str
    kind: str
    amount: Money


@dataclass(frozen=True, slots=True)
class SoldLines:
    """One drug's lines of some business days, by who paid for them."""

    medicine_id: str
    insured: Quantity
    insured_money: Money
    own: Quantity
    own_money: Money
    back: Quantity
    back_money: Money


@dataclass(frozen=True, slots=True)
class BoughtFrom:
    """What came from one supplier."""

    supplier_id: str
    papers: int
    drugs: int
    quantity: Quantity
    amount: Money
    unknown: int
    """Movements whose cost nobody knows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Lines of one drug that were sold alike on one day of the calendar."""

    medicine_id: str
    settlement_type: str
    day: date
    price: UnitPrice
    lines: int
    owed: int
    """Boxes that carry a trace code by their kind."""
    coded: int
    """Those of them whose code was scanned."""


class ReportBook(Protocol):
    """Read only. What was sold counts on business days, as the close of day counts it."""

    def takings(self, period: Period, turns_at: time) -> list[Takings]:
        """By business day, then cashier; ``turns_at`` is for sales of before there were shifts."""
        ...

    def tenders(self, period: Period, turns_at: time) -> list[TakenBy]:
        """By business day, cashier and kind."""
        ...

    def lines(self, period: Period, turns_at: time) -> list[SoldLines]:
        """By drug; what a customer kept of a sale that came back is neither sold nor back."""
        ...

    def prescribed(self, sale_ids: Sequence[str]) -> dict[str, Prescription]:
        """The prescription of each sale that has one, by the sale's id."""
        ...

    def bought_from(self, period: Period) -> list[BoughtFrom]:
        """By supplier; goods whose lot names none under an empty one."""
        ...

    def last_sold(self) -> dict[str, datetime]:
        """By drug, the newest sale; drugs never sold are not there."""
        ...

    def asked(self, period: Period) -> list[Asked]:
        """What was sold, at which prices and with how many codes; what came back was sold too.

        Reads every line of the period: call it where nobody waits.
        """
        ...

    def told_in_time(self, period: Period, within: timedelta, now: datetime) -> tuple[int, int]:
        """Of the uploads of what happened in the period: told within that time, and all of them.

        A row that still waits counts once its time is over; one that another says instead does
        not count beside it.
        """
        ...
