"""缺药登记: what customers asked for and was not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy

from app.domain.money import Quantity
from app.errors import BadValue
from ui.screens.stock.parts import Part, exports
from ui.screens.stock.rows import WANTED, titles, wanted_lines
from ui.widgets.figures import Figures
from ui.widgets.parts import button, column, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from app.domain.rx_case import UnmetRequest
    from ui.screens.stock.view_model import StockModel


class WantedPart(Part):
    """Name, specification, how many, Enter; what was seen to leaves the list."""

    def __init__(self, model: StockModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, say = model, model.session.say
        lines = column(self, space=8)
        form = row(space=8)
        self.name = line_edit(say("shelf.column_name"), hint=say("shelf.wanted_hint"))
        self.spec = line_edit(say("shelf.column_spec"), hint=say("shelf.column_spec"))
        self.count = line_edit(say("shelf.column_quantity"), code=True,
                               hint=say("shelf.column_quantity"), whole=True)  # fmt: skip
        self.count.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.add = button(say("shelf.note_wanted"), "commit")
        self.name.returnPressed.connect(self.spec.setFocus)
        self.spec.returnPressed.connect(self.count.setFocus)
        self.count.returnPressed.connect(self._add)
        self.add.clicked.connect(self._add)
        form.addWidget(self.name, 2)
        form.addWidget(self.spec, 1)
        form.addWidget(self.count)
        form.addWidget(self.add)
        lines.addLayout(form)
        self.all = Figures(
            say("shelf.wanted"), titles(model.session, WANTED), say, empty=say("shelf.no_wanted"),
            colour=colour, wide=1,
        )  # fmt: skip
        lines.addWidget(self.all, 1)
        foot = row(space=8)
        self.done = button(say("shelf.wanted_done"))
        self.done.clicked.connect(self._done)
        foot.addWidget(self.done)
        for each in exports(model, "unmet", lambda: say("shelf.wanted"), lambda: self.all):
            foot.addWidget(each)
        foot.addStretch(1)
        lines.addLayout(foot)

    def enter(self) -> None:
        """Asked afresh."""
        self.model.run(self.model.shop.wanted_list, self._loaded)
        self.name.setFocus()

    def _loaded(self, rows: list[UnmetRequest]) -> None:
        self.all.show_lines(wanted_lines(self.model.session, rows))
        self.done.setEnabled(bool(rows))

    def _add(self) -> None:
        try:
            quantity = Quantity.of(self.count.text().strip() or "1")
        except BadValue:
            quantity = Quantity(0)
        if not self.name.text().strip() or quantity <= Quantity(0):
            self.model.say("shelf.wanted_wrong", "block")
            return
        who, shop = self.model.session.who(), self.model.shop
        name, spec = self.name.text(), self.spec.text()

        def work() -> list[UnmetRequest]:
            shop.note_wanted(name, spec, quantity, who)
            return shop.wanted_list()

        def done(rows: list[UnmetRequest]) -> None:
            for field in (self.name, self.spec, self.count):
                field.clear()
            self._loaded(rows)
            self.name.setFocus()
            self.model.say("shelf.wanted_noted", "good", name=name.strip())

        self.model.run(work, done)

    def _done(self) -> None:
        found = self.all.chosen()
        if found is None:
            return
        who, shop = self.model.session.who(), self.model.shop

        def work() -> list[UnmetRequest]:
            shop.wanted_done(found.id, who)  # type: ignore[attr-defined]
            return shop.wanted_list()

        self.model.run(work, self._loaded)
