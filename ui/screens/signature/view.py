"""The customer's side: what is paid by whom, and a place to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.widgets.parts import AmountRow, button, card, clear_layout, column, label, row
from ui.widgets.signature_area import SignatureArea

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout

    from app.use_cases.views import Receipt, SettlementView
    from ui.screens.signature.view_model import SignatureViewModel


class SignatureView(QWidget):
    """Amounts of the settlement slip above, the paper to sign below, two large buttons."""

    def __init__(self, model: SignatureViewModel) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model = model
        self._shown: Receipt | None = None
        say = model.session.say
        lines = column(self, margin=24, space=14)
        self.heading = label(say("signature.heading"), "total")
        lines.addWidget(self.heading)
        self.words = label("", "heading", "second", wrap=True)
        lines.addWidget(self.words)
        self._amounts = column(space=6)
        holder = card()
        column(holder, margin=16).addLayout(self._amounts)
        lines.addWidget(holder)
        self.area = SignatureArea(say("signature.area"))
        lines.addWidget(self.area, 1)
        lines.addLayout(self._buttons())
        self.area.changed.connect(self._offer)
        model.changed.connect(self.refresh)
        self.refresh()

    def _buttons(self) -> QHBoxLayout:
        say = self._model.session.say
        line = row(space=16)
        self.again = button(say("signature.again"))
        self.done = button(say("signature.done"), "commit")
        self.again.clicked.connect(self.area.clear)
        self.done.clicked.connect(lambda: self._model.signed(self.area.trace()))
        for each in (self.again, self.done):
            each.setMinimumHeight(64)
            # The customer's side has no keyboard: a focus there would take the cashier's keys.
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            line.addWidget(each, 1)
        return line

    def refresh(self) -> None:
        """The paper that is to be signed now."""
        receipt = self._model.receipt
        if receipt is not self._shown:
            self._shown = receipt
            self.area.clear()
            clear_layout(self._amounts)
            if receipt is not None:
                self._show(receipt)
        self._offer()

    def _offer(self) -> None:
        ready = self._model.receipt is not None and not self._model.busy
        self.done.setEnabled(ready and self.area.trace().is_signature())
        self.again.setEnabled(ready)

    def _show(self, receipt: Receipt) -> None:
        say = self._model.session.say
        self.words.setText(
            say("signature.words", shop=receipt.shop_name, patient=receipt.patient or "—")
        )
        for one in receipt.settlements:
            self._show_split(one)

    def _show_split(self, one: SettlementView) -> None:
        say, split = self._model.session.say, one.split
        if split is None:
            return
        rows = [
            (say("slip.total"), split.total),
            (say("slip.pool"), split.fund),
            (say("slip.account"), split.account),
            (say("slip.cash"), split.cash),
        ]
        for name, amount in rows:
            line = AmountRow(name, "heading")  # read from where a customer stands
            line.show_amount(str(amount))
            self._amounts.addWidget(line)
