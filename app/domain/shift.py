"""A shift at a till: its drawer as the sum of what moved, its counts, the shop's rules for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from app.domain.clock import SHOP_ZONE, shop_time
from app.domain.money import ZERO, Money
from app.domain.shift_states import SHIFT, ShiftEvent, ShiftState
from app.errors import BadValue

FACES = (10000, 5000, 2000, 1000, 500, 100, 50, 10)
"""Notes and coins in fen, as they lie in a drawer: 100 yuan down to 1 jiao."""

MOST = Money(10**9)
"""Ten million yuan: no drawer holds more, so that a typing error is seen."""


class MoveKind(StrEnum):
    """How cash comes into a drawer or leaves it, sales and returns apart."""

    FLOAT = "float"
    IN = "in"
    OUT = "out"
    NO_SALE = "no_sale"
    """The drawer was opened without a sale; moves nothing."""


IN_REASONS = ("change", "back", "other")
OUT_REASONS = ("bank", "expense", "change", "other")
"""Codes only; the words beside them are sealed."""


class Rounding(StrEnum):
    """抹零 at the till: off, or the fen, or the jiao and fen of cash are let go of."""

    OFF = "off"
    JIAO = "jiao"
    YUAN = "yuan"


_STEP = {Rounding.OFF: 1, Rounding.JIAO: 10, Rounding.YUAN: 100}


def rounded_off(cash: Money, rounding: Rounding) -> Money:
    """What the shop lets go of, of cash to pay (fen); always in the customer's favour.

    Never the whole amount: goods are not given away by rounding. Only for wholly self-paid
    baskets; the cash of a settlement is exact to the fen (interface 6.2).
    """
    if cash <= ZERO:
        return ZERO
    off = Money(cash.fen % _STEP[rounding])
    return ZERO if off == cash else off


_LIMIT = Money(1000)
_SECOND_FROM = Money(50000)


@dataclass(frozen=True, slots=True)
class ShiftRules:
    """What a shop decides for its drawers; its own numbers, no policy."""

    limit: Money = _LIMIT
    """A difference above it, either way, wants a manager's release with a reason."""
    second_from: Money = _SECOND_FROM
    """Cash in or out from here on wants a second person."""
    rounding: Rounding = Rounding.OFF
    turns_at: time = time(4)
    """When a business day turns: what is sold before belongs to the evening before."""

    def __post_init__(self) -> None:
        if self.limit < ZERO or self.second_from < ZERO:
            raise BadValue(what="shift rule", why="negative")
        whole = self.turns_at.replace(second=0, microsecond=0, tzinfo=None)
        if whole.hour >= 12 or whole != self.turns_at:
            raise BadValue(what="shift rule", why="a day turns between 00:00 and 11:59")

    def day_of(self, moment: datetime) -> date:
        """The business day of a moment, by the shop's clock."""
        told = shop_time(moment)
        return told.date() if told.time() >= self.turns_at else told.date() - timedelta(days=1)

    def until(self, day: date) -> datetime:
        """When a business day is over."""
        turn = datetime.combine(day + timedelta(days=1), self.turns_at, SHOP_ZONE)
        return turn.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's time at one drawer; sales and returns name the shift that they belong to."""

    id: str
    till_id: str
    number: str
    """For people: till, business day, running number."""
    day: date
    """The business day that all its sales belong to, also those after midnight."""
    opened_at: datetime
    until: datetime
    """The end of its business day: what is sold later opens another shift."""
    holder: str
    """Staff id of who answers for the drawer."""
    by_itself: bool = False
    """Opened by a sale, because nobody had."""
    state: ShiftState = ShiftState.OPEN
    ended_at: datetime | None = None
    closed_by: str = ""
    released_by: str = ""
    reason: str = ""
    """Why a difference was released; sealed in the books."""
    close_id: str = ""
    """The day close that holds it; empty = none yet."""
    version: int = 0

    def after(self, event: ShiftEvent) -> Shift:
        """Along the table; :raises IllegalTransition: for any other step."""
        return replace(self, state=SHIFT.step(self.state, event))

    def ended(self, event: ShiftEvent, at: datetime) -> Shift:
        """As :meth:`after`; the first end stands."""
        return replace(self.after(event), ended_at=self.ended_at or at)


@dataclass(frozen=True, slots=True)
class DrawerMove:
    """Cash that came into a drawer or left it."""

    id: str
    shift_id: str
    kind: MoveKind
    amount: Money
    """Never negative; the kind says which way."""
    at: datetime
    by: str
    reason: str = ""
    note: str = ""
    second_by: str = ""

    @property
    def signed(self) -> Money:
        """What it does to the drawer."""
        return -self.amount if self.kind is MoveKind.OUT else self.amount


@dataclass(frozen=True, slots=True)
class DrawerCount:
    """What somebody counted, before anybody was told what should be there."""

    shift_id: str
    no: int
    at: datetime
    by: str
    total: Money
    pieces: tuple[tuple[int, int], ...] = ()
    """(face in fen, how many); empty = counted as a sum."""


@dataclass(frozen=True, slots=True)
class Drawer:
    """What should lie in a drawer, and of what it is the sum."""

    opening: Money
    cash_sales: Money
    cash_back: Money
    """Paid out for returns; not negative."""
    came_in: Money
    went_out: Money
    float_known: bool

    @property
    def expected(self) -> Money:
        """The sum; nothing else is kept of it."""
        return self.opening + self.cash_sales - self.cash_back + self.came_in - self.went_out


def drawer_of(moves: Iterable[DrawerMove], cash_sales: Money, cash_back: Money) -> Drawer:
    """The drawer of one shift out of its movements and the cash of its sales and returns."""
    sums = dict.fromkeys(MoveKind, ZERO)
    known = False
    for move in moves:
        sums[move.kind] = sums[move.kind] + move.amount
        known = known or move.kind is MoveKind.FLOAT
    return Drawer(
        sums[MoveKind.FLOAT], cash_sales, cash_back, sums[MoveKind.IN], sums[MoveKind.OUT], known
    )


def count_total(pieces: Mapping[int, int]) -> Money:
    """The sum of notes and coins; :raises BadValue: no such face, or a number that cannot be."""
    for face, many in pieces.items():
        if face not in FACES or not 0 <= many <= 100_000:
            raise BadValue(what="count", why="a face and how many of it")
    return checked(Money(sum(face * many for face, many in pieces.items())))


def checked(amount: Money) -> Money:
    """An amount that a drawer may hold or give; :raises BadValue: otherwise."""
    if amount < ZERO or amount > MOST:
        raise BadValue(what="cash", why="between 0 and ten million")
    return amount


def over_limit(difference: Money, rules: ShiftRules) -> bool:
    """Whether a difference wants a release: more than the limit, either way."""
    return abs(difference.fen) > rules.limit.fen
