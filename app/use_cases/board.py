"""早会: what the manager sees in the morning, each figure from the books that own it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Final

from app.domain.balance import Period
from app.domain.clock import shop_time
from app.domain.indicators import Fraction, Standing
from app.domain.money import Money, Quantity, Rate
from app.domain.sale import TenderKind
from app.domain.staff import Right
from app.domain.upload_states import WAITING, UploadState
from app.domain.working_days import WorkCalendar
from app.errors import PackValueMissing
from app.use_cases.doors import Doors, Operator
from app.use_cases.fractions import FractionsView, fractions_view, percent
from app.use_cases.rights import require
from app.use_cases.shelf_list import Look, LotRow, ShelfView, shelf_list
from app.use_cases.shift_rules import rules_in
from app.use_cases.store_papers import papers_view

DAYS: Final = 30
"""Days of sales in the chart."""
INSURED: Final = (TenderKind.FUND, TenderKind.ACCOUNT, TenderKind.MUTUAL_AID)


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing to know, and the page that it opens."""

    name: str
    """Message ids ``board.tile_<name>`` and ``board.says_<name>``."""
    figure: str
    """The large figure, ready to be read."""
    params: dict[str, object] = field(default_factory=dict)
    level: str = "good"
    """good, warn or bad; said in words by the tile too."""
    page: str = ""
    """The page of the office that says more; empty = another panel, or none."""


@dataclass(frozen=True, slots=True)
class DaySales:
    """A bar of the first chart."""

    day: date
    insured: Money
    own: Money


@dataclass(frozen=True, slots=True)
class Band:
    """A bar of the second chart: goods by how long they still hold."""

    name: str
    """``expired``, ``none`` (no date known), ``over`` (beyond every level), else ``within``."""
    days: int
    """The level in days, 0 where there is none."""
    value: Money
    """At cost, as far as the cost is known."""
    lots: int
    gaps: int
    """Lots of it whose cost nobody knows."""


@dataclass(frozen=True, slots=True)
class BoardView:
    """One morning."""

    day: date
    tiles: tuple[Tile, ...]
    sales: tuple[DaySales, ...]
    bands: tuple[Band, ...]
    fractions: tuple[tuple[Fraction, Standing], ...]


def board_view(doors: Doors, operator: Operator, calendar: WorkCalendar) -> BoardView:
    """Everything at once; call it where nobody waits.

    :raises NotAllowed: the operator does not see costs.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    with doors.uow() as uow:
        rules = rules_in(uow)
    today = rules.day_of(doors.clock.now())
    sales = list(_sales(doors, today, rules.turns_at))
    shelf = shelf_list(doors, operator)
    seen = fractions_view(doors, operator)
    tiles = [
        _yesterday(doors, today, rules.turns_at),
        _compared(doors),
        *_shelf_tiles(shelf),
        _uploads(doors),
    ]
    makers: Sequence[Callable[[], Iterator[Tile]]] = (
        lambda: _prices(doors),
        lambda: _counts(doors),
        lambda: _papers(doors, operator, calendar),
        lambda: _pharmacists(doors),
        lambda: _designation(doors, operator, calendar),
        lambda: _quality(doors),
        lambda: _complaints(doors),
        lambda: _cards(doors),
        lambda: _alerts(doors),
        lambda: _month(doors),
        lambda: _pack_ends(doors),
        lambda: _backed_up(doors),
        lambda: _fraction_tiles(seen),
    )
    for make in makers:
        try:
            tiles += make()
        except PackValueMissing:
            continue  # the pack says nothing of it: there is nothing to hold it against
    fractions = tuple((one, one.standing(seen.margin)) for one in seen.fractions.all())
    return BoardView(today, tuple(tiles), tuple(sales), tuple(_bands(shelf)), fractions)


def _sales(doors: Doors, today: date, turns_at: time) -> Iterator[DaySales]:
    first = today - timedelta(days=DAYS)
    with doors.uow() as uow:
        tenders = uow.reports.tenders(Period(first, today - timedelta(days=1)), turns_at)
    insured: dict[date, int] = {}
    own: dict[date, int] = {}
    for one in tenders:
        side = insured if one.kind in INSURED else own
        side[one.day] = side.get(one.day, 0) + one.amount.fen
    for each in range(DAYS):
        day = first + timedelta(days=each)
        yield DaySales(day, Money(insured.get(day, 0)), Money(own.get(day, 0)))


def _yesterday(doors: Doors, today: date, turns_at: time) -> Tile:
    day = today - timedelta(days=1)
    with doors.uow() as uow:
        taken = uow.reports.takings(Period(day, day), turns_at)
    total = Money.total(one.total - one.undone_total for one in taken)
    receipts, undone = sum(one.receipts for one in taken), sum(one.undone for one in taken)
    return Tile("yesterday", f"{total}", {"receipts": receipts, "undone": undone}, page="reports")


def _compared(doors: Doors) -> Tile:
    """Yesterday against the platform (LN-3.4b)."""
    from app.use_cases.reconcile_page import yesterday_told

    told = yesterday_told(doors)
    level = {"level": "good", "differs": "bad"}.get(told.said, "warn")
    figure = "—" if told.said == "none" else f"{told.standing}"
    params: dict[str, object] = {"said": told.said, "day": f"{told.day}"}
    return Tile("compared", figure, params, level, "reconcile")


def _backed_up(doors: Doors) -> Iterator[Tile]:
    """Whether the books of now could be put back; a practice shop has nothing to lose."""
    from app.use_cases.backups import is_old, last_good

    if doors.shop.practice:
        return
    good = last_good(doors)
    said = "none" if good is None else "old" if is_old(good, doors.clock.now()) else "good"
    figure = f"{shop_time(good):%m-%d %H:%M}" if good is not None else "—"
    level = "good" if said == "good" else "warn"
    yield Tile("backup", figure, {"said": said}, level, "backup")


def _alerts(doors: Doors) -> Iterator[Tile]:
    """What the supervision subsystem said and nobody answered; an area without it has no tile."""
    from app.use_cases.alerts import alerts_told

    told = alerts_told(doors)
    if not told.waiting and not doors.profile.audit.calls:
        return
    said = "late" if told.late else "waiting" if told.waiting else "none"
    oldest = f"{shop_time(told.oldest):%m-%d %H:%M}" if told.oldest is not None else "—"
    level = {"late": "bad", "waiting": "warn"}.get(said, "good")
    yield Tile("alerts", f"{told.waiting}", {"said": said, "oldest": oldest}, level, "watch")


def _month(doors: Doors) -> Iterator[Tile]:
    """From the first of a month to the area's day: last month's report (SY-4)."""
    from app.use_cases.month_report import month_due

    due = month_due(doors)
    if due is None:
        return
    params: dict[str, object] = {
        "said": "done" if due.told else "open",
        "month": due.month,
        "until": f"{due.until:%m-%d}",
        "days": due.days_left,
    }
    yield Tile("month", due.month, params, "good" if due.told else "warn", "watch")


def _pack_ends(doors: Doors) -> Iterator[Tile]:
    """Rules that end with none to follow: nobody is surprised at the counter (HY-4)."""
    from app.use_cases.pack_end import endings

    for one in endings(doors):
        params: dict[str, object] = {
            "said": "over" if one.days_left < 0 else "near",
            "kind": f"payment.type_{one.settlement}",
            "last": one.last.isoformat(),
            "who": one.who,
        }
        yield Tile("pack", f"{one.days_left}", params, "bad" if one.days_left < 0 else "warn")


def _shelf_tiles(shelf: ShelfView) -> Iterator[Tile]:
    lots = [lot for drug in shelf.drugs for lot in drug.lots]

    def count(look: Look) -> int:
        return sum(look in lot.looks for lot in lots)

    expired, near = count(Look.EXPIRED), count(Look.NEAR)
    level = "bad" if expired else "warn" if near else "good"
    days = max(shelf.levels, default=0)
    yield Tile("near", f"{near}", {"expired": expired, "days": days}, level, "stock")
    locked = count(Look.LOCKED)
    yield Tile("locked", f"{locked}", {}, "warn" if locked else "good", "stock")
    odd = sum(lot.on_hand < Quantity(0) for lot in lots)
    idle = sum(Look.IDLE in drug.looks for drug in shelf.drugs)
    yield Tile("odd", f"{odd}", {"idle": idle}, "bad" if odd else "good", "stock")
    short = sum(Look.SHORT in drug.looks for drug in shelf.drugs)
    yield Tile("short", f"{short}", {}, "warn" if short else "good", "stock")


def _uploads(doors: Doors) -> Tile:
    """What people must look at, what waits, and whether it waits too long (LN-3.4b)."""
    from app.use_cases.upload_ages import outbox_ages

    with doors.uow() as uow:
        found = uow.outbox.counts()
        _count, oldest = uow.outbox.waiting(1)
    waiting = sum(found.get(state, 0) for state in WAITING)
    refused = found.get(UploadState.REJECTED, 0) + found.get(UploadState.INCOMPLETE, 0)
    params: dict[str, object] = {"waiting": waiting}
    _amber, late = outbox_ages(doors)
    if oldest is not None and doors.clock.now() - oldest >= timedelta(minutes=late):
        params |= {"said": "late", "oldest": f"{shop_time(oldest):%m-%d %H:%M}"}
        return Tile("uploads", f"{refused}", params, "bad", "uploads")
    level = "bad" if refused else "good"  # what waits leaves by itself
    return Tile("uploads", f"{refused}", params, level, "uploads")


def _prices(doors: Doors) -> Iterator[Tile]:
    from app.use_cases.price_page import prices_to_look_at

    with doors.uow() as uow:
        medicines = list(uow.medicines.all())
    found = prices_to_look_at(doors, medicines)
    over = len(found.over)
    params: dict[str, object] = {
        "missing": len(found.missing), "waiting": len(found.waiting), "behind": len(found.behind),
    }  # fmt: skip
    level = "bad" if over else "warn" if any(params.values()) else "good"
    yield Tile("prices", f"{over}", params, level, "prices")


def _counts(doors: Doors) -> Iterator[Tile]:
    from app.use_cases.stocktake import attention, ensure_task

    ensure_task(doors)
    found = attention(doors)
    if not found:
        yield Tile("stocktake", "0", {"said": "none"}, "good", "stocktake")
        return
    first = min(found, key=lambda one: one.due_on)
    params: dict[str, object] = {
        "said": first.what,
        "period": first.period,
        "due": first.due_on.isoformat(),
    }
    level = "bad" if first.days_left < 0 or first.what == "sheet" else "warn"
    yield Tile("stocktake", f"{len(found)}", params, level, "stocktake")


def _papers(doors: Doors, operator: Operator, calendar: WorkCalendar) -> Iterator[Tile]:
    view = papers_view(doors, operator, calendar)
    due = view.due()
    over = sum((line.days or 0) < 0 or line.days is None for line in due)
    level = "bad" if over else "warn" if due else "good"
    yield Tile("papers", f"{len(due)}", {"over": over}, level, "papers")
    late = [line for line in view.claims if line.overdue]
    open_ones = [line for line in view.claims if line.claim.paid_on is None]
    total = Money.total(line.claim.amount for line in open_ones)
    params: dict[str, object] = {"open": len(open_ones), "total": f"{total}"}
    yield Tile("claims", f"{len(late)}", params, "bad" if late else "good", "papers")


def _pharmacists(doors: Doors) -> Iterator[Tile]:
    """Bound against the area's least number, before a licence that ends stops the fund."""
    from app.use_cases.duty import bound_few

    seen = bound_few(doors)
    if seen is None:
        return
    params: dict[str, object] = {"said": seen.said, "need": seen.need, "days": seen.days or 0}
    level = {"short": "bad", "ends": "warn"}.get(seen.said, "good")
    yield Tile("pharmacists", f"{seen.bound}", params, level, "people")


def _designation(doors: Doors, operator: Operator, calendar: WorkCalendar) -> Iterator[Tile]:
    """The next dated step; a store that waits for none has no tile (HY-1.3)."""
    from app.use_cases.designation import designation

    seen = designation(doors, operator, calendar)
    waits = [one for one in seen.open() if one.due is not None and one.left is not None]
    if not waits:
        return
    first = waits[0]
    late = (first.left or 0) < 0
    params: dict[str, object] = {"said": first.step.value, "due": f"{first.due}"}
    yield Tile("designation", f"{first.left}", params, "bad" if late else "warn", "compliance")


def _quality(doors: Doors) -> Iterator[Tile]:
    from app.use_cases.quality import quality_waiting

    waiting = quality_waiting(doors)
    yield Tile("quality", f"{waiting}", {}, "bad" if waiting else "good", "trace")


def _complaints(doors: Doors) -> Iterator[Tile]:
    """What was complained of and not answered; a shop without any has no tile."""
    from app.use_cases.complaints import complaints_waiting

    waiting, late = complaints_waiting(doors)
    if waiting:
        params: dict[str, object] = {"waiting": waiting, "late": late}
        yield Tile("complaints", f"{late or waiting}", params, "bad" if late else "warn",
                   "compliance")  # fmt: skip


def _cards(doors: Doors) -> Iterator[Tile]:
    from app.use_cases.custody_page import needs_attention

    gaps, receipts, returns = needs_attention(doors)
    found = gaps + receipts + returns
    params: dict[str, object] = {"gaps": gaps, "receipts": receipts, "returns": returns}
    yield Tile("cards", f"{found}", params, "warn" if found else "good", "custody")


def _fraction_tiles(seen: FractionsView) -> Iterator[Tile]:
    found = seen.fractions
    levels = {Standing.BELOW: "bad", Standing.CLOSE: "warn"}
    for one, grows in ((found.catalogue, True), (found.diseases, False), (found.therapeutic, True)):
        standing = one.standing(seen.margin)
        params: dict[str, object] = {
            "standing": standing.value,
            "part": one.part,
            "whole": one.whole,
            "target": percent((one.target or Rate(0)).ppm),
            "lacking": one.lacking(grows=grows),
        }
        figure = f"{percent(one.ppm)}%" if one.whole else "—"
        yield Tile(one.name, figure, params, levels.get(standing, "good"), "papers")


def _bands(shelf: ShelfView) -> Iterator[Band]:
    lots = [lot for drug in shelf.drugs for lot in drug.lots if lot.on_hand > Quantity(0)]
    levels = sorted(shelf.levels)
    groups: dict[tuple[str, int], list[LotRow]] = {("expired", 0): []}
    groups |= {("within", level): [] for level in levels}
    groups |= {("over", max(levels, default=0)): [], ("none", 0): []}
    for lot in lots:
        groups[_band(lot, levels)].append(lot)
    for (name, days), mine in groups.items():
        known = [lot.cost for lot in mine if lot.cost is not None]
        yield Band(name, days, Money.total(known), len(mine), len(mine) - len(known))


def _band(lot: LotRow, levels: Sequence[int]) -> tuple[str, int]:
    if lot.days_left is None:
        return "none", 0
    if lot.days_left < 0:
        return "expired", 0
    for level in levels:
        if lot.days_left <= level:
            return "within", level
    return "over", max(levels, default=0)
