"""What comes into sight by itself: by the stage of a sale, by a customer, by a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.use_cases.notes import Note
from ui.operation import Lane
from ui.scan_filter import now_ms
from ui.screens.payment.view_model import Stage

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.domain.code_read import CodeRead
    from app.domain.scanned import Scanned
    from app.use_cases.views import PaymentView, Receipt
    from ui.main_window import MainWindow

_MONEY_FIRST = (
    Stage.PASSWORD,
    Stage.SETTLING,
    Stage.REFUSED,
    Stage.TENDER,
    Stage.COMPLETING,
    Stage.DONE,
)


_OF_CARD = ("finding.HELD_CARD_no_use", "finding.HELD_CARD_other_patient")
"""Blocks whose way out stands on the page of held cards."""
_OF_PERSON = ("ID_MISMATCH", "ID_TYPED")
"""Findings whose way out stands in the person's panel."""


class Flow:
    """Moves panels and focus of the window; whose turn it is the view models know."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.stage_since = now_ms()
        """When the screen began to show what it shows; milliseconds of the monotonic clock."""

    # --- the sale --------------------------------------------------------------------------------

    def on_stage(self, stage: Stage) -> None:
        """Paying went on or back a stage."""
        window = self._window
        self.stage_since = now_ms()
        window.beside.follow_password(stage is Stage.PASSWORD)
        self._follow_still(stage)
        if stage is Stage.DONE and window.payment.receipt is not None:
            window.printing.sold(window.payment.receipt)
            window.signing.ask(window.payment.receipt)
        if window.till.sale is not None and window.till.sale.prescription is not None:
            window.rx.look()  # settling moved the prescription on; the strip must not lag behind
        window.patient_card.set_compact(stage in _MONEY_FIRST)
        if stage in (Stage.TENDER, Stage.REFUSED) and window.panel() is not None:
            window.close_panel()
        # After a refusal nothing is preselected: an Enter in the air must choose nothing.
        if stage is not Stage.TENDER:
            window.focus_input()
        self.emphasise()
        if stage in (Stage.SELLING, Stage.QUOTED):
            if self._stopped_by_card():
                self.show_custody()
            elif self._stopped_by_person() and not self._held_card_stops():
                self.show_person()

    def _follow_still(self, stage: Stage) -> None:
        """A picture of the purchase is taken while the insurance is asked; no key is needed."""
        window = self._window
        view = window.payment.view
        paying = stage in (Stage.SETTLING, Stage.TENDER)
        if paying and view is not None and window.session.shop.wants_still(view):
            window.still.begin(view.sale_id)
        elif (paying or stage in (Stage.SELLING, Stage.DONE)) and window.is_made("still"):
            # Nobody here any more, or the part that wanted it is paid without insurance now.
            window.still.forget()

    def pressed_too_early(self, event: QKeyEvent) -> bool:
        """A commit key that was held down, or pressed before the screen showed what it commits."""
        return event.isAutoRepeat() or self._window.scans.pressed_at < self.stage_since

    def emphasise(self) -> None:
        """The strip shows in bold what is to be pressed next."""
        window = self._window
        selling = window.payment.stage in (Stage.SELLING, Stage.QUOTED)
        open_ = selling and bool(window.till.lines)
        window.strip.emphasise(window.money.figures.next_action() if open_ else None)

    # --- the insurer's portal ---------------------------------------------------------------------

    def key_portal(self, cancels: bool) -> None:
        """What the portal shows is to be keyed in: the next part's result, or all cancels."""
        window = self._window
        view = window.payment.view
        if cancels and view is not None:
            window.portal.begin_cancel(view, window.payment.keyed_back)
        else:
            window.portal.begin_result()
        if window.panel() is None or window.panel() is not window.panels.made("portal"):
            window.open_panel("portal")

    def key_portal_return(self, view: PaymentView) -> None:
        """What comes back was settled in the portal; after its cancel the return goes on."""
        window = self._window
        returning = window.returns.view

        def go_on(_view: PaymentView) -> None:
            window.open_panel("return")
            if returning is not None:
                window.returns.go_on(returning)

        window.portal.begin_cancel(view, go_on)
        window.open_panel("portal")

    # --- slips -----------------------------------------------------------------------------------

    def show_last_made(self) -> None:
        """The slip of the sale that was just done."""
        if self._window.payment.receipt is not None:
            self.show_receipt(self._window.payment.receipt)

    def show_receipt(self, receipt: Receipt) -> None:
        """Show a slip on the screen."""
        window = self._window
        window.receipt_panel.show_receipt(receipt)
        if window.panel() is not window.receipt_panel:
            window.open_panel("receipt")

    def reprint(self) -> None:
        """F10: the last slip again, marked as a reprint."""
        session = self._window.session
        last = self._window.till.last_receipt
        if last is None:
            session.told.emit(Note("till.no_receipt", {}, "warn"))
            return
        shop = session.shop

        def work() -> Receipt:
            newest = shop.find_sales(last.receipt_no, 5)
            found = next(s for s in newest if s.receipt_no == last.receipt_no)
            return shop.receipt(found.sale_id, reprint=True)

        session.run(Lane.STORE, lambda _: work(), self.show_receipt)

    # --- somebody buys for the patient -----------------------------------------------------------

    def proxy_stage(self, stage: Stage) -> None:
        """The platform told its amounts: the list of a proxy purchase is made of them."""
        if stage is Stage.QUOTED:
            self._window.proxy.quoted()

    def show_proxy(self) -> None:
        """The proxy has something to sign, or to sign again."""
        window = self._window
        if window.panel() is None or window.panel() is not window.panels.made("proxy"):
            window.open_panel("proxy")

    # --- the customer ----------------------------------------------------------------------------

    def show_customer(self) -> None:
        """Somebody showed who they are: the panel says who it is, unless another is in use."""
        if self._window.panel() is None:
            self._window.open_panel("patient")

    def paint_customer(self) -> None:
        """At once: from here on the asking of the platform competes with the painting."""
        self.show_customer()
        panel = self._window.panel()
        if panel is not None:
            panel.repaint()

    def _stopped_by_card(self) -> bool:
        """Whether a held card was shown, and nobody said who takes the drugs along."""
        return any(note.message_id in _OF_CARD for note in self._window.till.notes)

    def _held_card_stops(self) -> bool:
        """Whether the card itself may not be used: no look at a person would help."""
        return any(note.code == "HELD_CARD" for note in self._window.till.notes)

    def show_custody(self) -> None:
        """The page of held cards at the use of this one, unless another panel is in use."""
        if self._window.panel() is None and not self._window.session.locked:
            self._window.open_panel("custody")

    def _stopped_by_person(self) -> bool:
        """Whether the last step was stopped because nobody knows that it is the person."""
        return any(note.code in _OF_PERSON for note in self._window.till.notes)

    def ask_person(self) -> None:
        """Somebody is confirmed, and a basket lies there: is a look asked for?"""
        window = self._window
        if window.till.lines and window.payment.stage is Stage.SELLING:
            window.person.ask()

    def person_wanted(self) -> None:
        """A sale waits for a look; the terminal's own face authentication answers by itself."""
        evidence = self._window.patient.face_evidence
        if evidence is None or not self._window.live.by_terminal(evidence):
            self.show_person()

    def show_person(self) -> None:
        """The panel in which person and document are compared, unless another is in use."""
        if self._window.panel() is None and not self._window.session.locked:
            self._window.open_panel("person")

    def offer_prescriptions(self) -> None:
        """They come into sight by themselves where nobody is in the middle of something."""
        window = self._window
        empty = not window.till.lines and not window.till_view.field.text()
        idle = window.panel() is None and empty
        if idle and window.rx.waiting_offers() and window.payment.stage is Stage.SELLING:
            window.open_panel("prescription")

    def others_acted(self) -> None:
        """At another till of the store: the customer's prescription here may have moved."""
        if self._window.rx.rx is not None:
            self._window.rx.look()
        self._window.top.show_presence()

    # --- codes -----------------------------------------------------------------------------------

    def teach(self, scanned: Scanned) -> None:
        """A trace code whose product part nobody has named: who stands there is asked once."""
        window = self._window
        if window.panel() is None and not window.session.locked:
            window.codes.teach(scanned)
            window.open_panel("codes")

    def test_scanner(self, read: CodeRead) -> None:
        """The test code came while another page stood there."""
        window = self._window
        if window.panel() is not window.panels["scanner"]:
            window.open_panel("scanner")
        window.scanner.take(read)

    def scanner_done(self) -> None:
        """The test is passed or left out: its page goes."""
        window = self._window
        if window.panel() is window.panels.made("scanner") and window.scanner.judged is None:
            window.close_panel()
