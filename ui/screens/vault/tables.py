"""Tables of the vault: rows that sort by what they mean, sizes and moments in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.domain.clock import shop_time
from ui.widgets.parts import plain_tip
from ui.words import size_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_KEY = Qt.ItemDataRole.UserRole
_PLACE = Qt.ItemDataRole.UserRole.value + 1

Cell = tuple[str, str | int]
"""What is shown, and what it is sorted by."""


class _Item(QTableWidgetItem):
    """Sorted by its key, not by its text: 9 MB come before 10 MB."""

    def __lt__(self, other: QTableWidgetItem) -> bool:
        """Keys of one column are of one kind."""
        return bool(self.data(_KEY) < other.data(_KEY))


def table(name: str, columns: Sequence[str], wide: int) -> QTableWidget:
    """A list that is read, sorted and chosen from by the row; column ``wide`` takes the room."""
    made = QTableWidget(0, len(columns))
    made.setAccessibleName(name)
    made.setHorizontalHeaderLabels(list(columns))
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    made.setTabKeyNavigation(False)
    made.verticalHeader().hide()
    header = made.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
    made.setSortingEnabled(True)
    made.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    return made


def fill(made: QTableWidget, rows: Sequence[Sequence[Cell]]) -> None:
    """Show the rows; the first one is chosen."""
    made.setSortingEnabled(False)
    made.setRowCount(len(rows))
    for at, cells in enumerate(rows):
        for place, (text, key) in enumerate(cells):
            item = _Item(text)
            item.setData(_KEY, key)
            item.setData(_PLACE, at)
            item.setToolTip(plain_tip(text))
            if isinstance(key, int):
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            made.setItem(at, place, item)
    made.setSortingEnabled(True)
    if rows:
        made.selectRow(0)


def chosen(made: QTableWidget) -> int:
    """Which of the rows that were filled in is meant; -1 = none."""
    items = made.selectedItems()
    return int(items[0].data(_PLACE)) if items else -1


def day(moment: datetime | None) -> Cell:
    """A day of the shop."""
    return (f"{shop_time(moment):%Y-%m-%d}",) * 2 if moment else ("—", "")


def minute(moment: datetime | None) -> Cell:
    """Day and minute of the shop's clock."""
    return (f"{shop_time(moment):%Y-%m-%d %H:%M}",) * 2 if moment else ("—", "")


def plain(text: str) -> Cell:
    """Sorted as it is read."""
    return text, text


def number(figure: int) -> Cell:
    """A count."""
    return f"{figure:,}", figure


def size_cell(size: int) -> Cell:
    """Bytes."""
    return size_words(size), size
