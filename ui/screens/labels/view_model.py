"""Dosage labels of a sale: what the prescription says, what somebody adds, how many. No widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.payment.view_model import Stage
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from app.errors import YaotaiError
    from app.use_cases.labels import LabelSheet
    from ui.screens.payment.view_model import PaymentViewModel
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel


@dataclass
class Draft:
    """What somebody wants on the label of one line."""

    usage: str = ""
    copies: int = 0


class LabelsViewModel(QObject):
    """One panel; which sale it is about is decided when it is opened."""

    changed = Signal()
    queued = Signal()
    """Labels lie in the spool."""

    def __init__(self, session: Session, till: TillViewModel, payment: PaymentViewModel) -> None:
        super().__init__()
        self.session, self._shop = session, session.shop
        self._till, self._payment = till, payment
        self.sheet: LabelSheet | None = None
        self.drafts: dict[int, Draft] = {}
        self.note: Note | None = None
        self.busy = False

    def open(self) -> None:
        """Of the basket whose prescription is picked, else of the sale that was just done."""
        self.sheet, self.drafts, self.note = None, {}, None
        shop, sale = self._shop, self._till.sale
        if not shop.has_label_printer():
            self._say("labels.none")
            return
        done = self._payment.receipt if self._payment.stage is Stage.DONE else None
        last = done or self._till.last_receipt
        if sale is not None and sale.lines and sale.prescription is not None:
            sale_id, receipt_no = sale.id, ""
        elif last is not None:
            sale_id, receipt_no = "", last.receipt_no
        else:
            self._say("labels.no_sale")
            return
        self.busy = True
        self.session.run(
            Lane.STORE, lambda _: shop.label_sheet(sale_id, receipt_no), self._opened, self._failed
        )
        self.changed.emit()

    def _opened(self, sheet: LabelSheet) -> None:
        self.sheet, self.busy = sheet, False
        self.drafts = {
            line.line_no: Draft(copies=1 if line.directions.known else 0) for line in sheet.lines
        }
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        (note, *_) = notes_of(error)
        self.note = (
            Note("labels.not_yet", {}, "warn") if error.message_id == "error.bad_value" else note
        )
        self.changed.emit()

    def _say(self, message_id: str) -> None:
        self.note = Note(message_id, {}, "warn")
        self.changed.emit()

    def type_usage(self, line_no: int, text: str) -> None:
        """What is typed beside the directions; the first words of a line want one label."""
        draft = self.drafts[line_no]
        first = bool(text.strip()) and not draft.usage.strip()
        draft.usage = text
        if first and not draft.copies:
            draft.copies = 1
            self.changed.emit()

    def set_copies(self, line_no: int, copies: int) -> None:
        """How many labels of the line."""
        from app.use_cases.labels import MOST_COPIES

        self.drafts[line_no].copies = max(0, min(copies, MOST_COPIES))
        self.changed.emit()

    def print(self) -> None:
        """Into the spool, and from there to the printer; the panel may be closed at once."""
        from app.use_cases.labels import Wanted

        sheet = self.sheet
        if sheet is None or self.busy:
            return
        wanted = [
            Wanted(no, draft.usage, draft.copies)
            for no, draft in self.drafts.items()
            if draft.copies
        ]
        unsaid = [
            line.name
            for line in sheet.lines
            if self.drafts[line.line_no].copies
            and not line.directions.known
            and not self.drafts[line.line_no].usage.strip()
        ]
        if unsaid:
            self.note = Note("labels.no_usage", {"name": unsaid[0]}, "warn")
            self.changed.emit()
            return
        if not wanted:
            self._say("labels.nothing_chosen")
            return
        self.busy, self.note = True, None
        shop, operator = self._shop, self.session.who()
        self.session.run(
            Lane.STORE,
            lambda _: shop.queue_labels(sheet.sale_id, wanted, operator),
            self._queued,
            self._failed,
        )

    def _queued(self, many: int) -> None:
        self.busy = False
        self.note = Note("labels.queued", {"many": many}, "good")
        for draft in self.drafts.values():
            draft.copies = 0  # a second Enter prints nothing a second time
        self.changed.emit()
        self.queued.emit()
