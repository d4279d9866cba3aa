"""What the customer looks at: a display of digits, a second screen, both or neither.

Made when this till has one of them, or a person asks for the window; the counter never waits for
either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.domain.device_plan import DeviceKind, Lamp
from ui.customer_window import AUTO, CustomerWindow
from ui.screens.customer.view_model import CustomerViewModel

if TYPE_CHECKING:
    from app.domain.display import Figure
    from ui.main_window import MainWindow

_HERE = (Lamp.THERE, Lamp.ATTENTION, Lamp.UNKNOWN)


class CustomerSide(QObject):
    """Follows the view models of the counter's window."""

    def __init__(self, counter: MainWindow) -> None:
        super().__init__(counter)
        self._counter, self._session = counter, counter.session
        self.model = CustomerViewModel(counter.session, counter.till, counter.payment)
        self.model.figure_changed.connect(self._send)
        self.window: CustomerWindow | None = None
        self._planned = ""
        """Screen of the plan; empty = it has none."""
        self._lit = False
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.screenAdded.connect(self._screens_changed)
            application.screenRemoved.connect(self._screens_changed)

    # --- the window ------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Open it, or close it again."""
        if self.window is not None and self.window.isVisible():
            self.window.close()
        else:
            self._open(self._planned or AUTO)

    def _open(self, wanted: str) -> None:
        if self.window is None:
            self.window = CustomerWindow(self.model)
        self.window.place(self._counter, wanted)
        # A window that takes no focus on most systems is given it on some: the scanner types.
        self._counter.activateWindow()

    def _screens_changed(self, *_: object) -> None:
        """A screen was plugged in or pulled out: what stands there moves with it."""
        if self.window is not None and self.window.isVisible():
            self.window.place(self._counter, self._planned or AUTO)

    # --- the devices of the plan -----------------------------------------------------------------

    def follow(self) -> None:
        """The plan or a lamp changed."""
        states = self._counter.devices.states
        window = states.get(DeviceKind.CUSTOMER_WINDOW)
        planned = window.placed.address.partition(":")[2] or AUTO if window else ""
        if planned != self._planned:
            self._planned = planned
            if planned:
                self._open(planned)
            elif self.window is not None:
                self.window.close()
        display = states.get(DeviceKind.DISPLAY)
        lit = display is not None and display.lamp in _HERE
        if lit and not self._lit:
            self._send(self.model.figure)  # it was dark while it was away
        self._lit = lit

    def _send(self, figure: Figure) -> None:
        self._session.shop.show_figure(figure)

    def stop(self) -> None:
        """The counter's window closes: nothing of a customer stays in sight."""
        self.model.stop()
        if self.window is not None:
            self.window.close()
