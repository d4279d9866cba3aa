"""The papers that move goods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from app.domain.clock import from_micros, micros
from app.domain.stock_document import DocumentKind, StockDocument
from app.errors import NotFound
from app.storage.session import Session, chunks
from app.storage.tables_stock import STOCK_DOCUMENT


class Documents:
    """:class:`app.ports_stock.DocumentBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, document: StockDocument) -> None:
        """A new one; :raises BadValue: its id or number is used."""
        row = {
            "id": document.id,
            "kind": document.kind.value,
            "number": document.number,
            "at": micros(document.at),
            "staff_id": document.staff_id,
            "second_id": document.second_id,
            "party_id": document.party_id,
            "corrects": document.corrects,
            "reason": document.reason,
            "note": document.note,
        }
        self._session.run(insert(STOCK_DOCUMENT), {**self._session.stamp, **row}, "document")

    def get(self, document_id: str) -> StockDocument:
        """:raises NotFound:."""
        row = self._session.one(select(STOCK_DOCUMENT).where(STOCK_DOCUMENT.c.id == document_id))
        if row is None:
            raise NotFound(what="document")
        return _document(row)

    def many(self, document_ids: Sequence[str]) -> dict[str, StockDocument]:
        """Those that exist, by id."""
        found: dict[str, StockDocument] = {}
        for some in chunks(document_ids):
            query = select(STOCK_DOCUMENT).where(STOCK_DOCUMENT.c.id.in_(some))
            found |= {row.id: _document(row) for row in self._session.run(query)}
        return found

    def of_kinds(
        self, kinds: Sequence[DocumentKind], begins: datetime, ends: datetime
    ) -> list[StockDocument]:
        """Posted in ``[begins, ends)``, newest first."""
        query = (
            select(STOCK_DOCUMENT)
            .where(
                STOCK_DOCUMENT.c.kind.in_([kind.value for kind in kinds]),
                STOCK_DOCUMENT.c.at >= micros(begins),
                STOCK_DOCUMENT.c.at < micros(ends),
            )
            .order_by(STOCK_DOCUMENT.c.at.desc(), STOCK_DOCUMENT.c.number.desc())
        )
        return [_document(row) for row in self._session.run(query)]


def _document(row: Row[Any]) -> StockDocument:
    return StockDocument(
        id=row.id,
        kind=DocumentKind(row.kind),
        number=row.number,
        at=from_micros(row.at),
        staff_id=row.staff_id,
        second_id=row.second_id,
        party_id=row.party_id,
        corrects=row.corrects,
        reason=row.reason,
        note=row.note,
    )
