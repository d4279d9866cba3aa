"""The keyboard grid of a receiving: one line a drug and batch, Enter goes to the next field."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.domain.receiving import RejectReason, Tick, TypedLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from app.domain.receiving import LineFault
    from app.use_cases.receiving_check import ReceivingCheck
    from ui.screens.receiving.view_model import ReceivingModel

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_NOWHERE = QModelIndex()

COLUMNS = (
    "no", "name", "batch", "made", "expires", "delivered", "accepted", "reject", "cost", "gift",
    "look", "tick_batch", "tick_expiry", "approval", "codes",
)  # fmt: skip
_TYPED = ("batch", "made", "expires", "delivered", "accepted", "cost")
_TICKS = {
    "look": Tick.LOOK, "tick_batch": Tick.BATCH, "tick_expiry": Tick.EXPIRY,
    "approval": Tick.APPROVAL,
}  # fmt: skip
_STOPS = tuple(COLUMNS.index(each) for each in ("batch", "made", "expires", "delivered", "cost",
                                                "look"))  # fmt: skip
"""Where Enter stops: what every line needs. The others are reached with the arrow keys."""
_FIELD_OF = dict.fromkeys(_TICKS, "ticks")
_NAME_SIGNS = 11
SIGN_YES, SIGN_NO = "✓", "—"


class Lines(QAbstractTableModel):
    """The lines of the open receiving."""

    def __init__(self, model: ReceivingModel) -> None:
        super().__init__()
        self._model = model
        self._lines: tuple[TypedLine, ...] = ()
        self._faults: Mapping[tuple[int, str], LineFault] = {}
        self._warm: frozenset[int] = frozenset()
        self._bad, self._warn = QColor(), QColor()

    def colours(self, bad: QColor, warn: QColor) -> None:
        """Of the theme: what is wrong, and what is told."""
        self._bad, self._warn = bad, warn

    def show(self, check: ReceivingCheck | None) -> None:
        """The lines as they stand; cells stay where they are while none comes or goes."""
        lines = check.lines if check is not None else ()
        same = [one.no for one in lines] == [one.no for one in self._lines]
        if not same:
            self.beginResetModel()
        self._lines = lines
        self._warm = check.too_warm if check is not None else frozenset()
        faults: dict[tuple[int, str], LineFault] = {}
        for one in check.faults if check is not None else ():
            faults.setdefault((one.no, one.field), one)
        self._faults = faults
        if not same:
            self.endResetModel()
        elif lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, len(COLUMNS) - 1))

    def line(self, row: int) -> TypedLine | None:
        """The line of a row."""
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def row_of(self, no: int) -> int:
        """The row of a line's number; -1 = it is not there."""
        return next((at for at, one in enumerate(self._lines) if one.no == no), -1)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """One a line."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Fixed."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's
        """Short headings."""
        if role == _ROLE.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self._model.session.say(f"receiving.column_{COLUMNS[section]}")
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What may be typed."""
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        name = COLUMNS[index.column()]
        if self._model.typing and (name in _TYPED or name == "reject"):
            return plain | Qt.ItemFlag.ItemIsEditable
        return plain

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """What was typed, with what is wrong beside it."""
        line, name = self._lines[index.row()], COLUMNS[index.column()]
        fault = self._faults.get((line.no, _FIELD_OF.get(name, name)))
        if role == _ROLE.DisplayRole:
            return self._text(line, name)
        if role == _ROLE.EditRole:
            return getattr(line, name) if name in (*_TYPED, "reject") else ""
        if role == _ROLE.ToolTipRole and fault is not None:
            return self._model.fault_words(fault)
        if role == _ROLE.ForegroundRole and (fault is not None or line.no in self._warm):
            return QBrush(self._bad if fault is not None else self._warn)
        if role == _ROLE.TextAlignmentRole and name in ("delivered", "accepted", "cost", "codes"):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _text(self, line: TypedLine, name: str) -> str:
        say = self._model.session
        if name in _TICKS:
            return SIGN_YES if _TICKS[name].value in line.ticks else SIGN_NO
        if name == "gift":
            return SIGN_YES if line.gift else ""
        if name == "codes":
            return str(len(line.boxes)) if line.boxes else ""
        if name == "reject":
            return say.say_code("receiving.reject", line.reject) if line.reject else ""
        text = str(getattr(line, name))
        # What is missing is seen where it is missing.
        wrong = (line.no, name) in self._faults
        return text or (say.say("receiving.missing") if wrong else "")

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:  # noqa: ANN401
        """A field was left: keep it."""
        line, name = self.line(index.row()), COLUMNS[index.column()]
        if role != _ROLE.EditRole or line is None or not self._model.typing:
            return False
        text = str(value).strip()
        if text != getattr(line, name):
            self._keep(replace(line, **{name: text}))  # type: ignore[arg-type]
        return True

    def toggle(self, index: Index) -> None:
        """A tick or the gift mark turned over; Space on the drug ticks all four at once."""
        line, name = self.line(index.row()), COLUMNS[index.column()]
        if line is None or not self._model.typing:
            return
        if name == "gift":
            self._keep(replace(line, gift=not line.gift, cost="" if not line.gift else line.cost))
        elif name in _TICKS:
            sign = _TICKS[name].value
            had = sign in line.ticks
            ticks = tuple(one for one in line.ticks if one != sign)
            self._keep(replace(line, ticks=ticks if had else (*ticks, sign)))
        elif name in ("no", "name"):
            every = tuple(one.value for one in Tick)
            self._keep(replace(line, ticks=() if set(line.ticks) == set(every) else every))

    def _keep(self, line: TypedLine) -> None:
        self._lines = tuple(line if one.no == line.no else one for one in self._lines)
        row = self.row_of(line.no)
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))
        self._model.keep_line(line)


class _Texts(QStyledItemDelegate):
    """A field is filled when it is opened and never again: what is typed meanwhile is not lost
    when the check of the field before comes back.
    """

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A code field: no Chinese input method, no frame."""
        del option
        field = QLineEdit(parent)
        field.setFrame(False)
        field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        field.setText(str(index.data(_ROLE.EditRole) or ""))
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Filled already."""

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:  # noqa: ANN401
        """What stands in it."""
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text(), _ROLE.EditRole)


class _Reasons(QStyledItemDelegate):
    """Reasons of a refusal are chosen, never typed."""

    def __init__(self, model: ReceivingModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A list that opens at once."""
        del option, index
        box = QComboBox(parent)
        box.setAccessibleName(self._model.session.say("receiving.column_reject"))
        box.addItem("", "")
        for each in RejectReason:
            box.addItem(self._model.session.say(f"receiving.reject_{each.value}"), each.value)
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """The reason so far."""
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(index.data(_ROLE.EditRole))))

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:  # noqa: ANN401
        """The code, not its words."""
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData(), _ROLE.EditRole)


class Grid(QTableView):
    """Enter keeps a field and goes to the next; Space ticks and goes on; Del strikes a line."""

    ended = Signal()
    """Enter in the last field of the last line."""

    def __init__(self, model: ReceivingModel) -> None:
        super().__init__()
        self._model, self._waits = model, False
        self.lines = Lines(model)
        self.setModel(self.lines)
        self.setAccessibleName(model.session.say("receiving.lines"))
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setMinimumHeight(150)
        self.setEditTriggers(QTableView.EditTrigger.DoubleClicked)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(COLUMNS.index("name"), QHeaderView.ResizeMode.Stretch)
        self.setItemDelegate(_Texts(self))
        self.setItemDelegateForColumn(COLUMNS.index("reject"), _Reasons(model, self))
        self.clicked.connect(self._clicked)

    def show_check(self) -> None:
        """What the model holds; while a field is open it waits: cells that move would close it."""
        self._waits = self.state() is QTableView.State.EditingState
        if not self._waits:
            self.lines.show(self._model.check)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The drug takes the room that is left, and never too little: then the grid scrolls."""
        super().resizeEvent(event)
        header, name = self.horizontalHeader(), COLUMNS.index("name")
        others = header.length() - header.sectionSize(name)
        least = self.fontMetrics().averageCharWidth() * _NAME_SIGNS
        roomy = self.viewport().width() - others >= least
        mode = QHeaderView.ResizeMode.Stretch if roomy else QHeaderView.ResizeMode.Interactive
        if header.sectionResizeMode(name) != mode:
            header.setSectionResizeMode(name, mode)
        if not roomy:
            header.resizeSection(name, least)

    def go_to(self, no: int, where: str = "batch") -> None:
        """To a field of a line."""
        row = self.lines.row_of(no)
        name = {"ticks": "look", "lines": "name"}.get(where, where)
        if row >= 0:
            place = COLUMNS.index(name) if name in COLUMNS else 1
            self.setCurrentIndex(self.lines.index(row, place))
            self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Space, Del; everything else begins to type."""
        index, key = self.currentIndex(), event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # An Enter that a field has taken comes by here too.
            if not event.isAutoRepeat() and self.state() is not QTableView.State.EditingState:
                self._next()
            return
        if key == Qt.Key.Key_Space and index.isValid():
            self.lines.toggle(index)
            later = index.siblingAtColumn(index.column() + 1)
            if COLUMNS[index.column()] in _TICKS and COLUMNS[later.column()] in _TICKS:
                self.setCurrentIndex(later)
            return
        if key == Qt.Key.Key_Delete and index.isValid():
            line = self.lines.line(index.row())
            if line is not None and not event.isAutoRepeat():
                self._model.strike(line.no)
            return
        if event.text().isprintable() and event.text() and self._begin(index, event.text()):
            return
        super().keyPressEvent(event)

    def _begin(self, index: QModelIndex, text: str) -> bool:
        """Typing begins a field anew; a key that was held back (ui/scan_filter.py) goes after it.

        Qt would send the key on to the field, and one key that comes twice looks like a scanner.
        """
        if self.state() is QTableView.State.EditingState:
            field = self.indexWidget(index)
            if isinstance(field, QLineEdit):
                field.insert(text)
            return True
        if not self.lines.flags(index) & Qt.ItemFlag.ItemIsEditable:
            return False
        self.edit(index)
        field = self.indexWidget(index)
        if isinstance(field, QLineEdit):
            field.setText(text)
        return True

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Enter in a field goes on to the next one."""
        entered = hint is QAbstractItemDelegate.EndEditHint.SubmitModelCache
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint if entered else hint)
        if self._waits:
            self.show_check()
        if entered:
            self._next()

    def _next(self) -> None:
        index = self.currentIndex()
        if not index.isValid():
            self.ended.emit()
            return
        later = [place for place in _STOPS if place > index.column()]
        row, place = (index.row(), later[0]) if later else (index.row() + 1, _STOPS[0])
        if row >= self.lines.rowCount():
            self.ended.emit()
            return
        self.setCurrentIndex(self.lines.index(row, place))

    def _clicked(self, index: QModelIndex) -> None:
        if COLUMNS[index.column()] in (*_TICKS, "gift"):
            self.lines.toggle(index)
