"""The screens' shop for persons: real texts, checks and consents in memory."""

from dataclasses import replace
from datetime import UTC, datetime

from app.domain.consent import Consent, ConsentHow, ConsentPurpose, ConsentText
from app.domain.credential_proof import ShownAs, shown_as
from app.domain.person_check import SECOND_DEMANDED, CheckDraft, CheckVerdict, PersonCheck
from app.domain.sale import Sale
from app.domain.signature import PenTrace
from app.errors import NotAllowed, SecondPersonNeeded, SignInRefused
from app.use_cases.consents import shipped_text
from app.use_cases.doors import Operator
from app.use_cases.person_page import PersonPage
from app.use_cases.sign_in import SecondPerson
from app.use_cases.views import Patient

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SECOND = "2001"
"""Anybody else who sells; 3001 is the manager; every PIN is 123456."""


class FakePersons:
    """``asks``: whether the area wants somebody to look at every sale."""

    def begin_persons(self) -> None:
        self.asks, self.under_age, self.templates = False, False, 0
        self.checks: list[PersonCheck] = []
        self.differed: PersonCheck | None = None
        self.consents: list[Consent] = []
        self.given: list[PenTrace | bytes] = []

    def consent_text(self, purpose: ConsentPurpose, lang: str) -> ConsentText:
        return shipped_text(purpose, lang, "练习惠民大药房")

    def person_page(self, sale: Sale | None, patient: Patient, account_use: str) -> PersonPage:
        mine = [one for one in self.checks if sale is not None and one.sale_id == sale.id]
        check = mine[-1] if mine else None
        standing = {one.purpose: one for one in self.consents if one.stands}
        return PersonPage(
            shown=shown_as(patient.credential),
            methods=(ShownAs.E_CERTIFICATE, ShownAs.SOCIAL_CARD, ShownAs.ID_CARD),
            needed=self.asks and sale is not None,
            face_asked=self.asks,
            still_asked=self.asks,
            guardian=self.under_age,
            check=check,
            checked_by="练习李收银" if check else "",
            second="练习王药师" if check and check.second_id else "",
            face=standing.get(ConsentPurpose.FACE),
            still=standing.get(ConsentPurpose.PURCHASE_STILL),
            differed=self.differed,
        )

    def record_check(
        self,
        sale_id: str,
        patient: Patient,
        draft: CheckDraft,
        operator: Operator,
        second: SecondPerson | None,
    ) -> None:
        if draft.verdict is CheckVerdict.MATCH and draft.way in SECOND_DEMANDED:
            if second is None or second.number == operator.staff.number:
                raise SecondPersonNeeded(act="check_person")
            if second.pin != "123456":
                raise SignInRefused(act="sign_in")
            if draft.way == "override" and second.number != "3001":
                raise NotAllowed(act="second_word")
            if self.differed is not None and draft.way == "by_eye" and second.number != "3001":
                raise NotAllowed(act="differed_today")
        self.checks.append(
            PersonCheck(
                f"check-{len(self.checks)}", sale_id, patient.person_id, AT, operator.staff.id,
                draft.way, draft.verdict, patient.credential.kind.value,
                second_id=second.number if second else "", reason=draft.reason,
            )
        )  # fmt: skip

    def give_consent(
        self,
        patient: Patient,
        text: ConsentText,
        signed: PenTrace | bytes,
        operator: Operator,
        guardian: bool,
    ) -> None:
        how = ConsentHow.PAPER if isinstance(signed, bytes) else ConsentHow.PEN
        self.given.append(signed)
        self.consents.append(
            Consent(
                f"consent-{len(self.consents)}", patient.person_id, text.purpose, text.version,
                AT, operator.staff.id, how, "exhibit-1", guardian,
            )
        )  # fmt: skip

    def withdraw_consent(self, person_id: str, purpose: ConsentPurpose, operator: Operator) -> int:
        self.consents = [
            replace(one, withdrawn_at=AT) if one.purpose is purpose else one
            for one in self.consents
        ]
        gone, self.templates = self.templates, 0
        return gone
