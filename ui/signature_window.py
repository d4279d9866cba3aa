"""The signature pad: a window on the customer's touch screen, or on this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.screens.signature.view import SignatureView
from ui.second_screen import keep_behind_the_keys, screen_named, show_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent
    from PySide6.QtWidgets import QWidget

    from ui.screens.signature.view_model import SignatureViewModel


class SignatureWindow(SignatureView):
    """In sight only while there is something to sign; never takes the cashier's focus."""

    def __init__(
        self, model: SignatureViewModel, counter: QWidget, screen: Callable[[], str]
    ) -> None:
        """``screen``: name of the screen; one that is not there means this one, as a window."""
        super().__init__(model)
        self._counter, self._screen = counter, screen
        self.setWindowTitle(model.session.say("signature.window"))
        keep_behind_the_keys(self)
        self.resize(900, 680)
        model.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        if self._model.receipt is None:
            self.hide()
            return
        if not self.isVisible():
            show_on(self, screen_named(self._counter, self._screen()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closed by hand: the paper is signed on paper."""
        self._model.on_paper()
        event.accept()
