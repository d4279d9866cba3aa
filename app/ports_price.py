"""The door to prices, their history, and the lists that bound them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from app.domain.money import Quantity
from app.domain.price import PriceChange, PriceList, PriceTerm
from app.domain.price_states import PriceState


class PriceBook(Protocol):
    """Prices of the whole store; nothing is ever deleted."""

    def add(self, changes: Sequence[PriceChange]) -> None:
        """New ones; :raises BadValue: an id is used, or a drug would have two prices in force."""
        ...

    def save(self, change: PriceChange, was: PriceState) -> None:
        """Write a changed one; :raises StoreStale: it is no longer in the state ``was``."""
        ...

    def get(self, change_id: str) -> PriceChange:
        """:raises NotFound:."""
        ...

    def of_medicine(self, medicine_id: str) -> list[PriceChange]:
        """All of one drug, the newest first."""
        ...

    def in_force(self, medicine_ids: Sequence[str]) -> dict[str, PriceChange]:
        """The one that counts, for those that have a history."""
        ...

    def in_state(self, states: Collection[PriceState]) -> list[PriceChange]:
        """Of every drug, by when they take effect."""
        ...

    def due(self, moment: datetime) -> list[PriceChange]:
        """Approved (accepted, where that is asked for) and due at that moment; oldest first."""
        ...

    def taken_after(self, version: int) -> list[PriceChange]:
        """Those that took effect in books newer than that version of the catalogue."""
        ...

    def began_between(self, begins: datetime, ends: datetime) -> list[PriceChange]:
        """In force or replaced, with an effect in ``[begins, ends)``."""
        ...

    def keep_list(self, told: PriceList, terms: Sequence[PriceTerm]) -> None:
        """A list that was imported, with its rows."""
        ...

    def lists(self) -> list[PriceList]:
        """The newest first."""
        ...

    def terms_of(self, medicine_ids: Sequence[str]) -> dict[str, list[PriceTerm]]:
        """Every row of every list about each drug; a drug without any is not there."""
        ...

    def terms_turning(self, after: date, until: date) -> set[str]:
        """Drugs of which a row begins in ``(after, until]`` or ended in ``[after, until)``."""
        ...

    def with_term(self, kind: str, day: date) -> list[PriceTerm]:
        """Rows of one kind whose period holds the day, by drug."""
        ...

    def moved(
        self, medicine_ids: Sequence[str], kinds: Collection[str], begins: datetime, ends: datetime
    ) -> dict[str, Quantity]:
        """What movements of these kinds come to in ``[begins, ends)``; zero where none."""
        ...
