"""While too few pharmacists are here, or one was away for long: what it means, what to press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.widgets.notice_strip import NoticeStrip

if TYPE_CHECKING:
    from ui.screens.session import Session


class DutyStrip(NoticeStrip):
    """The notice of policy 3.1, in sight as long as it holds; before it, the word of an absence.

    Asks memory only. ``place``: counter, or station: there no panel opens, and it says where.
    """

    def __init__(self, session: Session, place: str = "counter") -> None:
        super().__init__(session.say("duty.title"))
        self._session, self._place = session, place
        self.open.setVisible(place == "counter")

    def refresh(self, key: str) -> None:
        """Show or hide; ``key``: the one that opens the panel at the counter."""
        shop, say = self._session.shop, self._session.say
        # While the shop is still opening nobody is known, and no start may wait to be told so.
        seen = shop.presence()
        away = shop.duty_warnings() if seen is not None else ()
        needed = shop.pharmacists_needed() if seen is not None else 0
        if seen is not None and seen.present < needed:
            told = {"needed": needed, "present": seen.present, "key": key}
            means = say(f"duty.strip_means_{self._place}", **told)
            self._show(say("notice.no_pharmacist"), means, blocks=True)
        elif away:
            means = say(f"duty.strip_away_{self._place}", key=key)
            words = "\n".join(self._session.say_note(note) for note in away)
            self._show(words, means, blocks=False)
        elif not self.isHidden():
            self.hide()

    def _show(self, words: str, means: str, *, blocks: bool) -> None:
        self.write(words, means, blocks=blocks)
        if self.isHidden():
            self.show()
