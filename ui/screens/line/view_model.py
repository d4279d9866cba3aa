"""The outage card's state: the line, what stands here, and one try at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.clock import shop_time
from app.domain.line import Line
from ui.operation import Lane

if TYPE_CHECKING:
    from datetime import datetime

    from app.use_cases.outage import Outage
    from ui.screens.session import Session

CARDS = ("may", "waits", "write")
"""What may be sold, what must wait, what to write down: each a list of words by number."""


class LineModel(QObject):
    """Asked when the card opens and after each try."""

    changed = Signal()
    tried = Signal()
    """The platform was asked: whoever shows the line looks again."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.line = Line()
        self.outage: Outage | None = None
        self.trying = False

    def ask(self) -> None:
        """The line and the counts of this moment."""
        shop = self.session.shop
        self.session.run(Lane.STORE, lambda _: (shop.line_state(), shop.outage()), self._told)

    def _told(self, told: tuple[Line, Outage]) -> None:
        self.line, self.outage = told
        self.changed.emit()

    def try_now(self) -> None:
        """One call to the platform, now; a second press while it is under way does nothing."""
        if self.trying:
            return
        self.trying = True
        self.changed.emit()
        shop = self.session.shop
        self.session.run(Lane.RECOVERY, lambda _: shop.probe_line(), self._tried, self._failed)

    def _tried(self, line: Line) -> None:
        self.trying, self.line = False, line
        self.tried.emit()
        self.changed.emit()
        self.ask()

    def _failed(self, _: object) -> None:
        self.trying = False
        self.changed.emit()

    # --- texts -----------------------------------------------------------------------------------

    def headline(self) -> tuple[str, str]:
        """(words, tone): how the line is, since when."""
        say, line = self.session.say, self.line
        if self.trying:
            return say("line.trying"), "second"
        if line.up is None:
            return say("line.unasked"), "second"
        if line.trouble is None:
            return say("line.up", millis=line.millis, at=self._clock(line.good_at)), "good"
        words = say(f"line.{line.trouble.value}", since=self._clock(line.since))
        good = say("line.last_good", at=self._clock(line.good_at)) if line.good_at else ""
        return words + good, "bad"

    def advice(self) -> str:
        """What to do about it; empty while the line stands and the clocks agree."""
        say, line = self.session.say, self.line
        parts = []
        if line.trouble is not None:
            parts.append(say(f"line.{line.trouble.value}_do"))
        if line.drifts is not None:
            minutes = round(abs(line.drifts.total_seconds()) / 60)
            way = "slow" if line.drifts.total_seconds() > 0 else "fast"
            parts.append(say(f"line.clock_{way}", minutes=minutes))
        return " ".join(parts)

    def figures(self) -> str:
        """What stands at this till."""
        if self.outage is None:
            return ""
        told, say = self.outage, self.session.say
        words = say("line.figures", held=told.held, undecided=told.undecided, waiting=told.waiting)
        return words + (say("line.oldest", at=self._clock(told.oldest)) if told.oldest else "")

    def card(self, name: str) -> list[str]:
        """The rows of one of :data:`CARDS`."""
        return self.session.say(f"line.card_{name}").split("|")

    def _clock(self, moment: datetime | None) -> str:
        if moment is None:
            return "—"
        told, today = shop_time(moment), shop_time(self.session.shop.now()).date()
        return f"{told:%H:%M}" if told.date() == today else f"{told:%m-%d %H:%M}"
