"""How old the oldest waiting row may become before every bar says so: two numbers of a manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, label, line_edit, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel, QLineEdit

    from ui.screens.uploads.view_model import UploadsModel

_DIGITS = 5


class AgesPart(QWidget):
    """Amber from, red from; kept, or back to what counts by itself."""

    def __init__(self, model: UploadsModel) -> None:
        super().__init__()
        self.model, say = model, model.session.say
        flow = FlowLayout(self, space=6, even=False)
        self.warn = line_edit(say("uploads.ages_warn"), code=True)
        self.late = line_edit(say("uploads.ages_late"), code=True)
        for field, words in ((self.warn, "ages_warn"), (self.late, "ages_late")):
            field.setMaxLength(_DIGITS)
            field.returnPressed.connect(self._keep)
            flow.addWidget(_beside(label(say(f"uploads.{words}"), "", "second"), field))
        self.keep = button(say("uploads.ages_keep"))
        self.keep.clicked.connect(self._keep)
        self.default = button(say("uploads.ages_default"))
        self.default.clicked.connect(lambda: model.default_ages())
        flow.addWidget(self.keep)
        flow.addWidget(self.default)
        model.aged.connect(self._show)
        model.changed.connect(self._allow)
        self._allow()

    def _keep(self) -> None:
        self.model.keep_ages(self.warn.text(), self.late.text())

    def _show(self, ages: tuple[int, int]) -> None:
        self.warn.setText(str(ages[0]))
        self.late.setText(str(ages[1]))

    def _allow(self) -> None:
        for one in (self.warn, self.late, self.keep, self.default):
            one.setEnabled(self.model.may_age)


def _beside(words: QLabel, field: QLineEdit) -> QWidget:
    """A field with its words before it, on one line whatever its height."""
    made = QWidget()
    line = row(space=6)
    line.addWidget(words)
    line.addWidget(field)
    made.setLayout(line)
    return made
