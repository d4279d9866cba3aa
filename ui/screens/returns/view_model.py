"""退货: find the sale, choose what comes back and why, run the legs, go on after a stop."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.money import Quantity
from app.domain.returns import ReturnReason
from app.domain.staff import Right
from app.errors import YaotaiError
from app.use_cases.notes import Note
from app.use_cases.rx_settle import RETURN_CODE
from app.use_cases.sign_in import SecondPerson
from ui.operation import Lane
from ui.screens.patient.view_model import credential_of
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.insurance import Credential
    from app.domain.sale import Sale, SaleLine
    from app.ports import CodeSold, SaleSummary
    from app.use_cases.views import ReturnLegView, ReturnView
    from ui.screens.session import Session

FOUND = 50


class ReturnViewModel(QObject):
    """One return from the slip to the last tick."""

    changed = Signal()
    finished = Signal()
    portal_wanted = Signal(object)
    """A :class:`PaymentView`: its settlements are cancelled in the insurer's portal first."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.shop = session, session.shop
        self.busy = False
        self.found: list[SaleSummary] = []
        self.portal_only = False
        """Whether the list holds only what was settled in the insurer's portal."""
        self.portal_known = False
        """Whether there is such a sale at all, or may be one soon: only then it is asked for."""
        self.open_items: list[ReturnView] = []
        self.sale: Sale | None = None
        self.chosen: dict[int, Quantity] = {}
        self.scanned: tuple[str, ...] = ()
        """Codes of the boxes that were scanned for this return, in their order."""
        self._warned = False
        self.reason = ReturnReason.QUALITY
        self.credential: Credential | None = None
        self.view: ReturnView | None = None
        self.note: Note | None = None

    def open(self) -> None:
        """Start afresh: the newest sales and the returns that stopped half-way."""
        self.sale, self.view, self.note, self.credential = None, None, None, None
        self.chosen, self.scanned, self.reason = {}, (), ReturnReason.QUALITY
        self.portal_only, self.portal_known = False, self.shop.portal_assisted()
        self.find("")
        self.session.run(Lane.STORE, lambda _: self.shop.open_returns(), self._open_found)

    def _open_found(self, items: list[ReturnView]) -> None:
        self.open_items = items
        self.changed.emit()

    def find(self, text: str) -> None:
        """Sales by receipt number or drug, newest first."""
        only = self.portal_only
        self.session.run(
            Lane.STORE,
            lambda _: self.shop.find_sales(text.strip(), FOUND, portal=only),
            self._found,
        )

    def only_portal(self, wanted: bool, text: str) -> None:
        """Only what was settled in the insurer's portal, or everything again."""
        self.portal_only = wanted
        self.find(text)

    def _found(self, found: list[SaleSummary]) -> None:
        self.found = [one for one in found if one.state == "done"]
        self.portal_known = self.portal_known or any(one.portal for one in found)
        self.changed.emit()

    def find_code(self, code: str) -> None:
        """The sale that a box was sold by, found by its trace code."""

        def known(sold: Mapping[str, CodeSold]) -> None:
            found = sold.get(code)
            if found is None:
                self.note = Note("return.code_not_sold", {"code": code[-6:]}, "warn")
                self.changed.emit()
            else:
                self._open(found.sale_id, code)

        self.session.run(Lane.STORE, lambda _: self.shop.codes_sold((code,)), known)

    def choose_sale(self, place: int) -> None:
        """Open the sale that goes back."""
        if 0 <= place < len(self.found):
            self._open(self.found[place].sale_id)

    def _open(self, sale_id: str, code: str = "") -> None:
        opened = partial(self._opened, code=code)
        self.session.run(Lane.STORE, lambda _: self.shop.sale(sale_id), opened)

    def _opened(self, sale: Sale, code: str = "") -> None:
        self.sale, self.view, self.note = sale, None, None
        self.chosen = {line.no: line.quantity for line in sale.lines}
        self.scanned = (code,) if code else ()
        self._warned = False
        self.changed.emit()

    # --- each box ---------------------------------------------------------------------------

    @property
    def codes(self) -> tuple[str, ...]:
        """Of the boxes that come back: scanned ones first, then the line's own in their order."""
        lines = self.sale.lines if self.sale is not None else ()
        return tuple(
            code
            for line in lines
            for code in sorted(line.trace_codes, key=self._rank)[: self._packs(line)]
        )

    def _rank(self, code: str) -> int:
        return self.scanned.index(code) if code in self.scanned else len(self.scanned)

    def _packs(self, line: SaleLine) -> int:
        return self.chosen.get(line.no, line.quantity).packs()

    @property
    def unscanned(self) -> int:
        """Boxes that are to come back with a code that nobody scanned yet."""
        return len([code for code in self.codes if code not in self.scanned])

    def scan_box(self, code: str) -> None:
        """A box lies on the counter: it is one of this receipt, or it is not taken back."""
        if self.sale is None or self.view is not None:
            return
        sold = {each for line in self.sale.lines for each in line.trace_codes}
        if code not in sold:
            self.note = Note("return.box_not_of_sale", {"code": code[-6:]}, "block")
        elif code not in self.scanned:
            self.scanned, self.note = (*self.scanned, code), None
        self.changed.emit()

    @property
    def insured(self) -> bool:
        """Whether fund or account money goes back: then the credential is shown again."""
        kinds = {line.settlement_type for line in self.sale.lines} if self.sale else set()
        return bool(kinds - {"", "self_paid"})

    def say(self, message_id: str) -> None:
        """One sentence over the lines."""
        self.note = Note(message_id, {}, "warn")
        self.changed.emit()

    def set_quantity(self, no: int, text: str) -> None:
        """How many of a line come back; their codes follow, the newest first."""
        if self.sale is None:
            return
        line = self.sale.line(no)
        try:
            quantity = Quantity.of(text.strip() or "0")
        except YaotaiError as error:
            self._say(error)
            return
        if quantity > line.quantity or quantity < Quantity(0):
            self.note = Note("return.too_many", {"sold": line.quantity.plain()}, "warn")
            self.changed.emit()
            return
        if quantity == self.chosen.get(no):
            # A field that only lost the focus must not throw the quoted return away.
            if self.view is None and self.note is not None:
                self.note = None
                self.changed.emit()
            return
        self.chosen[no], self.view, self.note = quantity, None, None
        self._warned = False
        self.changed.emit()

    def set_reason(self, reason: ReturnReason) -> None:
        """Why: the rules know four reasons and no other."""
        self.reason, self.view = reason, None
        self.changed.emit()

    def show_credential(self, text: str) -> None:
        """The patient shows card or code again."""
        if text.strip():
            self.credential = credential_of(self.shop.classify(text), typed=True)
            self.changed.emit()

    def show(self, credential: Credential) -> None:
        """A card was read by a device."""
        self.credential = credential
        self.changed.emit()

    def ask(self) -> None:
        """What would move, before anything does."""
        if self.busy or self.sale is None:
            return
        quantities = {no: many for no, many in self.chosen.items() if many}
        if not quantities:
            self.note = Note("return.nothing_chosen", {}, "warn")
            self.changed.emit()
            return
        if self.unscanned and not self._warned:
            # A code may be torn off, or the box never left: the second press goes on.
            self._warned = True
            self.note = Note("return.scan_boxes", {"boxes": self.unscanned}, "warn")
            self.changed.emit()
            return
        if self.insured and self.credential is None:
            self.note = Note("return.credential_first", {}, "warn")
            self.changed.emit()
            return
        sale_id, codes, reason = self.sale.id, self.codes, self.reason
        operator, credential = self.session.who(), self.credential
        self._wait()
        self.session.run(
            Lane.LINE,
            lambda _: self.shop.quote_return(
                sale_id, quantities, codes, reason, operator, credential
            ),
            self._got,
            self._failed,
        )

    @property
    def wants_second(self) -> bool:
        """Whether what comes back is worth more than this person's level takes back."""
        view = self.view
        if view is None or view.state != "asked" or self.session.operator is None:
            return False
        return not self.session.operator.staff.may(Right.RETURN, view.worth.fen)

    def take_code(self, text: str) -> None:
        """Scanned while the legs are in sight: the prescription's code where it is waited for,
        else the patient's, whom a return that was left half-way does not know any more."""
        view = self.view
        if view is None or self.busy or not text.strip():
            return
        if self.note is None or self.note.code != RETURN_CODE:
            self.note = None
            self.show_credential(text)
            return
        return_id, operator = view.return_id, self.session.who()
        self._wait()
        self.session.run(
            Lane.LINE,
            lambda _: self.shop.renew_return(return_id, text.strip(), operator),
            self._renewed,
            self._code_refused,
        )

    def _renewed(self, _nothing: None) -> None:
        self.busy = False
        self.run()

    def _code_refused(self, error: YaotaiError) -> None:
        """Another code may be shown: it is still waited for."""
        self._failed(error)
        if self.note is not None:
            self.note = replace(self.note, code=RETURN_CODE)

    @property
    def _to_settle(self) -> bool:
        """Whether what remains has still to be settled: with the patient's credential."""
        view = self.view
        legs = view.legs if view is not None and view.state != "asked" else ()
        return any(leg.leg == "resettle" and leg.state != "done" for leg in legs)

    def run(self, number: str = "", pin: str = "") -> None:
        """Do it: leg by leg, each with its tick; above one's limit with a colleague's word."""
        if self.busy or self.view is None or self.view.state in ("done", "dropped"):
            return
        if self.session.locked:
            return  # nobody is there whose act this could be
        if self._to_settle and self.credential is None:
            self.note = Note("return.credential_first", {}, "warn")
            self.changed.emit()
            return
        if self.wants_second and not (number.strip() and pin):
            self.note = Note("return.second_first", {"worth": self.view.worth}, "warn")
            self.changed.emit()
            return
        second = SecondPerson(number.strip(), pin) if self.wants_second else None
        return_id, operator, credential = (
            self.view.return_id,
            self.session.who(),
            self.credential,
        )
        self._wait()
        operation = self.session.run(
            Lane.LINE,
            lambda tell: self.shop.run_return(return_id, operator, credential, tell, second),
            self._got,
            self._stopped,
        )
        operation.told.connect(self._leg)

    def _stopped(self, error: YaotaiError) -> None:
        """Settled in the insurer's portal: nothing has moved, its cancel is keyed in first."""
        self._failed(error)
        if error.params.get("code") == "PORTAL_CANCEL" and self.view is not None:
            sale_id = self.view.sale_id
            self.session.run(
                Lane.STORE, lambda _: self.shop.payment(sale_id), self.portal_wanted.emit
            )

    def go_on(self, view: ReturnView) -> None:
        """The cancels are in the books: the legs that are left."""
        self.view = view
        self.run()

    @property
    def may_drop(self) -> bool:
        """Nothing has moved yet, so the customer may still keep everything."""
        return not self.busy and self.view is not None and self.view.state == "asked"

    def drop(self) -> None:
        """No return after all: nothing moves, and the list is shown again."""
        if not self.may_drop or self.view is None:
            return
        return_id, operator = self.view.return_id, self.session.who()
        self._wait()
        self.session.run(
            Lane.STORE,
            lambda _: self.shop.drop_return(return_id, operator),
            self._dropped,
            self._failed,
        )

    def _dropped(self, _nothing: None) -> None:
        self.busy = False
        self.open()
        self.note = Note("return.dropped", {}, "told")
        self.changed.emit()

    def take_up(self, place: int) -> None:
        """Go on with a return that stopped half-way."""
        if 0 <= place < len(self.open_items):
            self.view, self.note = self.open_items[place], None
            self.changed.emit()

    def _leg(self, leg: ReturnLegView) -> None:
        if self.view is not None:
            legs = tuple(leg if each.leg == leg.leg else each for each in self.view.legs)
            self.view = _with_legs(self.view, legs)
            self.changed.emit()

    def _wait(self) -> None:
        self.busy, self.note = True, None
        self.changed.emit()

    def _got(self, view: ReturnView) -> None:
        self.busy, self.view = False, view
        self.note = view.notes[0] if view.notes else None
        self.changed.emit()
        if view.state == "done":
            self.finished.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        self._say(error)

    def _say(self, error: YaotaiError) -> None:
        self.note = notes_of(error)[0]
        self.changed.emit()

    def back(self) -> bool:
        """One step back; a return that has begun stays in the list of open ones."""
        if self.busy:
            return True
        if self.view is not None:
            self.view = None
        elif self.sale is not None:
            self.sale = None
        else:
            return False
        self.changed.emit()
        return True


def _with_legs(view: ReturnView, legs: tuple[ReturnLegView, ...]) -> ReturnView:
    return replace(view, legs=legs)
