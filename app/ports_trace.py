"""The doors to trace codes that came in and to what suppliers announced of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.domain.received_states import ReceivedEvent
from app.domain.trace import CodeSource, NoticedCode, ReceivedCode


class ReceivedBook(Protocol):
    """Codes of boxes that the whole store received; one live row a code."""

    def add(
        self,
        lot_id: str,
        codes: Sequence[str],
        at: datetime,
        document_id: str,
        carton: str = "",
        source: CodeSource = CodeSource.SCAN,
    ) -> None:
        """These boxes came with this lot.

        :raises BadValue: one of them is on hand already or comes twice, or is too long to upload;
        :raises NotFound: no such lot.
        """
        ...

    def leave(
        self, codes: Sequence[str], event: ReceivedEvent, at: datetime, document_id: str
    ) -> None:
        """They went by another door than the till; codes never received are passed over.

        :raises BadValue: one of them is in a live sale.
        """
        ...

    def of_codes(self, codes: Sequence[str]) -> dict[str, ReceivedCode]:
        """What is known of each: the box on hand, else its newest row; unknown ones are absent."""
        ...

    def lots_of(self, codes: Sequence[str]) -> dict[str, str]:
        """Code -> lot, of the boxes on hand only."""
        ...

    def of_lot(self, lot_id: str) -> list[ReceivedCode]:
        """Every code of a lot, by code."""
        ...

    def of_document(self, document_id: str) -> list[ReceivedCode]:
        """Every code that a document brought, by lot and code."""
        ...

    def of_carton(self, carton: str) -> list[ReceivedCode]:
        """Every received code of a carton, by code."""
        ...

    def counts(self, lot_ids: Sequence[str]) -> dict[str, int]:
        """Lot -> how many codes came with it; zero for a lot without any."""
        ...

    def unsold_of(self, lot_ids: Sequence[str]) -> dict[str, list[str]]:
        """Lot -> the codes of its boxes that are on hand and in no live sale, by code."""
        ...

    def life_of(self, code: str) -> list[ReceivedCode]:
        """Every receiving of one code, oldest first."""
        ...

    def notice(self, codes: Sequence[NoticedCode]) -> None:
        """A supplier's file announced them; a code announced before takes the newer row."""
        ...

    def noticed(self, codes: Sequence[str]) -> dict[str, NoticedCode]:
        """What a file announced of these codes."""
        ...

    def noticed_in(self, carton: str) -> list[NoticedCode]:
        """What a file says is in the pack with this code, one level deep, by code."""
        ...
