"""The balance table (进销存平衡表): what was there, what came, what went, what is there.

HY-1.5.5b, LN-2.4a: opening + in - out - loss = closing, per drug and per lot. Every figure is a sum
of movements, so that the closing of a period is the opening of the next by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from app.domain.clock import SHOP_ZONE
from app.domain.money import Money, Quantity
from app.domain.stock import MoveKind
from app.errors import BadValue


class Heading(StrEnum):
    """A column of the table between opening and closing, in the order in which it is read."""

    OPENED = "opened"
    """期初录入: entered when the books were opened, within the period."""
    BOUGHT = "bought"
    TRANSFER_IN = "transfer_in"
    RETURNED = "returned"
    """销售退回: sales undone, and what customers brought back."""
    SOLD_INSURED = "sold_insured"
    SOLD_SELF = "sold_self"
    TRANSFER_OUT = "transfer_out"
    SUPPLIER_RETURN = "supplier_return"
    LOSS = "loss"
    SET_ASIDE = "set_aside"
    """转退货区: brought back, and never sold again (policy 3.4)."""
    COUNT = "count"
    CORRECTION = "correction"


GOES_OUT: Final = frozenset({
    Heading.SOLD_INSURED, Heading.SOLD_SELF, Heading.TRANSFER_OUT, Heading.SUPPLIER_RETURN,
    Heading.LOSS, Heading.SET_ASIDE,
})  # fmt: skip
"""Headings that are read as positive figures though the goods leave."""

SELF_PAID: Final = "self_paid"

_PLAIN: Final[Mapping[str, Heading]] = {
    MoveKind.OPENING: Heading.OPENED,
    MoveKind.BOUGHT: Heading.BOUGHT,
    MoveKind.TRANSFER_IN: Heading.TRANSFER_IN,
    MoveKind.TRANSFER_OUT: Heading.TRANSFER_OUT,
    MoveKind.SUPPLIER_RETURN: Heading.SUPPLIER_RETURN,
    MoveKind.SALE_UNDO: Heading.RETURNED,
    MoveKind.RETURN_OFF: Heading.SET_ASIDE,
    MoveKind.LOSS: Heading.LOSS,
    MoveKind.COUNT: Heading.COUNT,
    MoveKind.CORRECTION: Heading.CORRECTION,
}


def heading_of(kind: str, paid_by: str) -> Heading | None:
    """The column of a movement; None for what fills another place than the shelf.

    :raises BadValue: a kind that the table does not know: it would not balance.
    """
    if kind == MoveKind.SALE:
        return Heading.SOLD_SELF if paid_by in (SELF_PAID, "") else Heading.SOLD_INSURED
    if kind == MoveKind.RETURN_BAD:
        return None
    found = _PLAIN.get(kind)
    if found is None:
        raise BadValue(what="movement", why=f"kind {kind} has no column")
    return found


@dataclass(frozen=True, slots=True)
class Period:
    """Whole shop days, both ends within."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadValue(what="period", why="ends before it begins")

    @property
    def begins(self) -> datetime:
        """The first moment of the first day."""
        return datetime.combine(self.first, time(), SHOP_ZONE)

    @property
    def ends(self) -> datetime:
        """The first moment after the last day."""
        return datetime.combine(self.last + timedelta(days=1), time(), SHOP_ZONE)

    @classmethod
    def quarter(cls, day: date) -> Period:
        """The calendar quarter of a day."""
        first = date(day.year, day.month - (day.month - 1) % 3, 1)
        return cls(first, date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
                   - timedelta(days=1))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flow:
    """What moved under one heading, with the direction of the goods in the sign."""

    quantity: Quantity = Quantity(0)  # noqa: RUF009 - a frozen value
    amount: Money = Money(0)  # noqa: RUF009 - a frozen value
    """What was paid for them: cost of purchases, sale money of sales."""
    unknown: int = 0
    """Movements whose money nobody knows; the amount is then too small by theirs."""

    def __add__(self, other: Flow) -> Flow:
        return Flow(
            self.quantity + other.quantity,
            self.amount + other.amount,
            self.unknown + other.unknown,
        )

    def shown(self, heading: Heading) -> Flow:
        """As it is read in its column: what goes out is a positive figure there."""
        if heading not in GOES_OUT:
            return self
        return Flow(-self.quantity, -self.amount, self.unknown)


@dataclass(frozen=True, slots=True)
class Balance:
    """One line of the table: a drug, or one of its lots."""

    medicine_id: str
    lot_id: str = ""
    opening: Quantity = Quantity(0)  # noqa: RUF009 - a frozen value
    flows: Mapping[Heading, Flow] = field(default_factory=dict)

    @property
    def closing(self) -> Quantity:
        """What the shelf holds at the end: opening and every flow, nothing else."""
        return Quantity(
            self.opening.ten_thousandths
            + sum(flow.quantity.ten_thousandths for flow in self.flows.values())
        )

    def flow(self, heading: Heading) -> Flow:
        """What moved under a heading, signed with the goods."""
        return self.flows.get(heading, Flow())

    @property
    def moved(self) -> bool:
        """Whether the line says anything at all."""
        return bool(self.opening or self.flows)

    @property
    def unknown(self) -> int:
        """Movements of the period without money."""
        return sum(flow.unknown for flow in self.flows.values())


def together(medicine_id: str, lines: Iterable[Balance]) -> Balance:
    """The line of a drug out of the lines of its lots."""
    opening, flows = Quantity(0), dict[Heading, Flow]()
    for line in lines:
        opening += line.opening
        for heading, flow in line.flows.items():
            flows[heading] = flows.get(heading, Flow()) + flow
    return Balance(medicine_id, "", opening, flows)


class Cause(StrEnum):
    """Why the table and what stands beside it do not agree."""

    NEGATIVE = "negative"
    """More went out than ever came in."""
    WAITING = "waiting"
    """Upload rows that the platform has not answered yet."""
    REFUSED = "refused"
    """Upload rows that the platform refused."""
    UNTOLD = "untold"
    """Movements without an upload row: from before uploads were kept."""
    SOLD_UNCODED = "sold_uncoded"
    """More boxes sold than codes scanned, though the drug is not exempt."""
    RECEIVED_UNCODED = "received_uncoded"
    """More boxes received than codes known of them."""
    NO_MONEY = "no_money"
    """Movements whose money nobody knows."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """How the platform was told of the movements of one heading."""

    confirmed: Quantity = Quantity(0)  # noqa: RUF009 - a frozen value
    waiting: int = 0
    refused: int = 0
    untold: int = 0
    """Counts of movements."""


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How many trace codes stand behind the boxes of a period."""

    received: int = 0
    sold: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not agree, to be shown in red with its cause."""

    cause: Cause
    count: int
    """Movements, or boxes."""
    heading: Heading | None = None


def differences(
    line: Balance, told: Mapping[Heading, Uploaded], codes: CodeCount, *, exempt: bool
) -> tuple[Difference, ...]:
    """Everything beside the table that does not agree with it; ``exempt``: carries no code."""
    found = []
    if line.closing < Quantity(0):
        found.append(Difference(Cause.NEGATIVE, -line.closing.packs()))
    for heading, one in told.items():
        for cause, count in (
            (Cause.REFUSED, one.refused),
            (Cause.WAITING, one.waiting),
            (Cause.UNTOLD, one.untold),
        ):
            if count:
                found.append(Difference(cause, count, heading))
    if not exempt:
        found += _uncoded(line, codes)
    if line.unknown:
        found.append(Difference(Cause.NO_MONEY, line.unknown))
    return tuple(found)


def _uncoded(line: Balance, codes: CodeCount) -> list[Difference]:
    sold = line.flow(Heading.SOLD_INSURED).quantity + line.flow(Heading.SOLD_SELF).quantity
    came = line.flow(Heading.BOUGHT).quantity + line.flow(Heading.TRANSFER_IN).quantity
    pairs = (
        (Cause.SOLD_UNCODED, (-sold).packs() - codes.sold),
        (Cause.RECEIVED_UNCODED, came.packs() - codes.received),
    )
    return [Difference(cause, short) for cause, short in pairs if short > 0]
