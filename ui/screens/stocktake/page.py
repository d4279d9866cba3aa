"""盘点 in the office: the list, the counting, the review, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedLayout, QWidget

from ui.screens.office.page import OfficePage
from ui.screens.stocktake.counting import CountingView
from ui.screens.stocktake.reviewing import ReviewView
from ui.screens.stocktake.task_list import TaskListView
from ui.widgets.parts import column, label, retone

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from ui.screens.stocktake.view_model import StocktakeModel

_TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second"}


class StocktakePage(OfficePage):
    """Turns to the view that the model is at; a sentence over it says what happened."""

    def __init__(self, model: StocktakeModel, colour: Callable[[str], QColor]) -> None:
        """``colour``: a token's colour in the theme of now."""
        super().__init__()
        self._model = model
        lines = column(self, space=8)
        self.note = label("", "", "", wrap=True)
        lines.addWidget(self.note)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self.list = TaskListView(model)
        self.counting = CountingView(model, colour)
        self.reviewing = ReviewView(model, colour)
        self._views: dict[str, TaskListView | CountingView | ReviewView] = {
            "list": self.list,
            "count": self.counting,
            "review": self.reviewing,
        }
        for view in self._views.values():
            self._stack.addWidget(view)
        lines.addWidget(holder, 1)
        self._at = ""
        model.changed.connect(self.refresh)

    def enter(self) -> None:
        """Asked afresh."""
        self._at = ""
        self._model.enter()

    def leave(self) -> None:
        """No PIN and no clock stays behind."""
        self.counting.leave()
        self.reviewing.leave()

    def back(self) -> bool:
        """Esc: out of a filter, then back to the list, then out of the office."""
        if self._model.view == "count" and self.counting.step_back():
            return True
        if self._model.view != "list":
            self.leave()
            self._model.show_list()
            return True
        return False

    def scan_part(self) -> str:
        """Codes are for the grid."""
        return "codes" if self._model.view == "count" else ""

    def take_scan(self, text: str) -> bool:
        """To the line of the box."""
        return self._model.view == "count" and self.counting.scan(text)

    def refresh(self) -> None:
        """Everything from the model."""
        model, say = self._model, self._model.session.say
        if model.busy:
            self.note.setText(say(model.busy))
            retone(self.note, "tone", "second")
        else:
            self.note.setText(model.session.say_note(model.note) if model.note else "")
            retone(self.note, "tone", _TONES[model.note.severity] if model.note else "second")
        self.note.setVisible(bool(self.note.text()))
        view = self._views[model.view]
        view.refresh()
        if self._at != model.view and not model.busy:
            self._at = model.view
            self._stack.setCurrentWidget(view)
            view.focus()
        elif self._stack.currentWidget() is not view:
            self._stack.setCurrentWidget(view)
