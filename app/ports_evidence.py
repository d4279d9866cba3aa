"""The doors to evidence: what the books know of a piece, and where its bytes lie."""

from __future__ import annotations

from typing import Protocol

from app.domain.evidence import EvidenceKind, Exhibit


class EvidenceStore(Protocol):
    """Where the bytes of exhibits lie, sealed."""

    def put(self, exhibit: Exhibit, content: bytes) -> None:
        """Keep them; durable when it returns. Called before the books name the exhibit.

        :raises StoreFull, StoreReadOnly: nothing is kept then.
        """
        ...

    def get(self, exhibit: Exhibit) -> bytes:
        """The plain bytes; :raises NotFound: gone; :raises SecretError: altered or exchanged."""
        ...


class EvidenceBook(Protocol):
    """Exhibits of the store; :meth:`add` only, for evidence is not changed."""

    def add(self, exhibit: Exhibit) -> None:
        """Name a new one; :raises BadValue: its id is taken."""
        ...

    def of_sale(self, sale_id: str, kind: EvidenceKind | None = None) -> list[Exhibit]:
        """Those of a sale, oldest first."""
        ...

    def of_person(self, person_id: str, kind: EvidenceKind | None = None) -> list[Exhibit]:
        """Those that show a person or were signed by one, oldest first."""
        ...

    def about(self, about: str, kind: EvidenceKind | None = None) -> list[Exhibit]:
        """Those of a consent, a proxy purchase, a held card; oldest first."""
        ...
