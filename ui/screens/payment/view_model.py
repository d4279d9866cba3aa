"""预结算, 结算, tenders: one customer's way to the receipt. No widgets here.

The order is always the same: quote, the patient agrees, settle, take exactly what the answer
says, complete. What has no known outcome is parked and the next customer is served.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.money import ZERO, Money
from app.errors import YaotaiError
from ui.operation import Lane
from ui.screens.payment.tenders import TenderDraft
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.patient_password import SealedPassword
    from app.domain.purchase_still import StillDraft
    from app.domain.sale import Sale
    from app.use_cases.views import Note, PaymentView, Receipt, SettlementView, Step
    from ui.screens.password.view_model import PasswordViewModel
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel

    StillThen = Callable[[StillDraft | None], None]

UNRESOLVED = ("submitted", "unknown", "reversing", "cancelling", "disputed")
"""While one lasts, neither money nor drugs move."""
FAILED = ("declined", "reversed", "void")


class Stage(StrEnum):
    """Where the customer before the counter stands; the panel shows one page for each."""

    SELLING = "selling"
    QUOTING = "quoting"
    QUOTED = "quoted"
    PASSWORD = "password"  # noqa: S105 - a stage: the patient types it
    SETTLING = "settling"
    REFUSED = "refused"
    TENDER = "tender"
    COMPLETING = "completing"
    UNDOING = "undoing"
    DONE = "done"


BUSY = frozenset({Stage.QUOTING, Stage.PASSWORD, Stage.SETTLING, Stage.COMPLETING, Stage.UNDOING})
"""Something is on its way: keys that act find the state moved already and do nothing."""


def _by_portal(one: SettlementView) -> bool:
    return one.mode == "portal_assisted"


class PaymentViewModel(QObject):
    """The way from a basket to a receipt."""

    stage_changed = Signal(object)
    view_changed = Signal()
    tender_changed = Signal()
    ticked = Signal(object)
    parked = Signal(object)
    """A :class:`PaymentView` of unknown outcome; the basket is free for the next customer."""
    answered = Signal(object)
    """A :class:`PaymentView`: the platform answered a settlement."""
    completed = Signal(object)
    """The :class:`Receipt`."""
    portal_wanted = Signal(bool)
    """What the insurer's portal shows is to be keyed in; True = its cancels."""

    def __init__(self, session: Session, till: TillViewModel) -> None:
        super().__init__()
        self.session, self.shop, self.till = session, session.shop, till
        self.stage = Stage.SELLING
        self.view: PaymentView | None = None
        self.ticks: tuple[Step, ...] = ()
        self.draft: TenderDraft | None = None
        self.rounding = "off"
        """What the shop lets go of in cash; told with the state of the drawer."""
        self.receipt: Receipt | None = None
        self.refusal: tuple[Note, ...] = ()
        self.reporting = False
        """While a self-paid sale waits for the prescription centre's word."""
        self.rx_stop: Callable[[], Note | None] = lambda: None
        """What the basket's prescription still lacks before money may be taken."""
        self.step_since: Callable[[], None] = lambda: None
        self.still_of: Callable[[str, StillThen], None] = lambda _, then: then(None)
        """What the customer camera gave of a sale; says so shortly, whatever the camera does."""
        till.may_edit = self.may_edit

    @cached_property
    def password(self) -> PasswordViewModel:
        """The patient's password; made where a region wants one for the first time."""
        from ui.screens.password.view_model import PasswordViewModel

        return PasswordViewModel(self.session)

    def _go(self, stage: Stage) -> None:
        if stage is not self.stage:
            self.stage = stage
            self.stage_changed.emit(stage)
        self.view_changed.emit()

    def tells_centre(self) -> bool:
        """Whether a prescription centre hears what this sale hands out."""
        covered = self.till.sale.prescription if self.till.sale else None
        offered = self.shop.rx_offers_act("dispense")
        return covered is not None and covered.circulated and offered

    # --- editing ---------------------------------------------------------------------------------

    def may_edit(self) -> bool:
        """Whether the basket may change now; a change makes a quote void."""
        if self.stage is Stage.DONE:
            self.next_customer()
        if self.stage is Stage.QUOTED:
            self.drop_quote()
        if self.stage is Stage.TENDER and self._is_plain():
            self.back()
        if self.stage in (Stage.SELLING, Stage.REFUSED) and not self._part_settled():
            self._go(Stage.SELLING)
            return True
        self.session.tell("payment.locked", "warn")
        return False

    def _is_plain(self) -> bool:
        """Whether no insurance is in it: only then is leaving the tenders without consequence."""
        return self.view is None

    def _part_settled(self) -> bool:
        return bool(self.view and any(s.state == "settled" for s in self.view.settlements))

    def drop_quote(self) -> None:
        """Before settling the basket may change: the quote is given up, on the platform too."""
        view, self.view = self.view, None
        self._go(Stage.SELLING)
        if view is not None:
            operator = self.session.who()
            self.session.run(
                Lane.LINE, lambda _: self.shop.abandon_quote(view.sale_id, operator), lambda _: None
            )

    def next_customer(self) -> None:
        """An empty basket; the last slip stays in sight."""
        self.view, self.draft, self.ticks, self.refusal = None, None, (), ()
        self.till.reset()
        self._go(Stage.SELLING)

    # --- quote -----------------------------------------------------------------------------------

    def quote(self) -> None:
        """F9: what would the platform pay."""
        till = self.till
        if self.stage not in (Stage.SELLING, Stage.QUOTED, Stage.REFUSED) or not till.lines:
            return
        if till.reading:
            self.session.tell("patient.asking")
            return
        if till.patient is None or till.patient.row is None:
            self.session.tell("payment.patient_first", "warn")
            return
        till.notes, self.ticks = (), ()
        till.changed.emit()  # what stopped the last try is said no longer
        self._go(Stage.QUOTING)
        till.keeper.when_kept(self._send_quote)

    def _send_quote(self) -> None:
        till, operator = self.till, self.session.who()
        if till.sale is None or till.patient is None:
            self._go(Stage.SELLING)
            return
        sale, patient, use = replace(till.sale), till.patient, till.account_use
        self.session.run(
            Lane.LINE,
            lambda _: self.shop.quote(sale, patient, use, operator),
            self._quoted,
            self._quote_failed,
        )

    def _quoted(self, view: PaymentView) -> None:
        blocked = any(note.severity == "block" for note in view.notes)
        quoted = any(s.state == "quoted" and (s.split or _by_portal(s)) for s in view.settlements)
        self._say(view.notes)
        if blocked or not (quoted or self._part_of(view)):
            self.view = None
            self._go(Stage.SELLING)
            if not blocked and not view.notes:
                self.session.tell("payment.nothing_insured", "warn")
                self._open_tender(view.total)
            return
        self.view = view
        self._go(Stage.QUOTED)

    def _part_of(self, view: PaymentView) -> bool:
        return any(s.state == "settled" for s in view.settlements)

    def _quote_failed(self, error: YaotaiError) -> None:
        self.view = None
        self._go(Stage.SELLING)
        self.session.tell_error(error)

    def _say(self, notes: tuple[Note, ...]) -> None:
        for note in reversed(notes):
            self.till.note(note)

    # --- settle ----------------------------------------------------------------------------------

    def settle(self) -> None:
        """F12: the next step towards the receipt, whichever that is."""
        if self.stage in BUSY or not self.till.lines:
            return
        if self.till.reading:
            self.session.tell("patient.asking")
            return
        insured = self.till.patient is not None and self.till.patient.row is not None
        stop = self.rx_stop()
        if stop is not None and (self.stage is Stage.QUOTED or not insured):
            self.session.told.emit(stop)
        elif self.stage is Stage.QUOTED:
            self.settle_now()
        elif self.stage in (Stage.SELLING, Stage.REFUSED):
            if insured:
                self.quote()
            elif self.stage is Stage.SELLING:
                self._plain_tender()

    def _plain_tender(self) -> None:
        """Nothing insured: money is taken for the whole basket."""
        if self.till.sale is None:
            return
        blocked = [n for n in self.till.findings() if n.severity == "block" and n.code]
        if blocked:
            self.session.tell("payment.blocked", "block", count=len(blocked))
            return
        self.view = None
        boxes = self.till.boxes.unexplained()
        if boxes:
            self.session.tell("payment.uncoded", "warn", boxes=boxes)
        self._open_tender(self.till.sale.total)

    def settle_now(self) -> None:
        """The patient agreed to the quoted figures."""
        view, till = self.view, self.till
        if view is None or till.patient is None or self.stage is Stage.SETTLING:
            return
        if self.keyed_next() is not None:
            self.portal_wanted.emit(False)
            return
        if not self.shop.wants_password(view, till.patient):
            self._settle_with(None)
        elif self.stage is not Stage.PASSWORD:
            self._go(Stage.PASSWORD)
            self.password.ask(self._settle_with, lambda: self._go(Stage.QUOTED))

    def _settle_with(self, password: SealedPassword | None) -> None:
        """The part leaves; ``password`` is the patient's, where the region wants it for this."""
        view, patient = self.view, self.till.patient
        if view is None or patient is None:
            return
        operator, self.ticks = self.session.who(), ()
        self._go(Stage.SETTLING)
        operation = self.session.run(
            Lane.LINE,
            lambda tell: self.shop.settle_next(view.sale_id, patient, operator, tell, password),
            self._settled,
            self._settle_failed,
        )
        operation.told.connect(self._tick)

    def keyed_next(self) -> SettlementView | None:
        """The part whose figures staff key in from the insurer's portal next."""
        parts = self.view.settlements if self.view is not None else ()
        return next((one for one in parts if one.state == "quoted" and _by_portal(one)), None)

    def keyed(self, view: PaymentView) -> None:
        """Its figures are in the books: on as after an answer."""
        self._settled(view)

    def keyed_back(self, view: PaymentView) -> None:
        """The portal cancelled all of it: on as after cancels of ours."""
        self.draft = None
        self._undone(view)

    def _tick(self, step: Step) -> None:
        self.ticks = (*self.ticks, step)
        self.ticked.emit(step)

    def _settled(self, view: PaymentView) -> None:
        self.view = view
        self.answered.emit(view)
        self._say(view.notes)
        states = [one.state for one in view.settlements]
        # The prescription centre stopped it before the wire of the insurance was touched: the
        # quote stands, and F12 tries again once what it says is done.
        held = any(note.message_id.startswith("rx_walk.") for note in view.notes)
        refused = any(note.severity == "block" for note in view.notes) or any(
            state in FAILED for state in states
        )
        if any(state in UNRESOLVED for state in states):
            self._park(view)
        elif view.sale_state == "completing":
            self._open_tender(view.cash_due)
        elif held and "quoted" in states and not self._part_settled():
            self._go(Stage.QUOTED)
        elif refused:
            self.refusal = tuple(n for n in view.notes if n.severity == "block")
            self._go(Stage.REFUSED)
        elif "quoted" in states:
            self._go(Stage.QUOTED)
            self.settle_now()
        else:
            self._go(Stage.REFUSED)

    def _settle_failed(self, error: YaotaiError) -> None:
        # Raised before the wire was touched: the books say where the sale really stands.
        self.refusal = notes_of(error)
        self._say(self.refusal)
        view = self.view
        if view is None:
            self._go(Stage.SELLING)
            return
        self.session.run(Lane.STORE, lambda _: self.shop.payment(view.sale_id), self._after_failure)

    def _after_failure(self, view: PaymentView) -> None:
        self.view = view
        if any(one.state in UNRESOLVED for one in view.settlements):
            self._park(view)
        elif view.sale_state == "completing":
            self._open_tender(view.cash_due)
        elif self._part_settled():
            self._go(Stage.REFUSED)
        else:
            self.view = None
            self._go(Stage.SELLING)

    def _park(self, view: PaymentView) -> None:
        """Outcome unknown: neither money nor drugs move; the next customer is served."""
        self.parked.emit((view, self.till.patient))
        self.next_customer()

    # --- after a refusal -------------------------------------------------------------------------

    def sell_refused_self_paid(self) -> None:
        """The refused part is paid by the customer, where a prescription allows it."""
        self._resolve("self_paid")

    def take_refused_out(self) -> None:
        """The refused part is not sold."""
        self._resolve("take_out")

    def _resolve(self, choice: str) -> None:
        if self.stage is not Stage.REFUSED or self.view is None:
            return
        view, operator = self.view, self.session.who()
        self._go(Stage.COMPLETING)

        def work() -> tuple[Sale, PaymentView]:
            after = self.shop.resolve_refused_part(view.sale_id, choice, operator)
            return self.shop.sale(view.sale_id), after

        self.session.run(Lane.STORE, lambda _: work(), self._rewritten, self._undo_failed)

    def _rewritten(self, answer: tuple[Sale, PaymentView]) -> None:
        sale, view = answer
        if not sale.lines:
            self._give_up(sale)
            return
        self.till.load(sale)
        self.view, self.refusal = view, ()
        if any(one.state == "quoted" for one in view.settlements):
            self._go(Stage.QUOTED)
        elif self._part_settled():
            self._open_tender(view.cash_due)
        else:
            self.view = None
            self._sell_plain(sale)

    def _give_up(self, sale: Sale) -> None:
        """Everything was taken out: the sale ends and the next customer is served."""
        operator, till = self.session.who(), self.till

        def gone(_: object) -> None:
            if sale.prescription is not None and sale.prescription.case_id:
                till.abandoned.emit(sale.id)

        self.session.run(Lane.STORE, lambda _: self.shop.abandon_basket(sale, operator), gone)
        self.next_customer()

    def _sell_plain(self, sale: Sale) -> None:
        """Nothing of it is insured any more: money is taken for all of it."""
        if sale.lines and all(line.settlement_type == "self_paid" for line in sale.lines):
            self._open_tender(sale.total)
        else:
            self._go(Stage.SELLING)

    # --- cannot pay ------------------------------------------------------------------------------

    def cannot_pay(self) -> None:
        """One key: the customer cannot pay or changed their mind; everything is undone."""
        if self.stage is Stage.PASSWORD:
            self.password.cancel()
        if self.stage is Stage.QUOTED and not self._part_settled():
            self.drop_quote()
            return
        if self.stage not in (Stage.TENDER, Stage.REFUSED, Stage.QUOTED):
            return
        if self._is_plain() or self.view is None or not self._part_settled():
            self.back()
            return
        if any(one.state == "settled" and _by_portal(one) for one in self.view.settlements):
            self.portal_wanted.emit(True)
            return
        view, operator = self.view, self.session.who()
        self.draft = None
        self._go(Stage.UNDOING)
        self.session.run(
            Lane.LINE,
            lambda _: self.shop.cancel_settlements(view.sale_id, operator),
            self._undone,
            self._undo_failed,
        )

    def _undone(self, view: PaymentView) -> None:
        self._say(view.notes)
        if any(one.state in UNRESOLVED for one in view.settlements):
            self._park(view)
        elif any(one.state == "settled" for one in view.settlements):
            self.view = view
            self._open_tender(view.cash_due)
        else:
            lines = self.till.lines
            self.next_customer()
            self.session.tell("payment.undone", "good", kinds=len(lines))

    def _undo_failed(self, error: YaotaiError) -> None:
        self.session.tell_error(error)
        view = self.view
        if view is not None:
            self.session.run(
                Lane.STORE, lambda _: self.shop.payment(view.sale_id), self._after_failure
            )
        else:
            self._go(Stage.SELLING)

    # --- tenders ---------------------------------------------------------------------------------

    def _open_tender(self, due: Money) -> None:
        self.draft = TenderDraft(due, rounding="off" if self.view is not None else self.rounding)
        self._go(Stage.TENDER)
        self.tender_changed.emit()

    def resume(self, sale: Sale, view: PaymentView) -> None:
        """Take up a parked sale whose outcome is known by now."""
        self.till.load(sale)
        self.view = view
        if view.sale_state == "completing":
            self._open_tender(view.cash_due)
        elif view.sale_state == "part_settled":
            self._go(Stage.REFUSED)
        else:
            self.view = None
            self._go(Stage.SELLING)

    def add_scan_pay(self, amount: str, reference: str) -> None:
        """A part by scan-pay; an empty amount means all that is left."""
        if self.stage is not Stage.TENDER or self.draft is None:
            return
        try:
            part = Money.of(amount) if amount.strip() else self.draft.left
            self.draft.add_scan_pay(part, reference)
        except YaotaiError as error:
            self.session.tell_error(error)
        self.tender_changed.emit()

    def complete(self, given: str) -> None:
        """Enter: the money lies on the counter; the sale is completed in one durable step.

        An empty amount means that exactly what is due was given.
        """
        if self.stage is not Stage.TENDER or self.draft is None or self.till.sale is None:
            return
        if self.session.locked:
            return  # nobody is there whose act this could be
        try:
            cash = Money.of(given) if given.strip() else self.draft.remaining
            tenders = self.draft.tenders(cash)
        except YaotaiError:
            self.session.tell("payment.too_little", "warn", missing=self._missing(given))
            return
        sale_id, operator = self.till.sale.id, self.session.who()
        paid_in_cash = cash if self.draft.remaining else ZERO
        self._go(Stage.COMPLETING)

        def write(still: StillDraft | None) -> None:
            self.session.run(
                Lane.STORE,
                lambda _: self.shop.complete_sale(sale_id, tenders, paid_in_cash, operator, still),
                self._completed,
                self._complete_failed,
            )

        def paid() -> None:
            self.still_of(sale_id, write)

        self.till.keeper.when_kept(lambda: self._report_first(sale_id, paid))

    def _report_first(self, sale_id: str, then: Callable[[], None]) -> None:
        """E-prescribed and self-paid: the centre hears of it before money and goods move."""
        if not self.tells_centre():
            then()
            return
        operator = self.session.who()
        self.reporting = True
        self.view_changed.emit()

        def told(stops: tuple[Note, ...]) -> None:
            self.reporting = False
            if stops:
                self._go(Stage.TENDER)
                self._say(stops)
            else:
                self.view_changed.emit()
                then()

        def failed(error: YaotaiError) -> None:
            self.reporting = False
            self._complete_failed(error)

        self.session.run(Lane.LINE, lambda _: self.shop.rx_report(sale_id, operator), told, failed)

    def _missing(self, given: str) -> str:
        if self.draft is None:
            return ""
        try:
            return str(-self.draft.change(Money.of(given)))
        except YaotaiError:
            return str(self.draft.remaining)

    def _completed(self, receipt: Receipt) -> None:
        self.receipt = receipt
        self.till.last_receipt = receipt
        self.till.reset()
        self.draft, self.view = None, None
        self._go(Stage.DONE)
        self.till.sounded.emit("settled")
        self.completed.emit(receipt)

    def _complete_failed(self, error: YaotaiError) -> None:
        self._go(Stage.TENDER)
        if error.params.get("what") == "rounding" and self.draft is not None:
            # The shop decided anew meanwhile: nothing was taken, the exact amount is asked for.
            self.rounding = self.draft.rounding = "off"
            self.session.tell("shift.rounding_changed", "warn")
            self.tender_changed.emit()
            return
        self.session.tell_error(error)

    def back(self) -> bool:
        """Esc: one step back; a settled sale stays in its tenders until it is paid or undone."""
        if self.stage is Stage.TENDER and self._is_plain():
            self.draft = None
            self._go(Stage.SELLING)
        elif self.stage is Stage.TENDER and self.draft and self.draft.scan_pay:
            self.draft.drop_scan_pay()
            self.tender_changed.emit()
        elif self.stage is Stage.PASSWORD:
            self.password.cancel()
        elif self.stage is Stage.QUOTED and not self._part_settled():
            self.drop_quote()
        elif self.stage is Stage.REFUSED and not self._part_settled():
            self.view = None
            self._go(Stage.SELLING)
        elif self.stage is Stage.DONE:
            self.next_customer()
        else:
            return False
        return True
