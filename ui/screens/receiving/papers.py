"""The receivings of the shop: drafts and posted ones, and where a new one begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QWidget

from ui.widgets.figures import Figures, Line
from ui.widgets.parts import button, column, label, row

if TYPE_CHECKING:
    from app.use_cases.supply_view import ReceivingLineShown
    from ui.screens.receiving.view_model import ReceivingModel

_HEADS = ("state", "supplier", "note_no", "number", "line_count", "at")


class PapersView(QWidget):
    """Enter opens; a supplier is chosen and a new receiving begun beside the list."""

    def __init__(self, model: ReceivingModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=8)
        self.warnings = label("", "", "warn", wrap=True)
        lines.addWidget(self.warnings)
        start = row(space=8)
        self.supplier = QComboBox()
        self.supplier.setAccessibleName(say("receiving.supplier"))
        self.begin = button(say("receiving.begin"), "commit")
        self.begin.setEnabled(False)
        self.begin.clicked.connect(lambda: model.begin(str(self.supplier.currentData() or "")))
        start.addWidget(label(say("receiving.supplier"), "", "second"))
        start.addWidget(self.supplier, 1)
        start.addWidget(self.begin)
        lines.addLayout(start)
        self.list = Figures(
            say("receiving.papers"),
            [say(f"receiving.list_{each}") for each in _HEADS],
            say,
            hint=say("receiving.search_papers"),
            empty=say("receiving.papers_empty"),
            wide=1,
        )
        self.list.opened.connect(model.open)
        lines.addWidget(self.list, 1)

    def start(self) -> None:
        """The first key begins a new receiving, or goes to what lies open."""
        home = self._model.home
        (self.list.table if home and home.receivings else self.begin).setFocus()

    def refresh(self) -> None:
        """Everything from the model."""
        home, say = self._model.home, self._model.session.say
        if home is None:
            return
        chosen = self.supplier.currentData()
        self.supplier.clear()
        for one in sorted(home.suppliers, key=lambda each: bool(each.faults)):
            name = one.supplier.name
            if one.faults:
                name += f"（{say(f'receiving_fault.supplier_{one.faults[0].value}')}）"
            self.supplier.addItem(name, one.supplier.id)
        self.supplier.setCurrentIndex(max(0, self.supplier.findData(chosen)))
        self.begin.setEnabled(bool(home.suppliers))
        told = [
            say("receiving.runs_out" if one.days_left >= 0 else "receiving.ran_out",
                name=one.supplier, paper=say(f"receiving.licence_{one.licence.type.value}"),
                days=abs(one.days_left))
            for one in home.warnings[:3]
        ]  # fmt: skip
        self.warnings.setText("\n".join(told))
        self.warnings.setVisible(bool(told))
        self.list.show_lines([self._row(one) for one in home.receivings])

    def _row(self, one: ReceivingLineShown) -> Line:
        say, head = self._model.session.say, one.head
        state = say(f"receiving.state_{head.state.value}")
        cells = (state, one.supplier or say("receiving.nobody"), head.note_no, head.number,
                 one.lines, head.at)  # fmt: skip
        return Line(cells, (), head.id, key=head.id)
