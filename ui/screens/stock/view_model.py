"""The page 库存: the shelf, one drug with its ledger, and what is done to lots. No widgets here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.staff import Right
from app.domain.typed_date import box_date
from app.errors import BadValue, NotAllowed, SecondPersonNeeded, SignInRefused
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of
from ui.screens.stock.rows import FILTERS, FILTERS_OF, lot_filter, near_only

if TYPE_CHECKING:
    from app.domain.recall import LockReason
    from app.errors import YaotaiError
    from app.use_cases.item_ledger import Event, Ledger, LedgerRow
    from app.use_cases.shelf_list import DrugRow, LotRow, ShelfView
    from app.use_cases.sign_in import SecondPerson
    from ui.screens.session import Session
    from ui.screens.stock.sheet import Sheet
    from ui.widgets.figures import Value

FOUND_AT_MOST: Final = 5000
"""Drugs that the index is asked for when somebody types initials."""


@dataclass(frozen=True)
class Files:
    """How lists become files; each runs on a lane and answers where the file lies."""

    table: Callable[[str, str, Sequence[str], Sequence[Sequence[Value]], str], str]
    """(name, title, headings, rows, ``xlsx`` or ``csv``)."""
    sheet: Callable[[Sheet], str]
    """A paper with a table, as PDF."""


class StockModel(QObject):
    """What every part of the page shares, and the shelf itself."""

    changed = Signal()
    """:attr:`note` or :attr:`busy`."""
    listed = Signal()
    """:attr:`view` is another."""
    closer = Signal()
    """:attr:`drug` or :attr:`ledger` is another."""
    opened = Signal()
    """:attr:`behind` is there."""

    def __init__(self, session: Session, files: Files) -> None:
        super().__init__()
        self.session, self.shop, self.files = session, session.shop, files
        self.view: ShelfView | None = None
        self.filter = FILTERS[0]
        self.level = 0
        """Days of the near-expiry level that is shown; 0 = the widest."""
        self.drug: DrugRow | None = None
        self.ledger: Ledger | None = None
        self.behind: Event | None = None
        self.note: Note | None = None
        self.busy = False

    # --- what all parts need ---------------------------------------------------------------------

    def may(self, right: Right) -> bool:
        """Whether the operator's role carries the right."""
        return self.session.may(right)

    @property
    def today(self) -> date:
        """Of the shop."""
        return shop_time(self.shop.now()).date()

    def say(self, message_id: str, severity: str = "told", **params: object) -> None:
        """A sentence on the page."""
        self.note = Note(message_id, params, severity)
        self.changed.emit()

    def run(
        self,
        work: Callable[[], object],
        done: Callable[[Any], None],
        lane: Lane = Lane.STORE,
    ) -> None:
        """Work on a lane; what fails is said on the page."""

        def succeeded(answer: object) -> None:
            self.busy = False
            done(answer)
            self.changed.emit()

        def failed(error: YaotaiError) -> None:
            self.busy = False
            self.note = told_of(error)
            self.changed.emit()

        self.busy = True
        self.changed.emit()
        self.session.run(lane, lambda _tell: work(), succeeded, failed)

    def export(
        self,
        name: str,
        title: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[Value]],
        form: str,
    ) -> None:
        """What a list shows, in its order, as a file."""
        files = self.files
        self.run(
            lambda: files.table(name, title, headings, rows, form),
            lambda path: self.say("figures.written", "good", file=path),
            Lane.RECOVERY,
        )

    def print(self, sheet: Sheet) -> None:
        """A paper as PDF."""
        files = self.files
        self.run(
            lambda: files.sheet(sheet),
            lambda path: self.say("figures.written", "good", file=path),
            Lane.RECOVERY,
        )

    # --- the list --------------------------------------------------------------------------------

    def load(self) -> None:
        """Everything afresh."""
        who = self.session.who()
        self.run(lambda: self.shop.shelf_list(who), self._listed)

    def forget(self) -> None:
        """The next one may not see what this one saw: costs are not for everybody."""
        self.view = self.drug = self.ledger = self.behind = self.note = None

    def _listed(self, view: ShelfView) -> None:
        self.view = view
        self.listed.emit()

    def choose(self, name: str, level: int = 0) -> None:
        """Which rows are shown."""
        self.filter, self.level = name, level
        self.listed.emit()

    def drugs(self) -> list[DrugRow]:
        """Of the filter that is chosen, where it shows drugs."""
        rows = self.view.drugs if self.view else ()
        return [row for row in rows if self._wanted(row)]

    def _wanted(self, row: DrugRow) -> bool:
        return bool(FILTERS_OF[self.filter] & row.looks) if self.filter in FILTERS_OF else True

    def lots(self) -> list[tuple[DrugRow, LotRow]]:
        """Of the filter that is chosen, where it shows lots."""
        rows = self.view.drugs if self.view else ()
        return [
            (drug, lot)
            for drug in rows
            for lot in drug.lots
            if lot_filter(self.filter, lot) and near_only(self.filter, self.level, lot)
        ]

    def found(self, text: str) -> frozenset[str]:
        """Drugs that the search of the counter finds for a text (initials, pinyin)."""
        hits = self.shop.search(text, FOUND_AT_MOST) if text.strip() else []
        return frozenset(hit.medicine.id for hit in hits)

    def keep_minimum(self, medicine_id: str, text: str) -> None:
        """The least that should lie there, as typed; nothing typed = none."""
        try:
            least = Quantity.of(text.strip() or "0")
        except BadValue:
            self.say("shelf.minimum_wrong", "block")
            return
        who = self.session.who()

        def work() -> ShelfView:
            self.shop.set_minimum(medicine_id, least, who)
            return self.shop.shelf_list(who)

        def done(view: ShelfView) -> None:
            self._listed(view)
            self.say("shelf.minimum_kept", "good", least=least.plain())

        self.run(work, done)

    # --- one drug --------------------------------------------------------------------------------

    def open_drug(
        self, medicine_id: str, lot_id: str = "", first: str = "", last: str = ""
    ) -> None:
        """A drug with its lots, and its ledger (or a lot's) of the days as typed."""
        try:
            days = self._day(first, last_day=False), self._day(last, last_day=True)
        except BadValue:
            self.say("shelf.day_wrong", "block")
            return
        who = self.session.who()

        def work() -> tuple[DrugRow, Ledger]:
            row = self.shop.shelf_drug(medicine_id, who)
            return row, self.shop.item_ledger(medicine_id, who, lot_id, *days)

        self.run(work, self._opened_drug)

    def _day(self, text: str, *, last_day: bool) -> date | None:
        return box_date(text, last_day=last_day)

    def _opened_drug(self, told: tuple[DrugRow, Ledger]) -> None:
        self.drug, self.ledger = told
        self.note = None
        self.closer.emit()

    def close_drug(self) -> bool:
        """Back to the list; False = none was open."""
        if self.drug is None:
            return False
        self.drug = self.ledger = self.behind = None
        self.note = None
        self.closer.emit()
        self.load()
        return True

    def open_event(self, row: LedgerRow) -> None:
        """What is behind a movement."""
        if not row.sale_id and not row.document_id:
            self.say("shelf.no_event", "warn")
            return
        who = self.session.who()
        self.run(lambda: self.shop.ledger_event(row, who), self._opened_event)

    def _opened_event(self, event: Event) -> None:
        self.behind, self.note = event, None
        self.opened.emit()

    def close_event(self) -> bool:
        """Back to the ledger; False = none was open."""
        if self.behind is None:
            return False
        self.behind = None
        self.opened.emit()
        return True

    # --- locks -----------------------------------------------------------------------------------

    def hold(self, lot: LotRow, reason: LockReason) -> None:
        """暂停销售."""
        who = self.session.who()
        self._lock(lot, lambda: self.shop.hold_lot(who, lot.lot_id, reason), "held")

    def reject(self, lot: LotRow, reason: LockReason) -> None:
        """不合格."""
        who = self.session.who()
        self._lock(lot, lambda: self.shop.reject_lot(who, lot.lot_id, reason), "rejected")

    def release(self, lot: LotRow, second: SecondPerson | None) -> None:
        """放行."""
        who = self.session.who()
        self._lock(lot, lambda: self.shop.release_lot(who, lot.lot_id, second), "released")

    def _lock(self, lot: LotRow, act: Callable[[], object], told: str) -> None:
        who, drug, ledger = self.session.who(), self.drug, self.ledger

        def work() -> tuple[ShelfView, DrugRow | None]:
            act()
            fresh = self.shop.shelf_drug(drug.medicine_id, who) if drug else None
            return self.shop.shelf_list(who), fresh

        def done(both: tuple[ShelfView, DrugRow | None]) -> None:
            self.view, fresh = both
            if fresh is not None and ledger is self.ledger:
                self.drug = fresh
                self.closer.emit()
            self.listed.emit()
            self.say(f"shelf.lot_{told}", "good", batch=lot.batch or "—")

        self.run(work, done)


def told_of(error: YaotaiError) -> Note:
    """An error as this page says it."""
    if isinstance(error, SecondPersonNeeded):
        return Note("shelf.same_person", {}, "block")
    if isinstance(error, NotAllowed) and not isinstance(error, SignInRefused):
        wanted = {right.value for right in Right}
        if error.params.get("act") in wanted:
            return Note("shelf.right_missing", {}, "block")
    return notes_of(error)[0]
