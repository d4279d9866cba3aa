"""监管: alerts and their answers, the rule base, the month's report, watched drugs and notes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.screens.office.parts_page import PartsPage
from ui.screens.watch.alerts_part import AlertsPart
from ui.screens.watch.drugs_part import DrugsPart
from ui.screens.watch.insured_part import ListsPart
from ui.screens.watch.lists_part import MirrorPart, NotesPart
from ui.screens.watch.month_part import MonthPart
from ui.screens.watch.view_model import WatchModel
from ui.widgets.parts import button, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor


class WatchPage(PartsPage[WatchModel]):
    """Parts in a row above, the month beside them, what the part shows below."""

    def __init__(self, model: WatchModel, colour: Callable[[str], QColor]) -> None:
        parts = {
            "alerts": AlertsPart(model, colour),
            "mirror": MirrorPart(model, colour),
            "month": MonthPart(model, colour),
            "drugs": DrugsPart(model, colour),
            "notes": NotesPart(model, colour),
            "lists": ListsPart(model, colour),
        }
        super().__init__("watch", model, parts, beside=self._month(model))

    def _month(self, model: WatchModel) -> QWidget:
        say, holder = model.session.say, QWidget()
        line = row(holder, space=6)
        line.addWidget(label(say("watch.month"), "", "second"))
        self.before = button("←", name=say("watch.month_before"))
        self.before.clicked.connect(partial(model.step, -1))
        self.month = line_edit(say("watch.month"), code=True, hint="2026-11", whole=True)
        self.month.setMaximumWidth(8 * self.month.fontMetrics().height())
        self.month.returnPressed.connect(lambda: model.typed(self.month.text()))
        self.after = button("→", name=say("watch.month_after"))
        self.after.clicked.connect(partial(model.step, 1))
        for made in (self.before, self.month, self.after):
            line.addWidget(made)
        holder.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        return holder

    def _changed(self) -> None:
        if not self.month.hasFocus():
            self.month.setText(self.model.month)
        super()._changed()

    def _listed(self) -> None:
        self.month.setText(self.model.month)
        super()._listed()
