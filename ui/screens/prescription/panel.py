"""F4: the prescription's fields, and the pharmacist who passes it with number and PIN."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit

from ui.screens.prescription.view_model import REQUIRED
from ui.widgets.panel import Panel
from ui.widgets.parts import button, label, line_edit, row

if TYPE_CHECKING:
    from ui.screens.prescription.view_model import PrescriptionViewModel

FIELDS = (
    "number", "issued", "issuer_code", "issuer_name", "issuer_area", "dept_name", "dept_code",
    "doctor_name", "doctor_code", "diagnosis_name", "diagnosis_code", "days",
)  # fmt: skip
CODES = {"number", "issued", "issuer_code", "issuer_area", "dept_code", "doctor_code",
         "diagnosis_code", "days"}  # fmt: skip


class PrescriptionPanel(Panel):
    """Two columns of fields; a star marks what must be there."""

    def __init__(self, model: PrescriptionViewModel) -> None:
        self._model, self._session = model, model.session
        say = self._session.say
        super().__init__(say("prescription.title"), say("panel.esc"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        self.fields: dict[str, QLineEdit] = {}
        for place, name in enumerate(FIELDS):
            caption = label(say(f"prescription.{name}") + (" *" if name in REQUIRED else ""))
            field = line_edit(say(f"prescription.{name}"), code=name in CODES)
            field.textEdited.connect(partial(model.set_field, name))
            caption.setBuddy(field)
            grid.addWidget(caption, place // 2, place % 2 * 2)
            grid.addWidget(field, place // 2, place % 2 * 2 + 1)
            self.fields[name] = field
        self.body.addLayout(grid)
        marks = row(space=16)
        self.electronic = QCheckBox(say("prescription.electronic"))
        self.electronic.toggled.connect(partial(model.set_field, "electronic"))
        self.long = QCheckBox(say("prescription.long"))
        self.long.toggled.connect(partial(model.set_field, "long"))
        for mark in (self.electronic, self.long):
            mark.setAccessibleName(mark.text())
        marks.addWidget(self.electronic)
        marks.addWidget(self.long)
        picture = line_edit(
            say("prescription.picture"), code=True, hint=say("prescription.picture")
        )
        picture.textEdited.connect(partial(model.set_field, "picture"))
        self.fields["picture"] = picture
        marks.addWidget(picture, 1)
        self.fill = button(say("prescription.fill_practice"))
        self.fill.clicked.connect(self._fill)
        marks.addWidget(self.fill)
        self.body.addLayout(marks)
        # Only now: shown without a parent it would be a window and take the focus away.
        self.fill.setVisible(self._session.shop.facts.practice)
        self.words = label("", "", "bad", wrap=True)
        self.body.addWidget(self.words)
        self.body.addStretch(1)
        self._add_review()
        model.changed.connect(self.refresh)
        model.form_changed.connect(self.show_form)
        model.done.connect(self.closed)

    def _add_review(self) -> None:
        say = self._session.say
        line = row(space=8)
        line.addWidget(label(say("prescription.review"), "strong"))
        self.pharmacist = line_edit(
            say("prescription.pharmacist"), code=True, hint=say("prescription.pharmacist")
        )
        self.pin = line_edit(say("sign_in.pin"), code=True, hint=say("sign_in.pin"))
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pharmacist.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self._submit)
        self.commit = button(say("prescription.pass"), "commit")
        self.commit.clicked.connect(self._submit)
        line.addWidget(self.pharmacist, 1)
        line.addWidget(self.pin, 1)
        line.addWidget(self.commit)
        self.body.addLayout(line)

    def _fill(self) -> None:
        self._model.fill_practice()
        self.pharmacist.setFocus()

    def _submit(self) -> None:
        pin = self.pin.text()
        self.pin.clear()
        self._model.submit(self.pharmacist.text(), pin)

    def opened(self) -> None:
        """What was typed of the prescription is still there; who passes it types afresh."""
        self.show_form()
        self.pharmacist.clear()
        self.pin.clear()
        self.fields["number"].setFocus()
        self.refresh()

    def take_scan(self, text: str) -> bool:
        """A scanned prescription number."""
        self._model.set_field("number", text)
        self.show_form()
        return True

    def show_form(self) -> None:
        """Put the form's values into the fields."""
        form = self._model.form
        for name, field in self.fields.items():
            field.setText(str(getattr(form, name)))
        self.electronic.setChecked(form.electronic)
        self.long.setChecked(form.long)

    def refresh(self) -> None:
        """What stands in the way."""
        note = self._model.note
        self.words.setText(self._session.say_note(note) if note else "")
        self.commit.setEnabled(not self._model.busy)
