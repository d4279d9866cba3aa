"""Suppliers' files, first products, and what their files taught: rows to values and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from app.domain.catalogue import folded
from app.domain.supplier import FirstProduct, Supplier
from app.errors import NotFound, StoreStale
from app.storage.codec import from_text, to_text
from app.storage.session import Session, chunks, upsert
from app.storage.tables_supply import FIRST_PRODUCT, SUPPLIER, SUPPLY_MEMORY


class Suppliers:
    """:class:`app.ports_supply.SupplierBook`: those of the store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, supplier: Supplier) -> None:
        """A new one; :raises BadValue: one of this name (NFKC, no case, no blanks) is there."""
        row = {**self._session.stamp, "id": supplier.id, **_row(supplier)}
        self._session.run(insert(SUPPLIER), row, "supplier")

    def save(self, supplier: Supplier) -> Supplier:
        """Write a changed one; answers it one version on; :raises StoreStale: when behind."""
        saved = replace(supplier, version=supplier.version + 1)
        query = update(SUPPLIER).where(
            SUPPLIER.c.id == supplier.id, SUPPLIER.c.version == supplier.version
        )
        if self._session.run(query.values(_row(saved)), what="supplier").rowcount != 1:
            raise StoreStale(what="supplier")
        return saved

    def get(self, supplier_id: str) -> Supplier:
        """:raises NotFound:."""
        found = self.find(supplier_id)
        if found is None:
            raise NotFound(what="supplier")
        return found

    def find(self, supplier_id: str) -> Supplier | None:
        """As :meth:`get`, None where there is none."""
        return self._one(self._all().where(SUPPLIER.c.id == supplier_id))

    def by_name(self, name: str) -> Supplier | None:
        """However it is spelt (NFKC, no case, no blanks)."""
        return self._one(self._all().where(SUPPLIER.c.name_key == folded(name)))

    def all(self) -> list[Supplier]:
        """By name."""
        return [_supplier(row) for row in self._session.run(self._all().order_by("name_key"))]

    def approve(self, products: Sequence[FirstProduct]) -> None:
        """首营品种: write or replace approvals."""
        if not products:
            return
        rows = [
            {
                **self._session.stamp,
                "supplier_id": one.supplier_id,
                "medicine_id": one.medicine_id,
                "body": to_text(one),
            }
            for one in products
        ]
        query = upsert(self._session.dialect, FIRST_PRODUCT)
        query = query.on_conflict_do_update(
            index_elements=["supplier_id", "medicine_id"],
            set_={"body": query.excluded.body, "till_id": query.excluded.till_id},
        )
        self._session.run(query, rows)

    def approved(self, supplier_id: str, medicine_ids: Sequence[str]) -> dict[str, FirstProduct]:
        """Approvals of these drugs for the supplier, by drug."""
        found: dict[str, FirstProduct] = {}
        for some in chunks(medicine_ids):
            query = select(FIRST_PRODUCT.c.medicine_id, FIRST_PRODUCT.c.body).where(
                FIRST_PRODUCT.c.supplier_id == supplier_id,
                FIRST_PRODUCT.c.medicine_id.in_(some),
            )
            rows = self._session.run(query)
            found |= {row.medicine_id: from_text(FirstProduct, row.body) for row in rows}
        return found

    def learn(self, supplier_id: str, kind: str, words: Mapping[str, str]) -> None:
        """What this supplier's files mean by a word; a word learned before is corrected."""
        if not words:
            return
        place = {"store_id": self._session.store_id, "supplier_id": supplier_id, "kind": kind}
        rows = [{**place, "word": word, "meaning": meaning} for word, meaning in words.items()]
        query = upsert(self._session.dialect, SUPPLY_MEMORY)
        query = query.on_conflict_do_update(
            index_elements=["store_id", "supplier_id", "kind", "word"],
            set_={"meaning": query.excluded.meaning},
        )
        self._session.run(query, rows)

    def learned(self, supplier_id: str, kind: str) -> dict[str, str]:
        """Everything learned of one kind."""
        query = select(SUPPLY_MEMORY.c.word, SUPPLY_MEMORY.c.meaning).where(
            SUPPLY_MEMORY.c.store_id == self._session.store_id,
            SUPPLY_MEMORY.c.supplier_id == supplier_id,
            SUPPLY_MEMORY.c.kind == kind,
        )
        return {row.word: row.meaning for row in self._session.run(query)}

    def _all(self) -> Select[Any]:
        return select(SUPPLIER).where(SUPPLIER.c.store_id == self._session.store_id)

    def _one(self, query: Select[Any]) -> Supplier | None:
        row = self._session.one(query)
        return None if row is None else _supplier(row)


def _row(one: Supplier) -> dict[str, Any]:
    return {
        "version": one.version,
        "name_key": one.name_key,
        "state": one.state.value,
        "body": to_text(one),
    }


def _supplier(row: Row[Any]) -> Supplier:
    return replace(from_text(Supplier, row.body), version=row.version)
