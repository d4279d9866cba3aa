"""The customer's side: what is paid by whom, and a place to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.widgets.parts import AmountRow, clear_layout, column
from ui.widgets.signing_paper import SigningPaper

if TYPE_CHECKING:
    from app.use_cases.views import Receipt, SettlementView
    from ui.screens.signature.view_model import SignatureViewModel


class SignatureView(SigningPaper):
    """Amounts of the settlement slip above, the paper to sign below."""

    def __init__(self, model: SignatureViewModel) -> None:
        self._model = model
        self._shown: Receipt | None = None
        self._amounts = column(space=6)
        super().__init__(
            model.session.say, "signature.heading", "signature.area", self._amounts, model.signed
        )
        self.area.changed.connect(self._offer)
        model.changed.connect(self.refresh)
        self.refresh()

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
