"""报表: the lists at the left, the days above, the rows, and one drug looked at closely."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStackedLayout,
    QWidget,
)

from ui.screens.office.page import OfficePage
from ui.screens.reports.detail import BalanceDetailView
from ui.screens.reports.view_model import NAMES, SPANS
from ui.widgets.figures import Figures
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, check_box, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from ui.screens.reports.view_model import ReportsModel


class _Names(QListWidget):
    """As wide as its longest name, at every size of type."""

    def sizeHint(self) -> QSize:
        """With room for a bar beside the names."""
        own = super().sizeHint()
        own.setWidth(self.sizeHintForColumn(0) + 2 * self.fontMetrics().height())
        return own


class ReportsPage(OfficePage):
    """Enter on a row of the balance table opens the drug; Esc comes back."""

    def __init__(self, model: ReportsModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, self._colour = model, colour
        say = model.session.say
        outer = row(self, space=12)
        self.names = _Names()
        self.names.setAccessibleName(say("reports.names"))
        for name in NAMES:
            item = QListWidgetItem(say(f"reports.name_{name}"))
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.names.addItem(item)
        self.names.setCurrentRow(0)
        self.names.currentRowChanged.connect(lambda at: model.choose(NAMES[at]))
        self.names.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        outer.addWidget(self.names)
        right = column(space=8)
        right.addWidget(self._period())
        right.addWidget(self._limits())
        self.days = label("", "small", "second", wrap=True)
        self.days.hide()
        right.addWidget(self.days)
        self.note = label("", "", "second", wrap=True)
        right.addWidget(self.note)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self.figures: Figures | None = None
        self.waiting = label(say("reports.first"), "", "second", wrap=True)
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._stack.addWidget(self.waiting)
        self.detail = BalanceDetailView(say, colour)
        self._stack.addWidget(self.detail)
        right.addWidget(body, 1)
        right.addLayout(self._files())
        outer.addLayout(right, 1)
        model.changed.connect(self._changed)
        model.listed.connect(self._listed)
        model.closer.connect(self._closer)

    def _period(self) -> QWidget:
        say = self.model.session.say
        holder = QWidget()
        lines = FlowLayout(holder, space=8, even=True)
        self.first = line_edit(say("reports.first_day"), code=True)
        self.last = line_edit(say("reports.last_day"), code=True)
        for field, words in ((self.first, "first_day"), (self.last, "last_day")):
            field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            field.returnPressed.connect(self._run)
            lines.addWidget(label(say(f"reports.{words}")))
            lines.addWidget(field)
        for name in SPANS:
            made = button(say(f"reports.{name}"))
            made.clicked.connect(partial(self._span, name))
            lines.addWidget(made)
        self.go = button(say("reports.run"), "primary")
        self.go.clicked.connect(self._run)
        lines.addWidget(self.go)
        self.money = check_box(say("reports.money"))
        self.money.toggled.connect(self._hide_money)
        lines.addWidget(self.money)
        return holder

    def _limits(self) -> QWidget:
        say = self.model.session.say
        self.limits = QWidget()
        lines = row(self.limits)
        self.dear = line_edit(say("reports.dear"), code=True)
        self.fast = line_edit(say("reports.fast"), code=True)
        for name, field in (("dear", self.dear), ("fast", self.fast)):
            field.setMaximumWidth(5 * field.fontMetrics().height())
            field.returnPressed.connect(self._set_limits)
            lines.addWidget(label(say(f"reports.{name}")))
            lines.addWidget(field)
        self._before = keep = button(say("reports.keep_limits"))
        keep.clicked.connect(self._set_limits)
        lines.addWidget(keep)
        lines.addStretch(1)
        self.limits.hide()
        return self.limits

    def _set_limits(self) -> None:
        self.model.set_limits(self.dear.text(), self.fast.text())

    def _show_limits(self, dear: str, fast: str) -> None:
        self.dear.setText(dear)
        self.fast.setText(fast)

    def _files(self) -> QHBoxLayout:
        say = self.model.session.say
        lines = row()
        self.xlsx = button(say("figures.xlsx"))
        self.csv = button(say("figures.csv"))
        self.pdf = button(say("figures.pdf"))
        self.check = button(say("reports.check"))
        self.xlsx.clicked.connect(partial(self._export, "xlsx"))
        self.csv.clicked.connect(partial(self._export, "csv"))
        self.pdf.clicked.connect(self.model.export_pdf)
        self.check.clicked.connect(self.model.check)
        for made in (self.xlsx, self.csv, self.pdf, self.check):
            lines.addWidget(made)
        lines.addStretch(1)
        return lines

    def enter(self) -> None:
        """The list of the quarter at once, the first time."""
        self._fill()
        if self.model.shown is None:
            self._run()
        self.names.setFocus()
        self._changed()

    def back(self) -> bool:
        """From the drug to the list."""
        return self.model.close_detail()

    def _fill(self) -> None:
        self.first.setText(f"{self.model.period.first}")
        self.last.setText(f"{self.model.period.last}")

    def _span(self, name: str, _checked: bool = False) -> None:
        self.model.period = self.model.span(name)
        self._fill()
        self._run()

    def _run(self) -> None:
        self.model.run(self.first.text(), self.last.text())

    def _export(self, form: str, _checked: bool = False) -> None:
        if self.figures is not None:
            self.model.export(form, self.figures.shown_rows())

    def _changed(self) -> None:
        note = self.model.note
        self.note.setText(self.model.session.say_note(note) if note else "")
        tones = {"block": "bad", "warn": "warn", "good": "good"}
        retone(self.note, "tone", tones.get(note.severity, "second") if note else "second")
        self.note.setVisible(note is not None)
        some = self.model.shown is not None and not self.model.busy
        for made in (self.xlsx, self.csv):
            made.setEnabled(some)
        table = self.model.shown.table if self.model.shown else None
        self.pdf.setEnabled(some and table is not None)
        self.pdf.setVisible(table is not None)
        self.check.setVisible(table is not None)
        self.check.setEnabled(not self.model.busy)
        self.go.setEnabled(not self.model.busy)

    def _listed(self) -> None:
        shown = self.model.shown
        if shown is None:
            return
        say = self.model.session.say
        turns = f"{shown.turns_at:%H:%M}" if shown.turns_at is not None else ""
        words = "reports.by_business_day" if turns else "reports.by_calendar"
        self.days.setText(say(words, turns=turns))
        self.days.show()
        if self.figures is not None:
            self._stack.removeWidget(self.figures)
            self.figures.deleteLater()
        self.figures = Figures(
            say(f"reports.name_{shown.name}"),
            shown.titles,
            say,
            empty=say("reports.empty"),
            colour=self._colour,
            wide=1 if len(shown.titles) > 1 else 0,
            hide_empty=shown.table is not None,
        )
        self.figures.opened.connect(self.model.look)
        self.figures.show_lines(shown.lines)
        self.money.setVisible(bool(shown.money))
        self._hide_money()
        self._stack.addWidget(self.figures)
        self._stack.setCurrentWidget(self.figures)
        # Made last, yet between what is asked for and what is done with it.
        QWidget.setTabOrder(self._before, self.figures.search)
        QWidget.setTabOrder(self.figures.search, self.figures.table)
        QWidget.setTabOrder(self.figures.table, self.xlsx)
        self.limits.setVisible(shown.name == "watch_list")
        if shown.name == "watch_list":
            self.model.ask_limits(self._show_limits)

    def _hide_money(self, _checked: bool = False) -> None:
        shown = self.model.shown
        if self.figures is not None and shown is not None:
            wanted = self.money.isChecked()
            self.figures.hide_columns(frozenset() if wanted else shown.money)

    def _closer(self) -> None:
        detail = self.model.detail
        if detail is not None:
            self.detail.show_detail(detail)
            self._stack.setCurrentWidget(self.detail)
            self.detail.lots.table.setFocus()
        elif self.figures is not None:
            self._stack.setCurrentWidget(self.figures)
            self.figures.table.setFocus()
