"""The till's basket: scans, searches, lines. No widgets here."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.money import Quantity
from app.domain.staff import Right
from app.errors import YaotaiError
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.till.basket_keeper import BasketKeeper
from ui.screens.till.box_desk import BoxDesk
from ui.screens.till.code_desk import CodeDesk
from ui.screens.till.shelf_desk import ShelfDesk

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.catalogue import Medicine
    from app.domain.sale import Sale, SaleLine
    from app.domain.scanned import Scanned
    from app.ports import Hit
    from app.use_cases.views import Patient, Receipt
    from ui.screens.session import Session
    from ui.screens.shop_door import EstimateView
    from ui.screens.till.promotion_desk import PromotionDesk
    from ui.screens.till.wanted_desk import WantedDesk

HITS = 50
_NUMBER = re.compile(r"^\d{1,7}(\.\d{1,6})?$")


class Prompt(StrEnum):
    """What the input field is asked for at the moment."""

    SEARCH = "search"
    QUANTITY = "quantity"
    PRICE = "price"
    REASON = "reason"
    WHY = "why"
    """Why a price is lower for this basket."""


class TillViewModel(QObject):
    """Owns the basket of the customer who is being served."""

    changed = Signal()
    """Lines, patient, estimate or findings: what stands on the screen is out of date."""
    hits_changed = Signal()
    selected_changed = Signal(int)
    prompt_changed = Signal()
    input_cleared = Signal()
    sounded = Signal(str)
    codes_loaded = Signal()
    """What the shop learned of codes, and today's scanner test, are in memory."""
    customer_scanned = Signal(object)
    customer_left = Signal()
    """The basket was let go of: whatever was known of its customer is forgotten."""
    abandoned = Signal(str)
    """A sale with a prescription was given up for good; its id."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.shop = session, session.shop
        self.keeper = BasketKeeper(session)
        self.codes = CodeDesk(self)
        self.boxes = BoxDesk(self)
        self.shelf = ShelfDesk(self)
        self.sale: Sale | None = None
        self.patient: Patient | None = None
        self.account_use = "1"
        self.reading = False
        """A patient is being asked after: nothing is paid before it is known who pays."""
        self.customer = 0
        """Counts customers; an answer that comes for an earlier one is dropped."""
        self.estimate: EstimateView | None = None
        self.notes: tuple[Note, ...] = ()
        """Transient sentences: the answer to the last act."""
        self.hits: list[Hit] = []
        self.selected = -1
        self.prompt = Prompt.SEARCH
        self.asks_clear = False
        self.last_receipt: Receipt | None = None
        self.reviewer = ""
        """Who passed the prescription of this basket."""
        self.may_edit: Callable[[], bool] = lambda: True
        self._pending: Quantity | None = None
        self._pending_code = ""
        self._promotion: PromotionDesk | None = None
        self._cleared: tuple[SaleLine, ...] = ()
        session.told.connect(self.note)

    @cached_property
    def wanted(self) -> WantedDesk:
        """What was asked for and is not there."""
        from ui.screens.till.wanted_desk import WantedDesk  # no start notes anything

        return WantedDesk(self)

    def leave_search(self) -> None:
        """What is typed was used: the input is empty for the next."""
        self._show_hits([])
        self.input_cleared.emit()

    # --- what stands on the screen ---------------------------------------------------------------

    @property
    def lines(self) -> tuple[SaleLine, ...]:
        """The lines of the basket."""
        return self.sale.lines if self.sale else ()

    def selected_line(self) -> SaleLine | None:
        """The line on which ``*``, ``/`` and ``Del`` act."""
        return self.lines[self.selected] if 0 <= self.selected < len(self.lines) else None

    def findings(self) -> tuple[Note, ...]:
        """One line each: what just happened, then what the rules say; graver first."""
        rules = self.estimate.notes if self.estimate and self.lines else ()
        order = {"block": 0, "warn": 1}
        said = {(n.message_id, str(n.params)) for n in self.notes}
        others = [n for n in rules if (n.message_id, str(n.params)) not in said]
        return self.notes + tuple(sorted(others, key=lambda n: order.get(n.severity, 2)))

    def note(self, note: Note) -> None:
        """Say something about the last act; newest first, a few at most."""
        kept = [each for each in self.notes if _about(each) != _about(note)]
        self.notes = (note, *kept)[:4]
        if note.severity in ("block", "warn"):
            self.sounded.emit("finding")
        self.changed.emit()

    def unsay_rule(self, code: str) -> None:
        """What a rule stopped was looked at anew: the next try says how it is."""
        kept = tuple(each for each in self.notes if each.code != code)
        if kept != self.notes:
            self.notes = kept
            self.changed.emit()

    def unsay(self, message_id: str, device: str = "") -> None:
        """What was asked for has been done: it stands there no longer.

        ``device``: its name, where it was said of one of several.
        """
        kept = tuple(each for each in self.notes if _about(each) != (message_id, device))
        if kept != self.notes:
            self.notes = kept
            self.changed.emit()

    def tell(self, message_id: str, severity: str = "told", **params: object) -> None:
        """Say something about the last act."""
        self.note(Note(message_id, dict(params), severity))

    # --- the basket ------------------------------------------------------------------------------

    def start(self) -> None:
        """Read what the screen needs once somebody has signed in: the last slip."""
        self.session.run(Lane.STORE, lambda _: self.shop.last_receipt(), self._last_read)
        self.session.run(Lane.STORE, lambda _: self.shop.load_codes(), self._codes_loaded)

    def _codes_loaded(self, _nothing: None) -> None:
        self.codes_loaded.emit()

    def _last_read(self, receipt: Receipt | None) -> None:
        self.last_receipt = receipt
        self.changed.emit()

    def reset(self) -> None:
        """An empty basket for the next customer; nothing is written or forgotten by it."""
        self.sale = self.patient = self.estimate = None
        self.account_use, self.selected = "1", -1
        self.notes, self.reviewer = (), ""
        self._show_hits([])
        self._pending, self._pending_code, self.asks_clear = None, "", False
        self._set_prompt(Prompt.SEARCH)
        self.reading = False
        self.customer += 1
        self.customer_left.emit()
        self.changed.emit()

    def load(self, sale: Sale, notes: tuple[Note, ...] = ()) -> None:
        """Go on with a sale from the books."""
        self.sale, self.notes = sale, notes
        self.shelf.recall(sale.id)
        self.selected = len(sale.lines) - 1
        self.refresh()

    def set_patient(self, patient: Patient | None) -> None:
        """Who the sale is for; the estimate follows."""
        self.patient = patient
        # What a rule said of the one before was said of their insurance; the estimate says anew.
        self.notes = tuple(note for note in self.notes if not note.code)
        if patient and patient.row is not None and not patient.row.balance:
            self.account_use = "0"
        self.refresh()

    def set_account_use(self, use: str) -> None:
        """0 不用, 1 本人, 2 共济; a quote made under another choice is void."""
        if use != self.account_use and self.may_edit():
            self.account_use = use
            self.refresh()

    def refresh(self) -> None:
        """Work the estimate out again and show everything."""
        self.estimate = None
        if self.sale is not None and self.sale.lines:
            try:
                self.estimate = self.shop.estimate(self.sale, self.patient, self.account_use)
            except YaotaiError as error:
                self.notes = (Note(error.message_id, dict(error.params), "warn"), *self.notes)[:4]
        self.changed.emit()

    def basket(self) -> Sale:
        """The open basket; a new one where there is none yet."""
        if self.sale is None:
            self.sale = self.shop.open_basket(self.session.who())
        return self.sale

    def keep_again(self) -> None:
        """Something other than its boxes was said of a line: a price, why a code is missing."""
        self._after_change()

    def _after_change(self, select: int | None = None) -> None:
        self.asks_clear = False
        top = len(self.lines) - 1
        self.selected = min(self.selected if select is None else select, top)
        self.refresh()
        self.selected_changed.emit(self.selected)
        # Last, still in this very step: the writing thread would compete with what stands above.
        if self.sale is not None:
            self.keeper.keep(self.sale)

    # --- adding ----------------------------------------------------------------------------------

    def type_text(self, text: str) -> None:
        """The input changed: search while it is a search."""
        wanted = text.strip()
        digits_only = wanted.isdigit() and len(wanted) < 3
        if self.prompt is not Prompt.SEARCH or not wanted or digits_only:
            self._show_hits([])
            return
        self._show_hits(self.shop.search(wanted, HITS))

    def _show_hits(self, hits: list[Hit]) -> None:
        if hits or self.hits:
            self.hits = hits
            self.hits_changed.emit()

    def enter(self, text: str, choice: int = 0) -> None:
        """Enter in the input: give the number asked for, or add the chosen hit."""
        text = text.strip()
        if self.prompt is Prompt.QUANTITY:
            self._give_quantity(text)
        elif self.prompt is Prompt.PRICE:
            self._give_price(text)
        elif self.prompt is Prompt.WHY:
            self._give_why(text)
        elif self.prompt is Prompt.REASON:
            self._set_prompt(Prompt.SEARCH)
            self.boxes.give_reason(text)
        elif self.shop.classify(text).trace_code() and not self._pending_code:
            self.scan(text)  # typed in full, of its two parts too: never the drug without its code
        elif 0 <= choice < len(self.hits):
            code, self._pending_code = self._pending_code, ""
            self.add(self.hits[choice].medicine, code)
            self.input_cleared.emit()
        elif text:
            self.scan(text)

    def scan(self, text: str) -> None:
        """A scanned string, or a whole code typed by hand."""
        # Here and not above: it is not needed before the first paint.
        from app.domain.scanned import ScannedKind

        scanned = self.shop.classify(text)
        if scanned.kind in (ScannedKind.INSURANCE_CODE, ScannedKind.ID_NUMBER):
            self.customer_scanned.emit(scanned)
            self.input_cleared.emit()
            return
        self.input_cleared.emit()
        self.codes.take(scanned)

    def offer(self, found: list[Medicine], code: str) -> None:
        """Several drugs share a code: one is chosen, and the trace code goes with it."""
        from app.ports import Hit

        self._pending_code = code
        self._show_hits([Hit(medicine, 0) for medicine in found])

    def add(self, medicine: Medicine, code: str = "", scanned: Scanned | None = None) -> None:
        """Put a pack in; a trace code first fills a pack of its drug that still lacks one."""
        if not self.may_edit():
            return
        self._show_hits([])
        self.notes = ()
        if code and any(code in line.trace_codes for line in self.lines):
            self.tell("till.code_in_basket", "block", code=code[-6:])
            return
        try:
            line = self._put(medicine, code, scanned.batch or "" if scanned else "")
        except YaotaiError as error:
            self.note(Note(error.message_id, dict(error.params), "block"))
            return
        if scanned is not None and (scanned.batch or scanned.expiry) and not line.batch:
            line = replace(line, batch=scanned.batch or "", expiry=scanned.expiry)
            self.basket().replace_line(line)
        self._after_change(self._place(line.no))
        self.sounded.emit("added")
        if code:
            self.codes.ask_after(code, line.no)

    def _put(self, medicine: Medicine, code: str, batch: str = "") -> SaleLine:
        packs, self._pending = self._pending or Quantity.of(1), None
        sale = self.basket()
        filled = sale.put_code(medicine.id, code, batch) if code else None
        if filled is not None:
            return filled
        price = self.shop.price_of(medicine)
        return sale.add(self.shop.item_of(medicine), price, packs, code, batch)

    def _place(self, no: int) -> int:
        return next((i for i, line in enumerate(self.lines) if line.no == no), -1)

    def put_codes(self, no: int, codes: tuple[str, ...]) -> None:
        """Codes that the platform gave to boxes of a line that carry none."""
        place = self._place(no)
        if place < 0 or self.sale is None or not self.may_edit():
            return
        line = self.lines[place]
        room = line.quantity.packs() - len(line.trace_codes)
        self.sale.replace_line(replace(line, trace_codes=(*line.trace_codes, *codes[:room])))
        self._after_change(place)
        self.tell("till.virtual_put", "good", name=line.item.name, boxes=len(codes[:room]))

    def take_back(self, code: str, no: int, why: str, **params: object) -> None:
        """Take a code out of its line again and say why; the line stays, without it."""
        place = self._place(no)
        if place < 0 or self.sale is None or not self.may_edit():
            return
        line = self.lines[place]
        if code not in line.trace_codes:
            return
        codes = tuple(each for each in line.trace_codes if each != code)
        self.sale.replace_line(replace(line, trace_codes=codes))
        self._after_change(place)
        self.tell(why, "block", code=code[-6:], **params)

    # --- commands on the chosen line -------------------------------------------------------------

    def select(self, place: int) -> None:
        """Choose a line."""
        if 0 <= place < len(self.lines) and place != self.selected:
            self.selected = place
            self.selected_changed.emit(place)

    def quantity_key(self, text: str) -> None:
        """``3*`` sets three at once; ``*`` alone asks for the number."""
        if _NUMBER.match(text.strip()):
            self._give_quantity(text.strip())
        else:
            self._set_prompt(Prompt.QUANTITY)

    def price_key(self, text: str) -> None:
        """``9.90/`` sets the price at once; ``/`` alone asks for it. A right of its own."""
        if not self.session.may(Right.CHANGE_PRICE):
            self.tell("till.price_right", "warn")
            self.input_cleared.emit()
        elif _NUMBER.match(text.strip()):
            self._give_price(text.strip())
        elif self.selected_line() is not None:
            self._set_prompt(Prompt.PRICE)

    def ask_reason(self) -> None:
        """Why the boxes of a line carry no code, by number."""
        self._set_prompt(Prompt.REASON)

    def _set_prompt(self, prompt: Prompt) -> None:
        if self.prompt is not prompt:
            self.prompt = prompt
            self._show_hits([])
            self.prompt_changed.emit()
        self.input_cleared.emit()

    def _give_quantity(self, text: str) -> None:
        self._set_prompt(Prompt.SEARCH)
        line = self.selected_line()
        try:
            quantity = Quantity.of(text)
            if line is None:
                self._pending = quantity
                self.tell("till.next_quantity", quantity=quantity.plain())
            elif self.may_edit() and self.sale is not None:
                self.sale.set_quantity(line.no, quantity)
                self.notes = ()
                self._after_change()
        except YaotaiError as error:
            self.session.tell_error(error)

    def _give_price(self, text: str) -> None:
        """A lower price for this basket: why is asked next, nothing changes before."""
        from ui.screens.till.promotion_desk import PromotionDesk

        self._promotion = PromotionDesk(self)
        self._set_prompt(Prompt.WHY if self._promotion.price(text) else Prompt.SEARCH)

    def _give_why(self, text: str) -> None:
        if self._promotion is not None and self._promotion.why(text):
            self._set_prompt(Prompt.SEARCH)

    def follow_prices(self) -> None:
        """A price took effect while the basket is open: its lines follow, unless they are quoted.

        What was set by hand for this basket stays; so does what remains of a return.
        """
        prices = self.shop.changed_prices()
        if not prices or self.sale is None or self.sale.replaces or not self.may_edit():
            return
        followed = False
        for line in self.lines:
            price = prices.get(line.item.medicine_id, line.price)
            if price != line.price and line.item.shelf_price is None:
                self.sale.replace_line(replace(line, price=price))
                told = {"old": line.price.plain(), "new": price.plain()}
                self.tell("basket.price_changed", "warn", name=line.item.name, **told)
                followed = True
        if followed:
            self._after_change()

    def delete_line(self) -> None:
        """Take the chosen line out."""
        line = self.selected_line()
        if line is not None and self.sale is not None and self.may_edit():
            self.sale.remove(line.no)
            self.notes = ()
            self._after_change()

    def clear(self) -> None:
        """First press asks, the second gives the basket up; Ctrl+Z brings its lines back."""
        if not self.lines or self.sale is None or not self.may_edit():
            return
        if not self.asks_clear:
            self.asks_clear = True
            self.tell("till.clear_asks", "warn", kinds=len(self.lines))
            return
        sale, self._cleared = replace(self.sale), self.lines
        operator = self.session.who()

        def give_up() -> None:
            self.session.run(
                Lane.STORE,
                lambda _: self.shop.abandon_basket(sale, operator),
                lambda _: self._given_up(sale),
            )

        self.keeper.when_kept(give_up)
        self.reset()
        self.tell("till.cleared", kinds=len(self._cleared))

    def _given_up(self, sale: Sale) -> None:
        if sale.prescription is not None and sale.prescription.case_id:
            self.abandoned.emit(sale.id)

    def undo_clear(self) -> None:
        """Bring the lines of the basket that was just given up back, in a new basket."""
        if not self._cleared or self.lines or not self.may_edit():
            return
        lines, self._cleared = self._cleared, ()
        self.basket().lines = lines
        self.notes = ()
        self._after_change(len(lines) - 1)

    def back(self) -> bool:
        """Esc: one step back, nothing destroyed; answers whether there was a step to take."""
        if self.hits:
            self._show_hits([])
        elif self.prompt is not Prompt.SEARCH:
            self._set_prompt(Prompt.SEARCH)
        elif self.asks_clear or self.notes:
            self.asks_clear, self.notes = False, ()
            self.changed.emit()
        else:
            return False
        return True


def _about(note: Note) -> tuple[str, str]:
    """What a later note must share to stand in the place of this one."""
    return note.message_id, str(note.params.get("device", ""))
