"""Short sounds (added, finding, settled, arrived), made of the system bell; with an off switch.

Qt's multimedia module is no part of PySide6-Essentials, and a till must not depend on a sound
card: a finding, a settled sale and a prescription that waits for its pharmacist ring the desktop's
bell, adding a line stays silent.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

AUDIBLE = ("finding", "settled", "arrived")


class Sounds(QObject):
    """Rings where there is something to hear."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.on = True

    def play(self, name: str) -> None:
        """Ring for a name; unknown names and a closed switch are silence."""
        if self.on and name in AUDIBLE:
            QApplication.beep()
