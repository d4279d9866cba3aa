"""Sales looked for, and one of them opened as its sheet."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea, QStackedLayout, QWidget

from ui.screens.inspection.rows import sections
from ui.widgets.figures import Figures, Line
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, clear_layout, column, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from app.domain.inspection import SaleKey
    from ui.screens.inspection.view_model import InspectionModel

FIELDS = ("first", "last", "receipt_no", "drug", "words", "person")
COLUMNS = ("receipt", "time", "drugs", "insured", "sum", "state")


class SearchPart(QWidget):
    """The form above, the list below; a sheet takes the place of both."""

    def __init__(self, model: InspectionModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, self._say = model, model.session.say
        lines = column(self, space=8)
        self.form = self._form()
        lines.addWidget(self.form)
        self.told = label("", "", "second", wrap=True)
        lines.addWidget(self.told)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self.list = self._list(colour)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._sheet_page())
        lines.addWidget(holder, 1)
        model.changed.connect(self.refresh)
        model.found_came.connect(self._fill)
        model.sheet_came.connect(self._show_sheet)
        self._fill()
        self.refresh()

    # --- building --------------------------------------------------------------------------------

    def _form(self) -> QWidget:
        say, form = self._say, QWidget()
        line = FlowLayout(form, space=6, even=True, grow=True)
        self.fields = {
            name: line_edit(
                say(f"inspection.field_{name}"), code=name not in ("words",),
                hint=say(f"inspection.field_{name}"), whole=True,
            )
            for name in FIELDS
        }  # fmt: skip
        # A number of a person is nobody's who passes by.
        self.fields["person"].setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        for each in self.fields.values():
            each.setMaxLength(60)
            each.returnPressed.connect(self.search)
            line.addWidget(each)
        self.go = button(say("inspection.search"), "commit")
        self.go.clicked.connect(lambda: self.search())
        line.addWidget(self.go)
        return form

    def _list(self, colour: Callable[[str], QColor]) -> Figures:
        say = self._say
        titles = [say(f"inspection.column_{name}") for name in COLUMNS]
        made = Figures(
            say("inspection.list"),
            titles,
            say,
            empty=say("inspection.empty"),
            colour=colour,
            wide=2,
        )
        made.opened.connect(lambda key: self.model.open(cast("SaleKey | None", key)))
        return made

    def _sheet_page(self) -> QWidget:
        page = QWidget()
        lines = column(page, space=6)
        head = row(space=8)
        self.back_button = button(self._say("inspection.back_to_list"))
        self.back_button.clicked.connect(lambda: self.model.close_sheet())
        self.sheet_title = label("", "heading")
        head.addWidget(self.back_button)
        head.addWidget(self.sheet_title, 1)
        lines.addLayout(head)
        self.area, holder = QScrollArea(), QWidget()
        self.area.setWidgetResizable(True)
        self.area.setAccessibleName(self._say("inspection.sheet"))
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._sheet_lines = column(holder, space=8)
        self._sheet_lines.setContentsMargins(0, 0, 8, 0)
        self.area.setWidget(holder)
        lines.addWidget(self.area, 1)
        return page

    # --- acts ------------------------------------------------------------------------------------

    def enter(self) -> None:
        """The days that are offered, and the focus on what is mostly typed."""
        first, last = self.model.ready_days()
        for name, day in (("first", first), ("last", last)):
            if not self.fields[name].text():
                self.fields[name].setText(day.isoformat())
        self.fields["receipt_no"].setFocus()

    def clear(self) -> None:
        """A number of a person goes when it goes out of sight."""
        self.fields["person"].clear()

    def back(self) -> bool:
        """From a sheet to the list."""
        if self.model.sheet is None:
            return False
        self.model.close_sheet()
        return True

    def search(self) -> None:
        """What stands in the fields; a number of a person does not stay in sight."""
        typed = {name: field.text() for name, field in self.fields.items()}
        if self.model.sheet is not None:
            self.model.close_sheet()
        if self.model.search(typed):
            self.list.reading()

    # --- showing ---------------------------------------------------------------------------------

    def _fill(self) -> None:
        found, say = self.model.found, self._say
        self.list.show_lines([self._line(key) for key in found.rows] if found else [])
        if found is None:
            self.told.setText(say("inspection.how"))
            return
        count = found.count
        words = say(
            "inspection.found", count=f"{count.sales:,}", insured=f"{count.insured:,}",
            total=f"{Decimal(count.total_fen).scaleb(-2):,}",
        )  # fmt: skip
        if len(found.rows) < count.sales:
            words += say("inspection.found_shown", shown=len(found.rows))
        self.told.setText(words)

    def _line(self, key: SaleKey) -> Line:
        say, drugs = self._say, key.first_line
        if key.lines > 1:
            drugs = say("inspection.contents_more", first=drugs, more=key.lines - 1)
        insured = say("inspection.insured" if key.insured else "inspection.self_paid")
        total, state = Decimal(key.total_fen).scaleb(-2), say(f"inspection.sale_{key.state}")
        values = (key.receipt_no, key.done_at, drugs, insured, total, state)
        return Line(values, carries=key, key=key.sale_id)

    def _show_sheet(self) -> None:
        sheet = self.model.sheet
        self.form.setVisible(sheet is None)
        self.told.setVisible(sheet is None)
        if sheet is None:
            clear_layout(self._sheet_lines)
            self._stack.setCurrentIndex(0)
            self.list.table.setFocus()
            return
        clear_layout(self._sheet_lines)
        self.sheet_title.setText(sheet.receipt_no)
        for section in sections(sheet, self._say):
            self._sheet_lines.addWidget(
                label(section.title, "strong", "warn" if section.warn else "")
            )
            for name, text in section.rows:
                holder = QWidget()
                line = row(holder, space=10)
                left = label(name, "", "second")
                left.setFixedWidth(self.fontMetrics().horizontalAdvance("MMMMMMMMMM"))
                left.setAlignment(Qt.AlignmentFlag.AlignTop)
                right = label(text, "", "warn" if section.warn else "", wrap=True)
                right.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                line.addWidget(left)
                line.addWidget(right, 1)
                self._sheet_lines.addWidget(holder)
        self._sheet_lines.addStretch(1)
        self._stack.setCurrentIndex(1)
        self.area.verticalScrollBar().setValue(0)
        self.area.setFocus()

    def refresh(self) -> None:
        """One question at a time."""
        self.go.setEnabled(not self.model.busy)
