"""The lists of owings and of unmet requests: search, sort, done, export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ui.screens.prescription.lists import OWED, UNMET
from ui.widgets.parts import button, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from ui.screens.prescription.lists import RxListsViewModel

_ID = Qt.ItemDataRole.UserRole


class ListsPage(QWidget):
    """Two lists in one place, chosen by two buttons."""

    def __init__(self, model: RxListsViewModel) -> None:
        super().__init__()
        self._model, self._session = model, model.session
        say = self._session.say
        lines = column(self, space=8)
        head = row(space=8)
        self.table = QTableWidget()
        self.table.setAccessibleName(say("rx_lists.owed"))
        self.kinds: dict[str, QPushButton] = {}
        for kind in (OWED, UNMET):
            made = button(say(f"rx_lists.{kind}"))
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, what=kind: model.show_list(what))
            self.kinds[kind] = made
            head.addWidget(made)
        self.field = line_edit(say("rx_lists.seek"), hint=say("rx_lists.seek"))
        self.field.textChanged.connect(model.seek)
        self.field.returnPressed.connect(self.table.setFocus)
        head.addWidget(self.field, 1)
        self.export = button(say("rx_lists.export"))
        self.export.clicked.connect(model.export)
        head.addWidget(self.export)
        lines.addLayout(head)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSortingEnabled(True)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        lines.addWidget(self.table, 1)
        self.empty = label("", "", "second", wrap=True)
        lines.addWidget(self.empty)
        self.words = label("", "", "second", wrap=True)
        lines.addWidget(self.words)
        foot = row(space=8)
        self.note = line_edit(say("rx_lists.note"), hint=say("rx_lists.note"))
        self.drop = button(say("rx_lists.drop"))
        self.drop.clicked.connect(lambda: model.drop(self.chosen(), self._said()))
        self.done = button(say("rx_lists.done_owed"), "commit")
        self.done.clicked.connect(lambda: model.done(self.chosen(), self._said()))
        self.note.returnPressed.connect(self.done.click)
        foot.addWidget(self.note, 4)
        foot.addStretch(1)
        foot.addWidget(self.drop)
        foot.addWidget(self.done)
        lines.addLayout(foot)
        self._kind = ""
        model.changed.connect(self.refresh)

    def _said(self) -> str:
        return self.note.text()

    def chosen(self) -> str:
        """The id of the chosen row."""
        item = self.table.item(self.table.currentRow(), 0)
        return str(item.data(_ID)) if item is not None else ""

    def first(self) -> None:
        """Read the lists; typing searches."""
        self._model.ask()
        self.field.setFocus()

    def refresh(self) -> None:
        """Show what is open."""
        model, say = self._model, self._session.say
        for kind, made in self.kinds.items():
            made.setChecked(kind == model.kind)
        kept, rows = self.chosen(), model.rows()
        self.table.setAccessibleName(say(f"rx_lists.{model.kind}"))
        self.table.setSortingEnabled(False)
        self.table.setColumnCount(len(model.heads()))
        self.table.setHorizontalHeaderLabels(list(model.heads()))
        self.table.setRowCount(len(rows))
        for place, (row_id, cells) in enumerate(rows):
            for at, cell in enumerate(cells):
                item = QTableWidgetItem(cell)
                item.setData(_ID, row_id)
                self.table.setItem(place, at, item)
        if model.kind != self._kind:
            self._kind = model.kind
            header = self.table.horizontalHeader()
            header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            self.note.clear()
        self.table.setSortingEnabled(True)
        self._choose(kept)
        self._show_words(bool(rows))

    def _choose(self, row_id: str) -> None:
        for place in range(self.table.rowCount()):
            item = self.table.item(place, 0)
            if item is not None and item.data(_ID) == row_id:
                self.table.setCurrentCell(place, 0)
                return
        if self.table.rowCount():
            self.table.setCurrentCell(0, 0)

    def _show_words(self, some: bool) -> None:
        model, say = self._model, self._session.say
        owed = model.kind == OWED
        self.table.setVisible(some)
        self.empty.setVisible(not some)
        self.empty.setText(say("rx_lists.nothing" if model.sought else f"rx_lists.no_{model.kind}"))
        self.done.setText(say(f"rx_lists.done_{model.kind}"))
        self.done.setAccessibleName(self.done.text())
        for each in (self.done, self.drop, self.export):
            each.setEnabled(some)
        self.drop.setVisible(owed)
        self.note.setVisible(owed)
        note = model.note
        self.words.setText(self._session.say_note(note) if note else "")
        self.words.setVisible(note is not None)
        tones = {"good": "good", "block": "bad", "warn": "warn"}
        retone(self.words, "tone", tones.get(note.severity, "second") if note else "second")
