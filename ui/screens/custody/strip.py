"""While a held card is unexplained, a receipt late or a card to go back: what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.widgets.notice_strip import NoticeStrip

if TYPE_CHECKING:
    from ui.screens.session import Session


class CustodyStrip(NoticeStrip):
    """While a held card wants somebody."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.say("custody.title"))
        self._session = session

    def show_urgent(self, urgent: tuple[int, int, int], key: str) -> None:
        """(unexplained cards, late receipts, late returns); ``key`` opens the page."""
        gaps, overdue, late = urgent
        words = self._session.say("custody.strip", gaps=gaps, overdue=overdue, late=late)
        means = self._session.say("custody.strip_means", key=key)
        self.write(words, means, blocks=bool(gaps or overdue))
        self.setVisible(any(urgent))
