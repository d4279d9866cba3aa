"""A customer shows who they are at the insurance terminal. No widgets here.

What the terminal answers is handed to the patient's view model and, but for the number of the
call, forgotten with the customer; neither code nor token is told, logged or kept.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.e_certificate import (
    CertificateUse,
    ECertificate,
    FaceEvidence,
    SettledNotice,
    Shown,
    SoldRow,
)
from app.domain.insurance import Credential, CredentialKind
from app.use_cases.notes import Note
from ui.screens.terminal_question import TerminalQuestion

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.insurance import FundSplit
    from app.domain.sale import SaleLine
    from app.use_cases.views import Patient, PaymentView, SettlementView
    from ui.screens.patient.view_model import PatientViewModel
    from ui.screens.session import Session


class TerminalViewModel(QObject):
    """One question at a time; a customer who leaves takes the answer along."""

    changed = Signal()

    def __init__(self, session: Session, patient: PatientViewModel) -> None:
        super().__init__()
        self.session, self._shop, self._patient = session, session.shop, patient
        self.use: Callable[[], CertificateUse] = lambda: CertificateUse.BUYING
        """What the certificate is shown for now."""
        self._asked = Shown.CODE
        self.note: Note | None = None
        self.face: FaceEvidence | None = None
        """Whom the terminal's face authentication named, for this customer alone."""
        self._shown: ECertificate | None = None
        self._told: set[str] = set()
        """Settlements that the terminal has shown."""
        self._question = TerminalQuestion(session, "terminal.cancelled")
        self._question.changed.connect(self.changed)
        self._question.told.connect(self._identify)
        self._question.failed.connect(self._say)
        self.cancel = self._question.cancel
        patient.till.customer_left.connect(self.forget)
        patient.changed.connect(self._compare)

    @property
    def waiting(self) -> Shown | None:
        """What the terminal waits for; None = nothing."""
        return self._asked if self._question.waiting else None

    @property
    def ways(self) -> frozenset[Shown]:
        """How a customer may show who they are there; empty = this till has no terminal."""
        return self._shop.terminal_ways()

    def ask(self, shown: Shown) -> None:
        """Have the terminal wait for a code or a face."""
        if self.waiting is not None or shown not in self.ways:
            return
        if self._patient.busy or not self._patient.till.may_edit():
            return
        self._asked, self.note = shown, None
        asked = self._shop.terminal_face if shown is Shown.FACE else self._shop.terminal_certificate
        self._question.ask(partial(asked, self.use(), self.session.who()))

    def forget(self) -> None:
        """The next customer stands there."""
        self.cancel()
        self.face, self._shown, self.note = None, None, None
        self._told.clear()
        self.changed.emit()

    def _say(self, note: Note) -> None:
        self.note = note
        self.changed.emit()

    def _identify(self, told: ECertificate | FaceEvidence) -> None:
        certificate = told.person if isinstance(told, FaceEvidence) else told
        self._shown = certificate
        self.face = told if isinstance(told, FaceEvidence) else None
        credential = Credential(CredentialKind.E_CERTIFICATE, certificate.token)
        self._patient.show(credential, certificate.name)
        self.changed.emit()

    def _compare(self) -> None:
        """The platform's person against the one whose face it was."""
        found = self._patient.found
        if self.face is None or found is None or self._patient.busy:
            return
        if self.face.names(found.person.cert_no) is False:
            self.face = None
            self.note = Note("terminal.other_person", {}, "block")
            self.session.told.emit(self.note)
            self.changed.emit()

    def face_words(self) -> str:
        """Message id of what the face proves of the person that was found; empty = nothing."""
        found = self._patient.found
        if self.face is None or found is None:
            return ""
        same = self.face.names(found.person.cert_no)
        return "terminal.face_same" if same else "terminal.face_starred"

    # --- after settling -----------------------------------------------------------------------

    def settled(self, view: PaymentView) -> None:
        """The customer who was identified there reads there what was settled; once a part."""
        certificate, till = self._shown, self._patient.till
        if certificate is None or till.patient is None:
            return
        for one in view.settlements:
            if one.state == "settled" and one.split and one.settlement_id not in self._told:
                self._told.add(one.settlement_id)
                notice = self._notice(one, one.split, certificate, till.patient)
                self._shop.terminal_show(notice, self.session.who())

    def _notice(
        self, one: SettlementView, split: FundSplit, certificate: ECertificate, patient: Patient
    ) -> SettledNotice:
        sale = self._patient.till.sale
        lines = [line for line in sale.lines if line.no in one.line_nos] if sale else []
        return SettledNotice(
            number=certificate.number,
            succeeded=True,
            at=self._shop.now(),
            name=patient.person.name,
            id_number=patient.person.cert_no,
            shop=self._shop.facts.shop_name,
            total=split.total,
            settlement=one.setl_id,
            authorisation=certificate.authorisation,
            own=split.cash,
            fund=split.fund,
            account=split.account,
            parts=split.funds,
            balance=split.balance_after,
            rows=tuple(map(_row, lines)),
        )


def _row(line: SaleLine) -> SoldRow:
    item = line.item
    return SoldRow(item.national_code, item.name, True, line.price, line.quantity, line.amount)
