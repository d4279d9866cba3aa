"""The list of clips as a model: sorted and searched without touching the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.use_cases.video_marks import ClipRow

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class ClipTable(QAbstractTableModel):
    """Rows with their texts; the role ``UserRole`` carries the sale."""

    def __init__(self, heads: Sequence[str]) -> None:
        super().__init__()
        self._heads = tuple(heads)
        self._rows: tuple[ClipRow, ...] = ()
        self._cells: list[tuple[str, ...]] = []

    def fill(self, rows: tuple[ClipRow, ...], cells: list[tuple[str, ...]]) -> None:
        """Other rows."""
        self.beginResetModel()
        self._rows, self._cells = rows, cells
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """How many."""
        return 0 if parent.isValid() else len(self._heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Text, or the row behind it."""
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.UserRole:
            return self._rows[index.row()]
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401
        """The name of a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        return None

    def matches(self, row: int, words: Sequence[str]) -> bool:
        """Whether every word stands somewhere in the line."""
        text = " ".join(self._cells[row]).casefold()
        return all(word in text for word in words)


class ClipSearch(QSortFilterProxyModel):
    """What is typed is looked for in every column."""

    def __init__(self, source: ClipTable) -> None:
        super().__init__()
        self._table, self._words = source, tuple[str, ...]()
        self.setSourceModel(source)

    def seek(self, text: str) -> None:
        """Words with spaces between, all of which must be there."""
        self._words = tuple(text.casefold().split())
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Whether a line is shown."""
        del source_parent
        return self._table.matches(source_row, self._words)

    def shown(self) -> tuple[ClipRow, ...]:
        """The lines in sight, in their order."""
        rows = range(self.rowCount())
        return tuple(self.index(at, 0).data(Qt.ItemDataRole.UserRole) for at in rows)
