"""The page on which a prescription is typed: its fields, its lines, and who passes it."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QScrollArea,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.domain.device_plan import DeviceKind
from app.domain.prescription import IssuerType
from ui.screens.prescription.view_model import REQUIRED, USAGE
from ui.widgets.field_grid import FieldGrid
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from app.domain.picture import Still
    from ui.screens.camera.page import CameraPage
    from ui.screens.prescription.view_model import PrescriptionViewModel

FIELDS = (
    "number", "issued", "days", "issuer_name", "issuer_code", "issuer_area", "dept_name",
    "dept_code", "doctor_name", "doctor_code", "patient", "diagnosis_name", "diagnosis_code",
)  # fmt: skip
CODES = {"number", "issued", "issuer_code", "issuer_area", "dept_code", "doctor_code",
         "diagnosis_code", "days"}  # fmt: skip
FIRST_USAGE = 2
"""Columns before those of usage: the drug and how much of it."""


class FormPage(QWidget):
    """The fields, the drugs below them; a star marks what must be there."""

    closed = Signal()

    def __init__(self, model: PrescriptionViewModel) -> None:
        super().__init__()
        self._model, self._session = model, model.session
        say = self._session.say
        self._pages = QStackedLayout(self)
        form = QWidget()
        self._pages.addWidget(form)
        outer = column(form, space=8)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        self.body = column(holder, space=8)
        self.body.setContentsMargins(0, 0, 14, 0)
        scroll.setWidget(holder)
        for widget in (scroll.viewport(), holder):
            widget.setAutoFillBackground(False)
        outer.addWidget(scroll, 1)
        self._filling = False
        grid = FieldGrid()
        self.fields: dict[str, QLineEdit] = {}
        for name in FIELDS:
            caption = label(say(f"prescription.{name}") + (" *" if name in REQUIRED else ""))
            field = line_edit(say(f"prescription.{name}"), code=name in CODES)
            field.textEdited.connect(partial(model.set_field, name))
            caption.setBuddy(field)
            grid.add(caption, field)
            self.fields[name] = field
            if name == "dept_code":
                self._add_issuer_type(grid)
        self.short = QCheckBox(say("prescription.out_of_stock"))
        self.short.setAccessibleName(self.short.text())
        self.short.toggled.connect(partial(model.set_field, "out_of_stock"))
        grid.add(label(""), self.short)
        self.body.addWidget(grid)
        self._add_marks()
        self._add_lines()
        self.words = label("", "", "bad", wrap=True)
        outer.addWidget(self.words)
        outer.addWidget(label(say("prescription.signs_for"), "small", "second", wrap=True))
        outer.addLayout(self._review_row())
        self.send.setVisible(False)
        model.changed.connect(self.refresh)
        model.form_changed.connect(self.show_form)
        model.till.changed.connect(self._refresh_lines)
        model.done.connect(self.closed)

    def _add_marks(self) -> None:
        say, model = self._session.say, self._model
        marks = row(space=16)
        self.electronic = QCheckBox(say("prescription.electronic"))
        self.electronic.toggled.connect(self._toggled)
        self.long = QCheckBox(say("prescription.long"))
        self.long.toggled.connect(partial(model.set_field, "long"))
        self.stamp = QCheckBox(say("prescription.stamp"))
        self.stamp.toggled.connect(partial(model.set_field, "stamp"))
        for mark in (self.electronic, self.long, self.stamp):
            mark.setAccessibleName(mark.text())
            marks.addWidget(mark)
        picture = line_edit(
            say("prescription.picture"), code=True, hint=say("prescription.picture")
        )
        picture.textEdited.connect(partial(model.set_field, "picture"))
        self.fields["picture"] = picture
        marks.addWidget(picture, 1)
        self.photograph = button(say("prescription.photograph"))
        self.photograph.clicked.connect(self._photograph)
        marks.addWidget(self.photograph)
        self.fill = button(say("prescription.fill_practice"))
        self.fill.clicked.connect(self._fill)
        marks.addWidget(self.fill)
        self.body.addLayout(marks)
        # Only now: shown without a parent it would be a window and take the focus away.
        self.fill.setVisible(self._session.shop.facts.practice)
        self.stamp.setVisible(False)
        self.photograph.setVisible(False)

    def _add_issuer_type(self, grid: FieldGrid) -> None:
        """What kind of place it comes from (EZ-5b)."""
        say = self._session.say
        self.issuer_type = QComboBox()
        self.issuer_type.setAccessibleName(say("prescription.issuer_type"))
        self.issuer_type.view().setAccessibleName(say("prescription.issuer_type"))
        self.issuer_type.addItem(say("prescription.issuer_by_name"), "")
        for kind in IssuerType:
            self.issuer_type.addItem(say(f"prescription.issuer_{kind.value}"), kind.value)
        self.issuer_type.activated.connect(self._chose_type)
        caption = label(say("prescription.issuer_type"))
        caption.setBuddy(self.issuer_type)
        grid.add(caption, self.issuer_type)

    def _chose_type(self) -> None:
        self._model.set_field("issuer_type", str(self.issuer_type.currentData()))

    @cached_property
    def camera(self) -> CameraPage:
        """What the document camera sees; made when it is first wanted."""
        from ui.screens.camera.page import CameraPage
        from ui.screens.camera.view_model import CameraViewModel

        model = CameraViewModel(self._session, DeviceKind.DOCUMENT_CAMERA)
        page = CameraPage(model)
        model.kept.connect(self._photographed)
        page.left.connect(self._leave_camera)
        self._pages.addWidget(page)
        return page

    def _photograph(self) -> None:
        self._pages.setCurrentWidget(self.camera)
        self.camera.first()

    def _photographed(self, still: Still) -> None:
        self._model.take_photo(still)
        self._leave_camera()

    def _leave_camera(self) -> None:
        self._pages.setCurrentIndex(0)
        self.photograph.setFocus()

    def back(self) -> bool:
        """Esc: from the camera back to the form; False = the form itself is left."""
        at_camera = self._pages.currentIndex() != 0
        return at_camera and self.camera.back()

    def _toggled(self, electronic: bool) -> None:
        self._model.set_field("electronic", electronic)
        self.stamp.setVisible(not electronic)
        self.send.setVisible(not electronic)

    def _add_lines(self) -> None:
        """The drugs of the sheet are those of the basket; what is added here lies there too."""
        say = self._session.say
        self.lines = QTableWidget()
        self.lines.setAccessibleName(say("prescription.lines"))
        self.lines.setColumnCount(FIRST_USAGE + len(USAGE))
        self.lines.setHorizontalHeaderLabels(
            [say("prescription.drug"), say("prescription.quantity"),
             *(say(f"prescription.line_{name}") for name in USAGE)]
        )  # fmt: skip
        header = self.lines.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.lines.verticalHeader().hide()
        self.lines.setShowGrid(False)
        self.lines.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.lines.itemChanged.connect(self._typed)
        self.lines.setMinimumHeight(110)
        self.body.addWidget(self.lines, 1)
        self.add = line_edit(say("prescription.add"), hint=say("prescription.add"))
        self.add.returnPressed.connect(self._add_drug)
        self.body.addWidget(self.add)

    def _add_drug(self) -> None:
        if self._model.add_drug(self.add.text()):
            self.add.clear()

    def _typed(self, item: QTableWidgetItem) -> None:
        if self._filling or item.column() < FIRST_USAGE:
            return
        lines = self._model.till.lines
        if item.row() < len(lines):
            name = USAGE[item.column() - FIRST_USAGE]
            self._model.set_usage(lines[item.row()].no, name, item.text())

    def _refresh_lines(self) -> None:
        if self.isHidden() and not self.isVisible():
            return
        self._filling = True
        basket = self._model.till.lines
        self.lines.setRowCount(len(basket))
        for place, line in enumerate(basket):
            usage = self._model.usage_of(line.no)
            cells = [f"{line.item.name} {line.item.spec}",
                     f"{line.quantity.plain()} {line.item.unit}",
                     *(usage.get(name, "") for name in USAGE)]  # fmt: skip
            for at, cell in enumerate(cells):
                item = QTableWidgetItem(cell)
                if at < FIRST_USAGE:
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                self.lines.setItem(place, at, item)
        self._filling = False

    def _review_row(self) -> QHBoxLayout:
        """Who passes it, or where it goes."""
        say = self._session.say
        line = row(space=8)
        line.addWidget(label(say("prescription.review"), "strong"))
        self.pharmacist = line_edit(
            say("prescription.pharmacist"), code=True, hint=say("prescription.pharmacist")
        )
        self.pin = line_edit(say("sign_in.pin"), code=True, hint=say("sign_in.pin"))
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.fields["patient"].returnPressed.connect(self.pharmacist.setFocus)
        self.pharmacist.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self._after_pin)
        self.key_pin = line_edit(say("review.key_pin"), code=True, hint=say("review.key_pin_short"))
        self.key_pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.key_pin.returnPressed.connect(self._submit)
        self.key_pin.hide()
        self.commit = button(say("prescription.pass"), "commit")
        self.commit.clicked.connect(self._submit)
        self.send = button(say("prescription.send"))
        self.send.clicked.connect(self._model.send)
        line.addWidget(self.pharmacist, 1)
        line.addWidget(self.pin, 1)
        line.addWidget(self.key_pin, 1)
        line.addWidget(self.commit)
        line.addWidget(self.send)
        return line

    def _fill(self) -> None:
        self._model.fill_practice()
        self._model.begin()
        self.show_form()
        # The invented sheet is for whoever is known by now; else somebody says whose it is.
        first = self.pharmacist if self._model.form.patient else self.fields["patient"]
        first.setFocus()

    def _after_pin(self) -> None:
        if self.key_pin.isVisible() and self.pin.text():
            self.key_pin.setFocus()
        else:
            self._submit()

    def _submit(self) -> None:
        pin, key_pin = self.pin.text(), self.key_pin.text()
        self.pin.clear()
        self.key_pin.clear()
        self._model.submit(self.pharmacist.text(), pin, key_pin)

    def first(self) -> None:
        """What was typed of the prescription is still there; who passes it types afresh."""
        self._model.begin()
        self.show_form()
        self._refresh_lines()
        states = self._session.shop.device_states()
        here = any(state.kind is DeviceKind.DOCUMENT_CAMERA for state in states)
        self.photograph.setVisible(here)
        self.pharmacist.clear()
        self.pin.clear()
        self.key_pin.clear()
        self.fields["number"].setFocus()
        self.refresh()

    def take_number(self, text: str) -> None:
        """A scanned prescription number."""
        self._model.set_field("number", text)
        self.show_form()

    def show_form(self) -> None:
        """Put the form's values into the fields."""
        form = self._model.form
        for name, field in self.fields.items():
            field.setText(str(getattr(form, name)))
        self.electronic.setChecked(form.electronic)
        self.long.setChecked(form.long)
        self.short.setChecked(form.out_of_stock)
        self.stamp.setChecked(form.stamp)
        self.issuer_type.setCurrentIndex(max(0, self.issuer_type.findData(form.issuer_type)))

    def refresh(self) -> None:
        """What stands in the way."""
        note = self._model.note
        self.words.setText(self._session.say_note(note) if note else "")
        self.words.setVisible(note is not None)
        self.key_pin.setVisible(self._model.shop.key_pin_asked())
        self.commit.setEnabled(not self._model.busy)
