"""The doors to suppliers and to what was approved of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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
