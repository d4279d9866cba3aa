"""What the screens ask of the shop about held cards (留存社保卡)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.custody import CustodyEvent
    from app.domain.custody_use import GapEnd
    from app.use_cases.custody import Application, Paper
    from app.use_cases.custody_page import CustodyPage
    from app.use_cases.custody_papers import FilingForm
    from app.use_cases.custody_use import UseOffer
    from app.use_cases.doors import Operator
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.views import Patient


class CustodyDoor(Protocol):
    """The *store* lane, all of it; errors as the verbs in ``app/use_cases/custody*.py`` raise."""

    def custody_page(
        self, operator: Operator, *, every: bool = False, look: bool = False
    ) -> CustodyPage:
        """How many are held, why, since when, what is late."""
        ...

    def custody_attention(self) -> tuple[int, int, int]:
        """(unexplained cards, late receipts, late returns) of the store."""
        ...

    def custody_apply(self, application: Application, paper: Paper, operator: Operator) -> None:
        """Keep a written application."""
        ...

    def custody_file(self, held_id: str, number: str, on: date, operator: Operator) -> None:
        """备案."""
        ...

    def custody_consent(
        self, held_id: str, number: str, on: date, until: date | None, operator: Operator
    ) -> None:
        """The centre's consent, for the first time or for longer."""
        ...

    def custody_take(
        self, held_id: str, place: str, envelope: str, back: date, operator: Operator
    ) -> None:
        """The card comes in."""
        ...

    def custody_end(self, held_id: str, event: CustodyEvent, operator: Operator) -> None:
        """Withdrawn, refused, run out."""
        ...

    def custody_return(self, held_id: str, paper: Paper, operator: Operator) -> None:
        """The card goes back, signed for."""
        ...

    def custody_offer(self, sale_id: str, patient: Patient) -> UseOffer | None:
        """What may be said of the card that was shown."""
        ...

    def custody_use(self, sale_id: str, held_id: str, shipping_no: str, operator: Operator) -> date:
        """The sale rests on the card; answers when the receipt is due."""
        ...

    def custody_unuse(self, sale_id: str, operator: Operator) -> None:
        """It rests on none after all."""
        ...

    def custody_receipt(self, use_id: str, paper: Paper, operator: Operator) -> None:
        """The patient signed for what was bought."""
        ...

    def custody_count(
        self, there: Sequence[str], surplus: int, note: str, operator: Operator
    ) -> int:
        """The evening's count; answers how many cards are unexplained."""
        ...

    def custody_explain(
        self,
        gap_id: str,
        end: GapEnd,
        reason: str,
        operator: Operator,
        second: SecondPerson | None,
    ) -> None:
        """What became of an unexplained card."""
        ...

    def custody_form(self, held_id: str, operator: Operator) -> FilingForm:
        """The filing form, with the person whole; logged."""
        ...

    def custody_ledger(self, operator: Operator) -> CustodyPage:
        """Every case that ever was, masked; logged."""
        ...

    def custody_evening(self, operator: Operator) -> CustodyPage:
        """The list of the day's end, masked."""
        ...
