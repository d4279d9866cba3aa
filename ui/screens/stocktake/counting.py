"""Counting at the shelf: filter, grid, stripe, sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from app.domain.clock import shop_time
from app.domain.stocktake_states import StocktakeEvent, StocktakeState
from ui.screens.stocktake.grid import CountGrid, CountTable
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, check_box, column, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QHBoxLayout

    from app.use_cases.stocktake_view import GridLine
    from ui.screens.stocktake.view_model import StocktakeModel

_LOOK_EVERY_MS = 30_000
MOST_REFUSED = 8
"""Refused rows that are shown; the rest are counted."""


class CountingView(QWidget):
    """The grid with what stands around it."""

    def __init__(self, model: StocktakeModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=8)
        self.stripe = label("", "strong", "", wrap=True)
        lines.addWidget(self.stripe)
        self.grid = CountGrid(say)
        self.grid.colours(colour)
        self.table = CountTable(self.grid, say("stocktake.grid"))
        lines.addLayout(self._filters())
        self.refused = label("", "", "bad", wrap=True)
        lines.addWidget(self.refused)
        lines.addWidget(self.table, 1)
        lines.addLayout(self._sheets())
        self.no_sheets = label(say("stocktake.recount_no_sheets"), "", "second", wrap=True)
        lines.addWidget(self.no_sheets)
        lines.addWidget(self._acts())
        self.grid.typed.connect(self._typed)
        model.grid_shown.connect(self._shown)
        model.line_told.connect(self.grid.mark)
        model.line_added.connect(self._added)
        model.sheet_written.connect(self.file.setText)
        undo = QShortcut(QKeySequence.StandardKey.Undo, self)
        undo.activated.connect(model.undo)
        # Other people's sales move lines while nobody types here.
        self._clock = QTimer(self)
        self._clock.setInterval(_LOOK_EVERY_MS)
        self._clock.timeout.connect(model.look)

    def _filters(self) -> QHBoxLayout:
        say = self._model.session.say
        line = row(space=8)
        self.zone = QComboBox()
        self.zone.setAccessibleName(say("stocktake.zone"))
        self.zone.activated.connect(lambda _: self._filter())
        self.words = line_edit(say("stocktake.find"), hint=say("stocktake.find_hint"))
        self.words.textChanged.connect(lambda _: self._filter())
        self.words.returnPressed.connect(self._find)
        self.open_only = check_box(say("stocktake.open_only"))
        self.open_only.toggled.connect(lambda _: self._filter())
        line.addWidget(self.zone)
        line.addWidget(self.words, 1)
        line.addWidget(self.open_only)
        return line

    def _sheets(self) -> QHBoxLayout:
        say, model = self._model.session.say, self._model
        line = row(space=8)
        self.blanks = {
            form: button(say(f"stocktake.blank_{form}")) for form in ("pdf", "xlsx", "csv")
        }
        for form, made in self.blanks.items():
            made.clicked.connect(lambda _=False, form=form: model.write_blank(form, self._zone()))
            line.addWidget(made)
        self.file = line_edit(say("stocktake.sheet_file"), hint=say("stocktake.sheet_file_hint"))
        self.browse = button(say("stocktake.browse"))
        self.browse.clicked.connect(self._browse)
        self.read = button(say("stocktake.read"))
        self.read.clicked.connect(lambda: model.read(self.file.text()))
        self.partly = button(say("stocktake.read_partly"))
        self.partly.clicked.connect(lambda: model.read(self.file.text(), partly=True))
        self.file.returnPressed.connect(lambda: model.read(self.file.text()))
        line.addWidget(self.file, 1)
        for each in (self.browse, self.read, self.partly):
            line.addWidget(each)
        return line

    def _acts(self) -> QWidget:
        say, model = self._model.session.say, self._model
        holder = QWidget()
        line = FlowLayout(holder, 8, even=True, grow=True)
        self.undo = button(say("stocktake.undo"))
        self.undo.clicked.connect(model.undo)
        self.cancel = button(say("stocktake.cancel"), "danger")
        self.cancel.clicked.connect(self._cancel)
        self.back = button(say("stocktake.send_back"))
        self.back.clicked.connect(lambda: model.aside(StocktakeEvent.SENT_BACK))
        self.with_gaps = button(say("stocktake.end_with_gaps"))
        self.with_gaps.clicked.connect(lambda: model.end(with_gaps=True))
        self.end = button(say("stocktake.end"), "commit")
        self.end.clicked.connect(lambda: model.end())
        line.addWidget(self.undo)
        for each in (self.cancel, self.back, self.with_gaps, self.end):
            line.addWidget(each)
        return holder

    # --- acts ------------------------------------------------------------------------------------

    def focus(self) -> None:
        """The first box that is not counted, ready for digits."""
        self._clock.start()
        row_no = next(
            (at for at in range(self.grid.rowCount()) if not self.grid.text(self.grid.at(at))), 0
        )
        self.table.go_to(row_no)

    def leave(self) -> None:
        """Nothing is asked while nobody looks."""
        self._clock.stop()

    def step_back(self) -> bool:
        """Esc: the filter goes first."""
        if self.words.text():
            self.words.clear()
            self.table.setFocus()
            return True
        return False

    def scan(self, text: str) -> bool:
        """A code of a box: to its line, or a line more."""
        from app.domain.scanned import classify

        found = classify(text, shop_time(self._model.session.shop.now()).date())
        codes = (found.code, found.product_code, found.gtin.removeprefix("0"), found.gtin,
                 text.strip())  # fmt: skip
        lines = self.grid.find(codes)
        if found.batch and lines:
            of_batch = [at for at in lines if self.grid.line_at(at).batch == found.batch]
            lines = of_batch or lines
        if not lines:
            line = self._current()
            place = (line.line.zone, line.line.position) if line is not None else ("", "")
            self._model.find(text.strip(), *place)
            return True
        if self.grid.row_of(lines[0]) < 0:
            self.words.clear()
            self.open_only.setChecked(False)
            self.zone.setCurrentIndex(0)
            self._filter()
        self.table.go_to(self.grid.row_of(lines[0]))
        return True

    def _current(self) -> GridLine | None:
        return self.grid.line(self.table.currentIndex().row())

    def _typed(self, at: int, text: str) -> None:
        self.table.stays = not self._model.count(at, self.grid.line_at(at), text)

    def _find(self) -> None:
        """Enter in the search field: to the first line, or a code that no line has."""
        if self.grid.rowCount():
            self.table.go_to(0)
        elif self.words.text().strip():
            self._model.find(self.words.text().strip(), self._zone() or "", "")

    def _added(self, line: GridLine) -> None:
        self.table.go_to(self.grid.add(line))

    def _zone(self) -> str | None:
        told = self.zone.currentData()
        return None if told is None else str(told)

    def _filter(self) -> None:
        self.grid.filter(self._zone(), self.words.text(), open_only=self.open_only.isChecked())

    def _browse(self) -> None:
        say = self._model.session.say
        path, _kind = QFileDialog.getOpenFileName(
            self, say("stocktake.browse"), self.file.text(), "CSV, xlsx (*.csv *.txt *.xlsx)"
        )
        if path:
            self.file.setText(path)

    def _cancel(self) -> None:
        # Twice: what people counted for hours is not thrown away by one slip of the hand.
        if self.cancel.property("sure"):
            self.cancel.setProperty("sure", False)
            self._model.aside(StocktakeEvent.CANCELLED)
        else:
            self.cancel.setProperty("sure", True)
            self.cancel.setText(self._model.session.say("stocktake.cancel_sure"))

    # --- what is seen ----------------------------------------------------------------------------

    def _shown(self) -> None:
        told, say = self._model.grid, self._model.session.say
        if told is None:
            return
        zones = {one.line.zone: one.zone for one in told.lines}
        before = self._zone()
        self.zone.clear()
        self.zone.addItem(say("stocktake.all_zones"), None)
        for zone, name in sorted(zones.items(), key=lambda pair: pair[1]):
            self.zone.addItem(name or say("stocktake.no_zone"), zone)
        at = self.zone.findData(before) if before is not None else 0
        self.zone.setCurrentIndex(max(0, at))
        self.grid.show(told.lines)
        self._filter()
        self.focus()

    def refresh(self) -> None:
        """From the model."""
        model, say = self._model, self._model.session.say
        told, grid = model.progress, model.grid
        if told is not None and grid is not None:
            again = grid.take.state is StocktakeState.RECOUNT
            words = "stocktake.stripe_recount" if again else "stocktake.stripe"
            text = say(words, counted=told.counted, lines=told.lines, moved=told.moved,
                       recount=told.recount)  # fmt: skip
            self.stripe.setText(f"{grid.take.number} · {text}")
            for each in (*self.blanks.values(), self.file, self.browse, self.read):
                each.setVisible(not again)
            self.no_sheets.setVisible(again)
            self.back.setVisible(again and model.approves)
        self.partly.setVisible(bool(model.refused) and model.approves)
        shown = [model.reason_of(one) for one in model.refused[:MOST_REFUSED]]
        self.refused.setText("\n".join(shown))
        self.refused.setVisible(bool(shown))
        for one in (self.cancel, self.with_gaps):
            one.setVisible(model.approves)
        if not model.busy and not model.note:
            self.cancel.setProperty("sure", False)
            self.cancel.setText(say("stocktake.cancel"))
        for act in (self.end, self.with_gaps, self.undo, self.read, self.partly, self.cancel):
            act.setEnabled(not model.busy)
