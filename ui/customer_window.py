"""The window on the customer's side: on the second screen where there is one, else where it is put.

It takes no keys and no focus: whatever happens in it, the counter goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ui.screens.customer.view import CustomerView
from ui.second_screen import keep_behind_the_keys, other_screen, show_on
from ui.widgets.parts import column

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent

    from ui.screens.customer.view_model import CustomerViewModel

AUTO = "auto"
"""Any screen but the counter's."""


class CustomerWindow(QWidget):
    """One page, always the newest."""

    closed = Signal()
    """A person closed it."""

    def __init__(self, model: CustomerViewModel) -> None:
        super().__init__()
        keep_behind_the_keys(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        say, facts = model.session.say, model.session.shop.facts
        self.setWindowTitle(say("customer.window"))
        self.setMinimumSize(640, 400)
        self.resize(1024, 600)
        self._model = model
        self.view = CustomerView(say, facts.shop_name, facts.mark)
        column(self, margin=0).addWidget(self.view)
        model.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        self.view.show_page(self._model.page)

    def place(self, counter: QWidget, wanted: str = AUTO) -> None:
        """Show it: full on its own screen, as a plain window where there is only the counter's."""
        show_on(self, other_screen(counter, wanted))

    def closeEvent(self, event: QCloseEvent) -> None:
        """It may be closed at any time."""
        super().closeEvent(event)
        self.closed.emit()
