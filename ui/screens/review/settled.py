"""A scrolled page that was drawn anew is painted once it is laid out, not squeezed before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from shiboken6 import isValid

if TYPE_CHECKING:
    from PySide6.QtWidgets import QScrollArea


def paint_settled(area: QScrollArea) -> None:
    """Hold painting for the two rounds of events that wrapped labels need to know their height."""
    area.setUpdatesEnabled(False)

    def show() -> None:
        if isValid(area):
            area.setUpdatesEnabled(True)

    QTimer.singleShot(0, lambda: QTimer.singleShot(0, show))
