"""The keypad for passwords: a window on the customer's screen, else over the turned counter's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from ui.screens.password.view import KeypadView
from ui.second_screen import keep_behind_the_keys, other_screen, show_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent
    from PySide6.QtWidgets import QWidget

    from ui.screens.payment.view_model import PaymentViewModel


class KeypadWindow(KeypadView):
    """In sight only while the patient types on it; never takes the cashier's focus."""

    def __init__(
        self, payment: PaymentViewModel, counter: QWidget, screen: Callable[[], str]
    ) -> None:
        """``screen``: the customer's, by name; empty or gone = any that is not the counter's."""
        super().__init__(payment)
        self._counter, self._screen = counter, screen
        self.setWindowTitle(payment.session.say("patient_password.window"))
        keep_behind_the_keys(self)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.resize(1100, 660)
        self._model.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        if not self._model.asking or self._model.on_pad:
            self.hide()
            return
        if not self.isVisible():
            show_on(self, other_screen(self._counter, self._screen()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closed by hand: the patient types nothing."""
        self._model.cancel()
        event.accept()
