"""A list of the page 收货: rows of text with their keys, searched and sorted by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QFrame, QHeaderView, QScrollArea, QTableView, QWidget

from ui.widgets.parts import column, label, line_edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row: what is read, and what it stands for."""

    key: str
    cells: tuple[str, ...]
    order: tuple[Any, ...] = ()
    """What columns are sorted by where their text would sort wrongly; as many as cells."""


class Rows(QAbstractTableModel):
    """Rows of text."""

    def __init__(self, heads: Sequence[str]) -> None:
        super().__init__()
        self._heads, self.rows = tuple(heads), ()  # type: tuple[str, ...], tuple[ShownRow, ...]

    def show(self, rows: Sequence[ShownRow]) -> None:
        """Other rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """As many as there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """One a heading."""
        return 0 if parent.isValid() else len(self._heads)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """Text, or what sorts."""
        one = self.rows[index.row()]
        if role in (_ROLE.DisplayRole, _ROLE.ToolTipRole):
            return one.cells[index.column()]
        if role == _ROLE.UserRole:
            return (one.order or one.cells)[index.column()]
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's
        """The headings."""
        if role == _ROLE.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self._heads[section]
        return None


class _Keys(QTableView):
    """Enter opens the row."""

    wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A held key opens once."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.wanted.emit()
            return
        super().keyPressEvent(event)


class RowList(QWidget):
    """Search field over a table; says so where there is nothing."""

    opened = Signal(str)
    """The key of the row that Enter or a double click meant."""
    moved = Signal()

    def __init__(
        self, name: str, heads: Sequence[str], *, search: str, empty: str, wide: int = 1
    ) -> None:
        """``wide``: the column that takes the room that is left."""
        super().__init__()
        lines = column(self, space=6)
        self.search = line_edit(search, hint=search)
        lines.addWidget(self.search)
        self.rows = Rows(heads)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.rows)
        self._sorted.setFilterKeyColumn(-1)
        self._sorted.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._sorted.setSortRole(int(_ROLE.UserRole))
        self.table = _Keys()
        self.table.setAccessibleName(name)
        self.table.setModel(self._sorted)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        self.table.setMinimumHeight(96)
        lines.addWidget(self.table, 1)
        self.empty = label(empty, "", "second", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.empty.hide()  # nothing is known yet
        lines.addWidget(self.empty, 1)
        self.search.textChanged.connect(self._narrow)
        self.search.returnPressed.connect(self._to_table)
        self.table.wanted.connect(self._open)
        self.table.doubleClicked.connect(lambda _: self._open())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self.moved.emit())

    def show_rows(self, rows: Sequence[ShownRow]) -> None:
        """Other rows; the row that was meant stays meant."""
        chosen = self.chosen()
        self.rows.show(rows)
        self.empty.setVisible(not rows)
        self.table.setVisible(bool(rows))
        self.search.setVisible(bool(rows))
        self.choose(chosen)

    def chosen(self) -> str:
        """The key of the row that is meant; empty = none."""
        index = self.table.currentIndex()
        if not index.isValid():
            return ""
        return self.rows.rows[self._sorted.mapToSource(index).row()].key

    def choose(self, key: str) -> None:
        """Mean a row; without one of that key the first."""
        places = [place for place, one in enumerate(self.rows.rows) if one.key == key]
        found = self._sorted.mapFromSource(self.rows.index(places[0], 0)) if places else None
        index = found if found is not None and found.isValid() else self._sorted.index(0, 0)
        if index.isValid():
            self.table.setCurrentIndex(index)

    def _narrow(self, text: str) -> None:
        self._sorted.setFilterFixedString(text)
        self.choose(self.chosen())

    def _to_table(self) -> None:
        self.table.setFocus()

    def _open(self) -> None:
        if key := self.chosen():
            self.opened.emit(key)


def scrolled(inside: QWidget) -> QScrollArea:
    """A part that is higher than its place can be moved; nothing of it is ever cut off."""
    made = QScrollArea()
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setWidgetResizable(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setWidget(inside)
    return made
