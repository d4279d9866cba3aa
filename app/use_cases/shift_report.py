"""The report of a shift, or of a closed day, as screens and papers show it: figures with names.

A closed day is shown from the text that was written; only names are looked up now. A shift that
nobody has counted yet tells no money of its drawer, and nothing from which it could be worked out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from app.domain.clock import from_micros
from app.domain.day_close import DayClose, OpenItem
from app.domain.money import ZERO, Money
from app.domain.shift import Shift
from app.errors import NotFound
from app.use_cases.day_close import ANCHOR_OF
from app.use_cases.day_open_items import item_of
from app.use_cases.shift_figures import PORTAL, Figures, figures_of, is_blind

if TYPE_CHECKING:
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors

Namer = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One shift of a report; money is None while its drawer is to be counted blind."""

    number: str
    till: str
    holder: str
    by_itself: bool
    opened: datetime
    ended: datetime | None
    state: str
    float_known: bool
    opening: Money | None
    cash_sales: Money | None
    cash_back: Money | None
    came_in: Money
    went_out: Money
    expected: Money | None
    counts: tuple[Money, ...]
    releaser: str
    receipts: int
    first: str
    last: str
    total: Money | None
    returns: int
    back_total: Money | None
    no_sale: int

    @property
    def counted(self) -> Money | None:
        """The count that stands."""
        return self.counts[-1] if self.counts else None

    @property
    def difference(self) -> Money | None:
        """Counted less expected; None until somebody counted."""
        if self.counted is None or self.expected is None:
            return None
        return self.counted - self.expected


@dataclass(frozen=True, slots=True)
class PaidRow:
    """What one cashier took in and paid back by one way of paying."""

    cashier: str
    kind: str
    sales: int
    sold: Money
    backs: int
    back: Money


@dataclass(frozen=True, slots=True)
class TypeRow:
    """Goods by the settlement type that carried them."""

    settlement_type: str
    sales: int
    sold: Money
    backs: int
    back: Money


@dataclass(frozen=True, slots=True)
class PortalRow:
    """What went by the insurer's portal, sold and back."""

    sales: int = 0
    sold: Money = ZERO
    sold_fund: Money = ZERO
    backs: int = 0
    back: Money = ZERO
    back_fund: Money = ZERO


@dataclass(frozen=True, slots=True)
class MoveRow:
    """Cash in, cash out, a float, a drawer opened without a sale."""

    shift: str
    kind: str
    reason: str
    amount: Money
    at: datetime
    by: str
    second: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """What rolled forward, with the name of its owner."""

    item: OpenItem
    owner: str


@dataclass(frozen=True, slots=True)
class Report:
    """A shift or a day, complete as printed."""

    kind: str
    """``shift`` or ``day``."""
    subject: str
    """Id of the shift or of the close."""
    ref: str
    """Number of the shift, or the day."""
    day: date
    shifts: tuple[ShiftRow, ...]
    paid: tuple[PaidRow, ...]
    types: tuple[TypeRow, ...]
    moves: tuple[MoveRow, ...]
    shop_name: str
    mark: str
    """Of ShopFacts.mark; empty = a real paper."""
    portal: PortalRow | None = None
    """None where nothing of it went by the insurer's portal."""
    blind: bool = False
    items: tuple[ItemRow, ...] = ()
    no: int = 0
    closed_at: datetime | None = None
    closed_by: str = ""
    hash: str = ""
    prev: str = ""
    anchor: str = ""
    """Short form of the log's head at the close, to be typed from the slip."""
    reason: str = ""
    """Why a difference of the shift was released."""
    reprint: bool = False


def shift_report(doors: Doors, shift_id: str) -> Report:
    """A shift as it stands now; :raises NotFound:."""
    with doors.uow() as uow:
        return shift_report_in(doors, uow, shift_id)


def day_report(doors: Doors, day: date) -> Report:
    """A closed day as it was written; :raises NotFound: not closed."""
    with doors.uow() as uow:
        close = uow.shifts.close_of(day)
        if close is None:
            raise NotFound(what="day close")
        return _of_close(doors, uow, close)


def day_report_in(doors: Doors, uow: UnitOfWork, close_id: str) -> Report:
    """The same, by the id of the close; :raises NotFound:."""
    close = uow.shifts.close(close_id)
    if close is None:
        raise NotFound(what="day close")
    return _of_close(doors, uow, close)


def shift_report_in(doors: Doors, uow: UnitOfWork, shift_id: str) -> Report:
    """The same, inside the caller's unit of work."""
    shift = uow.shifts.get(shift_id)
    figures = figures_of(uow, [shift])
    blind = is_blind(figures["shifts"][0])
    if blind:
        # From all the sums together the cash could be worked out.
        figures = {**figures, "tenders": [], "types": [], PORTAL: []}
    names = _Names(uow)
    return Report(
        kind="shift",
        subject=shift.id,
        ref=shift.number,
        day=shift.day,
        blind=blind,
        reason=shift.reason,
        closed_by=names(shift.closed_by),
        closed_at=shift.ended_at,
        **_parts(doors, figures, names),
    )


def _of_close(doors: Doors, uow: UnitOfWork, close: DayClose) -> Report:
    names = _Names(uow)
    items = [item_of(told) for told in json.loads(close.open_items)]
    return Report(
        kind="day",
        subject=close.id,
        ref=close.day.isoformat(),
        day=close.day,
        items=tuple(ItemRow(item, names(item.owner)) for item in items),
        no=close.no,
        closed_at=close.at,
        closed_by=names(close.by),
        hash=close.hash,
        anchor=uow.settings.get(ANCHOR_OF + close.id),
        prev=close.prev,
        **_parts(doors, json.loads(close.totals), names),
    )


class _Names:
    """Staff by id, each looked up once."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._known: dict[str, str] = {"": ""}

    def __call__(self, staff_id: str) -> str:
        if staff_id not in self._known:
            try:
                self._known[staff_id] = self._uow.staff.get(staff_id).name
            except NotFound:
                self._known[staff_id] = staff_id
        return self._known[staff_id]


def _parts(doors: Doors, figures: Figures, names: Namer) -> dict[str, Any]:
    """What both kinds hold; the money of a drawer that waits for its count is left out."""
    return {
        "shifts": tuple(_shift_row(one, names) for one in figures["shifts"]),
        "paid": _paid(figures["tenders"], names),
        "types": _types(figures["types"]),
        "moves": tuple(_move(row, names) for row in figures["moves"]),
        "portal": _portal(figures.get(PORTAL, [])),
        "shop_name": doors.shop.shop_name,
        "mark": doors.shop.mark,
    }


def _shift_row(one: Mapping[str, Any], names: Namer) -> ShiftRow:
    blind = is_blind(one)

    def seen(name: str) -> Money | None:
        return None if blind else Money(one[name])

    return ShiftRow(
        number=one["number"],
        till=one["till"],
        holder=names(one["holder"]),
        by_itself=bool(one["by_itself"]),
        opened=from_micros(one["opened"]),
        ended=from_micros(one["ended"]) if one["ended"] is not None else None,
        state=one["state"],
        float_known=bool(one["float_known"]),
        opening=Money(one["opening"]) if one["float_known"] else None,
        cash_sales=seen("cash_sales"),
        cash_back=seen("cash_back"),
        came_in=Money(one["in"]),
        went_out=Money(one["out"]),
        expected=seen("expected"),
        counts=tuple(Money(fen) for fen in one["counts"]),
        releaser=names(one["released_by"]),
        receipts=one["receipts"],
        first=one["first"],
        last=one["last"],
        total=seen("total"),
        returns=one["returns"],
        back_total=seen("back_total"),
        no_sale=one["no_sale"],
    )


def _paid(rows: Sequence[Sequence[Any]], names: Namer) -> tuple[PaidRow, ...]:
    sums: dict[tuple[str, str], list[int]] = {}
    for _, cashier, kind, back, sales, fen in rows:
        kept = sums.setdefault((names(cashier), kind), [0, 0, 0, 0])
        kept[2 * back] += sales
        kept[2 * back + 1] += fen
    return tuple(
        PaidRow(cashier, kind, kept[0], Money(kept[1]), kept[2], Money(kept[3]))
        for (cashier, kind), kept in sorted(sums.items())
    )


def _types(rows: Sequence[Sequence[Any]]) -> tuple[TypeRow, ...]:
    sums: dict[str, list[int]] = {}
    for _, kind, back, sales, fen in rows:
        kept = sums.setdefault(kind, [0, 0, 0, 0])
        kept[2 * back] += sales
        kept[2 * back + 1] += fen
    return tuple(
        TypeRow(kind, kept[0], Money(kept[1]), kept[2], Money(kept[3]))
        for kind, kept in sorted(sums.items())
    )


def _portal(rows: Sequence[Sequence[Any]]) -> PortalRow | None:
    sums = [[0, 0, 0], [0, 0, 0]]
    for _, back, *figures in rows:
        sums[back] = [have + more for have, more in zip(sums[back], figures, strict=True)]
    if not rows:
        return None
    sold, back = sums
    return PortalRow(sold[0], Money(sold[1]), Money(sold[2]), back[0], Money(back[1]),
                     Money(back[2]))  # fmt: skip


def _move(row: Sequence[Any], names: Namer) -> MoveRow:
    shift, kind, reason, fen, at, by, second = row
    return MoveRow(shift, kind, reason, Money(fen), from_micros(at), names(by), names(second))


def sum_of(report: Report, kind: str) -> tuple[Money, Money]:
    """(taken in, paid back) by one way of paying, all cashiers together."""
    rows = [row for row in report.paid if row.kind == kind]
    return Money.total(row.sold for row in rows), Money.total(row.back for row in rows)


@dataclass(frozen=True, slots=True)
class Past:
    """A line of the history: a shift or a closed day."""

    kind: str
    subject: str
    ref: str
    day: date
    at: datetime
    who: str
    state: str
    difference: Money | None
    total: Money | None


def history(doors: Doors, text: str = "", limit: int = 100) -> list[Past]:
    """Closed days and shifts, newest first; ``text`` narrows by day or number."""
    with doors.uow() as uow:
        names, wanted = _Names(uow), text.strip()
        closes = uow.shifts.closes(wanted, limit)
        shifts = uow.shifts.recent(wanted, limit)
        figures = figures_of(uow, shifts)["shifts"] if shifts else []
        past = [_past_day(close, names) for close in closes]
        past += [
            _past_shift(shift, _shift_row(one, names), names)
            for shift, one in zip(shifts, figures, strict=True)
        ]
    return sorted(past, key=lambda one: one.at, reverse=True)[:limit]


def _past_day(close: DayClose, names: Namer) -> Past:
    total = sum(one["total"] - one["back_total"] for one in json.loads(close.totals)["shifts"])
    return Past("day", close.id, close.day.isoformat(), close.day, close.at, names(close.by),
                "closed", None, Money(total))  # fmt: skip


def _past_shift(shift: Shift, row: ShiftRow, names: Namer) -> Past:
    total = None if row.total is None else row.total - (row.back_total or ZERO)
    return Past("shift", shift.id, shift.number, shift.day, shift.ended_at or shift.opened_at,
                names(shift.holder), shift.state.value, row.difference, total)  # fmt: skip
