"""备份: how the last one went, one key for another, where they lie, and how one is put back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.screens import note_line
from ui.screens.office.page import OfficePage
from ui.widgets.figures import Figures, Line
from ui.widgets.parts import button, card, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from app.ports_backup import BackupSeen
    from ui.screens.backup.view_model import BackupModel

COLUMNS = ("made", "size", "name")


class BackupPage(OfficePage):
    """The state above, the list in the middle, the command that puts one back below."""

    def __init__(self, model: BackupModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, self._say = model, model.session.say
        say = self._say
        lines = column(self, space=8)
        self.state = label("", "strong", wrap=True)
        lines.addWidget(self.state)
        self.place = label("", "", "second", wrap=True)
        lines.addWidget(self.place)
        self.note = label("", "", wrap=True)
        lines.addWidget(self.note)
        acts = row(space=6)
        self.now = button(say("backup.now"), "commit")
        self.now.clicked.connect(lambda: model.make())
        self.elsewhere = button(say("backup.choose"))
        self.elsewhere.clicked.connect(lambda: self._ask_place())
        self.beside = button(say("backup.beside"))
        self.beside.clicked.connect(lambda: model.choose(None))
        for each in (self.now, self.elsewhere, self.beside):
            acts.addWidget(each)
        acts.addStretch(1)
        lines.addLayout(acts)
        lines.addWidget(self._form())
        titles = [say(f"backup.column_{one}") for one in COLUMNS]
        self.list = Figures(
            say("backup.list"), titles, say, empty=say("backup.empty"), colour=colour, wide=2
        )
        self.list.moved.connect(self._show_command)
        lines.addWidget(self.list, 1)
        lines.addWidget(self._how())
        model.changed.connect(self._changed)
        self._changed()

    def _form(self) -> QWidget:
        self.form = QWidget()
        line = row(self.form, space=6)
        self.folder = line_edit(say := self._say("backup.folder"), hint=say, whole=True)
        self.keep = button(self._say("backup.keep"), "commit")
        self.folder.returnPressed.connect(self._keep)
        self.keep.clicked.connect(lambda: self._keep())
        line.addWidget(self.folder, 1)
        line.addWidget(self.keep)
        self.form.hide()
        return self.form

    def _how(self) -> QWidget:
        holder = card()
        lines = column(holder, margin=10, space=4)
        lines.addWidget(label(self._say("backup.how"), "strong"))
        self.command = label("", "", wrap=True)
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        lines.addWidget(self.command)
        lines.addWidget(label(self._say("backup.how_code"), "small", "second", wrap=True))
        return holder

    # --- acts ------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Looked at afresh each time."""
        self.model.ask()
        self.now.setFocus()

    def leave(self) -> None:
        """What was typed and not kept goes."""
        self.back()

    def back(self) -> bool:
        """The field for a folder first."""
        if self.form.isHidden():
            return False
        self.form.hide()
        self.folder.clear()
        self.elsewhere.setFocus()
        return True

    def _ask_place(self) -> None:
        self.form.show()
        self.folder.setFocus()

    def _keep(self) -> None:
        self.model.choose(self.folder.text())
        self.back()

    # --- showing ---------------------------------------------------------------------------------

    def _changed(self) -> None:
        model, view, say = self.model, self.model.view, self._say
        words, tone = model.said()
        self.state.setText(words)
        retone(self.state, "tone", tone)
        self.elsewhere.setEnabled(not model.busy)
        self.beside.setEnabled(not model.busy)
        note_line.tell(self.note, model.session, model.note)
        if view is None:
            return
        told = [say("backup.elsewhere", place=view.place)]
        if view.same_disk:
            told.append(say("backup.same_disk"))
        if model.session.shop.facts.practice:
            told.append(say("backup.practice"))
        self.place.setText(" ".join(told))
        retone(self.place, "tone", "warn" if view.same_disk else "second")
        self.list.show_lines([_line(one) for one in view.backups])
        self._show_command()

    def _show_command(self) -> None:
        chosen: object = self.list.chosen()
        view = self.model.view
        name = getattr(chosen, "name", "FILE")
        place = f"{view.place}/" if view is not None and chosen is not None else ""
        self.command.setText(f'yaotai backup restore "{place}{name}"')


def _line(one: BackupSeen) -> Line:
    size = (Decimal(one.size) / Decimal(2**20)).quantize(Decimal("0.1"))
    return Line((one.made_at, size, one.name), carries=one, key=one.name)
