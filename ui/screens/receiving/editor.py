"""One receiving: its head, its grid, what stands against posting it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.receiving import TotalsReason, Transport
from ui.screens.receiving.files import FilesRow
from ui.screens.receiving.grid import Grid
from ui.screens.receiving.note_file import NoteFile
from ui.screens.receiving.second import SecondRow
from ui.widgets.parts import button, column, label, line_edit, row
from ui.widgets.scrolled import scrolled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QColor

    from app.ports import Hit
    from app.use_cases.receiving_check import ReceivingCheck
    from ui.screens.receiving.view_model import ReceivingModel

_TYPED = ("note_no", "invoice_code", "invoice_no", "note_total", "note_packs")
_COLD = ("departed", "temperature", "record_no")
_PLACE = Qt.ItemDataRole.UserRole


class Editor(QWidget):
    """Fields that are left are kept; nothing is lost by leaving the page."""

    def __init__(self, model: ReceivingModel, colour: Callable[[str], QColor]) -> None:
        """``colour``: of a token of the theme in sight."""
        super().__init__()
        self._model, self._colour, say = model, colour, model.session.say
        self._hits: list[Hit] = []
        outer, body = column(self, space=6), QWidget()
        lines = column(body, space=6)
        self.title = label("", "heading")
        lines.addWidget(self.title)
        self.texts: dict[str, QLineEdit] = {}
        self.boxes: dict[str, QComboBox] = {}
        self.wrong: dict[str, QLabel] = {}
        self.head = QWidget()
        self._head()
        lines.addWidget(self.head)
        self.seek = line_edit(say("receiving.add"), hint=say("receiving.add_hint"))
        lines.addWidget(self.seek)
        self.found = QListWidget()
        self.found.setAccessibleName(say("receiving.found"))
        self.found.setMaximumHeight(150)
        self.found.hide()
        lines.addWidget(self.found)
        self.file = NoteFile(model)
        self.file.hide()
        lines.addWidget(self.file)
        self.warm = label(say("receiving.warm"), "small", "warn", wrap=True)
        self.grid = Grid(model)
        lines.addWidget(self.grid, 1)
        self.totals = label("", "strong")
        lines.addWidget(self.totals)
        lines.addWidget(self.warm)
        self.faults = QListWidget()
        self.faults.setAccessibleName(say("receiving.faults"))
        self.faults.setMaximumHeight(90)
        self.faults.setWordWrap(True)
        lines.addWidget(self.faults)
        self.papers = FilesRow(model)
        lines.addWidget(self.papers)
        self.second = SecondRow(model.session)
        lines.addWidget(self.second)
        outer.addWidget(scrolled(body), 1)
        self._foot(outer)
        self._wire()

    def _wire(self) -> None:
        self.seek.textChanged.connect(self._search)
        self.seek.returnPressed.connect(self._add_first)
        self.found.itemActivated.connect(self._add_item)
        self.faults.itemActivated.connect(self._go)
        self.faults.itemClicked.connect(self._go)
        self.grid.ended.connect(self.seek.setFocus)
        self._model.checked.connect(self.refresh)
        self._model.jumped.connect(self.grid.go_to)

    def _head(self) -> None:
        places = QGridLayout(self.head)
        places.setContentsMargins(0, 0, 0, 0)
        places.setHorizontalSpacing(10)
        places.setVerticalSpacing(2)
        self._box("supplier", places, 0, 0)
        for at, name in enumerate(_TYPED, 1):
            self._line(name, places, 0, at)
        self._choices("transport", [each.value for each in Transport], places, 3, 0)
        for at, name in enumerate(_COLD, 1):
            self._line(name, places, 3, at)
        self._choices("totals_reason", [each.value for each in TotalsReason], places, 3, 4)
        places.setColumnStretch(0, 2)
        for at in range(1, 6):
            places.setColumnStretch(at, 1)

    def _line(self, name: str, places: QGridLayout, at: int, across: int) -> None:
        say = self._model.session.say
        field = line_edit(say(f"receiving.{name}"), code=name != "record_no")
        field.editingFinished.connect(partial(self._left, name))
        field.returnPressed.connect(self.head.focusNextChild)
        self.texts[name] = field
        self._place(name, field, places, at, across)

    def _box(self, name: str, places: QGridLayout, at: int, across: int) -> None:
        box = QComboBox()
        box.setAccessibleName(self._model.session.say(f"receiving.{name}"))
        box.activated.connect(partial(self._chosen, name))
        self.boxes[name] = box
        self._place(name, box, places, at, across)

    def _choices(
        self, name: str, codes: Sequence[str], places: QGridLayout, at: int, across: int
    ) -> None:
        self._box(name, places, at, across)
        box = self.boxes[name]
        box.addItem("", "")
        for each in codes:
            box.addItem(self._model.session.say(f"receiving.{name}_{each}"), each)

    def _place(self, name: str, field: QWidget, places: QGridLayout, at: int, across: int) -> None:
        head = label(self._model.session.say(f"receiving.{name}"), "small", "second")
        head.setBuddy(field)
        wrong = label("", "small", "bad", wrap=True)
        places.addWidget(head, at, across)
        places.addWidget(field, at + 1, across)
        places.addWidget(wrong, at + 2, across)
        self.wrong[name] = wrong
        field.setProperty("heading", head)

    def _foot(self, lines: QVBoxLayout) -> None:
        say = self._model.session.say
        foot = row(space=8)
        self.post = button(say("receiving.post"), "commit")
        self.approve = button(say("receiving.approve_products"))
        self.read = button(say("receiving.from_file"))
        self.read.setCheckable(True)
        self.read.clicked.connect(self._file_wanted)
        self.drop = button(say("receiving.drop"))
        self.reason = line_edit(say("receiving.correct_reason"),
                                hint=say("receiving.correct_reason"))  # fmt: skip
        self.correct = button(say("receiving.correct"))
        self.print = button(say("receiving.print"))
        self.leave = button(say("receiving.to_list"))
        self.post.clicked.connect(lambda: self._model.post())
        self.approve.clicked.connect(self._approve)
        self.drop.clicked.connect(lambda: self._model.drop())
        self.correct.clicked.connect(self._correct)
        self.leave.clicked.connect(lambda: self._model.close())
        for each in (self.post, self.read, self.approve, self.reason, self.correct):
            foot.addWidget(each)
        foot.addStretch(1)
        foot.addWidget(self.print)
        foot.addWidget(self.drop)
        foot.addWidget(self.leave)
        lines.addLayout(foot)

    # --- acts ------------------------------------------------------------------------------------

    def start(self) -> None:
        """Where typing begins: the note's number, then the goods."""
        note = self.texts["note_no"]
        if self._model.typing and not note.text():
            note.setFocus()
        elif self._model.typing:
            self.seek.setFocus()
        else:
            self.grid.setFocus()

    def _file_wanted(self, wanted: bool) -> None:
        self.file.setVisible(wanted)
        if wanted:
            self.file.path.setFocus()

    def _left(self, name: str) -> None:
        self._model.keep_head(**{name: self.texts[name].text().strip()})

    def _chosen(self, name: str, _at: int = 0) -> None:
        key = "supplier_id" if name == "supplier" else name
        self._model.keep_head(**{key: str(self.boxes[name].currentData() or "")})

    def _search(self, text: str) -> None:
        self._hits = self._model.search(text)
        self.found.clear()
        for one in self._hits:
            drug = one.medicine
            self.found.addItem(f"{drug.display_name}  {drug.spec}  {drug.manufacturer}")
        self.found.setVisible(bool(self._hits))
        self.found.setCurrentRow(0)

    def _add_first(self) -> None:
        at = max(0, self.found.currentRow())
        if at < len(self._hits):
            hit = self._hits[at]
            self.seek.clear()
            index = self.grid.currentIndex()
            self._model.add(hit, self.grid.lines.line(index.row()) if index.isValid() else None)

    def _add_item(self, item: QListWidgetItem) -> None:
        self.found.setCurrentItem(item)
        self._add_first()

    def _go(self, item: QListWidgetItem) -> None:
        no, where = item.data(_PLACE)
        field = self.texts.get(where) or self.boxes.get(where)
        if no:
            self.grid.go_to(no, where)
        elif field is not None:
            field.setFocus()

    def _approve(self) -> None:
        self._model.approve_products(self.second.person())
        self.second.forget()

    def _correct(self) -> None:
        self._model.correct(self.reason.text(), self.second.person())
        self.second.forget()

    # --- what is seen ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Everything from the model."""
        check, say = self._model.check, self._model.session.say
        if check is None:
            return
        head, typing = check.head, self._model.typing
        title = "receiving.title_draft" if typing else f"receiving.title_{head.state.value}"
        name = check.supplier.name if check.supplier is not None else say("receiving.nobody")
        self.title.setText(say(title, number=head.number, name=name))
        self._refresh_head(check)
        self.grid.lines.colours(self._colour("bad"), self._colour("warn"))
        self.grid.show_check()
        self.totals.setText(
            say("receiving.totals", lines=len(check.lines), packs=check.packs.plain(),
                amount=str(check.amount))
        )  # fmt: skip
        self._refresh_faults(check)
        self.warm.setVisible(bool(check.too_warm))
        self.seek.setVisible(typing)
        self.post.setVisible(typing)
        self.post.setEnabled(check.postable)
        self.papers.setVisible(not typing)
        self.papers.show_of("" if typing else head.id)
        self.print.setVisible(not typing)
        self.drop.setVisible(typing)
        self.read.setVisible(typing)
        self.file.setVisible(typing and self.read.isChecked())
        lacking = typing and any(one.why == "first_product" for one in check.faults)
        self.approve.setVisible(lacking)
        posted = head.state.value == "posted"
        self.correct.setVisible(posted)
        self.reason.setVisible(posted)
        self.second.refresh()
        if not (lacking or posted):
            self.second.hide()

    def _refresh_head(self, check: ReceivingCheck) -> None:
        faults, cold = self._model.head_faults, bool(check.cold)
        self._fill_suppliers()
        for name, text in self.texts.items():
            if not text.hasFocus() or not text.isModified():
                text.setText(getattr(check.head, name))
            text.setReadOnly(not self._model.typing)
        for name, box in self.boxes.items():
            held = check.head.supplier_id if name == "supplier" else getattr(check.head, name)
            box.setCurrentIndex(max(0, box.findData(held)))
            box.setEnabled(self._model.typing)
        for name, field in (self.texts | self.boxes).items():
            fault = faults.get(name)
            self.wrong[name].setText(self._model.fault_words(fault) if fault else "")
            self.wrong[name].setVisible(fault is not None)
            shown = cold or name not in (*_COLD, "transport")
            if name == "totals_reason":
                shown = bool(check.head.totals_reason) or "note_total" in faults
                shown = shown or "note_packs" in faults
            field.setVisible(shown)
            field.property("heading").setVisible(shown)
            if not shown:
                self.wrong[name].hide()

    def _fill_suppliers(self) -> None:
        box = self.boxes["supplier"]
        names = [("", self._model.session.say("receiving.nobody")), *self._model.names()]
        if [box.itemData(at) for at in range(box.count())] != [key for key, _ in names]:
            box.clear()
            for key, name in names:
                box.addItem(name, key)

    def _refresh_faults(self, check: ReceivingCheck) -> None:
        say = self._model.session.say
        self.faults.clear()
        for one, wrong in [*((each, True) for each in check.faults[:200]),
                           *((each, False) for each in check.notices[:100])]:  # fmt: skip
            words = self._model.fault_words(one)
            text = say("receiving.fault_line", no=one.no, what=words) if one.no else words
            item = QListWidgetItem(f"{'✗' if wrong else '·'} {text}")
            item.setData(_PLACE, (one.no, one.field))
            self.faults.addItem(item)
        self.faults.setVisible(self._model.typing and self.faults.count() > 0)
