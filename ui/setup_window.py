"""Opens the setup screen in a window of its own and stays until it is closed."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from ui.operation import ThreadLanes
from ui.screens.setup.view import SetupView
from ui.screens.setup.view_model import SetupDoor, SetupViewModel
from ui.theme import dress, theme
from ui.words import say


def run_setup(door: SetupDoor, joins: bool = False) -> int:
    """:returns: 0 when the shop was made or joined, 1 when the window was closed before."""
    application = QApplication.instance() or QApplication([])
    if isinstance(application, QApplication):
        dress(application, theme())
    lanes = ThreadLanes()
    model = SetupViewModel(door, lanes, joins=joins)
    view = SetupView(model, say)
    view.show()
    application.exec()
    lanes.close_later()
    return 0 if model.done else 1
