"""Suppliers' files: the list, one file with its papers, approval and stopping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from app.domain.supplier import Licence, LicenceType, SupplierKind
from app.domain.supplier_states import SUPPLIER, SupplierEvent, SupplierState
from app.domain.typed_date import box_date
from app.errors import BadValue
from app.use_cases.suppliers import SupplierForm
from ui.screens.receiving.second import SecondRow
from ui.widgets.figures import Figures, Line
from ui.widgets.parts import button, check_box, clear_layout, column, label, line_edit, row

if TYPE_CHECKING:
    from app.domain.supplier import Supplier
    from app.use_cases.suppliers import SupplierLine
    from ui.screens.receiving.view_model import ReceivingModel

_HEADS = ("supplier", "kind", "supplier_state", "first_end", "stands_against")


@dataclass
class _Paper:
    """The fields of one licence."""

    kind: QComboBox
    number: QLineEdit
    begins: QLineEdit
    ends: QLineEdit
    scope: QLineEdit
    cold: QCheckBox

    def licence(self) -> Licence | None:
        """What was typed; None for a row without a number; :raises BadValue: no such day."""
        if not self.number.text().strip():
            return None
        return Licence(
            LicenceType(self.kind.currentData()),
            self.number.text().strip(),
            box_date(self.begins.text(), last_day=False),
            box_date(self.ends.text(), last_day=True),
            self.scope.text().strip(),
            self.cold.isChecked(),
        )


class SuppliersView(QWidget):
    """The list; Enter opens a file."""

    def __init__(self, model: ReceivingModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=8)
        self.form = SupplierFile(model)
        self.form.hide()
        foot = row(space=8)
        self.new = button(say("receiving.new_supplier"))
        self.new.clicked.connect(lambda: self.form.show_file(None))
        foot.addWidget(self.new)
        foot.addStretch(1)
        self.list = Figures(
            say("receiving.suppliers"),
            [say(f"receiving.list_{each}") for each in _HEADS],
            say,
            hint=say("receiving.search_suppliers"),
            empty=say("receiving.suppliers_empty"),
            wide=4,
        )
        self.list.opened.connect(self._open)
        lines.addLayout(foot)
        lines.addWidget(self.list, 1)
        lines.addWidget(self.form, 1)
        self.form.closed.connect(self._close)
        self.form.opened.connect(self._opened)
        model.supplied.connect(self._kept)

    def start(self) -> None:
        """To the list, or to the button where there is none."""
        home = self._model.home
        (self.list.table if home and home.suppliers else self.new).setFocus()

    def back(self) -> bool:
        """From a file to the list."""
        if self.form.isVisible():
            self._close()
            return True
        return False

    def refresh(self) -> None:
        """Everything from the model."""
        home = self._model.home
        if home is not None:
            self.list.show_lines([self._row(one) for one in home.suppliers])

    def _row(self, one: SupplierLine) -> Line:
        say, file = self._model.session.say, one.supplier
        faults = "；".join(say(f"receiving_fault.supplier_{each.value}") for each in one.faults)
        cells = (
            file.name, say(f"receiving.kind_{file.kind.value}"),
            say(f"receiving.supplier_state_{file.state.value}"),
            one.first_end, faults,
        )  # fmt: skip
        return Line(cells, (), file.id, key=file.id)

    def _open(self, key: str) -> None:
        home = self._model.home
        found = [one.supplier for one in home.suppliers if one.supplier.id == key] if home else []
        if found:
            self.form.show_file(found[0])

    def _opened(self) -> None:
        self.list.hide()
        self.new.hide()
        self.form.show()

    def _close(self) -> None:
        self.form.hide()
        self.form.second.forget()
        self.list.show()
        self.new.show()
        self.start()

    def _kept(self, supplier: Supplier) -> None:
        if self.form.isVisible():
            self.form.show_file(supplier)


class SupplierFile(QWidget):
    """One file as typed; what is changed must be approved anew."""

    opened = Signal()
    closed = Signal()

    def __init__(self, model: ReceivingModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        self._file: Supplier | None = None
        self._papers: list[_Paper] = []
        lines = column(self, space=8)
        self.state = label("", "strong", wrap=True)
        lines.addWidget(self.state)
        top = row(space=8)
        self.name = line_edit(say("receiving.supplier_name"), hint=say("receiving.supplier_name"))
        self.kind = QComboBox()
        self.kind.setAccessibleName(say("receiving.list_kind"))
        for each in SupplierKind:
            self.kind.addItem(say(f"receiving.kind_{each.value}"), each.value)
        self.code = line_edit(say("receiving.supplier_code"), code=True,
                              hint=say("receiving.supplier_code"))  # fmt: skip
        top.addWidget(self.name, 3)
        top.addWidget(self.kind, 1)
        top.addWidget(self.code, 1)
        lines.addLayout(top)
        lines.addWidget(label(say("receiving.papers_words"), "", "second", wrap=True))
        holder = QWidget()
        self._rows: QVBoxLayout = column(holder, space=6)
        lines.addWidget(holder)
        self.more = button(say("receiving.more_papers"))
        self.more.clicked.connect(lambda: self._add_paper(None).number.setFocus())
        more = row()
        more.addWidget(self.more)
        more.addStretch(1)
        lines.addLayout(more)
        self.wrong = label("", "", "bad", wrap=True)
        lines.addWidget(self.wrong)
        lines.addStretch(1)
        self.second = SecondRow(model.session)
        lines.addWidget(self.second)
        self.why = line_edit(say("receiving.stop_reason"), hint=say("receiving.stop_reason"))
        lines.addWidget(self.why)
        foot = row(space=8)
        self.keep = button(say("receiving.keep_supplier"), "commit")
        self.keep.clicked.connect(self._keep)
        self.approve = button(say("receiving.approve_supplier"))
        self.approve.clicked.connect(self._approve)
        self.acts = {}
        foot.addWidget(self.keep)
        foot.addWidget(self.approve)
        for event in (SupplierEvent.STOPPED, SupplierEvent.RESUMED, SupplierEvent.CLOSED):
            made = button(say(f"receiving.act_{event.value}"))
            made.clicked.connect(lambda _=False, which=event: self._stop(which))
            self.acts[event] = made
            foot.addWidget(made)
        foot.addStretch(1)
        leave = button(say("receiving.to_list"))
        leave.clicked.connect(self.closed.emit)
        foot.addWidget(leave)
        lines.addLayout(foot)

    def show_file(self, file: Supplier | None) -> None:
        """A file to look at and change; None = a new one."""
        self._file, say = file, self._model.session.say
        self.name.setText(file.name if file else "")
        self.code.setText(file.code if file else "")
        self.kind.setCurrentIndex(self.kind.findData(file.kind.value) if file else 0)
        clear_layout(self._rows)
        self._papers = []
        for one in file.licences if file else ():
            self._add_paper(one)
        if not self._papers:
            for kind in (LicenceType.DRUG_TRADE, LicenceType.BUSINESS):
                self._add_paper(None, kind)
        state = file.state if file else SupplierState.PROPOSED
        self.state.setText(say(f"receiving.about_{state.value}" if file else "receiving.about_new",
                               why=file.why if file else ""))  # fmt: skip
        self.wrong.setText("")
        self.why.clear()
        self.approve.setVisible(file is not None and state is SupplierState.PROPOSED)
        for event, made in self.acts.items():
            made.setVisible(file is not None and SUPPLIER.allows(state, event))
        self.why.setVisible(file is not None and state is not SupplierState.CLOSED)
        self.keep.setVisible(state is not SupplierState.CLOSED)
        self.second.refresh()
        if not self.approve.isVisibleTo(self):
            self.second.hide()
        self.opened.emit()
        (self.approve if self.approve.isVisibleTo(self) else self.name).setFocus()

    def _add_paper(self, one: Licence | None, kind: LicenceType | None = None) -> _Paper:
        say = self._model.session.say
        box = QComboBox()
        box.setAccessibleName(say("receiving.paper_kind"))
        for each in LicenceType:
            box.addItem(say(f"receiving.licence_{each.value}"), each.value)
        wanted = one.type if one else kind or LicenceType.QUALITY_AGREEMENT
        box.setCurrentIndex(box.findData(wanted.value))
        made = _Paper(
            box,
            self._field("number"), self._field("begins"), self._field("ends"),
            self._field("scope", code=False), check_box(say("receiving.paper_cold")),
        )  # fmt: skip
        if one is not None:
            made.number.setText(one.number)
            made.begins.setText(one.valid_from.isoformat() if one.valid_from else "")
            made.ends.setText(one.valid_to.isoformat() if one.valid_to else "")
            made.scope.setText(one.scope)
            made.scope.setCursorPosition(0)
            made.cold.setChecked(one.cold_chain)
        holder = QWidget()
        line = row(holder, space=6)
        for field, share in ((box, 2), (made.number, 3), (made.begins, 2), (made.ends, 2),
                             (made.scope, 3), (made.cold, 0)):  # fmt: skip
            line.addWidget(field, share)
        self._rows.addWidget(holder)
        self._papers.append(made)
        return made

    def _field(self, name: str, *, code: bool = True) -> QLineEdit:
        words = self._model.session.say(f"receiving.paper_{name}")
        return line_edit(words, code=code, hint=words)

    def _keep(self) -> None:
        say = self._model.session.say
        try:
            papers = tuple(each for one in self._papers if (each := one.licence()) is not None)
        except BadValue:
            self.wrong.setText(say("receiving.paper_no_date"))
            return
        self.wrong.setText("")
        file = self._file
        form = SupplierForm(
            self.name.text(), SupplierKind(self.kind.currentData()), self.code.text(), papers,
            file.id if file else "", file.version if file else 1,
        )  # fmt: skip
        self._model.keep_supplier(form)

    def _approve(self) -> None:
        if self._file is not None:
            self._model.approve_supplier(self._file.id, self.second.person())
            self.second.forget()

    def _stop(self, event: SupplierEvent) -> None:
        if self._file is not None:
            self._model.stop_supplier(self._file.id, event, self.why.text())
