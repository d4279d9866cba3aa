"""Exhibits in the books: what each is and its digest; its bytes lie in a sealed file."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select

from app.domain.clock import from_micros, micros
from app.domain.evidence import EvidenceKind, Exhibit
from app.storage.session import Session
from app.storage.tables_evidence import EVIDENCE


class Evidence:
    """:class:`app.ports_evidence.EvidenceBook`: those of the store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, exhibit: Exhibit) -> None:
        """Name a new one; :raises BadValue: its id is taken."""
        row = {
            **self._session.stamp,
            "id": exhibit.id,
            "kind": exhibit.kind.value,
            "sale_id": exhibit.sale_id,
            "at": micros(exhibit.at),
            "by": exhibit.by,
            "media": exhibit.media,
            "size": exhibit.size,
            "digest": exhibit.digest,
            "person_id": exhibit.person_id,
            "about": exhibit.about,
        }
        self._session.run(insert(EVIDENCE), row, "exhibit")

    def of_sale(self, sale_id: str, kind: EvidenceKind | None = None) -> list[Exhibit]:
        """Those of a sale, oldest first."""
        return self._those(EVIDENCE.c.sale_id == sale_id, kind)

    def of_person(self, person_id: str, kind: EvidenceKind | None = None) -> list[Exhibit]:
        """Those that show a person or were signed by one, oldest first."""
        return self._those(EVIDENCE.c.person_id == person_id, kind) if person_id else []

    def about(self, about: str, kind: EvidenceKind | None = None) -> list[Exhibit]:
        """Those of a consent, a proxy purchase, a held card; oldest first."""
        return self._those(EVIDENCE.c.about == about, kind) if about else []

    def _those(self, which: ColumnElement[bool], kind: EvidenceKind | None) -> list[Exhibit]:
        query = select(EVIDENCE).where(EVIDENCE.c.store_id == self._session.store_id, which)
        if kind is not None:
            query = query.where(EVIDENCE.c.kind == kind.value)
        ordered = query.order_by(EVIDENCE.c.at, EVIDENCE.c.id)
        return [exhibit_of(row) for row in self._session.run(ordered)]


def exhibit_of(row: Row[Any]) -> Exhibit:
    """The exhibit of a row of its table."""
    return Exhibit(
        id=row.id,
        kind=EvidenceKind(row.kind),
        sale_id=row.sale_id,
        at=from_micros(row.at),
        by=row.by,
        media=row.media,
        size=row.size,
        digest=row.digest,
        person_id=row.person_id,
        about=row.about,
        deleted_at=None if row.deleted_at is None else from_micros(row.deleted_at),
    )
