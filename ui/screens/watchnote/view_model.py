"""A pharmacist's note on each watched line of the basket at the counter (LN-5.2). No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.errors import BadValue
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from app.domain.sale import SaleLine
    from app.errors import YaotaiError
    from app.ports_alerts import SaleNote
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel

Pair = tuple["SaleLine", "SaleNote | None"]


class WatchNoteModel(QObject):
    """One line after the other; what stands there can be written anew."""

    changed = Signal()
    kept = Signal()
    """The words were taken: they go, and the secret with them."""

    def __init__(self, session: Session, till: TillViewModel) -> None:
        super().__init__()
        self.session, self._till = session, till
        self.pairs: tuple[Pair, ...] = ()
        self.note: Note | None = None
        self.busy = False
        self._sale_id = ""

    @property
    def line(self) -> SaleLine | None:
        """The first that wants a note."""
        return next((line for line, note in self.pairs if note is None), None)

    def open(self) -> None:
        """The basket of now."""
        sale = self._till.sale
        self.pairs, self.note = (), None
        self._sale_id = sale.id if sale is not None and sale.lines else ""
        self._ask()

    def _ask(self) -> None:
        shop, sale_id = self.session.shop, self._sale_id
        if sale_id:
            self.busy = True
            self.session.run(
                Lane.STORE, lambda _: shop.lines_to_note(sale_id), self._came, self._failed
            )
        self.changed.emit()

    def _came(self, pairs: tuple[Pair, ...]) -> None:
        self.busy, self.pairs = False, pairs
        self.changed.emit()

    def keep(self, words: str, number: str, pin: str) -> None:
        """What the pharmacist noted on the line in hand."""
        line = self.line
        if self.busy or line is None:
            return
        if not (words.strip() and number.strip() and pin):
            self._say(Note("watch.note_empty", {}, "warn"))
            return
        shop, sale_id = self.session.shop, self._sale_id
        self.busy = True
        self.session.run(
            Lane.STORE,
            lambda _: shop.note_line(sale_id, line.no, words, number.strip(), pin),
            lambda _: self._kept(line.no),
            self._failed,
        )
        self.changed.emit()

    def _kept(self, line_no: int) -> None:
        self.note = Note("watch.note_kept", {"line": line_no}, "good")
        # The strip that asked for it goes with it.
        self._till.unsay_rule("WATCH_NOTE")
        self.kept.emit()
        self._ask()

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        bad = isinstance(error, BadValue)
        self._say(Note("watch.note_empty", {}, "warn") if bad else notes_of(error)[0])

    def _say(self, note: Note) -> None:
        self.note = note
        self.changed.emit()
