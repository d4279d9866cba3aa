"""Goods that leave and goods that are ordered: what the two tabs hold, and their acts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.money import Quantity
from app.domain.receiving_states import OrderState
from app.domain.stock_document import DocumentKind
from app.domain.supplier import SupplierKind
from app.errors import BadValue
from app.use_cases.notes import Note
from app.use_cases.orders import order_line
from app.use_cases.send_goods import Area, SendForm, SendLine
from ui.operation import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from app.domain.purchase_order import OrderLine, PurchaseOrder
    from app.domain.stock_document import StockDocument
    from app.errors import YaotaiError
    from app.ports import Hit
    from app.use_cases.goods_paper import GoodsPaper, Sendable
    from app.use_cases.orders import OrderShown, Want
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.supply_view import SupplyHome
    from ui.screens.session import Session
    from ui.widgets.figures import Value


@dataclass(frozen=True)
class Papers:
    """Writes papers as PDF; each answers where the file lies and runs on a lane."""

    goods: Callable[[GoodsPaper], Path]
    order: Callable[[OrderShown], Path]
    table: Callable[..., Path]
    """``ui.table_export.export_table`` with its folder bound."""


class GoodsModel(QObject):
    """The list of goods to send, and the order being typed."""

    changed = Signal()
    noted = Signal(object)
    """A :class:`Note`."""
    acted = Signal()
    """Something was posted, kept or sent: the lists are to be read anew."""

    def __init__(self, session: Session, papers: Papers) -> None:
        super().__init__()
        self.session, self._papers = session, papers
        self.home: SupplyHome | None = None
        self.party_id = ""
        self.lots: tuple[Sendable, ...] = ()
        self.lines: tuple[SendLine, ...] = ()
        self.sent: tuple[StockDocument, ...] = ()
        self.wanted: tuple[Want, ...] = ()
        self.order: PurchaseOrder | None = None
        self.order_lines: tuple[tuple[str, str, str, str], ...] = ()
        """(medicine id, name, quantity, price) as typed."""

    # --- goods that leave ------------------------------------------------------------------------

    @property
    def to_store(self) -> bool:
        """Whether the party is another store of the chain."""
        return any(
            one.supplier.id == self.party_id and one.supplier.kind is SupplierKind.STORE
            for one in (self.home.suppliers if self.home else ())
        )

    def enter(self) -> None:
        """Read what the tabs show."""
        shop = self.session.shop
        self._run(shop.sent_papers, lambda found: self._have(sent=tuple(found)))
        self._run(shop.wants, lambda found: self._have(wanted=found))
        if self.party_id:
            self.choose_party(self.party_id)

    def _have(self, **held: Any) -> None:  # noqa: ANN401 - lists of several kinds
        for name, value in held.items():
            setattr(self, name, value)
        self.changed.emit()

    def choose_party(self, party_id: str) -> None:
        """Who the goods go to; another one empties the list."""
        if party_id != self.party_id:
            self.lines = ()
        self.party_id = party_id
        if party_id:
            work = lambda: self.session.shop.sendable(party_id)  # noqa: E731
            self._run(work, lambda found: self._have(lots=found))

    def lot(self, lot_id: str) -> Sendable | None:
        """One of the list."""
        return next((one for one in self.lots if one.figures.lot.id == lot_id), None)

    def put(self, lot_id: str, text: str, area: Area) -> None:
        """So much of a lot; 0 takes it off the list, what is more than lies there is refused."""
        found = self.lot(lot_id)
        if found is None:
            return
        free = found.free if area is Area.SHELF else found.figures.returned
        try:
            quantity = Quantity.of(text.strip() or "0")
        except BadValue:
            self._say("receiving.no_quantity", "block")
            return
        if not Quantity(0) <= quantity <= free:
            self._say("receiving.too_many", "block", most=free.plain())
            return
        old = [one for one in self.lines if (one.lot_id, one.area) == (lot_id, area)]
        kept = tuple(one for one in self.lines if one not in old)
        if quantity:
            codes = old[0].codes if old and len(old[0].codes) <= quantity.packs() else ()
            kept = (*kept, SendLine(lot_id, quantity, area, codes))
        self._have(lines=kept)

    def scan(self, text: str) -> bool:
        """A box that leaves: its lot gets one more."""
        if not self.party_id:
            return False
        read = self.session.shop.classify(text)
        code = read.trace_code() or text
        self._run(lambda: self.session.shop.lot_of_code(code), lambda lot: self._box(lot, code))
        return True

    def _box(self, lot_id: str, code: str) -> None:
        found = self.lot(lot_id)
        if found is None:
            self._say("receiving.box_not_here", "warn")
            return
        old = next((one for one in self.lines if one.lot_id == lot_id
                    and one.area is Area.SHELF), SendLine(lot_id, Quantity(0)))  # fmt: skip
        if code in old.codes:
            self._say("receiving.code_twice", "warn")
            return
        codes = (*old.codes, code)
        quantity = max(old.quantity, Quantity.of(len(codes)))
        if quantity > found.free:
            self._say("receiving.too_many", "block", most=found.free.plain())
            return
        kept = tuple(one for one in self.lines if one is not old)
        self._have(lines=(*kept, replace(old, quantity=quantity, codes=codes)))

    def send(self, reason: str, note: str, second: SecondPerson | None) -> None:
        """Post the list and write its paper."""
        kind = DocumentKind.TRANSFER_OUT if self.to_store else DocumentKind.SUPPLIER_RETURN
        form = SendForm(kind, self.party_id, self.lines, "" if self.to_store else reason, note)
        who, shop = self.session.who(), self.session.shop

        def done(document: StockDocument) -> None:
            self.lines = ()
            self._say("receiving.goods_sent", "good", number=document.number)
            self.enter()
            self.acted.emit()

        self._run(lambda: shop.send_goods(form, who, second), done)

    def print_goods(self, document_id: str) -> None:
        """The paper of a posted document."""
        shop = self.session.shop
        self._run(
            lambda: self._papers.goods(shop.goods_paper(document_id)),
            lambda path: self._say("receiving.printed", "good", path=str(path)),
        )

    # --- orders ----------------------------------------------------------------------------------

    def take_wants(self) -> None:
        """Everything that is wanted becomes a line of the order being typed."""
        have = {one[0] for one in self.order_lines}
        more = tuple(
            (one.medicine.id, f"{one.medicine.display_name} {one.medicine.spec}",
             one.wanted.plain(), "")
            for one in self.wanted if one.medicine.id not in have
        )  # fmt: skip
        self._have(order_lines=(*self.order_lines, *more))

    def add_order_line(self, hit: Hit, quantity: str, price: str) -> None:
        """A typed line; a drug that is on the list gets the new figures."""
        drug = hit.medicine
        line = (drug.id, f"{drug.display_name} {drug.spec}", quantity.strip(), price.strip())
        if self._line(line) is None:
            return
        others = tuple(one for one in self.order_lines if one[0] != drug.id)
        self._have(order_lines=(*others, line))

    def drop_order_line(self, medicine_id: str) -> None:
        """Off the list."""
        self._have(order_lines=tuple(one for one in self.order_lines if one[0] != medicine_id))

    def _line(self, one: tuple[str, str, str, str]) -> OrderLine | None:
        try:
            return order_line(one[0], one[2], one[3])
        except BadValue:
            self._say("receiving.order_line_wrong", "block", name=one[1])
            return None

    def open_order(self, shown: OrderShown) -> None:
        """A draft to go on with."""
        if shown.order.state is not OrderState.DRAFT:
            return
        lines = tuple(
            (line.medicine_id, f"{drug.display_name} {drug.spec}", line.quantity.plain(),
             line.price.plain() if line.price is not None else "")
            for line, drug in zip(shown.order.lines, shown.drugs, strict=True)
        )  # fmt: skip
        self._have(order=shown.order, order_lines=lines)

    def keep_order(self, supplier_id: str) -> None:
        """Keep the order being typed."""
        lines = [self._line(one) for one in self.order_lines]
        good = [one for one in lines if one is not None]
        if len(good) != len(lines):
            return
        who, shop, order = self.session.who(), self.session.shop, self.order

        def done(kept: PurchaseOrder) -> None:
            self._have(order=None, order_lines=())
            self._say("receiving.order_kept", "good", number=kept.number)
            self.enter()
            self.acted.emit()

        self._run(lambda: shop.keep_order(supplier_id, good, who, order), done)

    def step_order(self, order_id: str, *, send: bool) -> None:
        """Send a draft, or cancel what is open."""
        who, shop = self.session.who(), self.session.shop
        work = shop.send_order if send else shop.cancel_order

        def done(order: PurchaseOrder) -> None:
            said = "receiving.order_sent" if send else "receiving.order_cancelled"
            self._say(said, "good", number=order.number)
            self.enter()
            self.acted.emit()

        self._run(lambda: work(order_id, who), done)

    def print_order(self, shown: OrderShown) -> None:
        """The order's paper."""
        self._run(
            lambda: self._papers.order(shown),
            lambda path: self._say("receiving.printed", "good", path=str(path)),
        )

    # --- what came back --------------------------------------------------------------------------

    def export(
        self,
        part: str,
        title: str,
        headings: Sequence[str],
        rows: Sequence[tuple[Value, ...]],
        form: str,
    ) -> None:
        """A list as a file."""
        now, table = self.session.shop.now(), self._papers.table
        self.session.run(
            Lane.RECOVERY,
            lambda _: table(f"receiving-{part}", title, headings, rows, form, now),
            lambda path: self._say("figures.written", "good", file=path.name),
            self._failed,
        )

    def _run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.session.run(Lane.STORE, lambda _: work(), done, self._failed)

    def _failed(self, error: YaotaiError) -> None:
        what = str(error.params.get("what", "")) if isinstance(error, BadValue) else ""
        known = _SAID.get(what, "")
        if what == "supplier":
            known = f"receiving_fault.supplier_{error.params.get('why', '')}"
        self._say(known or error.message_id, "block", **error.params)

    def say_note(self, message_id: str, severity: str, **params: object) -> None:
        """Say something above the page."""
        self._say(message_id, severity, **params)

    def _say(self, message_id: str, severity: str, **params: object) -> None:
        self.noted.emit(Note(message_id, params, severity))


_SAID = {
    "quantity": "receiving.moved_meanwhile",
    "lines": "receiving.nothing_to_send",
    "party": "receiving.wrong_party",
    "reason": "receiving.reason_needed",
    "lot": "receiving.lot_not_for_store",
    "order": "receiving.order_empty",
    "codes": "receiving.code_twice",
}
