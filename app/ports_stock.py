"""The doors to lots and to what baskets hold of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

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

    def get(self, lot_id: str) -> Lot:
        """:raises NotFound:."""
        ...

    def many(self, lot_ids: Sequence[str]) -> dict[str, Lot]:
        """Those that exist, by id."""
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
