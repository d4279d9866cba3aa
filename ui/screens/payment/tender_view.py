"""The tender page: cash with its change, scan-pay with its reference, both together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain.money import Money
from app.errors import YaotaiError
from ui.widgets.parts import AmountRow, button, column, label, line_edit, retone, row, rule

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout, QLineEdit

    from ui.screens.payment.view_model import PaymentViewModel


class TenderView(QWidget):
    """Enter in the cash field completes; nothing else does."""

    def __init__(self, model: PaymentViewModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=8)
        self.due = AmountRow(say("payment.due"), "due")
        lines.addWidget(self.due)
        self.off = AmountRow(say("receipt.tender_rounding"), "", "good")
        self.off.hide()
        lines.addWidget(self.off)
        lines.addWidget(rule())
        self.cash = line_edit(say("payment.given"), code=True, role="amount")
        self.cash.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.cash.textChanged.connect(lambda _: self._show_change())
        self.cash.returnPressed.connect(self._complete)
        lines.addLayout(_named(say("payment.given"), self.cash))
        self.change = AmountRow(say("payment.change"), "total")
        lines.addWidget(self.change)
        lines.addWidget(rule())
        self.scan_amount = line_edit(say("payment.scan_amount"), code=True)
        self.scan_amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.scan_reference = line_edit(
            say("payment.scan_reference"), code=True, hint=say("payment.scan_hint")
        )
        self.scan_reference.returnPressed.connect(self._add_scan)
        pair = row(space=6)
        pair.addWidget(label(say("payment.scan_pay"), "", "second"))
        pair.addWidget(self.scan_amount, 2)
        pair.addWidget(self.scan_reference, 3)
        lines.addLayout(pair)
        self.parts = label("", "", "second", wrap=True)
        lines.addWidget(self.parts)
        lines.addStretch(1)
        self.commit = button(say("payment.commit"), "commit")
        self.commit.clicked.connect(self._complete)
        lines.addWidget(self.commit)
        self.hint = label("", "small", "second", wrap=True)
        lines.addWidget(self.hint)
        model.tender_changed.connect(self.begin)

    def begin(self) -> None:
        """A new amount is due: prefilled, chosen whole, so that typing replaces it."""
        draft = self._model.draft
        if draft is None:
            return
        self.cash.setText(str(draft.remaining))
        self.cash.selectAll()
        self.cash.setFocus()
        self.scan_amount.setText(str(draft.left))
        self.scan_reference.clear()
        self.refresh()

    def refresh(self) -> None:
        """What is due and what was taken so far."""
        draft, say = self._model.draft, self._model.session.say
        if draft is None:
            return
        self.due.show_amount(f"¥ {draft.due}")
        self.off.show_amount(f"−{draft.off}")
        self.off.setVisible(bool(draft.off))
        self.parts.setText(
            "\n".join(say("payment.scan_taken", amount=part.amount, reference=part.reference)
                      for part in draft.scan_pay)
        )  # fmt: skip
        self.parts.setVisible(bool(draft.scan_pay))
        insured = self._model.view is not None
        self.hint.setText(say("payment.tender_hint_insured" if insured else "payment.tender_hint"))
        self._show_change()

    def _show_change(self) -> None:
        draft, say = self._model.draft, self._model.session.say
        if draft is None:
            return
        try:
            change = draft.change(Money.of(self.cash.text() or "0"))
        except YaotaiError:
            self.commit.setEnabled(False)
            return
        short = change.fen < 0
        self.change.name.setText(say("payment.missing" if short else "payment.change"))
        self.change.show_amount(f"¥ {-change if short else change}")
        retone(self.change.amount, "tone", "bad" if short else "good")
        self.commit.setEnabled(not short)

    def take_reference(self, text: str) -> None:
        """A scanned pay code: the reference of a scan-pay part."""
        self.scan_reference.setText(text)
        self._add_scan()

    def _add_scan(self) -> None:
        self._model.add_scan_pay(self.scan_amount.text(), self.scan_reference.text())

    def _complete(self) -> None:
        self._model.complete(self.cash.text())


def _named(name: str, field: QLineEdit) -> QHBoxLayout:
    line = row()
    caption = label(name)
    caption.setBuddy(field)
    line.addWidget(caption)
    line.addWidget(field, 1)
    return line
