"""用药标签: a line a drug, what is on its label, and how many of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from ui.widgets.panel import Panel
from ui.widgets.parts import button, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

    from app.use_cases.labels import LabelView
    from ui.screens.labels.view_model import LabelsViewModel


class LabelRow(QFrame):
    """One drug: its name, the directions, a field, and fewer or more."""

    def __init__(self, model: LabelsViewModel, view: LabelView) -> None:
        super().__init__()
        from app.use_cases.labels import LONGEST_USAGE
        from ui.labels import usage_rows

        self._model, self._no = model, view.line_no
        say = model.session.say
        lines = column(self, space=4)
        lines.setContentsMargins(0, 4, 0, 8)
        lines.addWidget(label(f"{view.name} {view.spec}", "strong", wrap=True))
        told = " · ".join(usage_rows(view, say)) or say("labels.no_directions")
        lines.addWidget(label(told, "", "" if view.directions.known else "second", wrap=True))
        hint = "hint_note" if view.directions.known else "hint_usage"
        foot = row()
        self.usage: QLineEdit = line_edit(
            say("labels.usage_of", name=view.name), hint=say(f"labels.{hint}")
        )
        self.usage.setMaxLength(LONGEST_USAGE)
        self.usage.textEdited.connect(partial(model.type_usage, view.line_no))
        self.usage.returnPressed.connect(model.print)
        foot.addWidget(self.usage, 1)
        self.fewer: QPushButton = button("−", name=say("labels.fewer", name=view.name))
        self.many: QLabel = label("", "strong")
        self.many.setMinimumWidth(56)
        self.many.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.more: QPushButton = button("+", name=say("labels.more", name=view.name))
        self.fewer.clicked.connect(lambda: self._step(-1))
        self.more.clicked.connect(lambda: self._step(1))
        for each in (self.fewer, self.many, self.more):
            foot.addWidget(each)
        lines.addLayout(foot)

    def _step(self, by: int) -> None:
        self._model.set_copies(self._no, self._model.drafts[self._no].copies + by)

    def refresh(self) -> None:
        """How many, as it is now."""
        copies = self._model.drafts[self._no].copies
        self.many.setText(self._model.session.say("labels.copies", copies=copies))
        self.fewer.setEnabled(copies > 0)


class LabelsPanel(Panel):
    """Ctrl+B. Enter prints what is chosen."""

    def __init__(self, model: LabelsViewModel) -> None:
        self._model = model
        say = model.session.say
        super().__init__(say("labels.title"), say("panel.esc"))
        self.head = label("", "", "second", wrap=True)
        self.body.addWidget(self.head)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area, self.rows = area, list[LabelRow]()
        self.body.addWidget(area, 1)
        self.said = label("", wrap=True)
        self.body.addWidget(self.said)
        foot = row()
        self.print = button(say("labels.print"), "commit")
        self.print.clicked.connect(model.print)
        foot.addWidget(self.print)
        foot.addStretch(1)
        self.body.addLayout(foot)
        self._shown: object = None
        model.changed.connect(self.refresh)

    def opened(self) -> None:
        """Look again which sale it is about."""
        self._model.open()
        self.print.setFocus()

    def refresh(self) -> None:
        """The rows are made anew only for another sale: what is being typed stays."""
        model, say = self._model, self._model.session.say
        if model.sheet is not self._shown:
            self._shown = model.sheet
            self._fill()
        for each in self.rows:
            each.refresh()
        sheet, patient = model.sheet, ""
        if sheet is not None:
            patient = next((line.patient for line in sheet.lines if line.patient), "")
            number = sheet.receipt_no or say("labels.picked")
            self.head.setText(say("labels.head", number=number, patient=patient or "—"))
        else:
            self.head.setText(say("labels.reading") if model.busy else "")
        self.print.setVisible(sheet is not None)
        note = model.note
        self.said.setText(model.session.say_note(note) if note else "")
        retone(self.said, "tone", note.severity if note else "")

    def _fill(self) -> None:
        holder = QWidget()
        lines = column(holder, space=4)
        lines.setContentsMargins(0, 0, 14, 0)
        sheet = self._model.sheet
        self.rows = [LabelRow(self._model, view) for view in (sheet.lines if sheet else ())]
        for each in self.rows:
            lines.addWidget(each)
        lines.addStretch(1)
        self._area.setWidget(holder)
        for widget in (self._area.viewport(), holder):
            widget.setAutoFillBackground(False)
        wanting = next((one for one in self.rows if not self._known(one)), None)
        if wanting is not None and self.isVisible():
            wanting.usage.setFocus()

    def _known(self, one: LabelRow) -> bool:
        sheet, place = self._model.sheet, self.rows.index(one)
        return sheet is not None and sheet.lines[place].directions.known

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter prints, wherever the focus is in here."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self._model.print()
            return
        super().keyPressEvent(event)
