"""投诉登记: what a customer or an authority complained of, what was done, who closed it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from app.domain.complaint_states import COMPLAINT, ComplaintEvent, ComplaintState
from app.errors import BadValue

MOST_WORDS: Final = 500
MOST_PERSON: Final = 100


class Channel(StrEnum):
    """By which way it came."""

    COUNTER = "counter"
    PHONE = "phone"
    LETTER = "letter"
    HOTLINE = "hotline"
    """12345, 12393 and the like."""
    AGENCY = "agency"
    """The insurance or drug authority handed it on."""
    ONLINE = "online"


class Subject(StrEnum):
    """What it is about."""

    PRICE = "price"
    QUALITY = "quality"
    SERVICE = "service"
    INSURANCE = "insurance"
    """医保结算, 串换, 刷卡."""
    SUPPLY = "supply"
    ADVICE = "advice"
    """用药指导, 处方."""
    PRIVACY = "privacy"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done; steps are added and never changed."""

    event: ComplaintEvent
    at: datetime
    by: str
    """Random id of the member of staff."""
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One line of the register; kept sealed, since its words may name anybody."""

    id: str
    received_on: date
    channel: Channel
    subject: Subject
    words: str = field(repr=False)
    person: str = field(default="", repr=False)
    """Who complained and how they are reached; empty = not said."""
    due_on: date
    """The last day for the answer."""
    at: datetime
    by: str
    state: ComplaintState = ComplaintState.OPEN
    steps: tuple[Step, ...] = ()
    version: int = 0

    def __post_init__(self) -> None:
        if not self.words.strip() or len(self.words) > MOST_WORDS:
            raise BadValue(what="complaint", why=f"1 to {MOST_WORDS} characters")
        if len(self.person) > MOST_PERSON:
            raise BadValue(what="complaint", why=f"a person of at most {MOST_PERSON} characters")
        if self.due_on < self.received_on:
            raise BadValue(what="complaint", why="answered before it came")

    def step(self, event: ComplaintEvent, words: str, by: str, at: datetime) -> Complaint:
        """With one thing more that was done.

        :raises BadValue: no words, or too many; :raises IllegalTransition: as the table says.
        """
        said = " ".join(words.split())
        if not said or len(said) > MOST_WORDS:
            raise BadValue(what="complaint step", why=f"1 to {MOST_WORDS} characters")
        state = COMPLAINT.step(self.state, event)
        return replace(self, state=state, steps=(*self.steps, Step(event, at, by, said)))

    def days_left(self, today: date) -> int | None:
        """Until the answer is due; negative = late by so many; None once it is closed."""
        if self.state is ComplaintState.CLOSED:
            return None
        return (self.due_on - today).days

    @property
    def closed(self) -> Step | None:
        """Who closed it last, while it is closed."""
        return self.steps[-1] if self.state is ComplaintState.CLOSED and self.steps else None
