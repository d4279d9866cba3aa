"""A restored till says at the counter what it may not sell yet, and what the comparison brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.operation import Lane

if TYPE_CHECKING:
    from app.use_cases.backups import CaughtUp
    from ui.screens.session import Session


class BackupWatch:
    """Looked at with every pass of the recovery. No widgets here."""

    def __init__(self, session: Session) -> None:
        self._session, self._behind = session, ""

    def look(self) -> None:
        """Say what changed, and let a backup be made where one is due."""
        session = self._session
        behind, before = session.shop.behind(), self._behind
        self._behind = behind
        if behind and behind != before:
            self._say(session.say(f"backup.behind_{behind}"), "warn")
        elif before and not behind:
            session.run(Lane.STORE, lambda _: session.shop.caught_up(), self._tell)
        if not session.shop.facts.practice:
            session.run(Lane.OUTBOX, lambda _: session.shop.tend_backup(), lambda _: None)

    def _tell(self, done: CaughtUp | None) -> None:
        if done is not None:
            severity = "warn" if done.standing or done.adopted else "good"
            words = self._session.say(
                "backup.caught_up", adopted=done.adopted, standing=done.standing
            )
            self._say(words, severity)

    def _say(self, words: str, severity: str) -> None:
        """Under one id: what is so now stands in the place of what was so before."""
        self._session.tell("backup.at_counter", severity, what=words)
