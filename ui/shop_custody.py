"""The open shop's part for held cards: use cases with their doors bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.custody import CustodyEvent
    from app.domain.custody_use import GapEnd
    from app.use_cases.custody import Application, Paper
    from app.use_cases.custody_page import CustodyPage
    from app.use_cases.custody_papers import FilingForm
    from app.use_cases.custody_use import UseOffer
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.views import Patient


class ShopCustody:
    """``ui.screens.custody_door.CustodyDoor``; a part of :class:`ui.shop.Shop`.

    Imports stand inside on purpose: no start needs them.
    """

    doors: Doors

    def custody_page(
        self, operator: Operator, *, every: bool = False, look: bool = False
    ) -> CustodyPage:
        """How many are held, why, since when, what is late."""
        from app.use_cases.custody_page import custody_page

        return custody_page(self.doors, operator, every=every, look=look)

    def custody_attention(self) -> tuple[int, int, int]:
        """(unexplained cards, late receipts, late returns) of the store."""
        from app.use_cases.custody_page import needs_attention

        return needs_attention(self.doors)

    def custody_apply(self, application: Application, paper: Paper, operator: Operator) -> None:
        """Keep a written application."""
        from app.use_cases.custody import apply

        _require_sound(paper)
        apply(self.doors, application, paper, operator)

    def custody_file(self, held_id: str, number: str, on: date, operator: Operator) -> None:
        """备案."""
        from app.use_cases.custody import file_with_centre

        file_with_centre(self.doors, held_id, number, on, operator)

    def custody_consent(
        self, held_id: str, number: str, on: date, until: date | None, operator: Operator
    ) -> None:
        """The centre's consent, for the first time or for longer."""
        from app.use_cases.custody import record_consent

        record_consent(self.doors, held_id, number, on, until, operator)

    def custody_take(
        self, held_id: str, place: str, envelope: str, back: date, operator: Operator
    ) -> None:
        """The card comes in."""
        from app.use_cases.custody import take_into_custody

        take_into_custody(self.doors, held_id, place, envelope, back, operator)

    def custody_end(self, held_id: str, event: CustodyEvent, operator: Operator) -> None:
        """Withdrawn, refused, run out."""
        from app.use_cases.custody import end_without_card

        end_without_card(self.doors, held_id, event, operator)

    def custody_return(self, held_id: str, paper: Paper, operator: Operator) -> None:
        """The card goes back, signed for."""
        from app.use_cases.custody import return_card

        _require_sound(paper)
        return_card(self.doors, held_id, paper, operator)

    def custody_offer(self, sale_id: str, patient: Patient) -> UseOffer | None:
        """What may be said of the card that was shown."""
        from app.use_cases.custody_use import use_offer

        return use_offer(self.doors, sale_id, patient)

    def custody_use(self, sale_id: str, held_id: str, shipping_no: str, operator: Operator) -> date:
        """The sale rests on the card; answers when the receipt is due."""
        from app.use_cases.custody_use import use_card

        return use_card(self.doors, sale_id, held_id, shipping_no, operator).due

    def custody_unuse(self, sale_id: str, operator: Operator) -> None:
        """It rests on none after all."""
        from app.use_cases.custody_use import drop_use

        drop_use(self.doors, sale_id, operator)

    def custody_receipt(self, use_id: str, paper: Paper, operator: Operator) -> None:
        """The patient signed for what was bought."""
        from app.use_cases.custody_use import confirm_receipt

        _require_sound(paper)
        confirm_receipt(self.doors, use_id, paper, operator)

    def custody_count(
        self, there: Sequence[str], surplus: int, note: str, operator: Operator
    ) -> int:
        """The evening's count; answers how many cards are unexplained."""
        from app.use_cases.custody_evening import count_cards

        return len(count_cards(self.doors, there, surplus, note, operator))

    def custody_explain(
        self,
        gap_id: str,
        end: GapEnd,
        reason: str,
        operator: Operator,
        second: SecondPerson | None,
    ) -> None:
        """What became of an unexplained card."""
        from app.use_cases.custody_evening import explain

        explain(self.doors, gap_id, end, reason, operator, second)

    def custody_form(self, held_id: str, operator: Operator) -> FilingForm:
        """The filing form, with the person whole; logged."""
        from app.use_cases.custody_papers import filing_form

        return filing_form(self.doors, held_id, operator)

    def custody_ledger(self, operator: Operator) -> CustodyPage:
        """Every case that ever was, masked; logged."""
        from app.use_cases.custody_papers import custody_ledger

        return custody_ledger(self.doors, operator)

    def custody_evening(self, operator: Operator) -> CustodyPage:
        """The list of the day's end, masked."""
        from app.use_cases.custody_page import evening

        return evening(self.doors, operator)


def _require_sound(paper: Paper) -> None:
    """A picture that nobody could look at later is no evidence.

    :raises BadValue: no PDF, PNG or JPEG, or a damaged picture; :raises PictureTooLarge:.
    """
    from app.errors import BadPicture, BadValue
    from ui.pictures import require_picture

    kind = paper.media.rpartition("/")[2]
    if kind == "pdf":
        return
    try:
        require_picture(paper.content, kind.upper())
    except BadPicture:
        raise BadValue(what="paper", why="kind") from None
