"""The quarterly stock-take 盘底盘点: task, lines, counts, threshold (policy HY-1.5.5b, S-22).

The shop stays open: each count carries its own moment, and is compared with the sum of movements
up to that moment. What moves later is nobody's difference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.domain.money import Money, Quantity, Rate
from app.domain.stock import check_lot_dates
from app.domain.stocktake_states import (
    SHEET,
    STOCKTAKE,
    SheetEvent,
    SheetState,
    StocktakeEvent,
    StocktakeState,
)
from app.errors import BadValue, IllegalTransition

MOST_COUNTED = Quantity.of(9_999_999)
"""More boxes than this in one place are a typing error."""
COUNTING_MINUTE = timedelta(minutes=1)
"""A movement nearer than this to its count may be on either side of it."""
MOST_TEXT = 64
NO_ZONE = ""
"""The default zone: goods whose place nobody has said."""


class Round(StrEnum):
    """First counts, and the second ones that replace them."""

    FIRST = "first"
    SECOND = "second"


class Why(StrEnum):
    """Why a line wants a second look."""

    MOVED = "moved"
    """It moved, or lay in a basket, while it was counted: anybody counts it once more."""
    DIFFERS = "differs"
    """It differs by more than the threshold: another person counts it, not told the figure."""


class Reason(StrEnum):
    """What a person says about a difference."""

    UNBOOKED_IN = "unbooked_in"
    """Goods came in and were not entered."""
    UNBOOKED_OUT = "unbooked_out"
    """Goods went out and were not entered."""
    LOT_MIXED = "lot_mixed"
    """串批: sold or shelved under another batch."""
    BROKEN = "broken"
    LOST = "lost"
    MISCOUNTED = "miscounted"
    """An earlier stock-take counted wrongly."""
    NOT_FOUND_OUT = "not_found_out"
    """Looked into, cause unknown."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """From when a difference wants a second count; a measure that is None is not taken."""

    quantity: Quantity | None = None
    """More packs than this."""
    share: Rate | None = None
    """More than this share of what the books say."""
    money: Money | None = None
    """Worth more than this."""

    def exceeded(self, variance: Quantity, ledger: Quantity, worth: Money) -> bool:
        """Whether any measure is exceeded; signs do not matter."""
        off = abs(variance.ten_thousandths)
        return off > 0 and (
            (self.quantity is not None and off > self.quantity.ten_thousandths)
            or (self.share is not None
                and off * 10**6 > self.share.ppm * abs(ledger.ten_thousandths))
            or (self.money is not None and abs(worth.fen) > self.money.fen)
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Stocktake:
    """One stock-take, from the task to the centre's receipt."""

    id: str
    number: str
    """For people, e.g. PC2026Q4-1."""
    opened_at: datetime
    opened_by: str
    """Random id of a member of staff; ``system`` where the quarter opened it."""
    state: StocktakeState = StocktakeState.PLANNED
    period: str = ""
    """2026Q4, 2026-11 or 2026; empty = an extra one that no rule asked for."""
    due_on: date | None = None
    """The last day of the period."""
    zones: tuple[str, ...] = ()
    """Ids of the zones that are counted; empty = the whole shop."""
    threshold: Threshold = Threshold()
    """Fixed when counting begins."""
    begun_at: datetime | None = None
    begun_by: str = ""
    counted_at: datetime | None = None
    """When counting ended, the last time."""
    posted_at: datetime | None = None
    posted_by: str = ""
    second_by: str = ""
    """Who stood beside an approver that had counted alone."""
    document_id: str = ""
    sheet: SheetState = SheetState.NONE
    sheet_digest: str = ""
    """SHA-256 of the electronic sheet, hexadecimal."""
    sheet_rows: int = 0
    handed_at: datetime | None = None
    handed_by: str = ""
    handed_how: str = ""
    """mail, post, portal, in_person."""
    receipt_no: str = ""
    receipt_on: date | None = None
    version: int = 0

    def step(self, event: StocktakeEvent) -> Stocktake:
        """The task after an event; :raises IllegalTransition:."""
        return replace(self, state=STOCKTAKE.step(self.state, event))

    def sheet_step(self, event: SheetEvent) -> Stocktake:
        """:raises IllegalTransition: also while nothing is posted: there is no sheet of guesses."""
        if self.state is not StocktakeState.POSTED:
            raise IllegalTransition(machine=SHEET.name, state=self.state, event=event)
        return replace(self, sheet=SHEET.step(self.sheet, event))

    def days_late(self, day: date) -> int:
        """Days since its period ended without a posting; 0 = in time, done or no task."""
        over = self.state in (StocktakeState.POSTED, StocktakeState.CANCELLED)
        if self.due_on is None or over:
            return 0
        return max(0, (day - self.due_on).days)

    def sheet_days_late(self, day: date) -> int:
        """Days since the period ended without the sheet's receipt, the count being posted."""
        if self.due_on is None or self.state is not StocktakeState.POSTED:
            return 0
        return 0 if self.sheet is SheetState.RECEIPTED else max(0, (day - self.due_on).days)


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the shop, e.g. 处方药 A 柜; a drug may lie in several."""

    id: str
    name: str
    order: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a drug lies."""

    medicine_id: str
    zone: str
    position: str = ""
    """Shelf and row, as people call them, e.g. A-03."""


class CountLine(NamedTuple):
    """One line of the frozen list: a lot at a place."""

    no: int
    medicine_id: str
    lot_id: str
    zone: str = NO_ZONE
    position: str = ""
    expected: Quantity = Quantity(0)
    """What the books said of the lot when the list was frozen: for the printed list alone."""


class CountEntry(NamedTuple):
    """What one person counted of one lot at one place at one moment; never changed.

    A tuple, for a sheet brings twenty thousand of them at once.
    """

    id: str
    """Minted at the counter, or in the sheet that was carried around."""
    medicine_id: str
    lot_id: str
    """Empty = the lot is not known."""
    counted: Quantity
    counter_id: str
    at: datetime
    zone: str = NO_ZONE
    position: str = ""
    round: Round = Round.FIRST
    device: str = ""
    in_basket: bool = False
    """Some of the lot lay in an open basket at that moment: off the shelf, not yet sold."""
    undoes: str = ""
    """Id of the entry that this one takes back; its own figure counts nothing then."""
    batch: str = ""
    """What stands on boxes of a lot that the shop does not know."""
    made_on: date | None = None
    expires_on: date | None = None

    @property
    def place(self) -> tuple[str, str, str]:
        """Where, and by whom: a later entry there by the same person corrects this one."""
        return self.zone, self.position, self.counter_id

    @property
    def goods(self) -> tuple[str, str, str]:
        """What: drug, lot, and the batch on the box where the lot is not known."""
        return self.medicine_id, self.lot_id, self.batch


def check_entry(entry: CountEntry, begun_at: datetime, now: datetime) -> None:
    """:raises BadValue: figure, moment, dates of a batch, or a long text."""
    if not 0 <= entry.counted.ten_thousandths <= MOST_COUNTED.ten_thousandths:
        raise BadValue(what="count", why="number")
    if entry.at < begun_at:
        raise BadValue(what="count", why="before_begin")
    if entry.at > now:
        raise BadValue(what="count", why="future")
    if any(len(text) > MOST_TEXT for text in (entry.position, entry.batch, entry.device, entry.id)):
        raise BadValue(what="count", why="long_text")
    check_lot_dates(entry.made_on, entry.expires_on)


def period_of(day: date, kind: str) -> tuple[str, date]:
    """The period that holds the day, and its last day (K-15: ``month``, ``quarter``, ``year``)."""
    if kind == "month":
        return f"{day:%Y-%m}", _before(day.year, day.month + 1)
    if kind == "quarter":
        quarter = (day.month - 1) // 3 + 1
        return f"{day.year}Q{quarter}", _before(day.year, 3 * quarter + 1)
    if kind == "year":
        return f"{day.year}", date(day.year, 12, 31)
    raise BadValue(what="period", why="month, quarter or year")


def _before(year: int, month: int) -> date:
    """The day before the first of a month, the 13th being the next January."""
    first = date(year + (month > 12), (month - 1) % 12 + 1, 1)
    return first - timedelta(days=1)
