"""The lots of the chosen line: which one is meant, and boxes that were found. No widgets here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.sale import check_quantity
from app.domain.staff import Right
from app.errors import BadValue, YaotaiError
from app.use_cases.line_lots import Found, FoundReason
from app.use_cases.notes import Note
from app.use_cases.sign_in import SecondPerson
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from app.domain.line_stock import LineStock
    from app.domain.sale import SaleLine
    from app.domain.stock import Lot
    from app.domain.stock_document import StockDocument
    from app.use_cases.line_lots import LotRow
    from ui.screens.till.view_model import TillViewModel

REASONS = tuple(FoundReason)


class LotsViewModel(QObject):
    """Of one line at a time; the basket stands where it stood."""

    changed = Signal()
    listed = Signal()
    """The lots of the line were read."""
    chosen = Signal()
    """A lot was taken: the panel has done what it was opened for."""
    booked = Signal()
    """What was found is in the books: its fields are empty again."""

    def __init__(self, till: TillViewModel) -> None:
        super().__init__()
        self._till, self.session, self.shop = till, till.session, till.shop
        self.line: SaleLine | None = None
        self.rows: tuple[LotRow, ...] = ()
        self.busy = False
        self.note: Note | None = None
        till.changed.connect(self._follow)

    @property
    def said(self) -> LineStock | None:
        """What the shelf said of the line when it was kept."""
        return self._till.shelf.of(self.line) if self.line is not None else None

    @property
    def second_wanted(self) -> bool:
        """Whether somebody else must answer for what was found."""
        return not self.session.may(Right.APPROVE_STOCK)

    def open(self) -> None:
        """Look at the chosen line."""
        self.line, self.rows, self.note = self._till.selected_line(), (), None
        self.changed.emit()
        self._read()

    def _read(self) -> None:
        line, sale = self.line, self._till.sale
        if line is None or sale is None:
            return
        sale_id, drug, no = sale.id, line.item.medicine_id, line.no

        def found(rows: tuple[LotRow, ...]) -> None:
            if self.line is not None and self.line.no == no:
                self.rows = rows
                self.changed.emit()
                self.listed.emit()

        self.session.run(Lane.STORE, lambda _: self.shop.line_lots(sale_id, drug), found)

    def _follow(self) -> None:
        """The basket was kept again: the figures are others now."""
        if self.line is None:
            return
        fresh = next((each for each in self._till.lines if each.no == self.line.no), None)
        if fresh is None:
            self.line, self.rows = None, ()
            self.changed.emit()
        elif fresh != self.line:
            self.line = fresh
            self._read()

    def saleable_lot(self, place: int) -> Lot | None:
        """The lot of a row to which something found may be added."""
        row = self.rows[place] if 0 <= place < len(self.rows) else None
        return row.lot if row is not None and row.state == "saleable" else None

    def choose(self, place: int) -> None:
        """Enter on a row: the boxes of the line are of this lot."""
        if self.line is None or not 0 <= place < len(self.rows):
            return
        row = self.rows[place]
        if row.state != "saleable":
            self._say(Note(f"lots.not_{row.state}", {"batch": row.lot.batch or "—"}, "block"))
            return
        if row.on_hand <= row.elsewhere:
            self._say(Note("lots.not_free", {"batch": row.lot.batch or "—"}, "block"))
            return
        if self._till.shelf.choose(self.line.no, row.lot):
            self.chosen.emit()

    def book(self, fields: dict[str, str], reason: FoundReason, lot_place: int = -1) -> None:
        """Boxes found on the shelf: of the row at ``lot_place``, else with what was typed."""
        if self.busy or self.line is None:
            return
        found = self._found(self.line, fields, reason, lot_place)
        if isinstance(found, str):
            self._say(Note(found, {}, "block"))
            return
        second = None
        if self.second_wanted:
            second = SecondPerson(fields.get("number", ""), fields.get("pin", ""))
        self.busy = True
        self.changed.emit()
        operator = self.session.who()
        self.session.run(
            Lane.STORE,
            lambda _: self.shop.book_found(operator, found, second),
            self._done,
            self._failed,
        )

    def _found(
        self, line: SaleLine, fields: dict[str, str], reason: FoundReason, lot_place: int
    ) -> Found | str:
        """What was typed, or the id of the words that say what is wrong with it."""
        from app.use_cases.table_file import day_of

        batch, drug = fields.get("batch", "").strip(), line.item.medicine_id
        try:
            packs = Quantity.of(fields.get("packs", "").strip())
            check_quantity(packs)
        except BadValue:
            return "lots.wrong_packs"
        lot = self.saleable_lot(lot_place)
        if not batch and lot is not None:
            return Found(drug, packs, reason, lot_id=lot.id)
        if not batch:
            return "lots.wrong_batch"
        day = day_of(fields.get("expiry", "").strip(), last=True)
        if day is None or day < shop_time(self.shop.now()).date():
            return "lots.wrong_expiry"
        return Found(drug, packs, reason, batch=batch, expires_on=day)

    def _done(self, paper: StockDocument) -> None:
        self.busy = False
        self._say(Note("lots.booked", {"number": paper.number}, "good"))
        self.booked.emit()
        self._till.keep_again()
        self._read()

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        self._say(notes_of(error)[0])

    def _say(self, note: Note) -> None:
        self.note = note
        self.changed.emit()
