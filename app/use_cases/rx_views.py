"""What the steps of a prescription take from the screens and hand up to them; all frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.catalogue import Medicine
from app.domain.money import Quantity
from app.domain.rx_case import RxLine, Verdict


@dataclass(frozen=True, slots=True)
class ReviewInput:
    """What the pharmacist says of a prescription, as typed and ticked."""

    verdict: Verdict
    answers: tuple[tuple[str, bool], ...] = ()
    """Each of :data:`app.domain.rx_acts.TEN_QUESTIONS` with whether it is in order."""
    reason: str = ""
    """One of :data:`app.domain.rx_acts.REASONS`; needed for a return or a refusal."""
    opinion: str = field(default="", repr=False)
    stamp_seen: bool = False
    """Paper: the stamp is there (LN-4.2a)."""


@dataclass(frozen=True, slots=True)
class RxWaiting:
    """A row of the pharmacist's queue."""

    case_id: str
    state: str
    arrived_at: datetime
    waited_seconds: int
    level: int
    """How many of the pack's waits (``rx.wait_seconds``) have passed: 0, 1 amber, 2 red."""
    form: str
    drugs: int
    patient: str = field(repr=False)
    """Masked."""
    issuer_name: str = ""
    long: bool = False
    sale_id: str = ""
    till_id: str = ""
    expires_at: datetime | None = None
    till_no: int = 0
    """At which till of the store it came in; 0 = the store has one."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the catalogue that a prescription line may be filled with."""

    medicine: Medicine
    on_hand: Quantity
    packs: Quantity
    """Packs that the prescribed quantity makes of it; a part of a pack where it is so."""
    exact: bool
    """The very product that the sheet names."""

    @property
    def enough(self) -> bool:
        """Whether the stock holds it."""
        return self.on_hand >= self.packs


@dataclass(frozen=True, slots=True)
class LineChoice:
    """One line of the sheet with the articles that may be handed out for it, best first."""

    line: RxLine
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What staff chose for a line: the article, and how much of the line's unit (None = all)."""

    line_no: int
    medicine_id: str
    quantity: Quantity | None = None
