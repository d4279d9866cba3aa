"""The door to the books of held cards: cases, uses, evening counts, unexplained cards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.custody import CustodyState, HeldCard
from app.domain.custody_use import CardUse, CustodyCount, CustodyGap


@dataclass(frozen=True, slots=True)
class UseSeen:
    """A use with what became of its sale."""

    use: CardUse
    done_at: datetime | None
    """None = the sale was never completed: nothing was handed over."""
    receipt_no: str = ""
    goods_out: bool = False
    """Goods of it are with the patient: it was completed and did not come back whole. Of what
    came back in part the remainder counts, whatever became of that."""

    @property
    def owes(self) -> bool:
        """Whether the patient's receipt is still to come."""
        return self.goods_out and self.use.confirmed_at is None


class CustodyBook(Protocol):
    """Held cards of the store; persons are sealed, and found by keyed hash."""

    def add(self, card: HeldCard) -> None:
        """A new case; :raises BadValue: its id is taken."""
        ...

    def save(self, card: HeldCard) -> HeldCard:
        """Write a changed one, answers it with its version raised; :raises StoreStale: behind."""
        ...

    def get(self, held_id: str) -> HeldCard:
        """:raises NotFound:."""
        ...

    def cases(self, states: Iterable[CustodyState] | None = None) -> list[HeldCard]:
        """Those in some states, all without; oldest application first."""
        ...

    def shown(self, card_no: str, cert_no: str) -> HeldCard | None:
        """The open case of a card or of its holder; a card that lies here before one applied for.

        Found by keyed hash of either number; empty numbers find nothing.
        """
        ...

    def add_use(self, use: CardUse) -> None:
        """A new use; :raises BadValue: its sale has one."""
        ...

    def save_use(self, use: CardUse) -> None:
        """Write a changed one; :raises NotFound:."""
        ...

    def drop_use(self, use_id: str) -> None:
        """Take one back whose sale rests on no held card after all; :raises NotFound:."""
        ...

    def use_of_sale(self, sale_id: str) -> CardUse | None:
        """The use that a sale rests on."""
        ...

    def uses(self, held_id: str = "") -> list[UseSeen]:
        """Those of a card, or of all, newest first."""
        ...

    def awaiting(self) -> list[UseSeen]:
        """Completed sales whose receipt is not here yet, the earliest due first."""
        ...

    def add_gap(self, gap: CustodyGap) -> None:
        """A new unexplained card; :raises BadValue: its id is taken."""
        ...

    def save_gap(self, gap: CustodyGap) -> None:
        """Write what was found out; :raises NotFound:."""
        ...

    def gaps(self, *, every: bool = False) -> list[CustodyGap]:
        """Those unexplained, or every one; oldest first."""
        ...

    def add_count(self, count: CustodyCount) -> None:
        """An evening's count."""
        ...

    def last_count(self) -> CustodyCount | None:
        """The newest one of the store."""
        ...
