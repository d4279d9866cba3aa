"""Ctrl+F7: the lots of the chosen line, and boxes of it that were found on the shelf."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ui.screens.lots.view_model import REASONS
from ui.widgets.badge import takes_badge
from ui.widgets.flow import FlowLayout
from ui.widgets.panel import Panel
from ui.widgets.parts import button, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.use_cases.line_lots import LotRow
    from ui.screens.lots.view_model import LotsViewModel

COLUMNS = ("batch", "expires", "on_hand", "elsewhere", "here", "state")
_FIGURES = ("on_hand", "elsewhere", "here")


class LotsPanel(Panel):
    """Enter in the list takes a lot; Enter in the last field books what was found."""

    def __init__(self, model: LotsViewModel) -> None:
        self._model, self._session = model, model.session
        say = self._session.say
        super().__init__(say("lots.title"), say("lots.hint"))
        self.head = label("", "strong", wrap=True)
        self.body.addWidget(self.head)
        self.fields: dict[str, QLineEdit] = {}
        holder = QWidget()
        self._pages = QStackedLayout(holder)
        self.list, self.found = self._list(), self._found()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self.found)
        self.body.addWidget(holder, 1)
        self.words = label("", wrap=True)
        self.body.addWidget(self.words)
        self._fresh = False
        """Opened, and its list is not in sight yet."""
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        model.changed.connect(self.refresh)
        model.listed.connect(self._begin)
        model.chosen.connect(self.closed)
        model.booked.connect(self._clear)

    # --- building --------------------------------------------------------------------------------

    def _list(self) -> QWidget:
        say, page = self._session.say, QWidget()
        lines = column(page)
        self.about = label("", "", "second", wrap=True)
        lines.addWidget(self.about)
        self.table = self._table()
        lines.addWidget(self.table, 1)
        self.empty = label(say("lots.empty"), "", "second", wrap=True)
        lines.addWidget(self.empty)
        foot = row()
        self.more = button(say("lots.find"))
        self.more.clicked.connect(self._turn)
        foot.addWidget(self.more)
        foot.addStretch(1)
        lines.addLayout(foot)
        lines.addStretch(0)
        return page

    def _table(self) -> QTableWidget:
        say = self._session.say
        table = QTableWidget(0, len(COLUMNS))
        table.setAccessibleName(say("lots.title"))
        table.setHorizontalHeaderLabels([say(f"lots.column_{name}") for name in COLUMNS])
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setMinimumSectionSize(84)
        header.setSectionResizeMode(COLUMNS.index("state"), QHeaderView.ResizeMode.Stretch)
        return table

    def _found(self) -> QWidget:
        say, holder = self._session.say, QWidget()
        lines = column(holder, space=6)
        lines.addWidget(label(say("lots.found"), "strong"))
        self.how = label("", "", "second", wrap=True)
        lines.addWidget(self.how)
        first = row(space=8)
        for name in ("packs", "batch", "expiry"):
            first.addWidget(self._field(name), 1)
        lines.addLayout(first)
        ways = QWidget()
        flow = FlowLayout(ways, space=6)
        flow.setContentsMargins(0, 0, 0, 0)
        self._group = QButtonGroup(self)
        self.reasons: list[QPushButton] = []
        for place, reason in enumerate(REASONS):
            made = button(say(f"lots.reason_{reason}"))
            made.setCheckable(True)
            made.setChecked(not place)
            self._group.addButton(made)
            self.reasons.append(made)
            flow.addWidget(made)
        lines.addWidget(ways)
        self.second = QWidget()
        pair = row(self.second, space=8)
        for name in ("number", "pin"):
            pair.addWidget(self._field(name), 1)
        self.fields["pin"].setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.fields["number"], self.fields["pin"])
        lines.addWidget(self.second)
        foot = row()
        self.commit = button(say("lots.book"), "commit")
        self.commit.clicked.connect(self._book)
        foot.addWidget(self.commit)
        foot.addStretch(1)
        lines.addLayout(foot)
        lines.addStretch(1)
        return holder

    def _field(self, name: str) -> QWidget:
        holder = QWidget()
        lines = column(holder, space=2)
        say = self._session.say
        hint = say("lots.expiry_hint") if name == "expiry" else ""
        made = line_edit(say(f"lots.{name}"), code=True, hint=hint)
        made.returnPressed.connect(partial(self._entered, name))
        caption = label(made.accessibleName(), "", "second")
        caption.setBuddy(made)
        lines.addWidget(caption)
        lines.addWidget(made)
        self.fields[name] = made
        return holder

    # --- showing ---------------------------------------------------------------------------------

    def opened(self) -> None:
        """Of the line that is chosen now; the lot that is due has the focus."""
        self._clear()
        self._pages.setCurrentWidget(self.list)
        self._fresh = True
        self._model.open()
        self.setFocus()

    def back(self) -> bool:
        """From what was found to the list."""
        if self._pages.currentWidget() is self.list:
            return False
        self._pages.setCurrentWidget(self.list)
        (self.table if self._model.rows else self.more).setFocus()
        return True

    def _turn(self) -> None:
        """To the page of what was found; it says which lot is meant."""
        say, place = self._session.say, self.table.currentRow()
        lot = self._model.saleable_lot(place)
        batch = lot.batch if lot is not None else ""
        self.how.setText(say("lots.found_how_of", batch=batch) if batch else say("lots.found_how"))
        self._pages.setCurrentWidget(self.found)
        self.fields["packs"].setFocus()

    def refresh(self) -> None:
        """Everything as it is now."""
        model, say = self._model, self._session.say
        line = model.line
        self.head.setText(f"{line.item.name}  {line.item.spec}" if line else say("lots.no_line"))
        said = model.said
        lacks = said is not None and bool(said.short)
        told = say("lots.short", packs=said.short.plain()) if said is not None and lacks else ""
        self.about.setText(told or say("lots.about"))
        retone(self.about, "tone", "bad" if lacks else "second")
        self._fill()
        self.table.setVisible(bool(model.rows))
        self.empty.setVisible(line is not None and not model.rows)
        self.more.setVisible(line is not None)
        self.second.setVisible(model.second_wanted)
        self.commit.setEnabled(not model.busy)
        note = model.note
        self.words.setText(self._session.say_note(note) if note else "")
        retone(self.words, "tone", {"good": "good"}.get(note.severity, "bad") if note else "")

    def _begin(self) -> None:
        """The list is there: keys act on it, or on the first field where it is empty."""
        if self._fresh and self.isVisible():
            self._fresh = False
            (self.table if self._model.rows else self.more).setFocus()

    def _fill(self) -> None:
        chosen = max(0, self.table.currentRow())
        self.table.setRowCount(len(self._model.rows))
        for place, one in enumerate(self._model.rows):
            for at, text in enumerate(self._texts(one)):
                item = QTableWidgetItem(text)
                if COLUMNS[at] in _FIGURES:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.table.setItem(place, at, item)
        if self._model.rows:
            self.table.selectRow(min(chosen, len(self._model.rows) - 1))

    def _texts(self, one: LotRow) -> tuple[str, ...]:
        say, lot = self._session.say, one.lot
        state = say("lots.due") if one.first else say(f"lots.state_{one.state}")
        return (
            lot.batch or say("lots.no_batch"),
            f"{lot.expires_on:%Y-%m-%d}" if lot.expires_on else "—",
            one.on_hand.plain(),
            one.elsewhere.plain(),
            one.here.plain(),
            state,
        )

    # --- acting ----------------------------------------------------------------------------------

    def _clear(self) -> None:
        for field in self.fields.values():
            field.clear()

    def _entered(self, name: str) -> None:
        order = [each for each in self.fields if not self.fields[each].isHidden()]
        if not self._model.second_wanted:
            order = [each for each in order if each not in ("number", "pin")]
        place = order.index(name) + 1
        if place < len(order):
            self.fields[order[place]].setFocus()
        else:
            self._book()

    def _book(self) -> None:
        texts = {name: field.text() for name, field in self.fields.items()}
        self.fields["pin"].clear()
        place = next(at for at, each in enumerate(self.reasons) if each.isChecked())
        self._model.book(texts, REASONS[place], self.table.currentRow())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in the list takes the lot."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.table.hasFocus() and not event.isAutoRepeat():
            self._model.choose(self.table.currentRow())
            return
        super().keyPressEvent(event)
