"""Ctrl+Shift+C: which drug and which pack a trace code's product part stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHeaderView,
    QListWidget,
    QRadioButton,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.domain.clock import shop_time
from app.domain.pack_code import PackLevel
from ui.widgets.panel import Panel
from ui.widgets.parts import button, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.domain.catalogue import Medicine
    from ui.screens.codes.view_model import CodesModel
    from ui.screens.codes_door import KnownPack

TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second"}
COLUMNS = ("part", "drug", "level", "units", "when", "who")


class CodesPanel(Panel):
    """The list, or one part that is being named."""

    def __init__(self, model: CodesModel) -> None:
        self._model, self._session = model, model.session
        say = self._session.say
        super().__init__(say("codes.title"), say("panel.esc"))
        self.words = label("", wrap=True)
        self.body.addWidget(self.words)
        holder = QWidget()
        self._pages = QStackedLayout(holder)
        self.list_page, self.teach_page = self._list(), self._teach()
        self._pages.addWidget(self.list_page)
        self._pages.addWidget(self.teach_page)
        self.body.addWidget(holder, 1)
        self._asked = False
        model.changed.connect(self.refresh)
        model.listed.connect(self._fill)
        model.done.connect(self.closed)

    # --- building --------------------------------------------------------------------------------

    def _list(self) -> QWidget:
        say, page = self._session.say, QWidget()
        lines = column(page)
        self.finder = line_edit(say("codes.find"), hint=say("codes.find_hint"))
        self.finder.textChanged.connect(lambda _: self._fill())
        lines.addWidget(self.finder)
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setAccessibleName(say("codes.title"))
        self.table.setHorizontalHeaderLabels([say(f"codes.column_{name}") for name in COLUMNS])
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.itemActivated.connect(lambda _: self._model.correct(self._chosen()))
        lines.addWidget(self.table, 1)
        self.empty = label(say("codes.empty"), "", "second", wrap=True)
        lines.addWidget(self.empty)
        acts = row()
        self.change = button(say("codes.correct"))
        self.change.clicked.connect(lambda: self._model.correct(self._chosen()))
        self.drop = button(say("codes.forget"))
        self.drop.clicked.connect(self._forget)
        acts.addWidget(self.change)
        acts.addWidget(self.drop)
        acts.addStretch(1)
        lines.addLayout(acts)
        lines.addWidget(label(say("codes.by_hand"), "strong"))
        hand = row()
        self.part = line_edit(say("codes.part"), code=True, hint=say("codes.part_hint"))
        self.serial = line_edit(say("codes.serial"), code=True, hint=say("codes.serial_hint"))
        self.part.returnPressed.connect(self.serial.setFocus)
        self.serial.returnPressed.connect(self._typed)
        self.take = button(say("codes.take"), "commit")
        self.take.clicked.connect(self._typed)
        for each, share in ((self.part, 2), (self.serial, 3), (self.take, 0)):
            hand.addWidget(each, share)
        lines.addLayout(hand)
        return page

    def _teach(self) -> QWidget:
        say, page = self._session.say, QWidget()
        lines = column(page)
        self.question = label("", "heading", wrap=True)
        lines.addWidget(self.question)
        self.drug = line_edit(say("codes.drug"), hint=say("codes.drug_hint"))
        self.drug.textEdited.connect(self._model.search)
        self.drug.returnPressed.connect(self._first_hit)
        lines.addWidget(self.drug)
        self.hits = QListWidget()
        self.hits.setAccessibleName(say("till.hits"))
        self.hits.itemActivated.connect(lambda item: self._choose(self.hits.row(item)))
        self.hits.itemClicked.connect(lambda item: self._choose(self.hits.row(item)))
        lines.addWidget(self.hits, 4)
        self.chosen = label("", "strong", "", wrap=True)
        lines.addWidget(self.chosen)
        lines.addWidget(label(say("codes.which_pack"), "", "second"))
        levels = row(space=16)
        self.levels = {level: QRadioButton(say(f"codes.level_{level}")) for level in PackLevel}
        group = QButtonGroup(page)
        for level, made in self.levels.items():
            made.setAccessibleName(made.text())
            made.clicked.connect(lambda _=False, one=level: self._model.set_level(one))
            group.addButton(made)
            levels.addWidget(made)
        self.units = line_edit(say("codes.units"), code=True, hint=say("codes.units"))
        self.units.setMaximumWidth(150)
        self.units.returnPressed.connect(self._remember)
        levels.addWidget(self.units)
        levels.addStretch(1)
        lines.addLayout(levels)
        lines.addStretch(1)
        foot = row()
        self.keep = button(say("codes.remember"), "commit")
        self.keep.clicked.connect(self._remember)
        foot.addStretch(1)
        foot.addWidget(self.keep)
        lines.addLayout(foot)
        return page

    # --- acts ------------------------------------------------------------------------------------

    def opened(self) -> None:
        """The part that a box asked for, else the list."""
        if not self._model.asked:
            self._model.open_list()
        self._model.asked = False
        self.refresh()
        first = self.drug if self._model.part else self.finder
        first.setFocus()

    def back(self) -> bool:
        """From a part to the list, unless a box waits: then to the basket."""
        if not self._model.part or self._model.scanned is not None:
            self._model.scanned = None
            return False
        self._model.open_list()
        self.table.setFocus()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter on a level takes it: on to the number of boxes, else it is remembered."""
        on_level = any(made.hasFocus() for made in self.levels.values())
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or not on_level:
            super().keyPressEvent(event)
        elif event.isAutoRepeat():
            return
        elif self.units.isVisible() and not self.units.text():
            self.units.setFocus()
        else:
            self._remember()

    def take_scan(self, text: str) -> bool:
        """A bar code that names the drug; a trace code that is looked up in the list."""
        self._model.take_scan(text)
        return True

    def _chosen(self) -> str:
        place = self.table.currentRow()
        item = self.table.item(place, 0) if place >= 0 else None
        return item.text() if item is not None else ""

    def _forget(self) -> None:
        """First press asks, the second does it."""
        chosen = self._chosen()
        if chosen and self._asked:
            self._model.forget(chosen)
        self._asked = bool(chosen) and not self._asked
        words = "codes.forget_sure" if self._asked else "codes.forget"
        self.drop.setText(self._session.say(words))

    def _typed(self) -> None:
        self._model.type_parts(self.part.text(), self.serial.text())

    def _first_hit(self) -> None:
        if self._model.hits:
            self._choose(max(0, self.hits.currentRow()))
        elif self._model.medicine is not None:
            self._remember()

    def _choose(self, place: int) -> None:
        if 0 <= place < len(self._model.hits):
            self._model.choose(self._model.hits[place])
            self.drug.clear()
            # Later: the Enter that chose the drug climbs on, and must not take the level as well.
            QTimer.singleShot(0, self, self._to_levels)

    def _to_levels(self) -> None:
        if self._model.part:
            self.levels[self._model.level].setFocus()

    def _remember(self) -> None:
        self._model.remember(self.units.text())

    # --- showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """The page that is due."""
        model, say, note = self._model, self._session.say, self._model.note
        self.words.setText(self._session.say_note(note) if note else "")
        self.words.setVisible(note is not None)
        retone(self.words, "tone", TONES.get(note.severity, "") if note else "")
        teaching = bool(model.part)
        if teaching and self._pages.currentWidget() is not self.teach_page:
            self.units.clear()
            self.drug.clear()
        self._pages.setCurrentWidget(self.teach_page if teaching else self.list_page)
        if teaching:
            self._show_teaching()
        if not teaching and self._asked and note is not None:
            self._asked = False
            self.drop.setText(say("codes.forget"))

    def _show_teaching(self) -> None:
        model, say = self._model, self._session.say
        self.question.setText(say("codes.question", part=model.part))
        texts = [_drug(one) for one in model.hits]
        if texts != [self.hits.item(at).text() for at in range(self.hits.count())]:
            self.hits.clear()
            self.hits.addItems(texts)
            self.hits.setCurrentRow(0)
        self.hits.setVisible(bool(texts))
        chosen = model.medicine
        self.chosen.setText(say("codes.chosen", drug=_drug(chosen)) if chosen else "")
        self.chosen.setVisible(chosen is not None)
        self.levels[model.level].setChecked(True)
        self.units.setVisible(model.level is not PackLevel.BOX)
        asked = model.scanned is not None and model.level is PackLevel.BOX
        self.keep.setText(say("codes.remember_add" if asked else "codes.remember"))
        self.keep.setEnabled(chosen is not None and not model.busy)

    def _fill(self) -> None:
        wanted = self.finder.text().strip().casefold()
        every = [self._cells(one) for one in self._model.rows]
        rows = [cells for cells in every if wanted in " ".join(cells).casefold()]
        self.table.setSortingEnabled(False)
        self.table.setRowCount(len(rows))
        for at, cells in enumerate(rows):
            for place, text in enumerate(cells):
                self.table.setItem(at, place, QTableWidgetItem(text))
        self.table.setSortingEnabled(True)
        if rows and self.table.currentRow() < 0:
            self.table.setCurrentCell(0, 0)
        for place in (0, 2, 3, 4, 5):
            self.table.resizeColumnToContents(place)
        for each in (self.change, self.drop):
            each.setVisible(self._model.corrects and bool(self._model.rows))
        self.table.setVisible(bool(self._model.rows))
        self.empty.setVisible(not self._model.rows)

    def _cells(self, known: KnownPack) -> tuple[str, ...]:
        code, say = known.code, self._session.say
        return (
            code.product_code,
            _drug(known.medicine),
            say(f"codes.level_{code.level}"),
            str(code.units),
            f"{shop_time(code.learned_at):%Y-%m-%d %H:%M}",
            known.by,
        )


def _drug(medicine: Medicine) -> str:
    parts = (medicine.display_name, medicine.spec, medicine.manufacturer)
    return "　".join(part for part in parts if part)
