"""What the screens ask of the shop about the morning, its papers and its fractions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from app.domain.indicators import Mark
    from app.domain.money import Money
    from app.domain.papers import Claim, StorePaper
    from app.use_cases.board import BoardView
    from app.use_cases.doors import Operator
    from app.use_cases.fractions import FractionsView
    from app.use_cases.store_papers import NewPaper, PapersView


class BoardDoor(Protocol):
    """NotAllowed where the operator sees no costs."""

    def board_view(self, operator: Operator) -> BoardView:
        """*recovery*: the morning's figures."""
        ...

    def fractions_view(self, operator: Operator) -> FractionsView:
        """*recovery*: the three fractions with what would lift them."""
        ...

    def mark_drug(self, operator: Operator, medicine_id: str, mark: Mark, on: bool) -> None:
        """*store*: say of a drug what it is; :raises NotFound:."""
        ...

    def set_zone(self, operator: Operator, special: bool) -> None:
        """*store*: whether this till stands in the special-disease zone."""
        ...

    def papers_view(self, operator: Operator) -> PapersView:
        """*store*: licences, agreements, the compliance file, claims; :raises BadFile: calendar."""
        ...

    def add_paper(self, operator: Operator, typed: NewPaper) -> StorePaper:
        """*store*: file or renew one; :raises BadValue:."""
        ...

    def withdraw_paper(self, operator: Operator, paper_id: str) -> None:
        """*store*: it counts no more; :raises NotFound:."""
        ...

    def add_claim(
        self, operator: Operator, title: str, amount: Money, submitted_on: date, reference: str
    ) -> Claim:
        """*store*: :raises BadValue:."""
        ...

    def pay_claim(
        self, operator: Operator, claim_id: str, paid_on: date, paid: Money, note: str
    ) -> Claim:
        """*store*: what came of it; :raises BadValue:."""
        ...
