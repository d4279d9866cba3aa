"""What is said of the chosen row: as high as its words, and scrolled where the list needs room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QSizePolicy

_LEAST, _MOST = 2, 7
"""Lines in sight."""


class Told(QScrollArea):
    """A wrapped text that gives way to the list above it."""

    def __init__(self, text: QLabel) -> None:
        super().__init__()
        self._text = text
        self.setWidget(text)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def say(self, words: str) -> None:
        """Show other words, from their beginning."""
        self._text.setText(words)
        self.verticalScrollBar().setValue(0)
        self.updateGeometry()

    def _lines(self, count: int) -> int:
        return self._text.fontMetrics().lineSpacing() * count

    def sizeHint(self) -> QSize:
        """Its words at the width that it has."""
        wanted = self._text.heightForWidth(max(1, self.viewport().width()))
        return QSize(super().sizeHint().width(), min(wanted, self._lines(_MOST)))

    def minimumSizeHint(self) -> QSize:
        """Two lines, or the one that there is."""
        least = min(self.sizeHint().height(), self._lines(_LEAST))
        return QSize(super().minimumSizeHint().width(), least)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width is another height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
