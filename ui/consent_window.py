"""A consent on the customer's touch screen: read there, signed there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.screens.person.sheet import ConsentSheet
from ui.second_screen import keep_behind_the_keys, screen_named, show_on
from ui.widgets.parts import column

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent

    from ui.screens.person.view_model import PersonViewModel


class ConsentWindow(QWidget):
    """In sight only while there is a consent to sign; never takes the cashier's focus."""

    def __init__(self, model: PersonViewModel, counter: QWidget, screen: Callable[[], str]) -> None:
        """``screen``: name of the screen; one that is not there means this one, as a window."""
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model, self._counter, self._screen = model, counter, screen
        self.setWindowTitle(model.session.say("person.window"))
        keep_behind_the_keys(self)
        self.resize(900, 680)
        self.sheet = ConsentSheet(model, "heading")
        column(self, margin=24).addWidget(self.sheet)
        for each in (self.sheet.again, self.sheet.sign):
            each.setMinimumHeight(64)
            # The customer's side has no keyboard: a focus there would take the cashier's keys.
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        model.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        if self._model.text is None:
            self.hide()
        elif not self.isVisible():
            show_on(self, screen_named(self._counter, self._screen()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closed by hand: nothing was signed."""
        if self._model.text is not None:
            self._model.leave_consent()
        event.accept()
