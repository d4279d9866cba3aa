"""What can be done to the chosen lot: lock, reject, release, recall, write off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.lot_states import LOT, LotEvent, LotState
from app.domain.recall import LockReason
from app.domain.staff import Right
from ui.screens.stock.parts import Choice, Second
from ui.widgets.parts import button, label, row

if TYPE_CHECKING:
    from app.use_cases.shelf_list import LotRow
    from ui.screens.stock.view_model import StockModel


class LotActs(QWidget):
    """Only what this person may do, and the lot's state allows, is shown."""

    write_off = Signal()
    recall = Signal()

    def __init__(self, model: StockModel) -> None:
        super().__init__()
        self.model, say = model, model.session.say
        self.lot: LotRow | None = None
        line = row(self, space=8)
        self.words = label("", "strong")
        self.reason = Choice(
            model.session, say("shelf.column_reason"), "shelf.lock",
            [each.value for each in LockReason if each is not LockReason.RECALL],
        )  # fmt: skip
        self.hold = button(say("shelf.act_hold"))
        self.reject = button(say("shelf.act_reject"))
        self.release = button(say("shelf.act_release"))
        self.call_back = button(say("shelf.act_recall"))
        self.off = button(say("shelf.act_write_off"))
        self.second = Second(model.session)
        self.hold.clicked.connect(self._hold)
        self.reject.clicked.connect(self._reject)
        self.release.clicked.connect(self._release)
        self.call_back.clicked.connect(self.recall.emit)
        self.off.clicked.connect(self.write_off.emit)
        for each in (self.words, self.reason, self.hold, self.reject, self.call_back, self.off,
                     self.release, self.second):  # fmt: skip
            line.addWidget(each)
        line.addStretch(1)
        self.show_lot(None)

    def show_lot(self, lot: LotRow | None) -> None:
        """The lot that is chosen; None = none is."""
        self.lot = lot
        may, state = self.model.may, lot.state if lot else None
        locks = lot is not None and may(Right.RECEIVE_GOODS)
        self.setVisible(lot is not None and (locks or may(Right.APPROVE_STOCK)))
        if lot is None or state is None:
            return
        self.words.setText(self.model.session.say("shelf.lot_chosen", batch=lot.batch or "—"))
        held, rejected = LOT.allows(state, LotEvent.HELD), LOT.allows(state, LotEvent.REJECTED)
        self.hold.setVisible(locks and held)
        self.reject.setVisible(locks and rejected)
        self.reason.setVisible(locks and (held or rejected))
        self.call_back.setVisible(locks and bool(lot.batch) and state is not LotState.RECALLED)
        releases = LOT.allows(state, LotEvent.RELEASED) and locks
        self.release.setVisible(releases)
        self.second.setVisible(releases and not may(Right.APPROVE_STOCK))

    def clear(self) -> bool:
        """What was typed goes; False = nothing was."""
        typed = bool(self.second.number.text() or self.second.pin.text())
        self.second.clear()
        return typed

    def _hold(self) -> None:
        if self.lot is not None:
            self.model.hold(self.lot, LockReason(self.reason.code()))

    def _reject(self) -> None:
        if self.lot is not None:
            self.model.reject(self.lot, LockReason(self.reason.code()))

    def _release(self) -> None:
        if self.lot is not None:
            self.model.release(self.lot, self.second.person())
