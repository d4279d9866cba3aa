"""A layout that fills rows from the left and begins a new row when one is full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Keeps the key strip whole at every type size: it grows a row, nothing is cut."""

    def __init__(
        self,
        parent: QWidget | None = None,
        space: int = 4,
        *,
        even: bool = False,
        grow: bool = False,
    ) -> None:
        """``even``: every item as high as the highest, so that texts stand on one line.

        ``grow``: what expands (fields to type in) shares what is left of its row.
        """
        super().__init__(parent)
        self._even, self._grow = even, grow
        self._items: list[QLayoutItem] = []
        self._space = space
        self._heights: dict[int, int] = {}
        if grow and parent is not None:
            self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Qt's door."""
        self._items.append(item)

    def count(self) -> int:
        """How many items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at a place, or nothing beyond the end."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give an item out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It never asks for more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How high all rows are at a width; remembered until an item changes."""
        if width not in self._heights:
            self._heights[width] = self._place(QRect(0, 0, width, 0), dry=True)
        return self._heights[width]

    def insert(self, place: int, widget: QWidget) -> None:
        """Put a widget before the item at ``place``."""
        self.addWidget(widget)
        self._items.insert(place, self._items.pop())
        self.invalidate()

    def left_in_row(self, place: int, width: int) -> int:
        """Pixels between the items before ``place`` and the end of the row that they end in."""
        margins = self.contentsMargins()
        whole = width - margins.left() - margins.right()
        used = 0
        for item in self._items[:place]:
            if not item.isEmpty():
                wide = item.sizeHint().width()
                used = wide if used and used + self._space + wide > whole else used + wide
                used += self._space
        return whole - used

    def invalidate(self) -> None:
        """An item changed its size."""
        self._heights.clear()
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        """Lay the items out."""
        super().setGeometry(rect)
        self._place(rect, dry=False)

    def sizeHint(self) -> QSize:
        """As small as it may be."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """The largest item and the margins."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _place(self, rect: QRect, *, dry: bool) -> int:
        margins = self.contentsMargins()
        left, right = rect.x() + margins.left(), rect.right() - margins.right()
        x, y, high = left, rect.y() + margins.top(), 0
        # Asked once each: a style sheet makes the size of a button dear, and every start asks.
        shown = [(item, item.sizeHint()) for item in self._items if not item.isEmpty()]
        tall = max((size.height() for _, size in shown), default=0) if self._even else 0
        line: list[tuple[QLayoutItem, QRect]] = []
        for item, hint in shown:
            size = hint.expandedTo(QSize(0, tall))
            if x + size.width() > right + 1 and x > left:
                self._lay(line, right, dry=dry)
                x, y, high, line = left, y + high + self._space, 0, []
            line.append((item, QRect(x, y, size.width(), size.height())))
            x, high = x + size.width() + self._space, max(high, size.height())
        self._lay(line, right, dry=dry)
        return y + high + margins.bottom() - rect.y()

    def _lay(self, line: list[tuple[QLayoutItem, QRect]], right: int, *, dry: bool) -> None:
        """One row; what expands takes what is left of it, in equal parts."""
        if dry or not line:
            return
        wide = [item for item, _ in line if item.expandingDirections() & Qt.Orientation.Horizontal]
        rest = max(0, right - line[-1][1].right()) if self._grow and wide else 0
        moved = 0
        for item, place in line:
            more = rest // len(wide) if rest and item in wide else 0
            item.setGeometry(place.adjusted(moved, 0, moved + more, 0))
            moved += more
