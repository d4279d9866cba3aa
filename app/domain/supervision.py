"""智能监管: what the subsystem says of a sale (3101, 3102), and what the shop answers (3103).

LN-2.2a, LN-4.3a, S-11; interface 2.13. A text of the subsystem may name a patient: it is stored
sealed, and no ``repr`` shows it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.alert_states import ALERT, AlertEvent, AlertState
from app.domain.money import ZERO, Money
from app.errors import BadValue

MAX_ANSWER = 200
"""Characters of an answer; ``dspo_way_rea`` is printed without a length."""


class Phase(StrEnum):
    """When the subsystem was asked; the value is ``warn_type`` of 3103."""

    BEFORE = "1"
    DURING = "2"

    @property
    def infno(self) -> str:
        """The transaction that asks."""
        return "3101" if self is Phase.BEFORE else "3102"


class Way(StrEnum):
    """``dspo_way`` of 3103: what was done with the warning."""

    GO_ON = "1"
    """继续, with a reason."""
    CHANGED = "2"
    """返回修改."""


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One ``result`` row of 3101 or 3102."""

    number: str
    """``jr_id``."""
    rule_id: str
    rule_name: str
    text: str = field(repr=False)
    severity: str
    """``sev_deg``: 1 明确违规, 2 高度可疑, 3 轻度可疑."""
    amount: Money = ZERO
    grounds: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Alert:
    """A finding as the shop keeps it, or a question that had no answer (``number`` empty)."""

    id: str
    phase: Phase
    sale_id: str
    settlement_id: str
    rule_id: str
    rule_name: str
    severity: str
    at: datetime
    by: str
    """Staff id of who stood at the counter."""
    number: str = ""
    """``jr_id``, as it was told last."""
    earlier: tuple[str, ...] = ()
    """What the same thing was called before, each with its phase: ``1:LJ0001``."""
    text: str = field(default="", repr=False)
    grounds: str = field(default="", repr=False)
    amount: Money = ZERO
    blocked: bool = False
    """Whether the area stops the sale for it."""
    state: AlertState = AlertState.OPEN
    way: str = ""
    answer: str = field(default="", repr=False)
    answered_by: str = ""
    answered_at: datetime | None = None
    version: int = 0

    @property
    def silent(self) -> bool:
        """No answer came: nobody knows what the subsystem would have said."""
        return not self.number

    def answered(self, way: Way, words: str, by: str, at: datetime) -> Alert:
        """With what a responsible person said.

        :raises BadValue: no words, or too many; :raises IllegalTransition: answered already.
        """
        said = " ".join(words.split())
        if not said or len(said) > MAX_ANSWER:
            raise BadValue(what="answer", why="1 to 200 characters")
        state = ALERT.step(self.state, AlertEvent.ANSWERED)
        return replace(
            self, state=state, way=way.value, answer=said, answered_by=by, answered_at=at
        )

    def again(self, found: AuditFinding, phase: Phase, blocked: bool) -> Alert:
        """The same rule spoke once more about the same part: one thing to answer, not two."""
        before = (f"{self.phase.value}:{self.number}",)
        return replace(
            self,
            phase=phase,
            number=found.number,
            earlier=(*self.earlier, *before),
            text=found.text,
            grounds=found.grounds,
            severity=found.severity,
            amount=found.amount,
            blocked=blocked,
        )

    def told(self) -> tuple[tuple[Phase, str], ...]:
        """Every warning that 3103 wants an answer to, once in each phase."""
        before = (one.partition(":") for one in self.earlier)
        found = [(Phase(phase), number) for phase, _, number in before]
        if self.number:
            found.append((self.phase, self.number))
        return tuple(dict.fromkeys(found))

    def heard(self, by: str, at: datetime) -> Alert:
        """The question was asked once more and answered; only of one without an answer.

        :raises BadValue: it has one; :raises IllegalTransition: it is closed.
        """
        if not self.silent:
            raise BadValue(what="alert", why="answered by the platform")
        state = ALERT.step(self.state, AlertEvent.HEARD)
        return replace(self, state=state, answered_by=by, answered_at=at)

    def late(self, now: datetime, days: int | None) -> bool:
        """Open for longer than the area gives; without a period nothing is late."""
        if days is None or self.state is not AlertState.OPEN:
            return False
        return now - self.at > timedelta(days=days)


@dataclass(frozen=True, slots=True)
class RuleName:
    """One rule of the subsystem's rule base as the shop mirrors it (智能监控规则库, S-11)."""

    id: str
    name: str
    """Words key of the name."""
    local: tuple[str, ...] = ()
    """Codes of our own findings and hints that look for the same thing."""
    platform: tuple[str, ...] = ()
    """The area's own rule ids."""
