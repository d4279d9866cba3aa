"""The doors to lots and to what baskets hold of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from app.domain.line_stock import Hold
from app.domain.money import UnitPrice
from app.domain.stock import Lot, LotStock
from app.domain.stock_document import DocumentKind, StockDocument


class LotBook(Protocol):
    """Lots of the whole store; their figures are sums of movements, never stored."""

    def add(self, lots: Sequence[Lot]) -> None:
        """New ones; :raises BadValue: an id is used."""
        ...

    def save(self, lot: Lot) -> None:
        """Write a changed state; :raises NotFound:."""
        ...

    def keep_judged(self, lot_id: str, words: str) -> None:
        """Why goods in quarantine were accepted or rejected, sealed."""
        ...

    def judged(self, lot_id: str) -> str:
        """The same; empty = nobody judged it."""
        ...

    def get(self, lot_id: str) -> Lot:
        """:raises NotFound:."""
        ...

    def many(self, lot_ids: Sequence[str]) -> dict[str, Lot]:
        """Those that exist, by id."""
        ...

    def costs(self, lot_ids: Sequence[str]) -> dict[str, UnitPrice]:
        """What each lot cost a pack; one whose cost nobody knows is not there."""
        ...

    def of_batch(self, batch: str, medicine_id: str = "") -> list[Lot]:
        """Every lot of a batch number (exact), of one drug or of all; by drug, then id."""
        ...

    def of_document(self, document_id: str) -> list[Lot]:
        """What a document brought, in id order."""
        ...

    def stock_of(self, medicine_ids: Sequence[str]) -> dict[str, list[LotStock]]:
        """Every lot of each drug that has goods on the shelf, first expired first.

        A drug without any is there with an empty list. ``reserved`` counts live holds of all tills.
        """
        ...


class HoldBook(Protocol):
    """What baskets hold of lots; the sum of movements less these is what another may take.

    Whoever takes goods off the shelf by another door than a sale calls :meth:`lock` first.
    """

    def lock(self, medicine_ids: Sequence[str]) -> None:
        """One till at a time chooses among the lots of a drug, until its unit ends."""
        ...

    def on(self, medicine_ids: Sequence[str]) -> list[Hold]:
        """What baskets of every till hold of these drugs, the soonest to end first."""
        ...

    def of_sale(self, sale_id: str) -> list[Hold]:
        """What one basket holds, by line."""
        ...

    def put(self, holds: Sequence[Hold]) -> None:
        """New ones."""
        ...

    def keep_until(self, sale_id: str, until: datetime) -> int:
        """Another end of all that a basket holds; answers how many rows that are."""
        ...

    def free(self, sale_id: str) -> int:
        """A basket lets go of everything; answers how many rows it held."""
        ...

    def drop(self, seqs: Sequence[int]) -> int:
        """Single rows that somebody else takes over; answers how many were there still."""
        ...

    def barred(self, sale_id: str, day: date) -> list[str]:
        """Lots that the basket holds and that may not be sold on this day."""
        ...

    def release(self, now: datetime, soon: datetime) -> int:
        """Free what is over: of sales at rest, and of open baskets whose time has passed.

        What was being paid for in a basket that is open again ends ``soon``.
        """
        ...


class DocumentBook(Protocol):
    """Papers that move goods, of the whole store; posted ones only."""

    def add(self, document: StockDocument) -> None:
        """A new one; :raises BadValue: its id or number is used."""
        ...

    def get(self, document_id: str) -> StockDocument:
        """:raises NotFound:."""
        ...

    def many(self, document_ids: Sequence[str]) -> dict[str, StockDocument]:
        """Those that exist, by id."""
        ...

    def of_kinds(
        self, kinds: Sequence[DocumentKind], begins: datetime, ends: datetime
    ) -> list[StockDocument]:
        """Posted in ``[begins, ends)``, newest first."""
        ...
