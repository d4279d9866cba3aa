"""Prices as the shop keeps them: changes with two names, and lists that bound them.

A changed price is a row of its own that never goes away; the one in force ends when the next one
takes effect, so that of one drug exactly one counts at any moment (HY-1.2.2, EZ-3b).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.domain.money import Money, Quantity, UnitPrice
from app.domain.price_states import PRICE, PriceEvent, PriceState
from app.errors import BadValue

LONGEST_REASON = 100


class PriceSource(StrEnum):
    """Where a price came from."""

    BASELINE = "baseline"
    """What the catalogue said when the history of the drug began."""
    TYPED = "typed"
    FILE = "file"
    CATALOGUE = "catalogue"
    """A later import of the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """One price of one drug, from the wish to the shelf."""

    id: str
    medicine_id: str
    price: UnitPrice
    before: UnitPrice | None
    """What counted when it was proposed; None = the drug had no price."""
    effective_at: datetime
    reason: str
    state: PriceState = PriceState.PROPOSED
    source: PriceSource = PriceSource.TYPED
    highest: UnitPrice | None = None
    """The highest price allowed when it was saved (最高零售价); None = nothing bounds it."""
    decision: str = ""
    """What the manager decided where no listed price is known (HY-1.2.2)."""
    proposed_by: str = ""
    proposed_at: datetime | None = None
    approved_by: str = ""
    approved_at: datetime | None = None
    upload: bool = False
    """The platform must take it before it counts (S-26)."""
    answered_by: str = ""
    """Who entered it in the portal; empty = the platform itself answered."""
    answered_second: str = ""
    answered_at: datetime | None = None
    platform_text: str = ""
    """Number given by the portal, or why it refused."""
    ended_by: str = ""
    """Who withdrew it."""
    ended_at: datetime | None = None
    """Withdrawn, or replaced by the next one from this moment on."""
    catalogue_version: int = 0
    """Of the books in which it took effect; other tills learn by it what changed."""

    def step(self, event: PriceEvent) -> PriceChange:
        """After the event; :raises IllegalTransition: when the table holds no such."""
        return replace(self, state=PRICE.step(self.state, event))

    def counts_at(self, moment: datetime) -> bool:
        """Whether it was, or is, the price at that moment."""
        if self.state not in (PriceState.IN_FORCE, PriceState.REPLACED):
            return False
        return self.effective_at <= moment and (self.ended_at is None or moment < self.ended_at)


class TermKind(StrEnum):
    """Which list a bound comes from."""

    LISTED = "listed"
    """挂网价 of the procurement platform: same maker, same specification (EZ-3a, HY-1.2.2)."""
    AGREED = "agreed"
    """协议价 with the agency (EZ-3a)."""
    SELECTED = "selected"
    """中选价 of volume-based procurement (LN-4.1a, EZ-4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTerm:
    """One drug on one such list, for so long."""

    id: str
    medicine_id: str
    kind: TermKind
    price: Money
    begins: date
    ends: date | None = None
    """The last day; None = until the next list says otherwise."""
    source: str = ""
    """Which list, as its owner calls it."""
    list_id: str = ""
    """The import that brought it."""
    batch: str = ""
    """采购批次 of volume-based procurement."""
    quantity: Quantity | None = None
    """Packs agreed to buy and sell in the period (约定采购量)."""
    by_hq: bool = False
    """Headquarters act for the branch: read-only here (LN-4.1a)."""

    def holds_on(self, day: date) -> bool:
        """Whether the day lies in its period."""
        return self.begins <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class PriceList:
    """One import, for who asks where a bound comes from."""

    id: str
    kind: TermKind
    source: str
    begins: date
    rows: int
    checksum: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """What bounds a drug's price on one day."""

    listed: Money | None = None
    agreed: Money | None = None
    selected: Money | None = None


def bounds_of(terms: list[PriceTerm], day: date) -> dict[TermKind, PriceTerm]:
    """Of a drug's terms the one of each kind that counts on that day.

    The latest beginning wins, of two the same day the one imported last (ids grow with time).
    """
    found: dict[TermKind, PriceTerm] = {}
    for one in sorted(terms, key=lambda each: (each.begins, each.id)):
        if one.holds_on(day):
            found[one.kind] = one
    return found


def retail_price(text: str) -> UnitPrice:
    """A price as it stands on a shelf label: whole fen, above zero.

    :raises BadValue: anything else.
    """
    price = UnitPrice.of_money(Money.of(text))
    if not price.micro:
        raise BadValue(what="price", why="0")
    return price


def check_reason(reason: str) -> str:
    """Every change says why; :raises BadValue: nothing said, or a whole letter."""
    tidy = " ".join(reason.split())
    if not 1 <= len(tidy) <= LONGEST_REASON:
        raise BadValue(what="reason", why=f"1 - {LONGEST_REASON}")
    return tidy
