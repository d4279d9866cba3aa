"""The open shop's part for the person at the counter: checks and consents."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.consent import ConsentPurpose, ConsentText
    from app.domain.person_check import CheckDraft
    from app.domain.sale import Sale
    from app.domain.signature import PenTrace
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.person_page import PersonPage
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.views import Patient


class ShopPerson:
    """``ui.screens.person_door.PersonDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors

    def consent_text(self, purpose: ConsentPurpose, lang: str) -> ConsentText:
        """From the shipped text, read once."""
        from app.use_cases.consents import consent_text

        return consent_text(self.doors, purpose, lang)

    def person_page(self, sale: Sale | None, patient: Patient, account_use: str) -> PersonPage:
        """Read in one unit of work."""
        from app.use_cases.person_page import person_page

        return person_page(self.doors, sale, patient, account_use)

    def record_check(
        self,
        sale_id: str,
        patient: Patient,
        draft: CheckDraft,
        operator: Operator,
        second: SecondPerson | None,
    ) -> None:
        """:raises NotAllowed, SecondPersonNeeded, SignInRefused, LockedOut, BadValue:."""
        from app.use_cases.check_person import record_check

        record_check(self.doors, sale_id, patient, draft, operator, second)

    def give_consent(
        self,
        patient: Patient,
        text: ConsentText,
        signed: PenTrace | bytes,
        operator: Operator,
        guardian: bool,
    ) -> None:
        """:raises BadValue: too little ink, no guardian; :raises BadPicture, PictureTooLarge:."""
        from app.use_cases.consents import give_consent

        if isinstance(signed, bytes):
            from ui.pictures import require_picture

            require_picture(signed, self.consent_text(text.purpose, text.lang).title)
        give_consent(self.doors, patient, text, signed, operator, guardian=guardian)

    def withdraw_consent(self, person_id: str, purpose: ConsentPurpose, operator: Operator) -> int:
        """:raises NotFound: none stood."""
        from app.use_cases.consents import withdraw_consent

        return withdraw_consent(self.doors, person_id, purpose, operator).templates
