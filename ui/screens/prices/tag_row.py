"""Under the list of prices: shelf labels of today or of one drug, and the list as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button

if TYPE_CHECKING:
    from ui.screens.prices.tags import TagsModel
    from ui.screens.prices.view_model import PricesModel
    from ui.widgets.figures import Figures


class TagRow(QWidget):
    """Labels go to the printer, or as PDF where the till has none."""

    def __init__(self, model: PricesModel, tags: TagsModel, figures: Figures) -> None:
        super().__init__()
        self._model, self._tags, say = model, tags, model.session.say
        line = FlowLayout(self, space=6, even=True, grow=True)
        self.today, self.pdf = button(say("prices.tags")), button(say("prices.tags_pdf"))
        self.one, self.xlsx = button(say("prices.tag_one")), button(say("figures.xlsx"))
        self.today.clicked.connect(lambda: tags.print())
        self.pdf.clicked.connect(lambda: tags.save())
        self.one.clicked.connect(self._one_tag)
        self.xlsx.clicked.connect(lambda: model.export(figures.model.titles, figures.shown_rows()))
        for made in (self.today, self.pdf, self.one, self.xlsx):
            line.addWidget(made)

    def refresh(self) -> None:
        """What this till can print now."""
        printer = self._tags.has_printer
        self.today.setVisible(printer)
        self.one.setVisible(printer and self._model.chosen is not None)

    def _one_tag(self) -> None:
        if self._model.chosen is not None:
            self._tags.print([self._model.chosen.medicine_id])
