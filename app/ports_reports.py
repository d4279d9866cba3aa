"""The door to figures of whole periods: what was taken, from whom goods came, what stands still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.balance import Period
from app.domain.money import Money, Quantity


@dataclass(frozen=True, slots=True)
class Takings:
    """What one cashier completed on one shop day."""

    day: date
    cashier_id: str
    receipts: int
    total: Money
    undone: int
    """Of the receipts: those that came back since."""
    undone_total: Money


@dataclass(frozen=True, slots=True)
class TakenBy:
    """One kind of tender of one cashier's day, sales that came back left out."""

    day: date
    cashier_id: str
    kind: str
    amount: Money


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


class ReportBook(Protocol):
    """Read only."""

    def takings(self, period: Period) -> list[Takings]:
        """By day, then cashier."""
        ...

    def tenders(self, period: Period) -> list[TakenBy]:
        """By day, cashier and kind."""
        ...

    def bought_from(self, period: Period) -> list[BoughtFrom]:
        """By supplier; goods whose lot names none under an empty one."""
        ...

    def last_sold(self) -> dict[str, datetime]:
        """By drug, the newest sale; drugs never sold are not there."""
        ...
