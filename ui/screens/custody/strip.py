"""While a held card is unexplained, a receipt late or a card to go back: what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from ui.widgets.parts import button, column, label, retone, row

if TYPE_CHECKING:
    from ui.screens.session import Session


class CustodyStrip(QFrame):
    """In sight as long as it holds; it stands still."""

    panel_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        line = row(self)
        line.setContentsMargins(10, 6, 10, 6)
        lines = column(space=2)
        self.words = label("", "strong", "", wrap=True)
        self.means = label("", wrap=True)
        lines.addWidget(self.words)
        lines.addWidget(self.means)
        line.addLayout(lines, 1)
        self.open = button(session.say("custody.title"))
        self.open.clicked.connect(self.panel_asked)
        line.addWidget(self.open)
        self.hide()

    def show_urgent(self, urgent: tuple[int, int, int], key: str) -> None:
        """(unexplained cards, late receipts, late returns); ``key`` opens the page."""
        gaps, overdue, late = urgent
        words = self._session.say("custody.strip", gaps=gaps, overdue=overdue, late=late)
        self.words.setText(words)
        self.setAccessibleName(words)
        self.means.setText(self._session.say("custody.strip_means", key=key))
        stops = bool(gaps or overdue)
        retone(self.words, "tone", "bad" if stops else "warn")
        retone(self, "finding", "block" if stops else "warn")
        self.setVisible(any(urgent))
