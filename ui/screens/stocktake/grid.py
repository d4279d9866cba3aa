"""The grid of counts: virtual rows, figures typed in place, Enter goes on to the next box."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemDelegate, QHeaderView, QLineEdit, QTableView, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

    from app.use_cases.stocktake_view import GridLine

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_NOWHERE = QModelIndex()
COLUMNS = ("no", "place", "name", "batch", "expires", "unit", "counted", "state")
_FIGURE = COLUMNS.index("counted")
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
NO_LOT = "—"
_SIGNS = (
    *(("no", 5), ("place", 12), ("batch", 12), ("expires", 11)),
    *(("unit", 4), ("counted", 9), ("state", 15)),
)
"""How wide the columns are, in signs of the type in use."""


class CountGrid(QAbstractTableModel):
    """Lines of one stock-take, filtered by zone and text; nothing is painted that is not seen."""

    typed = Signal(int, str)
    """A figure was typed: index of its line, the text."""

    def __init__(self, say: Callable[..., str]) -> None:
        super().__init__()
        self._say = say
        self._lines: list[GridLine] = []
        self._rows: list[int] = []
        self._texts: dict[int, str] = {}
        self._marks: dict[int, tuple[str, str]] = {}
        """Line -> (message id, tone): being written, written, refused."""
        self._colour: Callable[[str], QColor] = lambda _token: QColor()
        self._zone: str | None = None
        self._words = ""
        self._open_only = False
        self._codes: dict[str, list[int]] = {}

    def colours(self, colour: Callable[[str], QColor]) -> None:
        """A token's colour in the theme of now."""
        self._colour = colour

    # --- lines -----------------------------------------------------------------------------------

    def show(self, lines: Sequence[GridLine]) -> None:
        """All lines anew; the filter stays."""
        self.beginResetModel()
        self._lines = list(lines)
        self._texts, self._marks, self._codes = {}, {}, {}
        for at, line in enumerate(self._lines):
            for code in {line.code, line.barcode, line.product, line.batch} - {""}:
                self._codes.setdefault(code, []).append(at)
        self._choose()
        self.endResetModel()

    def add(self, line: GridLine) -> int:
        """A line more at the end, in sight whatever the filter says; answers its row."""
        at = len(self._lines)
        row = len(self._rows)
        self.beginInsertRows(QModelIndex(), row, row)
        self._lines.append(line)
        self._rows.append(at)
        for code in {line.code, line.barcode, line.product} - {""}:
            self._codes.setdefault(code, []).append(at)
        self.endInsertRows()
        return row

    def filter(self, zone: str | None, words: str, *, open_only: bool) -> None:
        """Only lines of a zone (None = all), with these words, or that are not counted yet."""
        self.beginResetModel()
        self._zone, self._words, self._open_only = zone, words.strip().casefold(), open_only
        self._choose()
        self.endResetModel()

    def _choose(self) -> None:
        self._rows = [at for at, line in enumerate(self._lines) if self._fits(at, line)]

    def _fits(self, at: int, line: GridLine) -> bool:
        if self._zone is not None and line.line.zone != self._zone:
            return False
        if self._open_only and (self._texts.get(at) or line.own is not None):
            return False
        if not self._words:
            return True
        told = f"{line.code} {line.name} {line.spec} {line.maker} {line.batch} {line.line.position}"
        return all(word in told.casefold() for word in self._words.split())

    def line(self, row: int) -> GridLine | None:
        """The line of a row in sight."""
        return self._lines[self._rows[row]] if 0 <= row < len(self._rows) else None

    def at(self, row: int) -> int:
        """The line's index in the whole list."""
        return self._rows[row]

    def line_at(self, at: int) -> GridLine:
        """A line by its index in the whole list."""
        return self._lines[at]

    def row_of(self, at: int) -> int:
        """Where a line stands in sight; -1 = the filter hides it."""
        try:
            return self._rows.index(at)
        except ValueError:
            return -1

    def find(self, codes: Sequence[str]) -> list[int]:
        """The lines of a code, best kind of code first; uncounted lines before others."""
        for code in codes:
            found = self._codes.get(code, []) if code else []
            if found:
                return sorted(found, key=lambda at: (self.text(at) != "", at))
        return []

    def text(self, at: int) -> str:
        """The figure of a line as it stands."""
        if at in self._texts:
            return self._texts[at]
        own = self._lines[at].own
        return own.plain() if own is not None else ""

    def mark(self, at: int, text: str | None, message: str, tone: str) -> None:
        """What became of a typed figure; ``text`` None = as it was."""
        if text is not None:
            self._texts[at] = text
        self._marks[at] = (message, tone)
        row = self.row_of(at)
        if row >= 0:
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    # --- Qt's side -------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """The lines in sight."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Fixed."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's
        """Short headings."""
        if role == _ROLE.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self._say(f"stocktake.column_{COLUMNS[section]}")
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Figures may be typed, where this person may count."""
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == _FIGURE and not self._lines[self._rows[index.row()]].closed:
            return plain | Qt.ItemFlag.ItemIsEditable
        return plain

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """A cell."""
        at = self._rows[index.row()]
        line, name = self._lines[at], COLUMNS[index.column()]
        if role in (_ROLE.DisplayRole, _ROLE.EditRole):
            return self._cell(at, line, name)
        if role == _ROLE.TextAlignmentRole and name in ("counted", "no"):
            return _RIGHT
        if role == _ROLE.ForegroundRole and name in ("state", "counted"):
            tone = self._state(at, line)[1]
            return self._colour(tone) if tone else None
        if role == _ROLE.AccessibleTextRole:
            return f"{self._say(f'stocktake.column_{name}')} {self._cell(at, line, name)}"
        return None

    def _cell(self, at: int, line: GridLine, name: str) -> str:
        cells: dict[str, Callable[[], str]] = {
            "no": lambda: str(at + 1),
            "place": lambda: " ".join(filter(None, (line.zone, line.line.position))) or NO_LOT,
            "name": lambda: f"{line.name} {line.spec} · {line.maker}",
            "batch": lambda: line.batch or self._say("stocktake.lot_unknown"),
            "expires": lambda: line.expires or NO_LOT,
            "unit": lambda: line.unit,
            "counted": lambda: self.text(at),
            "state": lambda: self._state(at, line)[0],
        }
        return cells[name]()

    def _state(self, at: int, line: GridLine) -> tuple[str, str]:
        if at in self._marks:
            message, tone = self._marks[at]
            return self._say(message), tone
        if line.closed:
            return self._say("stocktake.line_other_person"), "second"
        if line.own is not None:
            return self._say("stocktake.line_counted"), "good"
        if line.asked:
            return self._say(f"stocktake.line_{line.asked}"), "warn"
        if line.others:
            return self._say("stocktake.line_others", count=line.others), "told"
        return "", ""

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:  # noqa: ANN401
        """A figure was typed: whoever listens writes it down."""
        if role != _ROLE.EditRole or not str(value).strip():
            return False
        self.typed.emit(self._rows[index.row()], str(value).strip())
        return True


class CountTable(QTableView):
    """The grid on the screen: digits begin a figure, Enter keeps it and goes to the next box."""

    def __init__(self, grid: CountGrid, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = grid
        self.stays = False
        """What was typed is no figure: the box is not left."""
        self.setModel(grid)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QTableView.EditTrigger.AnyKeyPressed
            | QTableView.EditTrigger.EditKeyPressed
            | QTableView.EditTrigger.DoubleClicked
        )
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        # Twenty thousand rows: one height for all, nothing is measured.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.size_columns()

    def size_columns(self) -> None:
        """Widths from the type in use; the name takes what is left."""
        sign = self.fontMetrics().horizontalAdvance("0")
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 14)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for name, signs in _SIGNS:
            self.setColumnWidth(COLUMNS.index(name), signs * sign + 18)
        head.setSectionResizeMode(COLUMNS.index("name"), QHeaderView.ResizeMode.Stretch)

    def changeEvent(self, event: QEvent) -> None:
        """Another size of type: the columns follow."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.size_columns()

    def go_to(self, row: int) -> None:
        """The figure of a row, in sight and ready for digits."""
        if 0 <= row < self._grid.rowCount():
            index = self._grid.index(row, _FIGURE)
            self.setCurrentIndex(index)
            self.scrollTo(index, QTableView.ScrollHint.PositionAtCenter)
            self.setFocus()

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Enter and Tab go on to the next box below, not to the next column."""
        ways = QAbstractItemDelegate.EndEditHint
        step = {ways.SubmitModelCache: 1, ways.EditNextItem: 1, ways.EditPreviousItem: -1}.get(hint)
        super().closeEditor(editor, ways.NoHint if step else hint)
        if step and not self.stays:
            self._step(step)
        self.stays = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter without a figure goes on; a digit begins the figure of its row."""
        editing = self.state() == QTableView.State.EditingState
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # An Enter that a field has taken comes by here too.
            if not editing and not event.isAutoRepeat():
                self._step(1)
            return
        if editing and event.text().isprintable():
            # A digit that was held back until it was no scanner's comes here, not to the field
            # that the digit before it has opened.
            field = self.viewport().findChild(QLineEdit)
            if field is not None:
                field.insert(event.text())
            return
        if event.text().isdigit() and not editing and self.currentIndex().isValid():
            self.setCurrentIndex(self._grid.index(self.currentIndex().row(), _FIGURE))
        super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        row = self.currentIndex().row() + by
        if 0 <= row < self._grid.rowCount():
            index = self._grid.index(row, _FIGURE)
            self.setCurrentIndex(index)
            self.scrollTo(index)
