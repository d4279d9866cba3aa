"""The list of stock-takes: what is open, what is late, and a way to begin another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.domain.clock import shop_time
from app.domain.stocktake_states import SheetState, StocktakeState
from app.errors import BadValue
from ui.screens.stocktake.limits import LimitsPart
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, label, line_edit

if TYPE_CHECKING:
    from app.use_cases.stocktake_view import TaskRow
    from ui.screens.stocktake.view_model import StocktakeModel

COLUMNS = ("number", "due", "status", "lines", "scope", "opened", "sheet")


class TaskListView(QWidget):
    """A row each, newest first; Enter opens one."""

    def __init__(self, model: StocktakeModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=10)
        lines.addWidget(label(say("stocktake.words"), "", "second", wrap=True))
        self.late = label("", "strong", "warn", wrap=True)
        lines.addWidget(self.late)
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setAccessibleName(say("stocktake.list"))
        self.table.setHorizontalHeaderLabels([say(f"stocktake.task_{name}") for name in COLUMNS])
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(COLUMNS.index("scope"), QHeaderView.ResizeMode.Stretch)
        self.table.activated.connect(lambda _: self._open())
        self.table.currentCellChanged.connect(lambda *_: self._name_open())
        lines.addWidget(self.table, 1)
        self.open = button(say("stocktake.open"), "commit")
        self.open.clicked.connect(self._open)
        holder = QWidget()
        foot = FlowLayout(holder, 8, even=True, grow=True)
        foot.addWidget(self.open)
        self.zone = QComboBox()
        self.zone.setAccessibleName(say("stocktake.zone"))
        self.zone.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.extra = button(say("stocktake.open_extra"))
        self.extra.clicked.connect(self._extra)
        self.zone_name = line_edit(say("stocktake.zone_name"), hint=say("stocktake.zone_name"))
        self.add_zone = button(say("stocktake.add_zone"))
        self.add_zone.clicked.connect(lambda: model.add_zone(self.zone_name.text()))
        self.zone_name.returnPressed.connect(lambda: model.add_zone(self.zone_name.text()))
        self.rename = button(say("stocktake.rename_zone"))
        self.rename.clicked.connect(
            lambda: model.rename_zone(self.zone.currentData(), self.zone_name.text())
        )
        self.zone.currentIndexChanged.connect(lambda _: self._name_rename())
        self.to_limits = button(say("stocktake.limits"))
        self.to_limits.setCheckable(True)
        acts: tuple[QWidget, ...] = (
            self.zone, self.extra, self.zone_name, self.add_zone, self.rename, self.to_limits,
        )  # fmt: skip
        for each in acts:
            foot.addWidget(each)
        lines.addWidget(holder)
        self.limits = LimitsPart(say)
        self.limits.keep.clicked.connect(self._keep_limits)
        self.limits.hide()
        self.to_limits.toggled.connect(self._turn_limits)
        lines.addWidget(self.limits)
        self._manager = acts

    def focus(self) -> None:
        """The rows, the first one chosen."""
        if self.table.currentRow() < 0 and self.table.rowCount():
            self.table.setCurrentCell(0, 0)
        self.table.setFocus()

    def refresh(self) -> None:
        """From the model."""
        model, say = self._model, self._model.session.say
        told = model.tasks
        rows = told.rows if told is not None else ()
        chosen = max(0, self.table.currentRow())
        self.table.setRowCount(len(rows))
        for at, one in enumerate(rows):
            for place, text in enumerate(self._cells(one)):
                item = QTableWidgetItem(text)
                if COLUMNS[place] == "lines":
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.table.setItem(at, place, item)
        if rows:
            self.table.setCurrentCell(min(chosen, len(rows) - 1), 0)
        late = [one for one in rows if one.days_late or one.sheet_days_late]
        words = [
            say("stocktake.late" if one.days_late else "stocktake.sheet_late",
                number=one.take.number, days=one.days_late or one.sheet_days_late)
            for one in late
        ]  # fmt: skip
        self.late.setText("\n".join(words))
        self.late.setVisible(bool(words))
        for each in self._manager:
            each.setVisible(model.approves)
        self.limits.setVisible(model.approves and self.to_limits.isChecked())
        if told is not None:
            self.limits.show_threshold(told.threshold, own=told.own_threshold)
        self._zones()
        self._name_open()

    def _name_rename(self) -> None:
        """A zone that is chosen can be renamed; the whole shop cannot."""
        self.rename.setEnabled(bool(self.zone.currentData()) and not self._model.busy)

    def _turn_limits(self, shown: bool) -> None:
        self.limits.setVisible(shown)
        if shown:
            self.limits.packs.setFocus()

    def _keep_limits(self) -> None:
        try:
            self._model.limits(self.limits.threshold())
        except BadValue:
            self._model.say("block", "stocktake.bad_limits")

    def _zones(self) -> None:
        model, say = self._model, self._model.session.say
        zones = model.tasks.zones if model.tasks is not None else ()
        shown = [(self.zone.itemData(at), self.zone.itemText(at))
                 for at in range(1, self.zone.count())]  # fmt: skip
        if shown != [(zone.id, zone.name) for zone in zones]:
            self.zone.clear()
            self.zone.addItem(say("stocktake.whole_shop"), "")
            for zone in zones:
                self.zone.addItem(zone.name, zone.id)
            self.zone_name.clear()
        if not self.zone.count():
            self.zone.addItem(say("stocktake.whole_shop"), "")
        self._name_rename()

    def _cells(self, one: TaskRow) -> tuple[str, ...]:
        say, take = self._model.session.say, one.take
        state = say(f"stocktake.state_{take.state.value}")
        if one.days_late:
            state = f"{state} · {say('stocktake.days_late', days=one.days_late)}"
        sheet = say(f"stocktake.sheet_{take.sheet.value}")
        return (
            take.number,
            str(take.due_on or "—"),
            state,
            str(one.lines or "—"),
            say("list.comma").join(one.zones) or say("stocktake.whole_shop"),
            f"{shop_time(take.opened_at):%Y-%m-%d} {one.opened_by or say('stocktake.by_calendar')}",
            sheet
            if take.state is StocktakeState.POSTED or take.sheet is not SheetState.NONE
            else "",
        )

    def _chosen(self) -> TaskRow | None:
        rows = self._model.tasks.rows if self._model.tasks is not None else ()
        at = self.table.currentRow()
        return rows[at] if 0 <= at < len(rows) else None

    def _name_open(self) -> None:
        one, say = self._chosen(), self._model.session.say
        planned = one is not None and one.take.state is StocktakeState.PLANNED
        self.open.setText(say("stocktake.begin" if planned else "stocktake.open"))
        self.open.setAccessibleName(self.open.text())
        over = one is not None and one.take.state is StocktakeState.CANCELLED
        self.open.setEnabled(one is not None and not over and not self._model.busy)

    def _open(self) -> None:
        one = self._chosen()
        if one is not None and not self._model.busy:
            self._model.open(one.take)

    def _extra(self) -> None:
        chosen = self.zone.currentData()
        self._model.open_extra([chosen] if chosen else [])
