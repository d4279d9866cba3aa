"""The left side: three lists, search, and how long each has waited."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QWidget

from app.domain.clock import shop_time
from ui.screens.review.view_model import DONE, REVIEW, TABS
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QFocusEvent
    from PySide6.QtWidgets import QPushButton

    from app.use_cases.rx_views import RxWaiting
    from ui.screens.review.view_model import ReviewViewModel
    from ui.theme import Theme

COLUMNS = ("waited", "patient", "drugs", "issuer", "state")
Index = QModelIndex | QPersistentModelIndex
LEVELS = ("", "!", "!!")
TONES = ("text", "warn", "bad")


def clock_of(seconds: int) -> str:
    """mm:ss; an hour and more h:mm:ss."""
    hours, rest = divmod(max(0, seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes:02d}:{left:02d}"


class RxTable(QAbstractTableModel):
    """The rows of a list; a wait is told by figures, a sign and a colour."""

    def __init__(self, model: ReviewViewModel, look: Callable[[], Theme]) -> None:
        super().__init__()
        self._model, self._look = model, look
        self.rows: tuple[RxWaiting, ...] = ()

    def show_rows(self, rows: tuple[RxWaiting, ...]) -> None:
        """Show these and nothing else."""
        if [one.case_id for one in rows] == [one.case_id for one in self.rows]:
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Qt's door."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Qt's door."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's own shape
        """The names of the columns; the sorted one carries its direction."""
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        name = COLUMNS[section]
        words = self._model.session.say(f"review.column_{name}")
        if name == "waited" and self._model.tab != REVIEW:
            words = self._model.session.say("review.column_arrived")
        if name != self._model.sorted_by:
            return words
        return f"{words} {'▾' if self._model.descending else '▴'}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """What stands in a cell."""
        one, name = self.rows[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(one, name)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._model.session.say(f'review.column_{name}')} {self._text(one, name)}"
        if role == Qt.ItemDataRole.ForegroundRole and name in ("waited", "state"):
            level = min(one.level, 2) if self._model.tab == REVIEW else 0
            return self._look().colour(TONES[level])
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._model.origin(one) if name == "issuer" else None
        return None

    def _text(self, one: RxWaiting, name: str) -> str:
        if name == "waited":
            if self._model.tab != REVIEW:
                return f"{shop_time(one.arrived_at):%H:%M}"
            now = self._model.shop.now()
            waited = int((now - one.arrived_at).total_seconds())
            return f"{clock_of(waited)} {LEVELS[min(one.level, 2)]}".strip()
        long = self._model.session.say("review.long") if one.long else ""
        return {
            "patient": one.patient,
            "drugs": f"{one.drugs}{long}",
            "issuer": self._model.origin(one),
            "state": self._model.session.say(f"review.state_{one.state}"),
        }[name]


class _Table(QTableView):
    """The focus alone chooses nothing: Qt would make the first row the current one."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Without a chosen row there is none afterwards either; the first ↓ takes the top one."""
        chosen, model = self.currentIndex().isValid(), self.selectionModel()
        blocked = model.blockSignals(True)
        super().focusInEvent(event)
        if not chosen:
            model.clearCurrentIndex()
        model.blockSignals(blocked)


class ListView(QWidget):
    """Tabs, search, day, list, and a plain word where there is nothing."""

    entered = Signal()
    """Enter on a row: its page has the word."""

    def __init__(self, model: ReviewViewModel, look: Callable[[], Theme]) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=8)
        tabs = row(space=4)
        self.tabs: dict[str, QPushButton] = {}
        for name in TABS:
            made = button(say(f"review.tab_{name}"))
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, one=name: self._model.open_tab(one))
            self.tabs[name] = made
            tabs.addWidget(made, 1)
        lines.addLayout(tabs)
        self.search = line_edit(say("review.search"), hint=say("review.search"))
        self.search.textEdited.connect(model.search)
        lines.addWidget(self.search)
        self.day = line_edit(say("review.day"), code=True, hint=say("review.day"))
        self.day.returnPressed.connect(self._choose_day)
        self.day_words = label("", "small", "bad")
        lines.addWidget(self.day)
        lines.addWidget(self.day_words)
        self.table = RxTable(model, look)
        self.view = _table(self.table, say("review.list"))
        self.view.horizontalHeader().sectionClicked.connect(lambda at: model.sort(COLUMNS[at]))
        self.view.clicked.connect(lambda at: self._choose(at.row()))
        self.view.activated.connect(lambda _: self.entered.emit())
        self.view.selectionModel().currentRowChanged.connect(lambda now, _: self._choose(now.row()))
        lines.addWidget(self.view, 1)
        self.empty: QLabel = label("", "", "second", wrap=True)
        lines.addWidget(self.empty)
        self._beat = QTimer(self)
        self._beat.setInterval(1_000)
        self._beat.timeout.connect(self._tick)
        model.listed.connect(self.refresh)
        model.changed.connect(self._mark_tab)

    def _choose(self, place: int) -> None:
        if 0 <= place < len(self.table.rows):
            self._model.choose(self.table.rows[place].case_id)

    def _choose_day(self) -> None:
        text = self.day.text().strip()
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            self.day_words.setText(self._model.session.say("review.day_wrong"))
            self.day_words.show()
            return
        self.day_words.hide()
        self._model.choose_day(day)

    def _tick(self) -> None:
        if self.table.rows and self._model.tab == REVIEW:
            last = self.table.index(len(self.table.rows) - 1, 0)
            self.table.dataChanged.emit(self.table.index(0, 0), last)

    def run_clock(self, on: bool) -> None:
        """The waits go on while the window is seen."""
        self._beat.start() if on else self._beat.stop()

    def _mark_tab(self) -> None:
        for name, made in self.tabs.items():
            made.setChecked(name == self._model.tab)
        self.day.setVisible(self._model.tab == DONE)
        if self._model.tab != DONE:
            self.day_words.hide()

    def refresh(self) -> None:
        """The rows; the chosen one stays chosen where it is still there."""
        model = self._model
        self._mark_tab()
        if self.search.text() != model.text and not self.search.hasFocus():
            self.search.setText(model.text)
        chosen = model.chosen
        rows = model.rows()
        blocked = self.view.selectionModel().blockSignals(True)
        self.table.show_rows(rows)
        place = next((at for at, one in enumerate(rows) if one.case_id == chosen), -1)
        if place >= 0:
            self.view.selectRow(place)
        else:
            self.view.selectionModel().clear()
        self.view.selectionModel().blockSignals(blocked)
        self.view.viewport().update()
        self.table.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        self.empty.setVisible(not rows)
        key = "found" if model.text else model.tab
        self.empty.setText(model.session.say(f"review.empty_{key}"))


def _table(model: RxTable, name: str) -> QTableView:
    view = _Table()
    view.setModel(model)
    view.setAccessibleName(name)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.verticalHeader().hide()
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    head = view.horizontalHeader()
    head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    head.setSectionResizeMode(COLUMNS.index("issuer"), QHeaderView.ResizeMode.Stretch)
    head.setHighlightSections(False)
    head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    head.setSectionsClickable(True)
    return view
