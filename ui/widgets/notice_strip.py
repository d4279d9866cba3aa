"""A notice over the basket: what holds, what it means, and a button for the page behind it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from ui.widgets.parts import column, label, retone, row, strip_button


class NoticeStrip(QFrame):
    """In sight as long as it holds; it stands still."""

    panel_asked = Signal()

    def __init__(self, title: str) -> None:
        """``title``: of the page that the button opens."""
        super().__init__()
        line = row(self)
        line.setContentsMargins(10, 6, 10, 6)
        lines = column(space=2)
        self.words = label("", "strong", wrap=True)
        self.means = label("", wrap=True)
        lines.addWidget(self.words)
        lines.addWidget(self.means)
        line.addLayout(lines, 1)
        self.open = strip_button(title)
        self.open.clicked.connect(self.panel_asked)
        line.addWidget(self.open)
        self.hide()

    def write(self, words: str, means: str, *, blocks: bool) -> None:
        """What it says; ``blocks``: something is not sold for it."""
        self.words.setText(words)
        self.means.setText(means)
        self.setAccessibleName(words)
        retone(self.words, "tone", "bad" if blocks else "warn")
        retone(self, "finding", "block" if blocks else "warn")
