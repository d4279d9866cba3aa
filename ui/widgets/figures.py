"""A list of figures: search, sort by any column, one row chosen; what is shown can be exported."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from app.domain.catalogue import folded
from app.domain.clock import shop_time
from ui.widgets.parts import column, label, line_edit, row

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QHideEvent, QResizeEvent

    from app.domain.money import Money, Quantity

Value = str | int | Decimal | date | datetime | None
"""What a cell holds: shown, sorted and exported from the same value; never a float."""

_NOWHERE = QModelIndex()


def packs(quantity: Quantity) -> Decimal:
    """A quantity as a cell holds it: 3, 0.5."""
    whole = Decimal(quantity.ten_thousandths).scaleb(-4)
    return whole.quantize(Decimal(1)) if quantity.is_whole() else whole.normalize()


def yuan(money: Money | None) -> Decimal | None:
    """Money as a cell holds it, two places."""
    return None if money is None else Decimal(money.fen).scaleb(-2)


def shown(value: Value) -> str:
    """A cell as it is read."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,}"
    if isinstance(value, datetime):
        return f"{shop_time(value):%Y-%m-%d %H:%M}"
    return f"{value}"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list."""

    values: tuple[Value, ...]
    tones: tuple[str, ...] = ()
    """A colour token a column, empty = plain; said in words somewhere in the row as well."""
    carries: object = None
    """What the row is about, handed back when it is chosen."""
    also: str = ""
    """Words that find the row and are not shown."""
    key: str = ""
    """By which :attr:`FiguresModel.finder` knows it."""


class FiguresModel(QAbstractTableModel):
    """Lines behind a table; sorting and narrowing happen here, once, on plain values."""

    def __init__(self, titles: Sequence[str], colour: Callable[[str], QColor] | None) -> None:
        super().__init__()
        self.titles = tuple(titles)
        self._colour = colour
        self._all: tuple[Line, ...] = ()
        self._texts: list[str] = []
        self.lines: list[Line] = []
        self._sorted: tuple[int, bool] | None = None
        self._wanted = ""
        self.finder: Callable[[str], Container[str]] | None = None
        """Another way to find lines: text to keys (initials, which only the index knows)."""

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Other lines; the order and the search that were chosen stay."""
        self._all = tuple(lines)
        self._texts = [
            folded(" ".join([line.also, *(v for v in line.values if isinstance(v, str))]))
            for line in self._all
        ]
        self._again()

    def narrow(self, text: str) -> None:
        """Only lines in whose words all of the text stand."""
        self._wanted = text
        self._again()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; lines without a value come last either way."""
        self._sorted = (column, order is Qt.SortOrder.DescendingOrder) if column >= 0 else None
        self._again()

    def _again(self) -> None:
        self.beginResetModel()
        parts = [folded(part) for part in self._wanted.split()]
        known = self.finder(self._wanted) if self.finder is not None and parts else ()
        found = [
            line
            for line, text in zip(self._all, self._texts, strict=True)
            if all(part in text for part in parts) or (line.key and line.key in known)
        ]
        if self._sorted is not None:
            at, down = self._sorted
            some = [line for line in found if line.values[at] is not None]
            some.sort(key=lambda line: _key(line.values[at]), reverse=down)
            found = some + [line for line in found if line.values[at] is None]
        self.lines = found
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """How many lines are left."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """One a title."""
        return 0 if parent.isValid() else len(self.titles)

    def headerData(
        self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The titles across; no numbers down."""
        if way is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        return None

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:  # noqa: ANN401 - Qt's own
        """A cell."""
        line = self.lines[index.row()]
        value = line.values[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return shown(value)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if _counts(value) else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        tone = line.tones[index.column()] if line.tones else ""
        if role == Qt.ItemDataRole.ForegroundRole and tone and self._colour is not None:
            return self._colour(tone)
        return None


def _counts(value: Value) -> bool:
    return isinstance(value, int | Decimal)


def _key(value: Value) -> tuple[int, Any]:
    if isinstance(value, str):
        return 1, folded(value)
    if isinstance(value, datetime):
        return 2, value.timestamp()
    return (3, value.toordinal()) if isinstance(value, date) else (0, value)


class _Table(QTableView):
    entered = Signal()
    widened = Signal()
    _width = 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, told once: a scroll bar that comes or goes is none."""
        super().resizeEvent(event)
        if self.width() != self._width:
            self._width = self.width()
            self.widened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.entered.emit()
            return
        super().keyPressEvent(event)


class Figures(QWidget):
    """The list with its search field and a line that says how much is shown."""

    opened = Signal(object)
    """What the chosen row carries: Enter or a double click."""
    moved = Signal()
    """Another row was chosen."""

    def __init__(
        self,
        name: str,
        titles: Sequence[str],
        say: Callable[..., str],
        *,
        empty: str,
        colour: Callable[[str], QColor] | None = None,
        wide: int = 0,
        hide_empty: bool = False,
        hint: str = "",
    ) -> None:
        """``empty`` is shown where there is nothing; ``wide``: the column that takes the rest.

        ``hint``: what the search finds, where that is not plain.

        ``hide_empty``: a column in which no row holds anything is not shown (an export has it).
        """
        super().__init__()
        self._hide_empty, self._hidden = hide_empty, frozenset[int]()
        self._read, self._kept = False, 0
        self._say, self._empty, self._wide = say, empty, wide
        self.model = FiguresModel(titles, colour)
        lines = column(self, space=6)
        head = row()
        self.search = line_edit(
            say("figures.search_in", list=name), hint=hint or say("figures.search")
        )
        self.search.textChanged.connect(self._narrow)
        self.search.returnPressed.connect(self._into)
        self.search.installEventFilter(self)
        self.count = label("", "", "second")
        head.addWidget(self.search, 1)
        head.addWidget(self.count)
        lines.addLayout(head)
        self.home: QWidget = self.search
        """What gets the focus where the list has nothing left to hold it."""
        self.table = _Table()
        self.table.installEventFilter(self)
        self.table.setObjectName("figures")
        self.table.setAccessibleName(name)
        self.table.setModel(self.model)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self.moved.emit())
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)  # Tab goes on to the next field
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.verticalHeader().hide()
        self.table.setWordWrap(False)
        self.table.entered.connect(self.enter)
        self.table.widened.connect(self._fit)  # what was filled out of sight had no room yet
        self.table.doubleClicked.connect(self.enter)
        lines.addWidget(self.table, 1)
        self.nothing = label(empty, "", "second", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        lines.addWidget(self.nothing, 1)
        self._show(())

    def reading(self) -> None:
        """Other lines were asked for: an Enter waits for them, what is still seen is not meant."""
        self._read, self._kept = False, 0

    def show_lines(self, lines: Sequence[Line]) -> None:
        """The lines that were asked for; what was chosen stays so by its key, else the first is.

        An Enter that came before them is done now: two from the search go into the list and open.
        """
        self._show(lines)
        kept, self._read, self._kept = self._kept, True, 0
        if kept:
            self._into()
        if kept > 1:
            self.enter()

    def forget(self) -> None:
        """Nothing is left in sight; the next lines are read anew."""
        self._show(())
        self.reading()

    def _show(self, lines: Sequence[Line]) -> None:
        key, had = self.chosen_key(), self.chosen() is not None
        self.model.show_lines(lines)
        self._told(key, had)
        self._hide()
        self.table.resizeColumnsToContents()
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whoever goes on by another key wants no Enter done later; a held one is one."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._kept = 0
            elif event.isAutoRepeat():
                return True
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight nothing opens by itself."""
        super().hideEvent(event)
        self._kept = 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width: the wide column takes what is left."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # No narrower than what it holds: a name cut to three signs says nothing.
        head, rest = self.table.horizontalHeader(), self.table.viewport().width()
        rest -= head.length() - head.sectionSize(self._wide)
        least = min(self.table.sizeHintForColumn(self._wide), 12 * self.fontMetrics().height())
        head.resizeSection(self._wide, max(rest, least))

    def hide_columns(self, columns: frozenset[int]) -> None:
        """Columns that are not wanted on the screen now."""
        self._hidden = columns
        self._hide()
        self._fit()

    def _hide(self) -> None:
        for at in range(self.model.columnCount()):
            empty = self._hide_empty and all(
                line.values[at] is None or line.values[at] == "" for line in self.model.lines
            )
            self.table.setColumnHidden(at, at in self._hidden or (empty and at != self._wide))

    def say_empty(self, words: str) -> None:
        """Other words for a list in which nothing stands."""
        self._empty = words
        if not self.search.text():
            self.nothing.setText(words)

    def chosen(self) -> object:
        """What the chosen row carries."""
        at = self.table.currentIndex().row()
        return self.model.lines[at].carries if 0 <= at < len(self.model.lines) else None

    def chosen_key(self) -> str:
        """The key of the chosen row; empty = none, or a list without keys."""
        at = self.table.currentIndex().row()
        return self.model.lines[at].key if 0 <= at < len(self.model.lines) else ""

    def choose(self, key: str) -> None:
        """Choose the row of that key; without one the first."""
        found = (at for at, line in enumerate(self.model.lines) if key and line.key == key)
        self.table.selectRow(next(found, 0))

    def shown_rows(self) -> list[tuple[Value, ...]]:
        """What is shown now, in its order: what an export writes."""
        return [line.values for line in self.model.lines]

    def _narrow(self, text: str) -> None:
        key, had = self.chosen_key(), self.chosen() is not None
        self.model.narrow(text)
        self._told(key, had)

    def _told(self, key: str, had: bool) -> None:
        rows = self.model.rowCount()
        if not rows and self.table.hasFocus():
            self.home.setFocus()  # not to whatever button comes next
        self.count.setText(self._say("figures.count", rows=rows))
        self.table.setVisible(rows > 0)
        self.nothing.setVisible(rows == 0)
        narrowed = bool(self.search.text())
        self.nothing.setText(self._say("figures.none") if narrowed else self._empty)
        if rows:
            self.choose(key)
        elif had:
            self.moved.emit()  # what stands beside the list is about a row that went out of sight

    def _into(self) -> None:
        if not self._read:
            self._kept += 1
        elif self.model.rowCount():
            self.table.setFocus()

    def enter(self) -> None:
        """Open the chosen line; before the lines are read, the first of them when they are."""
        if not self._read:
            self._kept = 2
            return
        found = self.chosen()
        if found is not None:
            self.opened.emit(found)
