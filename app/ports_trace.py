"""The doors to trace codes that came in and to what suppliers announced of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.domain.quality import NoCodeLot, NoCodeReason, QualityCase, UncodedLine
from app.domain.received_states import ReceivedEvent
from app.domain.trace import CodeSale, CodeSource, NoticedCode, ReceivedCode
from app.domain.trace_facts import CodeHeld


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

    def drugs_with_codes(self, medicine_ids: Sequence[str]) -> set[str]:
        """Those of the drugs of which any code was ever received."""
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
        """The boxes that a file says are in the pack with this code, by code; packs unpacked."""
        ...


class QualityBook(Protocol):
    """Suspect boxes of the whole store; one live case a code."""

    def add(self, case: QualityCase) -> None:
        """A new one; :raises BadValue: the box has a live case already."""
        ...

    def save(self, case: QualityCase) -> None:
        """Write a decision; :raises NotFound:."""
        ...

    def get(self, case_id: str) -> QualityCase:
        """:raises NotFound:."""
        ...

    def live_of(self, codes: Sequence[str]) -> dict[str, QualityCase]:
        """The live cases of these codes."""
        ...

    def of_code(self, code: str) -> list[QualityCase]:
        """Every case of one code, oldest first."""
        ...

    def those(self, *, live: bool, limit: int) -> list[QualityCase]:
        """Newest first; ``live``: only what waits for a decision."""
        ...

    def waiting(self) -> int:
        """How many wait for a decision."""
        ...


class UncodedBook(Protocol):
    """Boxes without a code: the no-code list (无码库), and why lines were sold without one."""

    def put(self, lots: Sequence[NoCodeLot]) -> int:
        """Batches for the list; answers how many were not on it yet."""
        ...

    def drop(self, medicine_id: str, batch: str) -> None:
        """Take a batch off the list; :raises NotFound:."""
        ...

    def listed(self, lots: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of (drug, batch) that are on the list."""
        ...

    def all(self) -> list[NoCodeLot]:
        """The list, newest first."""
        ...

    def say(self, one: UncodedLine) -> None:
        """Why a line's boxes carry no code; a line's later word takes the place of its earlier."""
        ...

    def of_sale(self, sale_id: str) -> dict[int, NoCodeReason]:
        """Line -> reason."""
        ...

    def last(self, medicine_id: str, batch: str) -> NoCodeReason | None:
        """What was said last of this product and lot; None = nothing yet."""
        ...

    def recent(self, limit: int) -> list[UncodedLine]:
        """Newest first."""
        ...


class BasketCodes(Protocol):
    """Codes in baskets that are not finished, of every till of the store."""

    def holding(self, codes: Sequence[str], but: Sequence[str]) -> dict[str, CodeHeld]:
        """Who holds them, other than the sales ``but``; pieces of an opened pack are shared.

        ``CodeHeld.till_no`` is 0 for this till, and for one whose number nobody knows.
        """
        ...

    def freed(self, codes: Sequence[str]) -> set[str]:
        """Those that were sold before and came back by a completed reversal."""
        ...

    def sales_of(self, code: str) -> list[CodeSale]:
        """Every sale of one code, oldest first."""
        ...
