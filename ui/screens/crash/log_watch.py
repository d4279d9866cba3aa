"""What the till found wrong with its own log, told at the counter to who keeps the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.staff import Right

if TYPE_CHECKING:
    from app.ports_log import Broken
    from ui.screens.session import Session


class LogWatch:
    """Looked at with every pass of the recovery. No widgets here."""

    def __init__(self, session: Session) -> None:
        self._session, self._told = session, ""

    def look(self) -> None:
        """Say it once to everybody who may do something about it."""
        session = self._session
        trouble = session.shop.log_trouble()
        who = session.operator.staff.id if session.operator is not None else ""
        if trouble is None or session.locked or who == self._told:
            return
        if session.may(Right.CLOSE_DAY):
            self._told = who
            session.tell("log.at_counter", "warn", what=self._words(trouble))

    def _words(self, trouble: Broken) -> str:
        say = self._session.say
        if trouble.what == "file":
            return say("log.anchors_broken", line=trouble.seq or "—")
        source = say(f"log.source_{trouble.source}") if trouble.source else ""
        return say(
            f"log.broken_{trouble.what}", chain=trouble.chain, seq=trouble.seq,
            before=trouble.seq - 1, source=source, day=trouble.day,
        )  # fmt: skip
