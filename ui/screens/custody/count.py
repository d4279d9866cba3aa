"""The evening's count: each card of the ledger is ticked where it lies, the others are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from ui.widgets.parts import button, check_box, clear_layout, column, label, line_edit, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QCheckBox

    from ui.screens.custody.view_model import CustodyModel


class CountPage(QWidget):
    """Nothing is ticked beforehand: who counts has to see each envelope."""

    def __init__(self, model: CustodyModel) -> None:
        super().__init__()
        self._model, self._session = model, model.session
        say, lines = self._session.say, column(self, space=8)
        lines.addWidget(label(say("custody.step_count"), "heading"))
        lines.addWidget(label(say("custody.about_count"), "", "second", wrap=True))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        holder = QWidget()
        self._list = column(holder, space=6)
        scroll.setWidget(holder)
        for widget in (scroll.viewport(), holder):
            widget.setAutoFillBackground(False)
        lines.addWidget(scroll, 1)
        extra = row(space=8)
        self.surplus = line_edit(say("custody.field_surplus"), code=True)
        self.surplus.setMaximumWidth(100)
        self.note = line_edit(say("custody.field_note"), hint=say("custody.field_note"))
        extra.addWidget(label(say("custody.field_surplus")))
        extra.addWidget(self.surplus)
        extra.addWidget(self.note, 1)
        lines.addLayout(extra)
        foot = row()
        self.commit = button(say("custody.do_count"), "commit")
        self.commit.clicked.connect(self.submit)
        self.surplus.returnPressed.connect(self.note.setFocus)
        self.note.returnPressed.connect(self.submit)
        foot.addStretch(1)
        foot.addWidget(self.commit)
        lines.addLayout(foot)
        self.boxes: dict[str, QCheckBox] = {}

    def build(self) -> None:
        """A line for each card that lies here by the ledger."""
        say, page = self._session.say, self._model.page
        clear_layout(self._list)
        self.boxes = {}
        for case in page.held if page else ():
            told = {"envelope": case.envelope, "name": case.name, "place": case.place}
            made = check_box(say("custody.count_row", **told))
            self.boxes[case.held_id] = made
            self._list.addWidget(made)
        if not self.boxes:
            self._list.addWidget(label(say("custody.count_none"), "", "second", wrap=True))
        self._list.addStretch(1)
        self.surplus.setText("0")
        self.note.clear()

    def first(self) -> None:
        """The first card, or the number of those that nobody knows."""
        next(iter(self.boxes.values()), self.surplus).setFocus()

    def submit(self) -> None:
        """What lies there, and what is too many."""
        there = [held_id for held_id, box in self.boxes.items() if box.isChecked()]
        self._model.count(there, self.surplus.text(), self.note.text())

    def refresh(self) -> None:
        """Once at a time."""
        self.commit.setEnabled(not self._model.busy)
