"""Who the sale is for: credential, insurance row, filing. No widgets here."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.masking import mask_name
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.e_certificate import CertificateUse, FaceEvidence
    from app.domain.insurance import Credential, InsuranceRow
    from app.domain.scanned import Scanned
    from app.errors import YaotaiError
    from app.use_cases.views import Patient, PaymentView
    from ui.screens.patient.buyer import BuyerViewModel
    from ui.screens.patient.terminal import TerminalViewModel
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel


def credential_of(scanned: Scanned, typed: bool = False) -> Credential:
    """The credential behind a scanned or typed string; a pay code here is an ID number.

    Eighteen digits that begin 10 to 15 may be either; who is asked for a patient means the person.
    """
    # Here and not above: loading the words of the interface would delay the first paint.
    from app.domain.insurance import Credential, CredentialKind
    from app.domain.scanned import ScannedKind

    if scanned.kind is ScannedKind.INSURANCE_CODE:
        return Credential(CredentialKind.E_CERTIFICATE, scanned.code)
    if scanned.kind is ScannedKind.ID_NUMBER or len(scanned.code) == 18:
        return Credential(CredentialKind.ID_CARD, scanned.code.upper(), typed=typed)
    return Credential(CredentialKind.SOCIAL_CARD, scanned.code, typed=typed)


def buying() -> CertificateUse:
    """药店购药: what nearly everybody comes for."""
    from app.domain.e_certificate import CertificateUse

    return CertificateUse.BUYING


class PatientViewModel(QObject):
    """Finds the insured person and lets the cashier choose where there is a choice."""

    changed = Signal()
    done = Signal()
    """Everything is chosen: the panel may close."""
    card_shown = Signal()
    """A card names somebody: it is shown at once, before the platform is asked who that is."""

    def __init__(self, session: Session, till: TillViewModel) -> None:
        super().__init__()
        self.session, self.shop, self.till = session, session.shop, till
        self.found: Patient | None = None
        self.note: Note | None = None
        self.confirmed = False
        self.differs = False
        """Whether a look, by eye or engine, found somebody else: it prevails over the first."""
        self.certificate_use: Callable[[], CertificateUse] = buying
        """What an e-certificate that is shown now is for."""
        self.card_name = ""
        """Of the card that is being asked about: shown before the platform has answered."""
        till.customer_scanned.connect(self.read)
        till.customer_left.connect(self.forget)

    @cached_property
    def buyer(self) -> BuyerViewModel:
        """Who buys what is counted by person; made when the panel or a card first wants it."""
        from ui.screens.patient.buyer import BuyerViewModel

        return BuyerViewModel(self.till)

    @cached_property
    def terminal(self) -> TerminalViewModel:
        """Who shows a code or a face at the terminal; made when the panel is first wanted."""
        from ui.screens.patient.terminal import TerminalViewModel

        made = TerminalViewModel(self.session, self)
        made.use = lambda: self.certificate_use()
        return made

    @property
    def face_evidence(self) -> FaceEvidence | None:
        """Whom the terminal's own face authentication named, for this customer alone."""
        return self.terminal.face if "terminal" in self.__dict__ else None

    def settled(self, view: PaymentView) -> None:
        """The platform answered: who was identified at the terminal reads it there."""
        if "terminal" in self.__dict__:
            self.terminal.settled(view)

    def stop(self) -> None:
        """The window closes: a terminal that still waits is let go of."""
        if "terminal" in self.__dict__:
            self.terminal.cancel()

    @property
    def busy(self) -> bool:
        """Whether the platform is being asked."""
        return self.till.reading

    def rows(self) -> tuple[InsuranceRow, ...]:
        """Active insurance rows to choose from."""
        return tuple(r for r in self.found.person.rows if r.is_active()) if self.found else ()

    def shown_name(self) -> str:
        """The full name until the cashier has compared it with the person, masked afterwards."""
        patient = self.till.patient or self.found
        if self.busy and self.card_name:
            return self.card_name
        if patient is None:
            return ""
        return mask_name(patient.person.name) if self.confirmed else patient.person.name

    def type_code(self, text: str) -> None:
        """A number or code typed or scanned into the panel."""
        if text.strip():
            self.read(self.shop.classify(text), typed=True)

    def read(self, scanned: Scanned, typed: bool = False) -> None:
        """Ask the platform who this is."""
        if self.busy or not self.till.may_edit():
            return
        self._identify(credential_of(scanned, typed))

    def show(self, credential: Credential, name: str = "") -> None:
        """A card was read by a device; ``name`` is what stands on it."""
        from app.domain.insurance import CredentialKind

        if self.busy or not self.till.may_edit():
            return
        if credential.kind is CredentialKind.ID_CARD and self.buyer.wanted:
            self.buyer.shown(name, credential.number)
        self._identify(credential, name)

    def reads_on_request(self) -> bool:
        """Whether this till's reader of social security cards reads only when it is told to."""
        from app.domain.device_plan import DeviceKind

        return self.shop.device_plan().of(DeviceKind.SOCIAL_CARD).address.startswith("library:")

    def read_card(self) -> None:
        """Have the social security card read that is in the reader; it comes as one put in."""
        from app.domain.device_plan import DeviceKind

        if self.busy or not self.till.may_edit():
            return
        states = {state.kind: state for state in self.shop.device_states()}
        state = states.get(DeviceKind.SOCIAL_CARD)
        if state is not None and state.why is not None:
            self.session.tell_error(state.why)
            return
        self.session.tell("social_card.reading", "told")
        self.shop.read_social_card()

    def _identify(self, credential: Credential, name: str = "") -> None:
        operator = self.session.who()
        self._ask(lambda: self.shop.identify(credential, operator), name)

    def choose_row(self, place: int) -> None:
        """Take one of several insurance rows."""
        rows, patient = self.rows(), self.found
        if self.busy or patient is None or not 0 <= place < len(rows):
            return
        row, operator = rows[place], self.session.who()
        self._ask(lambda: self.shop.choose_row(patient, row, operator))

    def choose_filing(self, place: int) -> None:
        """Take a chronic or special disease on file for this sale; -1 = none."""
        patient = self.found
        if patient is None or not -1 <= place < len(patient.filings):
            return
        code = patient.filings[place].disease_code if place >= 0 else ""
        self._take(replace(patient, disease_code=code))

    def looked(self, differs: bool) -> None:
        """What the page of the person says now."""
        if differs is not self.differs:
            self.differs = differs
            self.changed.emit()

    def confirm(self) -> None:
        """The person before the counter is the one on the screen."""
        if self.found is not None and self.found.row is not None:
            self.confirmed = True
            self.changed.emit()
            self.till.changed.emit()
            self.done.emit()

    def drop(self) -> None:
        """No insurance for this sale."""
        if self.till.may_edit():
            self.found, self.note, self.confirmed = None, None, False
            self.till.set_patient(None)
            self.changed.emit()

    def forget(self) -> None:
        """The next customer stands there."""
        self.found, self.note, self.confirmed = None, None, False
        self.card_name = ""
        self.changed.emit()

    def _ask(self, question: Callable[[], Patient], name: str = "") -> None:
        """Ask on the line; the answer counts only while the same customer stands there."""
        customer = self.till.customer
        self.till.reading, self.note, self.confirmed = True, None, False
        self.card_name = name
        self.changed.emit()
        if name:
            self.card_shown.emit()

        def got(patient: Patient) -> None:
            if self.till.customer == customer:
                self._got(patient)

        def failed(error: YaotaiError) -> None:
            if self.till.customer == customer:
                self._failed(error)

        self.session.run(Lane.LINE, lambda _: question(), got, failed)

    def _got(self, patient: Patient) -> None:
        self.till.reading = False
        if patient.row is None and not any(r.is_active() for r in patient.person.rows):
            self.note = Note("patient.no_active", {}, "block")
        elif patient.row is None:
            self.note = Note("patient.choose_row", {}, "told")
        elif patient.held_card:
            self.note = Note("custody.shown", {}, "warn")
        if self.card_name and self._differs(patient):
            self.session.tell("card.name_differs", "warn")
        self.card_name = ""
        self._take(patient)

    def _differs(self, patient: Patient) -> bool:
        from app.use_cases.show_card import name_differs  # no start needs it

        return name_differs(self.card_name, patient.person)

    def _take(self, patient: Patient) -> None:
        self.found = patient
        self.till.set_patient(patient if patient.row is not None else None)
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.till.reading, self.note, self.card_name = False, notes_of(error)[0], ""
        self.till.note(self.note)
        self.changed.emit()
