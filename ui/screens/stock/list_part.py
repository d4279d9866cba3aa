"""The shelf as a list: filters above, rows, acts and exports below."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QWidget

from app.domain.staff import Right
from ui.screens.stock.lot_acts import LotActs
from ui.screens.stock.parts import Part, exports, keyed
from ui.screens.stock.rows import (
    COST,
    DRUGS,
    FILTERS,
    LOTS,
    OF_LOTS,
    drug_lines,
    lot_lines,
    titles,
)
from ui.widgets.figures import Figures
from ui.widgets.parts import button, column, label, line_edit, row, tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QHBoxLayout, QPushButton

    from app.use_cases.shelf_list import DrugRow, LotRow
    from ui.screens.stock.view_model import StockModel


class ListPart(Part):
    """Enter opens the drug; on lots the acts stand below."""

    write_off = Signal(object)
    """(drug, lot) pairs to be written off."""
    recall = Signal(object)
    """(drug, lot) whose batch is to be recalled."""

    def __init__(self, model: StockModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, self._colour = model, colour
        self._lists: dict[tuple[bool, bool], Figures] = {}
        lines = column(self, space=8)
        lines.addWidget(self._chips())
        lines.addWidget(self._levels())
        body = QWidget()
        self._stack = QStackedLayout(body)
        lines.addWidget(body, 1)
        self.acts = LotActs(model)
        self.acts.write_off.connect(lambda: self._write_off(every=False))
        self.acts.recall.connect(lambda: self.recall.emit(self.pair()))
        lines.addWidget(self.acts)
        lines.addLayout(self._minimum())
        lines.addLayout(self._foot())
        keyed(self, "Ctrl+W", lambda: self._write_off(every=True))
        model.listed.connect(self.refresh)
        model.changed.connect(self._busy)

    # --- made once -------------------------------------------------------------------------------

    def _chips(self) -> QWidget:
        made = QWidget()
        line = row(made, space=6)
        say = self.model.session.say
        texts = {name: say(f"shelf.filter_{name}", count="…") for name in FILTERS}
        self.chips = tabs(line, texts, self._choose)
        line.addStretch(1)
        return made

    def _levels(self) -> QWidget:
        self.levels = QWidget()
        self._level_row = row(self.levels, space=6)
        self._level_row.addWidget(label(self.model.session.say("shelf.levels"), "", "second"))
        self._level_row.addStretch(1)
        self.level_chips: dict[int, QPushButton] = {}
        return self.levels

    def _minimum(self) -> QHBoxLayout:
        say = self.model.session.say
        line = row(space=8)
        self.least_words = label("", "", "second")
        words = say("shelf.column_least")
        self.least = line_edit(words, code=True, hint=words, whole=True)
        self.least.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.least.returnPressed.connect(self._keep_minimum)
        self.keep = button(say("shelf.keep_minimum"))
        self.keep.clicked.connect(self._keep_minimum)
        for each in (self.least_words, self.least, self.keep):
            line.addWidget(each)
        line.addStretch(1)
        return line

    def _foot(self) -> QHBoxLayout:
        say = self.model.session.say
        line = row(space=8)
        self.all_off = button(say("shelf.write_off_all"))
        self.all_off.clicked.connect(lambda: self._write_off(every=True))
        line.addWidget(self.all_off)
        for each in exports(self.model, "stock", self._title, self.figures):
            line.addWidget(each)
        line.addStretch(1)
        line.addWidget(label(say("shelf.enter_opens"), "small", "second"))
        return line

    def _title(self) -> str:
        return self.model.session.say(f"shelf.filter_{self.model.filter}", count="").strip()

    # --- what is shown ---------------------------------------------------------------------------

    def figures(self) -> Figures:
        """The list in sight, made when it is first wanted."""
        model = self.model
        of_lots, costs = model.filter in OF_LOTS, bool(model.view and model.view.costs)
        if (of_lots, costs) not in self._lists:
            say = model.session.say
            names = (LOTS if of_lots else DRUGS) + (COST if costs else ())
            made = Figures(
                say("shelf.list"), titles(model.session, names), say,
                empty=say("shelf.empty"), colour=self._colour,
                wide=names.index("maker"),
            )  # fmt: skip
            made.model.finder = model.found
            made.opened.connect(self._open)
            made.table.selectionModel().currentRowChanged.connect(lambda *_: self._chosen())
            self._lists[of_lots, costs] = made
            self._stack.addWidget(made)
        return self._lists[of_lots, costs]

    def refresh(self) -> None:
        """Rows of the filter that is chosen."""
        model, session = self.model, self.model.session
        if model.view is None:
            return
        typing = any(each.search.hasFocus() for each in self._lists.values())
        figures, costs = self.figures(), model.view.costs
        at = figures.table.currentIndex().row()
        if model.filter in OF_LOTS:
            figures.show_lines(lot_lines(session, model.lots(), costs))
        else:
            figures.show_lines(drug_lines(session, model.drugs(), costs))
        if 0 <= at < figures.model.rowCount():
            figures.table.selectRow(at)
        self._stack.setCurrentWidget(figures)
        if typing:
            figures.search.setFocus()
        self._count()
        self._chosen()

    def _count(self) -> None:
        model, say = self.model, self.model.session.say
        chosen, level = model.filter, model.level
        for name, chip in self.chips.items():
            model.filter, model.level = name, 0
            count = len(model.lots()) if name in OF_LOTS else len(model.drugs())
            chip.setText(say(f"shelf.filter_{name}", count=count))
            chip.setChecked(name == chosen)
        model.filter, model.level = chosen, level
        self.levels.setVisible(
            chosen == "near" and len(model.view.levels if model.view else ()) > 1
        )
        self._show_levels()
        self.all_off.setVisible(chosen in ("expired", "returned") and self._may_write_off)

    def _show_levels(self) -> None:
        levels = self.model.view.levels if self.model.view else ()
        for days in levels:
            if days not in self.level_chips:
                chip = button(self.model.session.say("shelf.within", days=days))
                chip.setCheckable(True)
                chip.clicked.connect(partial(self._choose, "near", days))
                self.level_chips[days] = chip
                self._level_row.insertWidget(self._level_row.count() - 1, chip)
        for days, chip in self.level_chips.items():
            chip.setChecked(days == (self.model.level or max(levels, default=0)))

    @property
    def _may_write_off(self) -> bool:
        return self.model.may(Right.RECEIVE_GOODS) or self.model.may(Right.APPROVE_STOCK)

    def _chosen(self) -> None:
        of_lots = self.model.filter in OF_LOTS
        drug = self.drug()
        pair = self.pair() if of_lots else ()
        self.acts.show_lot(pair[1] if pair else None)
        may = self.model.may(Right.RECEIVE_GOODS)
        for each in (self.least_words, self.least, self.keep):
            each.setVisible(may and not of_lots and drug is not None)
        if drug is not None and not of_lots:
            self.least_words.setText(self.model.session.say("shelf.minimum_of", name=drug.name))
            self.least.setText(drug.least.plain() if drug.least else "")

    def _busy(self) -> None:
        self.keep.setEnabled(not self.model.busy)

    def drug(self) -> DrugRow | None:
        """The chosen drug."""
        found = self.figures().chosen() if self.model.view else None
        if isinstance(found, tuple):
            drug: DrugRow = found[0]
            return drug
        return found  # type: ignore[return-value]

    def pair(self) -> tuple[DrugRow, LotRow] | tuple[()]:
        """The chosen lot with its drug."""
        found = self.figures().chosen() if self.model.view else None
        return found if isinstance(found, tuple) else ()

    # --- acts ------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Asked afresh; the search is typed into first."""
        self.model.load()
        self.figures().search.setFocus()

    def forget(self) -> None:
        """Nothing of it is left in sight or memory."""
        for figures in self._lists.values():
            figures.forget()

    def leave(self) -> None:
        """What was typed and not kept goes."""
        self.acts.clear()

    def back(self) -> bool:
        """A search that is typed goes, then the filter."""
        if self.acts.clear():
            return True
        if self.figures().search.text():
            self.figures().search.clear()
            return True
        if self.model.filter != FILTERS[0]:
            self._choose(FILTERS[0])
            return True
        return False

    def _choose(self, name: str, level: int = 0, _checked: bool = False) -> None:
        self.model.choose(name, level if level is not True else 0)
        self.figures().search.setFocus()

    def _open(self, _found: object) -> None:
        drug = self.drug()
        pair = self.pair()
        if drug is not None:
            self.model.open_drug(drug.medicine_id, pair[1].lot_id if pair else "")

    def _keep_minimum(self) -> None:
        drug = self.drug()
        if drug is not None:
            self.model.keep_minimum(drug.medicine_id, self.least.text())

    def _write_off(self, *, every: bool) -> None:
        if not self._may_write_off or self.model.filter not in OF_LOTS:
            return
        every = every and self.model.filter in ("expired", "returned")
        found = [line.carries for line in self.figures().model.lines] if every else [self.pair()]
        pairs = [one for one in found if one]
        if pairs:
            self.write_off.emit((pairs, self.model.filter == "returned"))
