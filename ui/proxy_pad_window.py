"""The signature pad while a proxy signs: on the customer's touch screen, or on this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.screens.proxy.pad import ProxyPadView
from ui.second_screen import keep_behind_the_keys, screen_named, show_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent
    from PySide6.QtWidgets import QWidget

    from ui.screens.proxy.view_model import ProxyModel


class ProxyPadWindow(ProxyPadView):
    """In sight only while a list is to be signed; never takes the cashier's focus."""

    def __init__(self, model: ProxyModel, counter: QWidget, screen: Callable[[], str]) -> None:
        """``screen``: name of the screen; one that is not there means this one, as a window."""
        super().__init__(model)
        self._counter, self._screen = counter, screen
        self.setWindowTitle(model.session.say("proxy.pad_window"))
        keep_behind_the_keys(self)
        self.resize(900, 720)
        model.pad_changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """In sight while something is to be signed."""
        if not self._model.on_pad:
            self.hide()
        elif not self.isVisible():
            show_on(self, screen_named(self._counter, self._screen()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closed by hand: it is signed on paper."""
        self._model.off_pad()
        event.accept()
