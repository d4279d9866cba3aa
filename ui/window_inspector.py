"""The inspector's room in the counter's window: made when one signs in, left by locking."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from ui.screens.inspection.page import InspectorRoom
from ui.screens.inspection.view_model import InspectionModel
from ui.table_export import export_table

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStackedLayout

    from ui.main_window import MainWindow


def show_room(window: MainWindow, pages: QStackedLayout) -> None:
    """Put the room into sight; nothing else of the till can be reached from it."""
    session, room = window.session, _made(pages)
    inspector = session.inspector
    if inspector is None:
        return
    if room is None:
        # Never in the name of who stood at the counter before, whatever comes late.
        model = InspectionModel(session, partial(export_table, window.folder.parent), inspector)
        room = InspectorRoom(model, lambda token: window.looks.look.colour(token))
        room.left.connect(session.lock)
        session.operator_changed.connect(room.closed)
        pages.addWidget(room)
    room.model.inspector = inspector
    pages.setCurrentWidget(room)
    room.opened(inspector.staff.name)


def _made(pages: QStackedLayout) -> InspectorRoom | None:
    for place in range(pages.count()):
        widget = pages.widget(place)
        if isinstance(widget, InspectorRoom):
            return widget
    return None


def show_folder(place: str) -> None:
    """Where a pack lies, in the system's own window of files."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(place))
