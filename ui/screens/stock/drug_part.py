"""One drug: its lots, its ledger with running balance, and the event behind each figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.domain.clock import shop_time
from ui.screens.stock.lot_acts import LotActs
from ui.screens.stock.parts import Part, exports
from ui.screens.stock.rows import (
    EVENT,
    LEDGER,
    OWN_LOTS,
    event_lines,
    ledger_lines,
    own_lot_lines,
    reason_words,
    titles,
)
from ui.widgets.figures import Figures
from ui.widgets.parts import button, column, label, line_edit, row, tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from ui.screens.stock.view_model import StockModel

VIEWS = ("ledger", "lots")


class DrugPart(Part):
    """Enter on a movement opens its slip or paper; Enter on a lot narrows the ledger to it."""

    write_off = Signal(object)
    recall = Signal(object)

    def __init__(self, model: StockModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, say = model, model.session.say
        lines = column(self, space=8)
        self.head = label("", "strong", wrap=True)
        self.sums = label("", "", "second", wrap=True)
        lines.addWidget(self.head)
        lines.addWidget(self.sums)
        lines.addWidget(self._bar())
        self.lots = Figures(
            say("shelf.view_lots"), titles(model.session, OWN_LOTS), say,
            empty=say("shelf.no_lots"), colour=colour,
        )  # fmt: skip
        self.ledger = Figures(
            say("shelf.view_ledger"), titles(model.session, LEDGER), say,
            empty=say("shelf.no_moves"), colour=colour, wide=7,
        )  # fmt: skip
        self.moved = Figures(
            say("shelf.event"), titles(model.session, EVENT), say, empty="", colour=colour
        )
        body = QWidget()
        self._stack = QStackedLayout(body)
        for each in (self.ledger, self.lots, self.moved):
            self._stack.addWidget(each)
        lines.addWidget(body, 1)
        self.acts = LotActs(model)
        self.acts.write_off.connect(lambda: self.write_off.emit(([self._pair()], False)))
        self.acts.recall.connect(lambda: self.recall.emit(self._pair()))
        lines.addWidget(self.acts)
        foot = row(space=8)
        for made in exports(model, "ledger", self._title, self._in_sight):
            foot.addWidget(made)
        foot.addStretch(1)
        foot.addWidget(label(say("shelf.enter_event"), "small", "second"))
        lines.addLayout(foot)
        self.ledger.opened.connect(model.open_event)
        self.lots.opened.connect(lambda pair: self._narrow(pair[1].lot_id))
        self.lots.table.selectionModel().currentRowChanged.connect(lambda *_: self._chosen())
        model.closer.connect(self.refresh)
        model.opened.connect(self.show_event)

    def _bar(self) -> QWidget:
        say = self.model.session.say
        made = QWidget()
        line = row(made, space=8)
        self.views = tabs(line, {name: say(f"shelf.view_{name}") for name in VIEWS}, self.turn)
        self.first = line_edit(say("shelf.first_day"), code=True, hint=say("shelf.first_day"))
        self.last = line_edit(say("shelf.last_day"), code=True, hint=say("shelf.last_day"))
        for field in (self.first, self.last):
            field.setMaximumWidth(150)
            field.returnPressed.connect(lambda: self._narrow(self._lot_id()))
            line.addWidget(field)
        self.every = button(say("shelf.every_lot"))
        self.every.clicked.connect(lambda: self._narrow(""))
        line.addWidget(self.every)
        line.addStretch(1)
        return made

    def _in_sight(self) -> Figures:
        current = self._stack.currentWidget()
        return next(each for each in (self.ledger, self.lots, self.moved) if each is current)

    def _title(self) -> str:
        ledger = self.model.ledger
        return f"{ledger.name} {ledger.spec} {ledger.batch}".strip() if ledger else ""

    def _lot_id(self) -> str:
        return self.model.ledger.lot_id if self.model.ledger else ""

    def _pair(self) -> tuple[object, object] | tuple[()]:
        found = self.lots.chosen()
        return found if isinstance(found, tuple) else ()

    # --- what is shown ---------------------------------------------------------------------------

    def refresh(self) -> None:
        """The drug and its ledger."""
        model, session = self.model, self.model.session
        if model.drug is None or model.ledger is None:
            self.first.clear()
            self.last.clear()
            return
        drug, ledger, say = model.drug, model.ledger, session.say
        self.head.setText(" ".join(part for part in (drug.name, drug.spec, drug.maker) if part))
        told = say(
            "shelf.sums", on_hand=drug.on_hand.plain(), reserved=drug.reserved.plain(),
            returned=drug.returned.plain(), unit=drug.unit,
            least=drug.least.plain() if drug.least else "—",
        )  # fmt: skip
        if ledger.lot_id:
            told += say("shelf.sums_lot", batch=ledger.batch or "—", on_hand=ledger.on_hand.plain())
        self.sums.setText(told)
        self.every.setVisible(bool(ledger.lot_id))
        self.lots.show_lines(own_lot_lines(session, drug))
        self.ledger.show_lines(ledger_lines(session, ledger))
        if rows := self.ledger.model.rowCount():
            self.ledger.table.selectRow(rows - 1)  # newest last: that is what is asked after
            self.ledger.table.scrollToBottom()
        self.turn(self._view())

    def _view(self) -> str:
        return "lots" if self._stack.currentWidget() is self.lots else "ledger"

    def show_event(self) -> None:
        """What is behind a movement, or the ledger again."""
        event = self.model.behind
        if event is None:
            self.turn("ledger")
            return
        session = self.model.session
        title = session.say(f"shelf.event_{event.title}", number=event.number or "—")
        people = self.model.session.say("list.comma").join(
            name for name in (event.staff, event.second) if name
        )
        told = [f"{shop_time(event.at):%Y-%m-%d %H:%M}", people,
                reason_words(session, event.reason), event.note]  # fmt: skip
        self.head.setText(title)
        self.sums.setText("  ·  ".join(part for part in told if part))
        self.moved.show_lines(event_lines(session, event))
        self._stack.setCurrentWidget(self.moved)
        self.acts.show_lot(None)
        self.moved.table.setFocus()

    def turn(self, name: str, _checked: bool = False) -> None:
        """Lots or ledger."""
        if self.model.behind is not None:
            self.model.close_event()
        for other, made in self.views.items():
            made.setChecked(other == name)
        figures = self.lots if name == "lots" else self.ledger
        self._stack.setCurrentWidget(figures)
        for field in (self.first, self.last):
            field.setVisible(name == "ledger")
        self._chosen()
        if self.isVisible():
            (figures.table if figures.model.rowCount() else figures.search).setFocus()

    def _chosen(self) -> None:
        lots = self._stack.currentWidget() is self.lots
        pair = self.lots.chosen()
        self.acts.show_lot(pair[1] if lots and isinstance(pair, tuple) else None)

    # --- acts ------------------------------------------------------------------------------------

    def enter(self) -> None:
        """The last movement is chosen."""
        self.turn("ledger")

    def forget(self) -> None:
        """Nothing of it is left in sight or memory."""
        for figures in (self.ledger, self.lots, self.moved):
            figures.forget()
        self.head.clear()
        self.sums.clear()

    def leave(self) -> None:
        """A PIN that was typed goes."""
        self.acts.clear()

    def back(self) -> bool:
        """From the event to the ledger, from one lot to all, from the drug to the list."""
        model = self.model
        if model.close_event():
            self.refresh()
            return True
        if self.acts.clear():
            return True
        return model.close_drug()

    def _narrow(self, lot_id: str) -> None:
        drug = self.model.drug
        if drug is not None:
            self._stack.setCurrentWidget(self.ledger)
            self.model.open_drug(drug.medicine_id, lot_id, self.first.text(), self.last.text())
