"""待验区: goods that came too warm, and the quality person's verdict on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.domain.lot_states import LotEvent
from ui.screens.receiving.second import SecondRow
from ui.widgets.figures import Figures, Line, packs
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from app.use_cases.supply_view import QuarantinedLot
    from ui.screens.receiving.view_model import ReceivingModel

_HEADS = ("drug", "batch", "expires", "packs", "supplier", "why")


class QuarantineView(QWidget):
    """A lot is chosen, a reason given, the verdict pressed."""

    def __init__(self, model: ReceivingModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=8)
        lines.addWidget(label(say("receiving.quarantine_words"), "", "second", wrap=True))
        self.list = Figures(
            say("receiving.quarantine"),
            [say(f"receiving.list_{each}") for each in _HEADS],
            say,
            hint=say("receiving.search_lots"),
            empty=say("receiving.quarantine_empty"),
            wide=0,
        )
        lines.addWidget(self.list, 1)
        self.reason = line_edit(say("receiving.verdict_reason"),
                                hint=say("receiving.verdict_reason"))  # fmt: skip
        lines.addWidget(self.reason)
        self.second = SecondRow(model.session)
        lines.addWidget(self.second)
        foot = row(space=8)
        self.acts = {}
        for event in (LotEvent.ACCEPTED, LotEvent.REJECTED):
            made = button(say(f"receiving.verdict_{event.value}"))
            made.clicked.connect(lambda _=False, which=event: self._judge(which))
            self.acts[event] = made
            foot.addWidget(made)
        foot.addStretch(1)
        lines.addLayout(foot)
        self.list.opened.connect(lambda _: self.reason.setFocus())

    def start(self) -> None:
        """To the list."""
        self.list.table.setFocus()

    def refresh(self) -> None:
        """Everything from the model."""
        home = self._model.home
        if home is None:
            return
        self.list.show_lines([self._row(one) for one in home.quarantined])
        for each in (*self.acts.values(), self.reason):
            each.setVisible(bool(home.quarantined))
        self.second.refresh()

    def _row(self, one: QuarantinedLot) -> Line:
        lot, say = one.lot, self._model.session
        cells = (
            f"{one.medicine.display_name} {one.medicine.spec}", lot.batch,
            lot.expires_on, packs(one.on_hand),
            one.supplier, say.say_code("receiving.why", lot.why),
        )  # fmt: skip
        return Line(cells, (), lot.id, key=lot.id)

    def _judge(self, event: LotEvent) -> None:
        if key := self.list.chosen_key():
            self._model.judge(key, event, self.reason.text(), self.second.person())
            self.reason.clear()
            self.second.forget()
