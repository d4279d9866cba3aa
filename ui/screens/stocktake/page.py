"""盘点 in the office: the list, the counting, the review, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedLayout, QWidget

from ui.screens.office.page import OfficePage
from ui.screens.stocktake.counting import CountingView
from ui.screens.stocktake.reviewing import ReviewView
from ui.screens.stocktake.sampling import SamplingView
from ui.screens.stocktake.task_list import TaskListView
from ui.widgets.parts import button, column, label, retone, row, tabs

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
        self._say = model.session.say
        lines.addWidget(self._turns())
        told = row(space=8)
        self.note = label("", "", "", wrap=True)
        self.stop = button(self._say("stocktake.stop_posting"), "danger")
        self.stop.clicked.connect(model.stop_posting)
        told.addWidget(self.note, 1)
        told.addWidget(self.stop)
        lines.addLayout(told)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self.list = TaskListView(model)
        self.counting = CountingView(model, colour)
        self.reviewing = ReviewView(model, colour)
        self.sampling = SamplingView(model, colour)
        self._views: dict[str, TaskListView | CountingView | SamplingView | ReviewView] = {
            "list": self.list,
            "count": self.counting,
            "sample": self.sampling,
            "review": self.reviewing,
        }
        for view in self._views.values():
            self._stack.addWidget(view)
        lines.addWidget(holder, 1)
        self._at = ""
        model.changed.connect(self.refresh)

    def _turns(self) -> QWidget:
        """From the lines to the boxes and back."""
        self.turns = QWidget()
        line = row(self.turns, space=6)
        texts = {part: self._say(f"stocktake.turn_{part}") for part in ("lines", "boxes")}
        self.parts = tabs(line, texts, self._turn)
        line.addStretch(1)
        return self.turns

    def _turn(self, part: str, _checked: bool = False) -> None:
        model = self._model
        take = model.take
        if take is None or model.busy:
            self.refresh()
        elif part == "boxes":
            model.samples.show(take)
        else:
            model.open(take)

    def enter(self) -> None:
        """Asked afresh."""
        self._at = ""
        self._model.enter()

    def leave(self) -> None:
        """No PIN and no clock stays behind."""
        for view in (self.counting, self.sampling, self.reviewing):
            view.leave()

    def back(self) -> bool:
        """Esc: out of a filter, then back to the list, then out of the office."""
        steps = {"count": self.counting.step_back, "sample": self.sampling.step_back}
        if self._model.view in steps and steps[self._model.view]():
            return True
        if self._model.view != "list":
            self.leave()
            self._model.show_list()
            return True
        return False

    def scan_part(self) -> str:
        """Codes are for the grid and for the boxes that are looked for."""
        return "codes" if self._model.view in ("count", "sample") else ""

    def take_scan(self, text: str) -> bool:
        """To the line of the box, or against the boxes that are looked for."""
        views = {"count": self.counting.scan, "sample": self.sampling.scan}
        return self._model.view in views and views[self._model.view](text)

    def refresh(self) -> None:
        """Everything from the model."""
        model, say = self._model, self._model.session.say
        if model.busy:
            far = f" {model.far[0]} / {model.far[1]}" if model.far else ""
            self.note.setText(f"{say(model.busy)}{far}")
            retone(self.note, "tone", "second")
        else:
            self.note.setText(model.session.say_note(model.note) if model.note else "")
            retone(self.note, "tone", _TONES[model.note.severity] if model.note else "second")
        self.note.setVisible(bool(self.note.text()))
        self.stop.setVisible(model.busy == "stocktake.busy_post")
        self.turns.setVisible(model.view != "list")
        for part, made in self.parts.items():
            made.setChecked((part == "boxes") == (model.view == "sample"))
        view = self._views[model.view]
        view.refresh()
        if self._at != model.view and not model.busy:
            self._at = model.view
            self._stack.setCurrentWidget(view)
            view.focus()
        elif self._stack.currentWidget() is not view:
            self._stack.setCurrentWidget(view)
