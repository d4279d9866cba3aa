"""The basket's prescription: offered, taken, filled, signed at the counter. No widgets here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.prescription.fill import FillDraft
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.insurance import InsuredPerson
    from app.domain.rx_case import RxOffer
    from app.domain.sale import Sale
    from app.errors import YaotaiError
    from app.use_cases.rx_counter import CounterRx
    from app.use_cases.rx_dispense import Answers
    from app.use_cases.rx_views import LineChoice, ReviewInput
    from app.use_cases.views import Patient
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel

LOOK_EVERY = 3
"""Ticks between two looks into the books while somebody else may act on the prescription."""


class RxCounterViewModel(QObject):
    """One prescription for one basket; what the centre and the books say of it is shown."""

    changed = Signal()
    ticked = Signal()
    offered = Signal()
    """Prescriptions were found for the customer: whoever has room shows them."""
    turned = Signal(str)
    """The page of the panel that is due now: fill or walk."""

    def __init__(self, session: Session, till: TillViewModel) -> None:
        super().__init__()
        self.session, self.shop, self.till = session, session.shop, till
        self.busy = False
        self.identity: Callable[[], bool] = lambda: False
        """Whether somebody compared the person with the card: what they suffer from is shown."""
        self._ticks = 0
        self._last_sale = ""
        """The sale with a prescription that was let go of last: paid, or given up."""
        self._clear()
        till.changed.connect(self.follow)
        till.customer_left.connect(self.forget)
        till.abandoned.connect(self.release)

    def _clear(self) -> None:
        self.offers: tuple[RxOffer, ...] = ()
        self.asking = False
        self.asked = False
        """Whether the centre answered for this customer."""
        self.proof_needed = False
        """Card or document: the code of the prescription itself, or a registration, is needed."""
        self.note: Note | None = None
        self.rx: CounterRx | None = None
        self.draft: FillDraft | None = None
        self._person: InsuredPerson | None = None
        """Whom the platform named last: the very answer, so that a second showing is seen."""
        self._code = ""
        self._compared: object = None
        """Case, state and lines of the basket that were held against each other last."""
        self._case = ""
        self._sale = ""

    @property
    def confirmed(self) -> bool:
        """Whether it is known that the person stands here."""
        return self.identity()

    def object_to(self, message_id: str) -> None:
        """Something is missing before the act can be done."""
        self._say(message_id, "warn")

    # --- following the basket --------------------------------------------------------------------

    def follow(self) -> None:
        """The basket changed: is there a new customer, or another prescription on it?"""
        patient = self.till.patient
        if patient is not None and patient.row and patient.person is not self._person:
            # The same code again: only where none is here, after one was given back for example.
            again = patient.credential.number == self._code
            self._person, self._code = patient.person, patient.credential.number
            if not again or self.rx is None or not self.rx.live:
                self.ask_offers()
        prescription = self.till.sale.prescription if self.till.sale else None
        case = prescription.case_id if prescription is not None else ""
        self._sale = self.till.sale.id if self.till.sale else ""
        if case != self._case:
            self._case = case
            if case:
                self.look()
            elif self.draft is None:
                self.rx = None
                self.changed.emit()
        self._compare()

    def _compare(self) -> None:
        """Signed, and the basket changed since: what nobody compared must be signed anew."""
        rx, sale = self.rx, self.till.sale
        if rx is None or sale is None or rx.state not in ("picked", "checked"):
            return
        if not self._case or self.busy:
            return
        lines = tuple((row.no, row.item.medicine_id, row.quantity) for row in sale.lines)
        if self._compared == (rx.case_id, rx.state, lines):
            return
        self._compared = (rx.case_id, rx.state, lines)
        case_id, kept, operator = rx.case_id, replace(sale), self.session.who()

        def got(now: CounterRx) -> None:
            if self.rx is None or self.rx.case_id != now.case_id:
                return
            void = self.rx.state != now.state == "passed"
            self.rx = now
            if void:
                self.session.tell("rx_counter.void", "warn")
                self.session.rx_changed.emit()
            self.changed.emit()

        def ask() -> None:
            shop = self.shop
            self.session.run(
                Lane.STORE, lambda _: shop.rx_basket_changed(case_id, kept, operator), got
            )

        self.till.keeper.when_kept(ask)

    def forget(self) -> None:
        """The next customer. What was taken and never filled goes back to the centre."""
        taken = self.rx if self.draft is not None and not self._case else None
        self._last_sale = self._sale if self._case else ""
        self._clear()
        self.changed.emit()
        if taken is not None and taken.live:
            operator = self.session.who()
            self.session.run(
                Lane.LINE,
                lambda _: self.shop.rx_give_back(taken.case_id, operator),
                self._released,
            )

    def release(self, sale_id: str) -> None:
        """A basket was given up: its prescription is given back, and that is told."""
        operator = self.session.who()
        self.session.run(
            Lane.LINE, lambda _: self.shop.rx_release(sale_id, operator), self._released
        )

    def sold(self) -> None:
        """The sale is done: what its prescription still holds is owed, with the day."""
        sale_id, operator = self._last_sale, self.session.who()
        if not sale_id:
            return
        self._last_sale = ""
        self.session.rx_changed.emit()

        def owed(rx: CounterRx | None) -> None:
            if rx is not None and rx.due is not None:
                drugs = self.session.say("list.comma").join(
                    f"{o.name} {o.quantity.plain()} {o.unit}" for o in rx.owed
                )
                self.session.tell("rx_counter.owed", "warn", drugs=drugs, due=f"{rx.due:%m-%d}")

        self.session.run(Lane.STORE, lambda _: self.shop.rx_owe(sale_id, operator), owed)

    def _released(self, rx: CounterRx | None) -> None:
        if rx is None:
            return
        words = "released" if rx.state == "released" else "release_waits"
        if rx.state in ("released", "undoing"):
            self.session.tell(f"rx_counter.{words}", number=rx.tail)

    def tick(self) -> None:
        """A second passed; another station may have reviewed meanwhile."""
        if self.rx is None or not self.rx.live:
            return
        self._ticks += 1
        self.ticked.emit()
        if self._ticks % LOOK_EVERY == 0 and not self.busy and self._case:
            self.look()

    def look(self) -> None:
        """Read where the prescription of this basket stands."""
        if self.till.sale is None:
            return
        sale = replace(self.till.sale)
        self.session.run(
            Lane.STORE, lambda _: self.shop.rx_current(sale), self._looked, lambda _: None
        )

    def _looked(self, answer: tuple[Sale, CounterRx | None]) -> None:
        shown, rx = answer
        sale = self.till.sale
        if sale is None or sale.id != shown.id or rx is None:
            return
        before, self.rx = self.rx, rx
        if sale.prescription != shown.prescription:
            sale.prescription = shown.prescription
            self._case = shown.prescription.case_id if shown.prescription else ""
            self.till.reviewer = rx.reviewer
            self.till.refresh()
        elif self.till.reviewer != rx.reviewer:
            self.till.reviewer = rx.reviewer
            self.till.changed.emit()
        if before is not None and before.state != rx.state:
            self._tell_turn(rx)
        if rx.state != "passed":
            self.till.unsay("rx_counter.turn_passed")  # it says what to do next
        if rx != before:
            self.changed.emit()
        self._compare()

    def _tell_turn(self, rx: CounterRx) -> None:
        """What the pharmacist or the centre decided is said once, with what to press."""
        if rx.state in ("refused", "returned", "dead"):
            told = self.reason_words(rx)
            self.session.tell(f"rx_counter.turn_{rx.state}", "block", reason=told)
        elif rx.state == "passed":
            self.session.tell("rx_counter.turn_passed", "good", name=rx.reviewer)

    def reason_words(self, rx: CounterRx) -> str:
        """The reason of a return or refusal, with the pharmacist's own words."""
        say = self.session.say
        coded = say(f"rx_reason.{rx.reason}") if rx.reason else ""
        return "：".join(part for part in (coded, rx.opinion) if part)

    def stop(self) -> Note | None:
        """What must be done with the prescription of this basket before it may be paid."""
        rx = self.rx
        if rx is None or not rx.live or not self._case or not rx.needs:
            return None
        return Note(f"rx_counter.pay_{rx.needs}", {}, "warn")

    # --- offers ----------------------------------------------------------------------------------

    def ask_offers(self, registration: str = "") -> None:
        """7201, by the e-certificate that was shown or by the region's registration number."""
        patient = self.till.patient
        if patient is None or self.asking or not self.shop.rx_offers_act("authorise"):
            return
        shown = _by_code(patient)
        self.proof_needed = not (shown or registration)
        self.offers, self.asked, self.note = (), False, None
        if self.proof_needed:
            self.changed.emit()
            return
        operator, customer = self.session.who(), self.till.customer
        self.asking = True
        self.changed.emit()

        def got(found: tuple[RxOffer, ...]) -> None:
            if self.till.customer == customer:
                self.proof_needed = not (shown or found)
                self._offered(found)

        def failed(error: YaotaiError) -> None:
            if self.till.customer == customer:
                self.asking, self.note = False, notes_of(error)[0]
                self.proof_needed = not shown
                self.changed.emit()

        self.session.run(
            Lane.LINE,
            lambda _: self.shop.rx_offers(patient, operator, registration),
            got,
            failed,
        )

    def _offered(self, found: tuple[RxOffer, ...]) -> None:
        self.asking, self.asked, self.offers = False, True, found
        self.changed.emit()
        if found and self.rx is None:
            self.offered.emit()

    def waiting_offers(self) -> int:
        """How many may still be taken for this basket."""
        return len(self.offers) if self.rx is None or not self.rx.live else 0

    def takes(self, text: str) -> bool:
        """Whether a scanned string is to be tried as a prescription's own code."""
        from app.domain.scanned import ScannedKind

        wanted = self.rx is None or not self.rx.live or self.rx.token_dead
        known = self.till.patient is not None and self.till.patient.row is not None
        if not (wanted and known and self.shop.rx_offers_act("decode")):
            return False
        scanned = self.shop.classify(text)
        long = len(text.strip()) >= SHORTEST_CODE and text.isascii()
        return scanned.kind is ScannedKind.UNKNOWN and long and not self.shop.medicines_of(scanned)

    # --- taking ----------------------------------------------------------------------------------

    def take(self, place: int) -> None:
        """Take the offered one at this place."""
        if 0 <= place < len(self.offers):
            self._take(self.offers[place])

    def take_code(self, text: str) -> None:
        """The text of the prescription's own QR code."""
        text = text.strip()
        if not text or self.busy:
            return
        rx = self.rx
        if rx is not None and rx.live and rx.circulated:
            self.renew(text)
        else:
            self._take(text)

    def _take(self, what: RxOffer | str) -> None:
        patient = self.till.patient
        if self.busy or not self.till.may_edit():
            return
        if patient is None or patient.row is None:
            self._say("rx_counter.patient_first", "warn")
        elif self.rx is not None and self.rx.live:
            self._say("rx_counter.one_only", "warn")
        else:
            self._take_for(what, patient)

    def _take_for(self, what: RxOffer | str, patient: Patient) -> None:
        operator, customer = self.session.who(), self.till.customer
        shop = self.shop

        def got(answer: tuple[CounterRx, tuple[LineChoice, ...]]) -> None:
            if self.till.customer == customer:
                self._taken(*answer)
                return
            left = answer[0].case_id
            self.session.run(Lane.LINE, lambda _: shop.rx_give_back(left, operator), self._released)

        self._run(Lane.LINE, lambda: shop.rx_take(what, patient, operator), got)

    def _taken(self, rx: CounterRx, choices: tuple[LineChoice, ...]) -> None:
        self.rx, self.draft = rx, FillDraft(choices)
        self.offers = ()
        self.session.rx_changed.emit()
        self.changed.emit()
        self.turned.emit("fill")

    # --- filling ---------------------------------------------------------------------------------

    def fill_again(self) -> None:
        """Another choice for the lines of the prescription that is here already."""
        rx = self.rx
        if rx is None or not rx.live:
            return

        def got(choices: tuple[LineChoice, ...]) -> None:
            self.draft = FillDraft(choices)
            self.changed.emit()
            self.turned.emit("fill")

        self._run(Lane.STORE, lambda: self.shop.rx_choices(rx.case_id), got)

    def choose(self, line_no: int, place: int) -> None:
        """Another article for a line."""
        if self.draft is not None and self.draft.choose(line_no, place):
            self.changed.emit()

    def hand_out(self, line_no: int, text: str) -> bool:
        """So much of a line and no more; what stays is owed. False = it cannot be, and is told."""
        if self.draft is None:
            return False
        wrong = self.draft.hand_out(line_no, text)
        self.note = Note(wrong, {}, "warn") if wrong else None
        self.changed.emit()
        return not wrong

    def fill(self) -> None:
        """Everything chosen goes into the basket."""
        rx, draft = self.rx, self.draft
        if rx is None or draft is None or self.busy or not self.till.may_edit():
            return
        choices = draft.choices()
        if not choices:
            self._say("rx_counter.nothing_chosen", "warn")
            return
        operator, basket = self.session.who(), self.till.basket()

        def got(filled: Sale) -> None:
            if self.till.sale is None or self.till.sale.id != filled.id:
                return
            self.draft = None
            self._case = filled.prescription.case_id if filled.prescription else ""
            self.till.load(filled)
            self.look()
            self.changed.emit()
            self.turned.emit("")

        self.till.keeper.when_kept(
            lambda: self._run(
                Lane.STORE,
                lambda: self.shop.rx_fill(replace(basket), rx.case_id, choices, operator),
                got,
            )
        )

    # --- the three acts --------------------------------------------------------------------------

    def review(self, said: ReviewInput, number: str, pin: str, key_pin: str = "") -> None:
        """审方 by the pharmacist who stands here."""
        rx, operator = self.rx, self.session.who()
        if rx is None or not self._signed(number, pin):
            return

        def got(_state: str) -> None:
            self.look()
            self.session.rx_changed.emit()
            self.turned.emit("walk")

        self._run(
            Lane.REVIEW,
            lambda: self.shop.review(
                rx.case_id, said, number.strip(), pin, operator, key_pin=key_pin
            ),
            got,
        )

    def pick(self, number: str, pin: str, key_pin: str = "") -> None:
        """调配."""
        rx, sale = self.rx, self.till.sale
        if rx is None or sale is None or not self._signed(number, pin):
            return
        who = (number.strip(), pin)
        self._with_basket(lambda kept: self.shop.rx_pick(rx.case_id, kept, *who, key_pin))

    def check(
        self, number: str, pin: str, guidance: str, answers: Answers, key_pin: str = ""
    ) -> None:
        """核对发药; every one of its five items is in order first."""
        rx, sale = self.rx, self.till.sale
        if rx is None or sale is None:
            return
        left = self.session.say("list.comma").join(
            self.session.say(f"rx_item.{item}") for item, fine in answers if not fine
        )
        if left:
            self.note = Note("rx_counter.five_first", {"items": left}, "warn")
            self.changed.emit()
        elif self._signed(number, pin):
            who, told = (number.strip(), pin), guidance.strip()
            self._with_basket(
                lambda kept: self.shop.rx_check(rx.case_id, kept, *who, told, answers, key_pin)
            )

    def _with_basket(self, act: Callable[[Sale], CounterRx]) -> None:
        """An act on the boxes as they lie here; the books hold the same before anybody signs."""
        sale = self.till.sale
        if sale is not None:
            kept = replace(sale)
            # A key of a certificate authority may take seconds; the books do not wait for it.
            lane = Lane.REVIEW if self.shop.key_pin_asked() else Lane.STORE
            self.till.keeper.when_kept(lambda: self._act(lane, lambda: act(kept)))

    def reopen(self) -> None:
        """Boxes change after they were picked: both signatures are void."""
        rx, operator = self.rx, self.session.who()
        if rx is not None and rx.state in ("picked", "checked"):
            self._act(Lane.STORE, lambda: self.shop.rx_reopen(rx.case_id, operator))

    def name_prescriber(self, code: str, name: str, dept_code: str) -> None:
        """As the original shows it; the quote wants all three."""
        rx, operator = self.rx, self.session.who()
        if rx is None or self.busy:
            return
        if not (code.strip() and name.strip() and dept_code.strip()):
            self._say("rx_counter.prescriber_all", "warn")
            return
        self._act(
            Lane.STORE,
            lambda: self.shop.rx_name_prescriber(rx.case_id, code, name, dept_code, operator),
        )

    def renew(self, code: str = "") -> None:
        """The centre takes the old authority no more: the code again, or the e-certificate."""
        rx, patient, operator = self.rx, self.till.patient, self.session.who()
        if rx is None or not rx.live:
            return
        if not code and (patient is None or not _by_code(patient)):
            self._say("rx_counter.renew_code", "warn")
            return
        self._act(Lane.LINE, lambda: self.shop.rx_renew(rx.case_id, code, patient, operator))

    def leave(self) -> None:
        """The basket goes on without its prescription, which is given back."""
        rx, operator = self.rx, self.session.who()
        if rx is None or not self.till.may_edit():
            return
        if self.draft is not None and not self._case:
            self._run(
                Lane.LINE, lambda: self.shop.rx_give_back(rx.case_id, operator), self._left_untaken
            )
            return
        sale = self.till.sale
        if sale is None:
            return
        kept, tail = replace(sale), rx.tail
        words = "left" if rx.live and not rx.text else "left_void"

        def got(without: Sale) -> None:
            if self.till.sale is None or self.till.sale.id != without.id:
                return
            self.rx, self.draft, self._case = None, None, ""
            self.till.load(without)
            self.session.tell(f"rx_counter.{words}", number=tail)
            self.changed.emit()
            self.turned.emit("")

        self.till.keeper.when_kept(
            lambda: self._run(Lane.LINE, lambda: self.shop.rx_leave(kept, operator), got)
        )

    def _left_untaken(self, rx: CounterRx) -> None:
        self.rx = self.draft = None
        self._released(rx)
        self.changed.emit()
        self.turned.emit("")

    # --- practice --------------------------------------------------------------------------------

    def prescribe_practice(self) -> None:
        """Practice: the practice hospital writes one for the person at the counter."""
        patient = self.till.patient
        if not self.shop.facts.practice or self.busy:
            return
        if patient is None or patient.row is None:
            self.session.tell("rx_counter.practice_person", "warn")
            return

        def got(tail: str) -> None:
            self.session.tell("rx_counter.practice_issued", "good", number=tail)
            self.ask_offers()

        self._run(Lane.LINE, lambda: self.shop.practice_prescribe(patient), got)

    # --- machinery -------------------------------------------------------------------------------

    def _signed(self, number: str, pin: str) -> bool:
        if not number.strip() or not pin:
            self._say("rx_counter.sign_first", "warn")
            return False
        return not self.busy

    def _act(self, lane: Lane, act: Callable[[], CounterRx]) -> None:
        def got(rx: CounterRx) -> None:
            self.rx = rx
            self.look()
            self.session.rx_changed.emit()
            self.changed.emit()
            self.turned.emit("walk")

        self._run(lane, act, got)

    def _run(self, lane: Lane, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.busy, self.note = True, None
        self.changed.emit()

        def finished(value: object) -> None:
            self.busy = False
            done(value)
            self.changed.emit()

        self.session.run(lane, lambda _: work(), finished, self._failed)

    def _failed(self, error: YaotaiError) -> None:
        self.busy, self.note = False, notes_of(error)[0]
        self.till.note(self.note)
        self.look()
        self.changed.emit()

    def _say(self, message_id: str, severity: str) -> None:
        self.note = Note(message_id, {}, severity)
        self.changed.emit()


def _by_code(patient: Patient) -> bool:
    """Whether an e-certificate was shown: it alone opens what the centre offers."""
    # Here and not above: the words of the interface are not needed before the first paint.
    from app.domain.insurance import CredentialKind

    return patient.credential.kind is CredentialKind.E_CERTIFICATE


SHORTEST_CODE = 12
"""Of a prescription's code; a shorter string is a slip of the scanner."""
