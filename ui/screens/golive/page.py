"""上线 in the office: four files of the old system, looked at, taken in, what did not fit told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from ui.screens.golive.view_model import KINDS
from ui.screens.office.page import OfficePage
from ui.widgets.parts import button, check_box, column, label, line_edit, retone, row, tabs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QHBoxLayout

    from ui.screens.golive.view_model import GoLiveModel

TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second"}


class GoLivePage(OfficePage):
    """Kind, file, look, take in; the rows that stayed out below."""

    def __init__(self, model: GoLiveModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=10)
        lines.addWidget(label(say("golive.words"), "", "second", wrap=True))
        holder = QWidget()
        bar = row(holder, space=6)
        texts = {kind: f"{no}. {say(f'golive.kind_{kind}')}" for no, kind in enumerate(KINDS, 1)}
        self.kinds = tabs(bar, texts, self._choose)
        for kind, made in self.kinds.items():
            made.setAccessibleName(say(f"golive.kind_{kind}"))
        bar.addStretch(1)
        lines.addWidget(holder)
        self.columns = label("", "", "second", wrap=True)
        lines.addWidget(self.columns)
        lines.addLayout(self._file_row())
        self.codes = check_box(say("golive.codes"))
        lines.addWidget(self.codes)
        self.note = label("", "", "", wrap=True)
        lines.addWidget(self.note)
        self.pins = self._table(("golive.pin_number", "golive.pin_name", "golive.pin"), 1)
        self.pin_words = label(say("golive.pin_words"), "strong", "warn", wrap=True)
        lines.addWidget(self.pin_words)
        lines.addWidget(self.pins)
        self.unfit = self._table(("golive.column_row", "golive.column_why"), 1)
        lines.addWidget(self.unfit, 1)
        foot = row(space=8)
        self.exports = {form: button(say(f"golive.export_{form}")) for form in ("xlsx", "csv")}
        for form, made in self.exports.items():
            made.clicked.connect(partial(self._export, form))
            foot.addWidget(made)
        foot.addStretch(1)
        lines.addLayout(foot)
        lines.addStretch(0)
        model.changed.connect(self.refresh)
        self.refresh()

    def _file_row(self) -> QHBoxLayout:
        say = self._model.session.say
        line = row(space=8)
        self.file = line_edit(say("golive.file"), hint=say("golive.file_hint"))
        self.browse = button(say("golive.browse"))
        self.browse.clicked.connect(self._browse)
        self.look = button(say("golive.look"))
        self.look.clicked.connect(lambda: self._model.take(self.file.text(), keep=False))
        self.go = button(say("golive.take"), "commit")
        self.go.clicked.connect(lambda: self._take(keep=True))
        self.file.returnPressed.connect(self._enter)
        line.addWidget(self.file, 1)
        for each in (self.browse, self.look, self.go):
            line.addWidget(each)
        return line

    def _table(self, heads: Sequence[str], wide: int) -> QTableWidget:
        say = self._model.session.say
        made = QTableWidget(0, len(heads))
        made.setAccessibleName(say(heads[-1]))
        made.setHorizontalHeaderLabels([say(each) for each in heads])
        made.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        made.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        made.setTabKeyNavigation(False)
        made.verticalHeader().hide()
        header = made.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        return made

    # --- acts ------------------------------------------------------------------------------------

    def enter(self) -> None:
        """The path is what is typed first."""
        self.refresh()
        self.file.setFocus()

    def leave(self) -> None:
        """A PIN is shown once."""
        if self._model.pins:
            self._model.clear()

    def back(self) -> bool:
        """What the last file said goes first."""
        if self._model.note is not None and not self._model.running:
            self._model.clear()
            return True
        return False

    def _choose(self, kind: str, _checked: bool = False) -> None:
        self._model.choose(kind)
        self.codes.setChecked(False)
        self.refresh()
        self.file.setFocus()

    def _enter(self) -> None:
        """Enter in the path looks first where that can be; taking in is a second step."""
        self._take(keep=not self._model.looks_first)

    def _take(self, *, keep: bool) -> None:
        """The word for other codes is given for one file, never for the next as well."""
        codes = self._model.asks_codes and self.codes.isChecked()
        self.codes.setChecked(False)
        self._model.take(self.file.text(), keep=keep, codes=codes)

    def _browse(self) -> None:
        say = self._model.session.say
        path, _kind = QFileDialog.getOpenFileName(
            self, say("golive.browse"), self.file.text(), "CSV, xlsx (*.csv *.txt *.xlsx)"
        )
        if path:
            self.file.setText(path)

    def _export(self, form: str, _checked: bool = False) -> None:
        self._model.export(form)

    # --- what is seen ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Everything from the model."""
        model, say = self._model, self._model.session.say
        for kind, made in self.kinds.items():
            made.setChecked(kind == model.kind)
        self.columns.setText(say(f"golive.columns_{model.kind}"))
        self.look.setVisible(model.looks_first)
        self.codes.setVisible(model.asks_codes)
        pressed = self.go.hasFocus() or self.look.hasFocus()
        for each in (self.look, self.go, self.browse):
            each.setEnabled(not model.running)
        if pressed and model.running:
            # A button that is off gives the focus away: to what is wanted next, not to the rail.
            self.file.setFocus()
        if model.running:
            self.note.setText(say("golive.running", rows=model.rows_read))
            retone(self.note, "tone", "second")
        else:
            self.note.setText(model.session.say_note(model.note) if model.note else "")
            tone = TONES[model.note.severity] if model.note else "second"
            retone(self.note, "tone", tone)
        self.pins.setVisible(bool(model.pins))
        self.pin_words.setVisible(bool(model.pins))
        _fill(self.pins, [(one.number, one.name, one.pin) for one in model.pins])
        self.unfit.setVisible(bool(model.refused))
        _fill(self.unfit, [(str(one.row), model.reason(one)) for one in model.refused])
        for made in self.exports.values():
            made.setVisible(bool(model.refused))


def _fill(table: QTableWidget, rows: Sequence[Sequence[str]]) -> None:
    table.setRowCount(len(rows))
    for at, cells in enumerate(rows):
        for place, text in enumerate(cells):
            table.setItem(at, place, QTableWidgetItem(text))
