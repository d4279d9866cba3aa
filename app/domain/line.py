"""How the line to the platform is, told from real calls: what is wrong with it, since when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.insurance import Answer, Outcome


class Trouble(StrEnum):
    """Why nothing can be settled now; each has words of its own: what it is, what to do."""

    DOWN = "down"
    """Messages do not leave: no network, no such host, nobody listens."""
    SILENT = "silent"
    """They leave, and no whole answer comes."""
    PORTAL = "portal"
    """A web page or a detour answers in the platform's place: a log-in page of the network."""
    GATE = "gate"
    """The gateway turns them away: key, signature or this machine's clock."""
    CLOSED = "closed"
    """The platform says that it is closed for a while."""
    STRANGE = "strange"
    """Something answers that is no insurance platform, or one that is broken."""


_BY_TEXT = (
    ("answer.not_sent", Trouble.DOWN),
    ("answer.html", Trouble.PORTAL),
    ("answer.redirect", Trouble.PORTAL),
    ("answer.gateway", Trouble.GATE),
    ("answer.status 401", Trouble.GATE),
    ("answer.status 403", Trouble.GATE),
    ("answer.status 503", Trouble.CLOSED),
    ("answer.status 511", Trouble.PORTAL),
    ("answer.timeout", Trouble.SILENT),
    ("answer.reset", Trouble.SILENT),
    ("answer.empty", Trouble.SILENT),
)
"""The client's words for an answer that is none (interface 7.1, 7.2), the first that fits."""

DRIFT_WARNS = timedelta(minutes=2)
"""From here on the difference of the clocks is said; the gateway's own window is 30 minutes
(interface 1.2 b), and a till that is told early is set right before it matters."""

SLOW_MILLIS = 3_000
"""An answer that took longer is called slow: beyond it a customer starts to ask."""


def trouble_of(answer: Answer) -> Trouble | None:
    """What an answer says of the line; None = it stands (a refusal is an answer too)."""
    if answer.outcome in (Outcome.SUCCESS, Outcome.REFUSED):
        return None
    found = (trouble for text, trouble in _BY_TEXT if answer.text.startswith(text))
    return next(found, Trouble.STRANGE)


@dataclass(frozen=True, slots=True)
class Line:
    """The line at one moment."""

    asked_at: datetime | None = None
    """None = nothing was asked yet since the program began."""
    trouble: Trouble | None = None
    since: datetime | None = None
    """When the trouble began: the first call of an unbroken row without an answer."""
    good_at: datetime | None = None
    """The last answer; None = none yet."""
    millis: int = 0
    """How long the last call took."""
    drift: timedelta | None = None
    """The platform's clock less ours, as of the last answer that told a time."""

    @property
    def up(self) -> bool | None:
        """Whether the last call was answered; None = nothing was asked yet."""
        return None if self.asked_at is None else self.trouble is None

    @property
    def slow(self) -> bool:
        """Whether the last answer took long."""
        return bool(self.up) and self.millis > SLOW_MILLIS

    @property
    def drifts(self) -> timedelta | None:
        """The difference of the clocks where it is worth saying."""
        far = self.drift is not None and abs(self.drift) >= DRIFT_WARNS
        return self.drift if far else None

    def after(self, answer: Answer, at: datetime) -> Line:
        """The line once an answer came, or did not."""
        trouble = trouble_of(answer)
        drift = self.drift if answer.far_time is None else answer.far_time - at
        told = replace(self, asked_at=at, millis=answer.millis, drift=drift, trouble=trouble)
        if trouble is None:
            return replace(told, since=None, good_at=at)
        return replace(told, since=self.since or at)
