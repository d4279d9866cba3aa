"""While a drawer wants somebody: a float that nobody counted, a shift that was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame

from ui.widgets.parts import button, column, label, retone, row

if TYPE_CHECKING:
    from app.use_cases.shift_view import TillShift
    from ui.screens.session import Session


class ShiftStrip(QFrame):
    """In sight as long as it holds; it stands still."""

    panel_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        line = row(self)
        line.setContentsMargins(10, 6, 10, 6)
        lines = column(space=2)
        self.words = label("", "strong", "warn", wrap=True)
        self.means = label("", wrap=True)
        lines.addWidget(self.words)
        lines.addWidget(self.means)
        line.addLayout(lines, 1)
        self.open = button(session.say("shift.title"))
        # It has a key; focus that a page lets go of must not end here, where Enter leads away.
        self.open.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.open.clicked.connect(self.panel_asked)
        line.addWidget(self.open)
        retone(self, "finding", "warn")
        self._told, self._back = False, False
        self.hide()

    def stand_back(self, back: bool) -> None:
        """The panel that it leads to is in sight: it need not say where that is."""
        self._back = back
        self.setVisible(self._told and not back)

    def show_state(self, state: TillShift, staff_id: str, key: str) -> None:
        """What the drawer wants of whoever is here; ``key`` opens the page."""
        told = wants(state, staff_id)
        if told:
            params = {"many": len(state.waiting), "holder": state.holder, "key": key}
            self.words.setText(self._session.say(f"shift.strip_{told}", **params))
            self.means.setText(self._session.say(f"shift.strip_{told}_means", **params))
            self.setAccessibleName(self.words.text())
        self._told = bool(told)
        self.setVisible(self._told and not self._back)


def wants(state: TillShift, staff_id: str) -> str:
    """Tail of the words; empty = nothing. What is done first stands first."""
    if state.shift is not None and not state.float_known:
        return "float"
    if state.shift is not None and state.shift.holder != staff_id:
        return "other"
    return "waiting" if state.waiting else ""
