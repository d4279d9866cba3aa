"""How the shop's video recorder does, read off once a day, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class RecorderWay(StrEnum):
    """How the state of the recorder came in."""

    BY_HAND = "by_hand"
    """Staff read it off the recorder's screen."""
    FILE = "file"
    """A plain status file that the recorder's own tool, or somebody, wrote."""
    PRACTICE = "practice"


class RecorderDoubt(StrEnum):
    """What is wrong; each has words ``recorder_doubt.<code>``."""

    CHANNEL_DOWN = "channel_down"
    """A camera does not record."""
    CHANNEL_UNSEEN = "channel_unseen"
    """A camera of this till's plan is not among those that were looked at."""
    CLOCK = "clock"
    """The recorder's clock is further off than the setting allows."""
    KEPT_SHORT = "kept_short"
    """The oldest recording is younger than the pack demands."""
    OLDEST_UNKNOWN = "oldest_unknown"
    """Nobody knows how far back recordings go."""
    UNREAD = "unread"
    """The status could not be read at all."""


class RecorderAnswer(StrEnum):
    """What is done about it; each has words ``recorder_answer.<code>``."""

    VENDOR_CALLED = "vendor_called"
    MENDED = "mended"
    CLOCK_SET = "clock_set"
    NEW_RECORDER = "new_recorder"
    """It is new, or its disk is: recordings grow older by themselves."""
    NEXT_DAYS = "next_days"
    """Known; somebody comes in the next days."""


@dataclass(frozen=True, slots=True)
class RecorderState:
    """What a recorder shows at one moment."""

    channels: Mapping[int, bool]
    """Camera number -> whether it records."""
    oldest: date | None = None
    """Day of the oldest recording, in the shop's zone."""
    ahead_seconds: int | None = None
    """How far its clock is ahead of the till's; negative = behind; None = not looked at."""
    free_days: int | None = None
    """For how many more days there is room before the oldest goes; None = not known."""

    def kept_days(self, today: date) -> int | None:
        """How far back recordings go."""
        return None if self.oldest is None else (today - self.oldest).days


@dataclass(frozen=True, slots=True)
class RecorderLimits:
    """What the state is held against."""

    channels: tuple[int, ...] = ()
    """Those that see this counter, from the till's plan."""
    keep_days: int | None = None
    """``retention.video`` of the pack; None = the pack is silent and nothing is judged."""
    drift_seconds: int = 0
    """A setting of the shop: how far off the clock may be."""


@dataclass(frozen=True, slots=True)
class Doubted:
    """One doubt with the figures of its sentence."""

    doubt: RecorderDoubt
    figures: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecorderCheck:
    """One look at the recorder as the books keep it: what it showed, who looked, what was said."""

    id: str
    at: datetime
    by: str
    """Random id of the member of staff."""
    way: RecorderWay
    state: RecorderState
    doubts: tuple[RecorderDoubt, ...] = ()
    keep_days: int | None = None
    """What the pack demanded that day."""
    answer: str = ""
    """A :class:`RecorderAnswer`; empty while a doubt is unanswered."""
    answered_by: str = ""
    answered_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is wrong that nobody has answered."""
        return bool(self.doubts) and not self.answer


def doubts_of(state: RecorderState, limits: RecorderLimits, today: date) -> tuple[Doubted, ...]:
    """Everything that is wrong, the most pressing first."""
    found: list[Doubted] = []
    down = sorted(no for no, live in state.channels.items() if not live)
    if down:
        found.append(Doubted(RecorderDoubt.CHANNEL_DOWN, {"channels": _list(down)}))
    unseen = [no for no in limits.channels if no not in state.channels]
    if unseen:
        found.append(Doubted(RecorderDoubt.CHANNEL_UNSEEN, {"channels": _list(unseen)}))
    ahead = state.ahead_seconds
    if ahead is not None and abs(ahead) > limits.drift_seconds:
        figures = {"seconds": abs(ahead), "limit": limits.drift_seconds, "ahead": ahead > 0}
        found.append(Doubted(RecorderDoubt.CLOCK, figures))
    found += _kept(state, limits, today)
    return tuple(found)


def _kept(state: RecorderState, limits: RecorderLimits, today: date) -> list[Doubted]:
    if limits.keep_days is None:
        return []
    kept = state.kept_days(today)
    if kept is None:
        return [Doubted(RecorderDoubt.OLDEST_UNKNOWN, {"needed": limits.keep_days})]
    if kept >= limits.keep_days:
        return []
    figures = {"days": max(kept, 0), "needed": limits.keep_days, "oldest": str(state.oldest)}
    return [Doubted(RecorderDoubt.KEPT_SHORT, figures)]


def _list(channels: list[int]) -> str:
    return ", ".join(str(no) for no in channels)
