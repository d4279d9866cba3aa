"""At the counter, while too few pharmacists are present: what is not sold, and what is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from ui.widgets.parts import button, column, label, row

if TYPE_CHECKING:
    from ui.screens.session import Session


class DutyStrip(QFrame):
    """The notice of policy 3.1, in sight as long as it holds. Asks memory only."""

    panel_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setProperty("finding", "block")
        line = row(self)
        line.setContentsMargins(10, 6, 10, 6)
        lines = column(space=2)
        self.words = label(session.say("notice.no_pharmacist"), "strong", "bad", wrap=True)
        self.means = label("", wrap=True)
        lines.addWidget(self.words)
        lines.addWidget(self.means)
        line.addLayout(lines, 1)
        self.open = button(session.say("duty.title"))
        self.open.clicked.connect(self.panel_asked)
        line.addWidget(self.open)
        self.setAccessibleName(self.words.text())
        self.hide()

    def refresh(self, key: str) -> None:
        """Show or hide; ``key``: the one that opens the panel."""
        shop = self._session.shop
        seen = shop.presence()
        needed = shop.pharmacists_needed() if seen is not None else 0
        short = seen is not None and seen.present < needed
        if seen is not None and short:
            told = {"needed": needed, "present": seen.present, "key": key}
            self.means.setText(self._session.say("duty.strip_means", **told))
        if short == self.isHidden():
            self.setVisible(short)
