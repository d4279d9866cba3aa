"""The pages of the shift's panel: this shift, the day, the history, a report."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.domain.anchor import printed
from app.domain.clock import shop_time
from app.domain.paper import RowKind
from app.use_cases.shift_report import Past
from ui.shift_rows import ref_words
from ui.widgets.figures import Figures, Line, yuan
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import AmountRow, button, clear_layout, column, label, retone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QResizeEvent

    from app.use_cases.shift_report import ItemRow
    from ui.screens.shift.view_model import Files, ShiftModel


def _acts(holder: QWidget, texts: Mapping[str, str]) -> dict[str, QPushButton]:
    flow = FlowLayout(holder, space=6)
    flow.setContentsMargins(0, 0, 0, 0)
    made = {}
    for name, text in texts.items():
        made[name] = button(text)
        flow.addWidget(made[name])
    return made


class HomePage(QWidget):
    """本班: whose drawer, since when, what may be done; no money of the drawer."""

    def __init__(self, model: ShiftModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=8)
        self.words = label("", "strong", wrap=True)
        lines.addWidget(self.words)
        self.rows = {name: AmountRow(say(f"shift.{name}")) for name in _FACTS}
        self._facts = QWidget()
        facts = column(self._facts, space=4)
        for made in self.rows.values():
            facts.addWidget(made)
        lines.addWidget(self._facts)
        holder = QWidget()
        self.acts = _acts(
            holder,
            {name: say(f"shift.act_{name}", number=at) for at, name in enumerate(_ACTS, 1)},
        )
        for name in ("float", "in", "out", "rules"):
            self.acts[name].clicked.connect(partial(self._begin, name))
        self.acts["count"].clicked.connect(self._count)
        self.acts["report"].clicked.connect(model.show_shift)
        lines.addWidget(holder)
        self.waiting_head = label("", "strong", "warn", wrap=True)
        lines.addWidget(self.waiting_head)
        self._waiting = column()
        lines.addLayout(self._waiting)
        self._listed: tuple[str, ...] = ()
        lines.addWidget(label(say("shift.home_means"), "small", "second", wrap=True))
        lines.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The facts no wider than an eye goes from a name to its value."""
        super().resizeEvent(event)
        self._facts.setMaximumWidth(22 * self.fontMetrics().height())

    def first(self) -> None:
        """Where the next step most likely is."""
        self.acts[self._next()].setFocus()

    def _next(self) -> str:
        state = self._model.state
        return "count" if state is not None and state.float_known else "float"

    def _begin(self, name: str, *_: object) -> None:
        self._model.begin(name)

    def _count(self) -> None:
        shifts = self._model.to_count()
        self._model.begin("count", shifts[0].id if shifts else "")

    def refresh(self) -> None:
        """How the drawer stands."""
        model, say = self._model, self._model.session.say
        state = model.state
        if state is None:
            return
        shift = state.shift
        words = "shift.none_open"
        if shift is not None:
            words = "shift.open_by_itself" if shift.by_itself else "shift.open_words"
        self.words.setText(say(words))
        self.rows["number"].show_amount(shift.number if shift else "—")
        self.rows["holder"].show_amount(state.holder or "—")
        self.rows["opened"].show_amount(
            f"{shop_time(shift.opened_at):%Y-%m-%d %H:%M}" if shift else "—"
        )
        known = say("shift.float_known" if state.float_known else "shift.float_unknown")
        self.rows["opening"].show_amount(known if shift else "—")
        retone(self.rows["opening"].amount, "tone", "" if state.float_known else "warn")
        for name, made in self.acts.items():
            retone(made, "role", "chief" if name == self._next() else "")
        self._show_waiting()

    def _show_waiting(self) -> None:
        model, say = self._model, self._model.session.say
        waiting = model.state.waiting if model.state is not None else ()
        self.waiting_head.setText(say("shift.waiting_head", many=len(waiting)))
        self.waiting_head.setVisible(bool(waiting))
        listed = tuple(f"{one.shift.id}{one.shift.state}" for one in waiting)
        if listed == self._listed:
            return
        self._listed = listed
        clear_layout(self._waiting)
        for one in waiting:
            words = "shift.waiting_counted" if one.shift.state == "counted" else "shift.waiting_row"
            made = button(say(words, number=one.shift.number, holder=one.holder))
            made.clicked.connect(partial(self._count_late, one.shift.id))
            self._waiting.addWidget(made)

    def _count_late(self, shift_id: str, *_: object) -> None:
        self._model.begin("count", shift_id)


class DayPage(QWidget):
    """日结: which days are open, what rolls forward, one key to close."""

    def __init__(self, model: ShiftModel, files: Files) -> None:
        super().__init__()
        self._model, self._files, say = model, files, model.session.say
        lines = column(self, space=8)
        self.words = label("", "strong", wrap=True)
        lines.addWidget(self.words)
        self._days = column()
        lines.addLayout(self._days)
        self._listed: tuple[object, ...] = ()
        holder = QWidget()
        texts = {name: say(f"shift.act_{name}", number=at)
                 for at, name in enumerate(_DAY_ACTS, 1)}  # fmt: skip
        self.acts = _acts(holder, texts)
        self.acts["close_day"].clicked.connect(lambda: model.close_day(files))
        self.acts["cards"].clicked.connect(lambda: model.evening_cards(files))
        self.acts["rules"].clicked.connect(lambda: model.begin("rules"))
        retone(self.acts["close_day"], "role", "chief")
        lines.addWidget(holder)
        self.items = Figures(
            say("shift.items"),
            [say(f"shift.column_{name}") for name in _ITEM_COLUMNS],
            say,
            empty=say("shift.no_items"),
            wide=1,
        )
        self.items.setMinimumHeight(12 * self.fontMetrics().height())
        lines.addWidget(self.items, 1)
        lines.addWidget(label(say("shift.day_means"), "small", "second", wrap=True))

    def first(self) -> None:
        """The one key."""
        self.acts["close_day"].setFocus()

    def refresh(self) -> None:
        """Days and open things."""
        model, say = self._model, self._model.session.say
        day = f"{model.day}" if model.day is not None else ""
        self.words.setText(say("shift.day_ready", day=day) if day else say("shift.day_none"))
        listed = (*model.days, model.day)
        if listed != self._listed:
            self._listed = listed
            clear_layout(self._days)
            for each in model.days if len(model.days) > 1 else ():
                made = button(say("shift.day_choice", day=f"{each}"))
                made.setCheckable(True)
                made.setChecked(each == model.day)
                made.clicked.connect(partial(self._choose, each))
                self._days.addWidget(made)
            self.acts["close_day"].setText(say("shift.act_close_day", number=1, day=day))
        self.items.show_lines([self._line(row) for row in model.items])

    def _choose(self, day: object, *_: object) -> None:
        chosen = next((each for each in self._model.days if each == day), None)
        if chosen is not None:
            self._model.choose_day(chosen)

    def _line(self, row: ItemRow) -> Line:
        say = self._model.session.say
        item = row.item
        ref = ref_words(item.ref, say)
        return Line((say(f"shift.item_{item.kind.value}"), ref, item.many, yuan(item.amount),
                     item.since, row.owner or say("shift.owner_closer")))  # fmt: skip


class PastPage(QWidget):
    """历史: closed days and shifts, newest first; Enter opens."""

    def __init__(self, model: ShiftModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self)
        self.list = Figures(
            say("shift.past"),
            [say(f"shift.column_{name}") for name in _PAST_COLUMNS],
            say,
            empty=say("shift.past_empty"),
            wide=1,
            hint=say("shift.past_hint"),
        )
        self.list.opened.connect(self._open)
        # The list holds the newest; what is older the books find by day or number.
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(250)
        self._pause.timeout.connect(self._ask)
        self.list.search.textEdited.connect(lambda _: self._pause.start())
        lines.addWidget(self.list, 1)

    def first(self) -> None:
        """Into the search."""
        self.list.reading()
        self.list.search.setFocus()

    def refresh(self) -> None:
        """The lines."""
        if not self._model.busy:
            self.list.show_lines([self._line(one) for one in self._model.past])

    def _ask(self) -> None:
        text = self.list.search.text().strip()
        self._model.find(text if any(sign.isdigit() for sign in text) else "")

    def _line(self, one: Past) -> Line:
        say, state = self._model.session.say, "day" if one.kind == "day" else one.state
        return Line(
            (say(f"shift.kind_{one.kind}"), one.ref, one.day, one.at, one.who,
             say(f"shift.state_{state}"), yuan(one.total), yuan(one.difference)),
            carries=one, key=one.subject,
        )  # fmt: skip

    def _open(self, past: object) -> None:
        if isinstance(past, Past):
            self._model.show_past(past)


class ReportPage(QWidget):
    """A report as it is printed, and what may be done with it."""

    def __init__(self, model: ShiftModel, files: Files) -> None:
        super().__init__()
        self._model, self._files, say = model, files, model.session.say
        self._shown: object = None
        lines = column(self, space=8)
        self.title = label("", "strong", wrap=True)
        lines.addWidget(self.title)
        holder = QWidget()
        texts = {name: say(f"shift.act_{name}", number=at)
                 for at, name in enumerate(_REPORT_ACTS, 1)}  # fmt: skip
        self.acts = _acts(holder, texts)
        work: dict[str, Callable[[], None]] = {
            "print": model.reprint,
            "pdf": lambda: model.save(files.pdf),
            "xlsx": lambda: model.save(lambda report: files.table(report, "xlsx")),
            "csv": lambda: model.save(lambda report: files.table(report, "csv")),
            "verify": model.verify,
        }
        for name, do in work.items():
            self.acts[name].clicked.connect(do)
        retone(self.acts["print"], "role", "chief")
        lines.addWidget(holder)
        self.table = QTableWidget(0, 2)
        self.table.setAccessibleName(say("shift.report"))
        self.table.horizontalHeader().hide()
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.table.setMinimumHeight(14 * self.fontMetrics().height())
        # No wider than an eye follows from a name to its figure.
        self.table.setMaximumWidth(48 * self.fontMetrics().height())
        lines.addWidget(self.table, 1)

    def first(self) -> None:
        """The first act; Tab goes into the rows."""
        self.acts["print"].setFocus()

    def refresh(self) -> None:
        """The rows, once a report."""
        report, say = self._model.report, self._model.session.say
        if report is None:
            return
        self.acts["print"].setEnabled(not report.blind)
        self.acts["verify"].setVisible(report.kind == "day")
        if report is self._shown:
            return
        self._shown = report
        title = f"{say(f'shift.paper_{report.kind}')} {report.ref}"
        if report.anchor:
            title += say("shift.title_anchor", anchor=printed(report.anchor))
        self.title.setText(title)
        rows = self._files.rows(report)
        self.table.setRowCount(len(rows))
        for at, one in enumerate(rows):
            strong = one.kind is RowKind.STRONG
            for place, text in enumerate((one.left, one.right)):
                item = QTableWidgetItem(text)
                if strong:
                    font = item.font()
                    font.setBold(True)
                    item.setFont(font)
                if place:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.table.setItem(at, place, item)
        high = self.table.fontMetrics().height() + 6
        for at, one in enumerate(rows):
            self.table.setRowHeight(at, high // 2 if one.kind is RowKind.RULE else high)


_FACTS = ("number", "holder", "opened", "opening")
_ACTS = ("float", "in", "out", "count", "report", "rules")
_DAY_ACTS = ("close_day", "cards", "rules")
_REPORT_ACTS = ("print", "pdf", "xlsx", "csv", "verify")
_ITEM_COLUMNS = ("item", "ref", "many", "amount", "since", "owner")
_PAST_COLUMNS = ("kind", "ref", "day", "at", "who", "state", "net", "difference")
