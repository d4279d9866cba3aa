"""The door to what was keyed in from the insurer's portal (SJZ-A.7): which ids, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.balance import Period
from app.domain.money import Money


@dataclass(frozen=True, slots=True)
class PortalEntry:
    """One id of the platform as somebody keyed it in; amounts as on the platform, a cancel's
    negative."""

    setl_id: str
    settlement_id: str
    sale_id: str
    cancel: bool
    by: str
    """Id of who keyed it in; empty for rows of before that was kept."""
    at: datetime
    told_at: datetime
    """The portal's own time of it."""
    total: Money
    fund: Money
    account: Money
    cash: Money


@dataclass(frozen=True, slots=True)
class PortalSum:
    """What of a shift went by the portal."""

    shift_id: str
    back: bool
    sales: int
    total: Money
    """Not negative, whichever way it went."""
    fund: Money


class PortalBook(Protocol):
    """Of the whole store; an id stands in it once, whichever till keyed it and for what."""

    def enter(self, entry: PortalEntry) -> None:
        """:raises BadValue: the store has that id, from any till."""
        ...

    def has(self, setl_id: str) -> bool:
        """Whether any till of the store keyed it in."""
        ...

    def of_sale(self, sale_id: str) -> list[PortalEntry]:
        """In the order of keying."""
        ...

    def of_settlements(self, settlement_ids: Sequence[str]) -> list[PortalEntry]:
        """In the order of keying."""
        ...

    def between(self, begins: datetime, ends: datetime) -> list[PortalEntry]:
        """By the portal's time in ``[begins, ends)``, oldest first."""
        ...

    def sums(self, shift_ids: Sequence[str]) -> list[PortalSum]:
        """Of completed sales and done returns, by shift; one without them is not there."""
        ...

    def days(self, period: Period) -> dict[date, tuple[int, Money]]:
        """By business day of the shifts: completed sales, and their money less what came back."""
        ...
