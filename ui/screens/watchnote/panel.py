"""重点药品说明: the line, the reason, the pharmacist and PIN; Enter goes on, Esc leaves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from ui.widgets.badge import takes_badge
from ui.widgets.panel import Panel
from ui.widgets.parts import button, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from ui.screens.watchnote.view_model import WatchNoteModel

FIELDS = ("words", "number", "pin")


class WatchNotePanel(Panel):
    """Asked for one line after the other."""

    def __init__(self, model: WatchNoteModel) -> None:
        self._model, say = model, model.session.say
        super().__init__(say("watch.note_title"), say("panel.esc"))
        self.what = label("", "strong", wrap=True)
        self.why = label("", "", "second", wrap=True)
        self.body.addWidget(self.what)
        self.body.addWidget(self.why)
        self.said = label("", "", wrap=True)
        self.body.addWidget(self.said)
        self.form = QWidget()
        lines = column(self.form, space=8)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self.fields: dict[str, QLineEdit] = {}
        for place, name in enumerate(FIELDS):
            words = say(f"watch.note_{name}")
            field = line_edit(words, code=name != "words")
            field.returnPressed.connect(partial(self._entered, name))
            name_label = label(words, "", "second")
            name_label.setBuddy(field)
            grid.addWidget(name_label, place, 0)
            grid.addWidget(field, place, 1)
            self.fields[name] = field
        self.fields["words"].setMaxLength(200)
        self.fields["pin"].setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.fields["number"], self.fields["pin"])
        lines.addLayout(grid)
        foot = row()
        self.commit = button(say("watch.note_keep"), "commit")
        self.commit.clicked.connect(lambda: self.submit())
        foot.addStretch(1)
        foot.addWidget(self.commit)
        lines.addLayout(foot)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        model.changed.connect(self.refresh)
        model.kept.connect(self._clear)

    def opened(self) -> None:
        """The basket's watched lines, asked afresh."""
        self._clear()
        self._model.open()
        self.fields["words"].setFocus()

    def _entered(self, name: str) -> None:
        at = FIELDS.index(name) + 1
        if at == len(FIELDS):
            self.submit()
        else:
            self.fields[FIELDS[at]].setFocus()

    def submit(self) -> None:
        """Hand over what was typed; the secret does not stay."""
        words, number, pin = (self.fields[name].text() for name in FIELDS)
        self.fields["pin"].clear()
        self._model.keep(words, number, pin)

    def _clear(self) -> None:
        for field in self.fields.values():
            field.clear()
        self.fields["words"].setFocus()

    def refresh(self) -> None:
        """Which line it is about, and what became of what was typed."""
        model, say = self._model, self._model.session.say
        line = model.line
        self.form.setVisible(line is not None)
        self.why.setVisible(line is not None)
        self.why.setText(say("watch.note_why"))
        if line is not None:
            quantity = f"{line.quantity.plain()} {line.item.unit}".strip()
            words = say("watch.note_line", line=line.no, name=line.item.name, quantity=quantity)
        else:
            words = (
                "" if model.busy else say("watch.note_all" if model.pairs else "watch.note_none")
            )
        self.what.setText(words)
        self.commit.setEnabled(not model.busy)
        note = model.note
        self.said.setVisible(note is not None)
        self.said.setText(model.session.say_note(note) if note else "")
        tone = {"good": "good", "warn": "warn"}.get(note.severity, "bad") if note else ""
        retone(self.said, "tone", tone)
