"""Person against credential at the counter: who looked, what for, and the ways out. No widgets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.bounded import TooMuch, read_bounded
from app.domain.consent import ConsentPurpose
from app.domain.person_check import CHECK_REASONS, CheckDraft, CheckVerdict, CheckWay
from app.errors import BadValue, NotAllowed, SecondPersonNeeded, SignInRefused, YaotaiError
from app.use_cases.notes import Note
from app.use_cases.sign_in import SecondPerson
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.consent import Consent, ConsentText
    from app.domain.signature import PenTrace
    from app.use_cases.person_page import PersonPage
    from app.use_cases.views import Patient
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel

RELEASES = tuple(sorted(CHECK_REASONS[CheckWay.OVERRIDE]))
"""Reasons of a manager's release, in the order in which they are listed."""
_REFUSED = {
    "second_word": "person.manager_needed",
    "release_mismatch": "person.release_needed",
    "differed_today": "person.differed_needed",
}
STOPPED = "ID_MISMATCH"
"""The rule that stops a sale until somebody has looked (policy 4.1)."""
LARGEST = 20_000_000
"""Bytes of a scanned sheet."""


class PersonViewModel(QObject):
    """One customer and one basket at a time; what it shows is read anew after each act."""

    changed = Signal()
    done = Signal()
    """Somebody looked, and it is the person: the panel may close."""
    wanted = Signal()
    """This sale waits for a look: the panel may open by itself."""
    consent_done = Signal()
    """The sheet is signed or given up: back to the page."""

    def __init__(self, session: Session, till: TillViewModel) -> None:
        super().__init__()
        self.session, self.shop, self.till = session, session.shop, till
        self.page: PersonPage | None = None
        self.note: Note | None = None
        self.busy = False
        self.face_ready = False
        """Whether this till can compare a face now; set by whoever can."""
        self.text: ConsentText | None = None
        """The sheet that is being read."""
        self.guardian = False
        """Who signs is the guardian: ticked by the staff who see it."""
        self.asked: ConsentPurpose | None = None
        """Withdrawing was pressed once: a second press does it."""
        self._customer = -1
        self._whose = ""
        """Random id of the person whose page it is."""
        till.customer_left.connect(self.forget)
        till.changed.connect(self._follow)

    # --- what is known ------------------------------------------------------------------------

    @property
    def patient(self) -> Patient | None:
        """Whom the credential names."""
        return self.till.patient

    @property
    def sale_id(self) -> str:
        """Of the basket; empty while nothing lies in it."""
        return self.till.sale.id if self.till.sale is not None and self.till.lines else ""

    def can_record(self) -> bool:
        """Whether there is a person and a basket to keep a look with."""
        return self.patient is not None and bool(self.sale_id) and not self.busy

    def consent_of(self, purpose: ConsentPurpose) -> Consent | None:
        """The one that stands."""
        if self.page is None:
            return None
        return self.page.face if purpose is ConsentPurpose.FACE else self.page.still

    def purposes(self) -> tuple[ConsentPurpose, ...]:
        """What this area asks a consent for, and what was consented to before."""
        page = self.page
        if page is None:
            return ()
        asked = ((ConsentPurpose.FACE, page.face_asked),
                 (ConsentPurpose.PURCHASE_STILL, page.still_asked))  # fmt: skip
        return tuple(one for one, wanted in asked if wanted or self.consent_of(one) is not None)

    def load(self, then: Callable[[], None] | None = None) -> None:
        """Read the page of whoever stands here; without anybody there is none."""
        patient, till = self.patient, self.till
        if patient is None:
            self.page = None
            self.changed.emit()
            return
        sale = replace(till.sale) if till.sale is not None and till.lines else None
        use, shop, customer = till.account_use, self.shop, till.customer

        def got(page: PersonPage) -> None:
            if till.customer == customer:
                self.page, self._whose = page, patient.person_id
                self.changed.emit()
                if then is not None:
                    then()

        self.session.run(Lane.STORE, lambda _: shop.person_page(sale, patient, use), got)

    def _follow(self) -> None:
        """Another credential named somebody else: nothing of the page before is shown for them."""
        now = self.patient.person_id if self.patient is not None else ""
        if self.page is not None and now != self._whose:
            self.page, self.note, self.text, self.asked = None, None, None, None
            self.consent_done.emit()
            self.load()

    def ask(self) -> None:
        """Somebody was confirmed: does this sale wait for a look?"""
        self.load(then=lambda: self.wanted.emit() if self.page and self.page.open else None)

    def forget(self) -> None:
        """The next customer stands there."""
        self.page, self.note, self.text, self.asked = None, None, None, None
        self.busy = False
        self.changed.emit()

    def opened(self) -> None:
        """The panel came into sight."""
        self.note, self.asked = None, None
        self.load()

    # --- looking ------------------------------------------------------------------------------

    def by_eye(self, number: str, pin: str) -> None:
        """人工核验: two members of staff compared person and document, and it is the person."""
        if not number.strip() or not pin:
            self.say("person.second_first", "warn")
            return
        second = SecondPerson(number.strip(), pin)
        draft = CheckDraft(CheckWay.BY_EYE, CheckVerdict.MATCH, self._why_by_eye())
        self._record(draft, second)

    def _why_by_eye(self) -> str:
        """Why no face was compared, as a code: nobody is asked to type it."""
        page = self.page
        if page is None or not page.face_asked:
            return "not_asked"
        if page.face is None:
            return "no_consent"
        return "unclear" if self.face_ready else "no_camera"

    def not_this_person(self) -> None:
        """Whoever stands here is not whom the credential names."""
        self._record(CheckDraft(CheckWay.BY_EYE, CheckVerdict.MISMATCH, "not_this_person"), None)

    def release(self, reason: str, number: str, pin: str) -> None:
        """A manager lets the sale go on, with a reason and a second person."""
        if not reason:
            self.say("person.reason_first", "warn")
            return
        if not number.strip() or not pin:
            self.say("person.second_first", "warn")
            return
        second = SecondPerson(number.strip(), pin)
        self._record(CheckDraft(CheckWay.OVERRIDE, CheckVerdict.MATCH, reason), second)

    def _record(self, draft: CheckDraft, second: SecondPerson | None) -> None:
        patient, sale_id = self.patient, self.sale_id
        if self.busy:
            return
        if patient is None or not sale_id:
            self.say("person.nobody" if patient is None else "person.no_basket", "warn")
            return
        self.busy, self.note = True, None
        self.changed.emit()
        shop, operator = self.shop, self.session.who()
        match = draft.verdict is CheckVerdict.MATCH

        def send() -> None:
            self.session.run(
                Lane.STORE,
                lambda _: shop.record_check(sale_id, patient, draft, operator, second),
                self._of_now(lambda _: self._recorded(match)),
                self._of_now(self._failed),
            )

        self.till.keeper.when_kept(send)

    def _recorded(self, match: bool) -> None:
        self.busy = False
        self.till.unsay_rule(STOPPED)
        if match:
            self.session.tell("person.recorded", "good")
            self.done.emit()
        self.load()

    # --- consents -----------------------------------------------------------------------------

    def read_consent(self, purpose: ConsentPurpose) -> None:
        """Show the sheet of today."""
        if self.patient is None or self.busy:
            return
        self.text, self.note, self.asked = self._text(purpose), None, None
        self.guardian = False
        self.changed.emit()

    def _text(self, purpose: ConsentPurpose) -> ConsentText:
        return self.shop.consent_text(purpose, self.session.lang)

    def leave_consent(self) -> None:
        """Nothing was signed."""
        self.text, self.note = None, None
        self.consent_done.emit()
        self.changed.emit()

    def set_guardian(self, guardian: bool) -> None:
        """Whether the one who signs is the guardian."""
        self.guardian, self.note = guardian, None
        self.changed.emit()

    def signed(self, trace: PenTrace) -> None:
        """The pen is down."""
        if not trace.is_signature():
            self.say("person.too_little", "warn")
            return
        self._give(trace)

    def photographed(self, jpeg: bytes) -> None:
        """The signed paper, from the document camera."""
        self._give(jpeg)

    def scanned(self, name: str) -> None:
        """The signed paper, from a file."""
        path = Path(name.strip())
        try:
            content = read_bounded(path, LARGEST) if name.strip() else b""
        except (OSError, TooMuch):
            content = b""
        if not content:
            self.say("person.file_wrong", "warn")
            return
        self._give(content)

    def _give(self, signed: PenTrace | bytes) -> None:
        patient, text, page, guardian = self.patient, self.text, self.page, self.guardian
        if patient is None or text is None or self.busy:
            return
        if page is not None and page.guardian and not guardian:
            self.say("person.guardian_first", "warn")
            return
        self.busy, self.note = True, None
        self.changed.emit()
        shop, operator, purpose = self.shop, self.session.who(), text.purpose
        self.session.run(
            Lane.STORE,
            lambda _: shop.give_consent(patient, text, signed, operator, guardian),
            self._of_now(lambda _: self._given(purpose)),
            self._of_now(self._failed),
        )

    def _given(self, purpose: ConsentPurpose) -> None:
        self.busy, self.text = False, None
        self.note = Note(f"person.given_{purpose}", {}, "good")
        self.consent_done.emit()
        self.load()

    def withdraw(self, purpose: ConsentPurpose) -> None:
        """First press asks, the second does it."""
        patient = self.patient
        if patient is None or self.busy or self.consent_of(purpose) is None:
            return
        if self.asked is not purpose:
            self.asked = purpose
            self.say(f"person.withdraw_sure_{purpose}", "warn")
            return
        self.asked, self.busy = None, True
        self.changed.emit()
        shop, operator, person_id = self.shop, self.session.who(), patient.person_id
        self.session.run(
            Lane.STORE,
            lambda _: shop.withdraw_consent(person_id, purpose, operator),
            self._of_now(lambda templates: self._withdrawn(purpose, templates)),
            self._of_now(self._failed),
        )

    def _withdrawn(self, purpose: ConsentPurpose, templates: int) -> None:
        self.busy = False
        gone = "_templates" if templates else ""
        self.note = Note(f"person.withdrawn_{purpose}{gone}", {"templates": templates}, "good")
        self.consent_done.emit()
        self.load()

    def _of_now(self, then: Callable[[Any], None]) -> Callable[[Any], None]:
        """What is kept stays kept; it is told only while the same customer stands there."""
        customer = self.till.customer

        def told(answer: Any) -> None:  # noqa: ANN401 - whatever the lane answers
            if self.till.customer == customer:
                then(answer)

        return told

    # --- saying -------------------------------------------------------------------------------

    def say(self, message_id: str, severity: str, **params: object) -> None:
        """A sentence above the page."""
        self.note = Note(message_id, dict(params), severity)
        self.changed.emit()

    def say_error(self, error: YaotaiError) -> None:
        """What went wrong beside the books: nothing changed."""
        self.note = notes_of(error)[0]
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        if isinstance(error, SecondPersonNeeded):
            self.note = Note("person.second_same", {}, "warn")
        elif isinstance(error, SignInRefused):
            self.note = Note("person.second_wrong", {}, "warn")
        elif isinstance(error, NotAllowed) and error.params.get("act") in _REFUSED:
            self.note = Note(_REFUSED[str(error.params["act"])], {}, "warn")
        elif isinstance(error, BadValue) and error.params.get("what") == "picture":
            self.note = Note("person.file_wrong", {}, "warn")
        else:
            self.note = notes_of(error)[0]
        self.changed.emit()
