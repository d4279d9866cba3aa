"""The doors to suppliers, to orders and to receivings from their first line on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from app.domain.purchase_order import PurchaseOrder
from app.domain.receiving import Receiving, TypedLine
from app.domain.receiving_states import OrderState, ReceivingState
from app.domain.supplier import FirstProduct, Supplier


class SupplierBook(Protocol):
    """Suppliers' files of the store."""

    def add(self, supplier: Supplier) -> None:
        """A new one; :raises BadValue: one of this name (NFKC, no case, no blanks) is there."""
        ...

    def save(self, supplier: Supplier) -> Supplier:
        """Write a changed one; answers it one version on; :raises StoreStale: when behind."""
        ...

    def get(self, supplier_id: str) -> Supplier:
        """:raises NotFound:."""
        ...

    def find(self, supplier_id: str) -> Supplier | None:
        """As :meth:`get`, None where there is none."""
        ...

    def by_name(self, name: str) -> Supplier | None:
        """However it is spelt (NFKC, no case, no blanks)."""
        ...

    def all(self) -> list[Supplier]:
        """By name."""
        ...

    def approve(self, products: Sequence[FirstProduct]) -> None:
        """首营品种: write or replace approvals."""
        ...

    def approved(self, supplier_id: str, medicine_ids: Sequence[str]) -> dict[str, FirstProduct]:
        """Approvals of these drugs for the supplier, by drug."""
        ...

    def learn(self, supplier_id: str, kind: str, words: Mapping[str, str]) -> None:
        """What this supplier's files mean by a word; a word learned before is corrected.

        ``kind``: ``heading`` (field name) or ``drug`` (medicine id); words are NFKC, folded.
        """
        ...

    def learned(self, supplier_id: str, kind: str) -> dict[str, str]:
        """Everything learned of one kind."""
        ...


class OrderBook(Protocol):
    """Purchase orders of the store."""

    def add(self, order: PurchaseOrder) -> None:
        """A new one; :raises BadValue: its id is taken."""
        ...

    def save(self, order: PurchaseOrder) -> PurchaseOrder:
        """Write a changed one; answers it one version on; :raises StoreStale: when behind."""
        ...

    def get(self, order_id: str) -> PurchaseOrder:
        """:raises NotFound:."""
        ...

    def those(self, states: Collection[OrderState], limit: int) -> list[PurchaseOrder]:
        """In these states, newest first."""
        ...


class ReceivingBook(Protocol):
    """Receivings of the store: drafts as typed, posted ones as they were posted."""

    def add(self, head: Receiving) -> None:
        """A new draft; :raises BadValue: its id is taken."""
        ...

    def save(self, head: Receiving) -> Receiving:
        """Write a changed head; answers it one version on.

        A posted one takes its note's number for its supplier, a corrected one gives it back.
        :raises StoreStale: when behind; :raises BadValue: the note was posted before.
        """
        ...

    def get(self, receiving_id: str) -> Receiving:
        """:raises NotFound:."""
        ...

    def those(self, states: Collection[ReceivingState], limit: int) -> list[Receiving]:
        """In these states, newest first."""
        ...

    def posted_note(self, head: Receiving) -> Receiving | None:
        """The posted receiving of the same note of the same supplier."""
        ...

    def lines(self, receiving_id: str) -> list[TypedLine]:
        """By line number."""
        ...

    def count(self, receiving_ids: Sequence[str]) -> dict[str, int]:
        """How many lines each has."""
        ...

    def put(self, receiving_id: str, lines: Sequence[TypedLine]) -> None:
        """Write lines, in place of those of the same numbers."""
        ...

    def take_out(self, receiving_id: str, no: int) -> None:
        """Strike a line of a draft; a line that is not there is no error."""
        ...
