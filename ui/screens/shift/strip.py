"""While a drawer wants somebody: a float that nobody counted, a shift that was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.widgets.notice_strip import NoticeStrip

if TYPE_CHECKING:
    from app.use_cases.shift_view import TillShift
    from ui.screens.session import Session


class ShiftStrip(NoticeStrip):
    """What the drawer wants of whoever is here."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.say("shift.title"))
        self._session = session
        self._told, self._back = False, False

    def stand_back(self, back: bool) -> None:
        """The panel that it leads to is in sight: it need not say where that is."""
        self._back = back
        self.setVisible(self._told and not back)

    def show_state(self, state: TillShift, staff_id: str, key: str) -> None:
        """What the drawer wants of whoever is here; ``key`` opens the page."""
        told = wants(state, staff_id)
        if told:
            params = {"many": len(state.waiting), "holder": state.holder, "key": key}
            words = self._session.say(f"shift.strip_{told}", **params)
            means = self._session.say(f"shift.strip_{told}_means", **params)
            self.write(words, means, blocks=False)
        self._told = bool(told)
        self.setVisible(self._told and not self._back)


def wants(state: TillShift, staff_id: str) -> str:
    """Tail of the words; empty = nothing. What is done first stands first."""
    if state.shift is not None and not state.float_known:
        return "float"
    if state.shift is not None and state.shift.holder != staff_id:
        return "other"
    return "waiting" if state.waiting else ""
