"""What the screens ask of the shop about the person at the counter: checks and consents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.domain.consent import ConsentPurpose, ConsentText
    from app.domain.person_check import CheckDraft
    from app.domain.sale import Sale
    from app.domain.signature import PenTrace
    from app.use_cases.doors import Operator
    from app.use_cases.person_page import PersonPage
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.views import Patient


class PersonDoor(Protocol):
    """``consent_text`` is answered from memory, the others are for the *store* lane."""

    def consent_text(self, purpose: ConsentPurpose, lang: str) -> ConsentText:
        """The words that a customer signs today."""
        ...

    def person_page(self, sale: Sale | None, patient: Patient, account_use: str) -> PersonPage:
        """What was found and consented to, and what is asked of this sale."""
        ...

    def record_check(
        self,
        sale_id: str,
        patient: Patient,
        draft: CheckDraft,
        operator: Operator,
        second: SecondPerson | None,
    ) -> None:
        """Keep what a look found; errors: :func:`app.use_cases.check_person.record_check`."""
        ...

    def give_consent(
        self,
        patient: Patient,
        text: ConsentText,
        signed: PenTrace | bytes,
        operator: Operator,
        guardian: bool,
    ) -> None:
        """Keep a consent.

        :raises BadValue: too little ink, no guardian; :raises BadPicture, PictureTooLarge:.
        """
        ...

    def withdraw_consent(self, person_id: str, purpose: ConsentPurpose, operator: Operator) -> int:
        """It stands no longer; how many templates went with it; :raises NotFound: none stood."""
        ...
