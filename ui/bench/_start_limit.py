"""What a start costs at least: a bare PySide6 window with a field. Imports nothing of ours."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget


class Probe(QObject):
    """Says ``ready`` once the field is painted and a typed letter has arrived in it, then ends."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__()
        self._field, self._painted = field, False
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: wait for the first paint, then type once the queue is empty."""
        if event.type() == QEvent.Type.Paint and not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._type)
        return super().eventFilter(watched, event)

    def _type(self) -> None:
        kind, none = QEvent.Type.KeyPress, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self._field, QKeyEvent(kind, Qt.Key.Key_A, none, "a"))
        self._look()

    def _look(self) -> None:
        if self._field.text() != "a":  # a till may hold a key back to see whether a scanner types
            QTimer.singleShot(1, self._look)
            return
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        os._exit(0)


def main() -> None:
    """Open the window and probe it."""
    application = QApplication([])
    window = QWidget()
    window.resize(1366, 768)
    field = QLineEdit()
    QVBoxLayout(window).addWidget(field)
    probe = Probe(field)
    window.show()
    application.exec()
    del probe


if __name__ == "__main__":
    main()
