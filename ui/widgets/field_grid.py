"""Captions and fields in as many columns as fit: a low window shows what stands below them too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

MOST = 3
LEAST = 2
FIELD_EMS = 9
"""Letters that a field shows at least, in widths of an "M"."""


class FieldGrid(QWidget):
    """Read row by row, whatever the columns; the order of the keys is the order of adding."""

    def __init__(self) -> None:
        super().__init__()
        self._cells: list[tuple[QWidget, QWidget]] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)

    def add(self, caption: QWidget, field: QWidget) -> None:
        """One more cell."""
        self._cells.append((caption, field))
        self._place(self._columns or LEAST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More columns, or fewer."""
        super().resizeEvent(event)
        columns = MOST if self._wanted(MOST) <= self.width() else LEAST
        if columns != self._columns:
            self._place(columns)

    def _wanted(self, columns: int) -> int:
        """Pixels that so many columns need, each caption in the width of its column's longest."""
        spaces = self._grid.horizontalSpacing() * (2 * columns - 1)
        field = FIELD_EMS * self.fontMetrics().horizontalAdvance("M")
        captions = sum(
            max((one.sizeHint().width() for one, _ in self._cells[at::columns]), default=0)
            for at in range(columns)
        )
        fields = sum(
            max((field, *(one.minimumSizeHint().width() for _, one in self._cells[at::columns])))
            for at in range(columns)
        )
        return spaces + captions + fields

    def _place(self, columns: int) -> None:
        self._columns = columns
        for at in range(MOST):
            self._grid.setColumnStretch(2 * at + 1, 1 if at < columns else 0)
        for place, (caption, field) in enumerate(self._cells):
            line, at = divmod(place, columns)
            self._grid.addWidget(caption, line, 2 * at)
            self._grid.addWidget(field, line, 2 * at + 1)
