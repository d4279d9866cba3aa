"""What the page 价格 asks of the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from app.domain.catalogue import Medicine
    from app.domain.money import UnitPrice
    from app.domain.price import PriceChange, PriceList, TermKind
    from app.domain.promotion import Promotion
    from app.domain.sale import SaleLine
    from app.use_cases.doors import Operator
    from app.use_cases.price_lists import ListTaken
    from app.use_cases.price_page import PriceFile, PriceRow, PricesToLookAt, Progress
    from app.use_cases.price_query import ListAnswer
    from app.use_cases.price_sheet import SheetTaken
    from app.use_cases.price_tags import ShelfTag
    from app.use_cases.prices import PriceDraft, Proposed
    from app.use_cases.sign_in import SecondPerson
    from ui.price_tags import TagsPrinted


class PricesDoor(Protocol):
    """The first two are answered from memory, imports and the last two on
    the *recovery* lane, else *store*."""

    def price_now(self, medicine_id: str) -> UnitPrice | None:
        """Approved and due by now, while the catalogue does not say so yet; None = as it says."""
        ...

    def changed_prices(self) -> Mapping[str, UnitPrice]:
        """Drugs whose price changed at this till since this was last asked."""
        ...

    def lowered_prices(
        self, lines: Sequence[SaleLine], no: int, wanted: Promotion, operator: Operator
    ) -> Mapping[str, UnitPrice]:
        """What drugs of this basket may cost (``no``: the line meant), if the level reaches."""
        ...

    def price_rows(self, medicines: Sequence[Medicine]) -> tuple[PriceRow, ...]:
        """These drugs with their prices and bounds."""
        ...

    def filtered_prices(self, which: str) -> tuple[PriceRow, ...]:
        """``changed``, ``open``, ``selected``: what the books answer."""
        ...

    def price_file(self, medicine_id: str) -> PriceFile:
        """History and lists of one drug; :raises NotFound:."""
        ...

    def propose_prices(self, drafts: Sequence[PriceDraft], operator: Operator) -> Proposed:
        """Saved or refused, each; :raises NotAllowed:."""
        ...

    def approve_prices(
        self, change_ids: Sequence[str], operator: Operator, second: SecondPerson | None
    ) -> tuple[PriceChange, ...]:
        """By another person than the proposer; :raises NotAllowed, RuleBroken, SignInRefused:."""
        ...

    def withdraw_prices(
        self, change_ids: Sequence[str], operator: Operator
    ) -> tuple[PriceChange, ...]:
        """What is not in force yet."""
        ...

    def answer_price(
        self,
        change_id: str,
        accepted: bool,
        told: str,
        operator: Operator,
        second: SecondPerson | None,
    ) -> PriceChange:
        """What the agency's portal said, entered by two people."""
        ...

    def resend_price(self, change_id: str, operator: Operator) -> PriceChange:
        """A refused price once more."""
        ...

    def import_price_sheet(self, path: Path, reason: str, operator: Operator) -> SheetTaken:
        """Prices from a file; :raises BadFile:."""
        ...

    def import_price_list(
        self, kind: TermKind, path: Path, source: str, begins: date, operator: Operator
    ) -> ListTaken:
        """A list that bounds prices; :raises BadFile, BadValue, NotAllowed:."""
        ...

    def price_lists(self) -> tuple[PriceList, ...]:
        """Imports, the newest first."""
        ...

    def selected_progress(self) -> tuple[Progress, ...]:
        """Volume-based procurement: how far the agreed quantities are bought."""
        ...

    def price_tags(self, medicine_ids: Sequence[str]) -> tuple[ShelfTag, ...]:
        """Shelf labels of these drugs; of none: of all whose price begins today."""
        ...

    def print_price_tags(
        self, tags: Sequence[ShelfTag], tell: Callable[[int], None]
    ) -> TagsPrinted:
        """*labels* lane: on the label printer; :raises NotOffered: there is none."""
        ...

    def prices_to_look_at(self) -> PricesToLookAt:
        """The morning list; *recovery* lane: it looks through the whole catalogue."""
        ...

    def ask_price_lists(self, operator: Operator, tell: Callable[[str, int], None]) -> ListAnswer:
        """1318 and 1319 beside the catalogue; *recovery* lane: it has a line of its own."""
        ...
