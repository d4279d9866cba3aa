"""对账: our settlements of a day beside the platform's, and what each difference is (2.14).

All money is whole fen; nothing here rounds, and nothing here changes a figure of the books.
Values hold person numbers: they are never logged, and their ``repr`` shows none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.domain.money import ZERO, Money
from app.domain.statement_states import DIFFERENCE, DifferenceEvent, DifferenceState


@dataclass(frozen=True, slots=True)
class Figures:
    """The money that 3201 and 3202 compare; ``cash`` only where it is known."""

    total: Money = ZERO
    fund: Money = ZERO
    account: Money = ZERO
    cash: Money = ZERO

    def __add__(self, other: Figures) -> Figures:
        """Side by side."""
        return Figures(
            self.total + other.total,
            self.fund + other.fund,
            self.account + other.account,
            self.cash + other.cash,
        )

    def __neg__(self) -> Figures:
        """As a cancel books it."""
        return Figures(-self.total, -self.fund, -self.account, -self.cash)

    def same(self, other: Figures) -> bool:
        """Whether total, fund and account agree to the fen: the three that the file of 3202 has."""
        mine = (self.total, self.fund, self.account)
        return mine == (other.total, other.fund, other.account)


NOTHING = Figures()


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What 3201 is asked for at a time."""

    agency: str
    """``setl_optins``."""
    insutype: str
    clr_type: str
    refunded: bool = False
    """``refd_setl_flag``: a refund is its positive and its negative line, both in this group."""


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One line of our side: a settlement, the cancel of one, or a documented correction."""

    group: GroupKey
    figures: Figures
    at: datetime
    """The platform's time of it; where it never told one, the time of our request."""
    msgid: str
    """Of the request that made it; the platform knows the row by it for ever."""
    setl_id: str = ""
    mdtrt_id: str = ""
    psn_no: str = field(default="", repr=False)
    settlement_id: str = ""
    sale_id: str = ""
    negative: bool = False
    correction_id: str = ""
    """The correction that this line is, or that changed it."""

    @property
    def can_be_filed(self) -> bool:
        """Whether the file of 3202 takes it: its ids are obligatory there."""
        return bool(self.setl_id and self.mdtrt_id and self.psn_no)


@dataclass(frozen=True, slots=True)
class CentreRow:
    """One line of the result file of 3202; rows that only the centre has lack the ids."""

    msgid: str
    setl_id: str
    mdtrt_id: str
    result: str
    refunded: bool
    figures: Figures | None
    """None where the file names no amount."""
    psn_no: str = field(default="", repr=False)
    memo: str = field(default="", repr=False)

    @property
    def negative(self) -> bool:
        """Whether it is the line of a cancel."""
        return self.figures is not None and self.figures.total < ZERO


class Cause(StrEnum):
    """Why the two books differ; ``words`` under ``reconcile.cause_<value>``."""

    ONLY_HERE = "only_here"
    ONLY_THERE = "only_there"
    AMOUNTS = "amounts"
    STANDING_THERE = "standing_there"
    """Cancelled here, and standing there."""
    CANCELLED_THERE = "cancelled_there"
    """Settled here, and refunded there."""
    ENDED_HERE = "ended_here"
    """Refused, reversed or void here, and standing there."""
    UNDECIDED_HERE = "undecided_here"
    """Its outcome is not known here yet."""
    UNCLEAR = "unclear"
    """The file says that it differs, and the platform's own question answers otherwise or not."""


class Act(StrEnum):
    """What closes a difference; ``words`` under ``reconcile.act_<value>``."""

    ASK_AGAIN = "ask_again"
    ADOPT = "adopt"
    REVERSE = "reverse"
    TREAT_AS_CANCELLED = "treat_as_cancelled"
    CANCEL_AGAIN = "cancel_again"
    CORRECT = "correct"


PROPOSED: dict[Cause, Act] = {
    Cause.ONLY_HERE: Act.CORRECT,
    Cause.ONLY_THERE: Act.ADOPT,
    Cause.AMOUNTS: Act.CORRECT,
    Cause.STANDING_THERE: Act.CANCEL_AGAIN,
    Cause.CANCELLED_THERE: Act.TREAT_AS_CANCELLED,
    Cause.ENDED_HERE: Act.REVERSE,
    Cause.UNDECIDED_HERE: Act.ASK_AGAIN,
    Cause.UNCLEAR: Act.ASK_AGAIN,
}
"""One act a cause; the only other choice is :data:`OTHERWISE`."""

OTHERWISE: dict[Cause, Act] = {Cause.ONLY_THERE: Act.REVERSE}
"""What may be done instead: a row that nobody of the shop knows of is taken back (2601)."""

NEEDS_GROUND = frozenset({Act.ADOPT, Act.REVERSE, Act.TREAT_AS_CANCELLED, Act.CORRECT})
"""Acts that change a book for good: a ground in words and a second person."""


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """The third level: one fee line that the two sides do not tell alike."""

    serial: str
    """``feedetl_sn``."""
    name: str
    here: Money | None
    there: Money | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of one day, with both sides beside each other."""

    id: str
    day: date
    """By the platform's time."""
    cause: Cause
    group: GroupKey
    msgid: str
    """What it is known by; found again under it."""
    negative: bool = False
    """The line of a cancel."""
    state: DifferenceState = DifferenceState.FOUND
    here: Figures | None = None
    there: Figures | None = None
    settlement_id: str = ""
    sale_id: str = ""
    setl_id: str = ""
    mdtrt_id: str = ""
    psn_no: str = field(default="", repr=False)
    memo: str = field(default="", repr=False)
    """The platform's own words."""
    twin_msgid: str = ""
    """The platform's other line of the same matter: the cancel that goes with it."""
    items: tuple[ItemDifference, ...] = ()
    act: str = ""
    """The act under way, or the one that closed it; ``gone`` = a later comparison was level."""
    found_at: datetime | None = None
    seen_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    second: str = ""
    ground: str = field(default="", repr=False)
    round: int = 0
    """How often the same matter was closed before and was found again."""
    version: int = 0

    @property
    def matter(self) -> tuple[str, bool]:
        """What it is about, on its day."""
        return self.msgid, self.negative

    @property
    def key(self) -> str:
        """One matter, one standing row, however often a day is compared."""
        return f"{self.msgid}{'-' if self.negative else '+'}{self.round}"

    @property
    def proposed(self) -> Act:
        """The one act."""
        return PROPOSED[self.cause]

    @property
    def choices(self) -> tuple[Act, ...]:
        """The proposed act first, and what else may be done."""
        other = OTHERWISE.get(self.cause)
        # A cancel cannot be reversed safely: nobody would know what stands again.
        return (self.proposed, other) if other and not self.negative else (self.proposed,)

    def after(self, event: DifferenceEvent) -> DifferenceState:
        """Where it stands then; :raises IllegalTransition: for any other step."""
        return DIFFERENCE.step(self.state, event)


class CorrectionKind(StrEnum):
    """How a documented correction changes our side of later comparisons and claims."""

    ADOPTED = "adopted"
    """A row of the centre stands in our books too, without goods."""
    AMENDED = "amended"
    """Our row counts with the centre's figures."""
    DROPPED = "dropped"
    """Our row counts no more."""
    CANCELLED = "cancelled"
    """Our row counts as refunded; where ``twin_msgid`` names it, with its negative line."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One documented correction: beside the settlement, which stays as it was. Never changed."""

    id: str
    kind: CorrectionKind
    day: date
    at: datetime
    msgid: str
    negative: bool
    group: GroupKey
    figures: Figures
    by: str
    second: str
    made_at: datetime
    ground: str = field(repr=False)
    setl_id: str = ""
    mdtrt_id: str = ""
    psn_no: str = field(default="", repr=False)
    twin_msgid: str = ""
    difference_id: str = ""


class GroupResult(StrEnum):
    """What 3201 said of a group."""

    LEVEL = "level"
    DIFFERS = "differs"
    UNANSWERED = "unanswered"
    """No answer, or none that says anything: asked again with the day."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class GroupTold:
    """One group with our sums and what was said of them."""

    key: GroupKey
    count: int
    figures: Figures
    result: GroupResult
    text: str = ""
    detailed: bool = False
    """Whether its lines were compared too (3202)."""


class DayState(StrEnum):
    """Of a whole day."""

    LEVEL = "level"
    DIFFERS = "differs"
    UNFINISHED = "unfinished"
    """Something was not answered: it is asked again."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One comparison of one day as it is kept."""

    id: str
    day: date
    at: datetime
    by: str
    state: DayState
    groups: tuple[GroupTold, ...]
    lines: int = 0
    """Lines of ours that took part."""
    open_differences: int = 0


def total_of(rows: Iterable[OwnRow]) -> Figures:
    """The sums of some lines, negative ones as they are."""
    found = NOTHING
    for row in rows:
        found = found + row.figures
    return found
