"""What screens and papers show of a stock-take; figures of the books only to whoever may see them.

Names of drugs are read in slices, each in a unit of its own: the counter sells in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.catalogue import nfkc
from app.domain.clock import BusinessDay
from app.domain.money import Money, Quantity
from app.domain.sample_states import SampleState
from app.domain.scanned import classify
from app.domain.staff import Right
from app.domain.stocktake import CountEntry, CountLine, Round, Stocktake, Threshold, Zone
from app.domain.stocktake_sample import ODD, BoxScan, standing_scans
from app.domain.stocktake_states import COUNTABLE, StocktakeState
from app.domain.stocktake_tally import Goods, counted, spots, standing, uncounted
from app.errors import NotFound
from app.use_cases.stocktake import ensure_task, require, tally, worths_of
from app.use_cases.stocktake_count import own_figures
from app.use_cases.stocktake_rules import rules_of

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain.catalogue import Medicine
    from app.domain.stock import Lot
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator

_SLICE: Final = 500


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A stock-take in the list."""

    take: Stocktake
    days_late: int
    sheet_days_late: int
    lines: int
    opened_by: str
    """A name; empty where the calendar opened it."""
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskList:
    """All of them, newest first, and the zones that one may be opened for."""

    rows: tuple[TaskRow, ...]
    zones: tuple[Zone, ...]
    threshold: Threshold
    """From when another person counts again, in the next one that is begun."""
    own_threshold: bool
    """It is the shop's own, not the pack's."""


class GridLine(NamedTuple):
    """One line of the grid; knows nothing of what the books say."""

    line: CountLine
    code: str
    name: str
    spec: str
    maker: str
    unit: str
    batch: str
    expires: str
    zone: str
    own: Quantity | None
    """What this person counted there, in this round."""
    others: int
    """How many other people counted it there."""
    asked: str = ""
    """Why it is counted again: a :class:`app.domain.stocktake.Why`."""
    closed: bool = False
    """This person counted it before and may not count it again."""
    barcode: str = ""
    product: str = ""
    """The product part of its trace codes."""
    found_batch: str = ""
    """The batch on boxes of a lot that the shop does not know."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The stripe over the grid."""

    lines: int
    counted: int
    moved: int
    """Lots that moved, or lay in a basket, while they were counted."""
    recount: int
    """Lines that still want a second count."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A stock-take as the person at the shelf sees it."""

    take: Stocktake
    lines: tuple[GridLine, ...]
    progress: Progress
    counter: str
    """Staff number, for the sheets."""


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A lot that differs, for whoever approves."""

    goods: Goods
    code: str
    name: str
    spec: str
    batch: str
    ledger: Quantity
    counted: Quantity
    variance: Quantity
    worth: Money | None
    at: datetime
    round: Round
    why: str
    moved: bool
    reason: str
    counters: tuple[str, ...]
    """Names."""


@dataclass(frozen=True, slots=True)
class Review:
    """Differences, dearest first."""

    take: Stocktake
    rows: tuple[ReviewRow, ...]
    lines: int
    open_lines: int
    surplus: Money
    shortage: Money
    """Negative or zero."""
    unpriced: int
    """Rows whose worth nobody knows."""
    handed_to: str = ""
    sampled: Sampled | None = None
    """None = nobody has asked for boxes."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """What became of the boxes that were asked for."""

    lots: int
    open: int
    """Lots whose boxes nobody has looked for to the end."""
    missing: int
    odd: int


# --- the list -------------------------------------------------------------------------------------


def list_tasks(doors: Doors, operator: Operator) -> TaskList:
    """Every stock-take; opens the period's task where the calendar asks for it."""
    require(doors, operator, Right.COUNT_STOCK)
    ensure_task(doors)
    today = BusinessDay.of(doors.clock.now()).day
    with doors.uow() as uow:
        zones = tuple(uow.stocktakes.zones())
        names = {zone.id: zone.name for zone in zones}
        rows = tuple(
            TaskRow(
                take, take.days_late(today), take.sheet_days_late(today),
                uow.stocktakes.line_count(take.id), _name(uow, take.opened_by),
                tuple(names.get(zone, zone) for zone in take.zones),
            )
            for take in uow.stocktakes.all()
        )  # fmt: skip
        rules = rules_of(doors, uow)
    return TaskList(rows, zones, rules.threshold, rules.own)


def _name(uow: UnitOfWork, staff_id: str) -> str:
    try:
        return uow.staff.get(staff_id).name
    except NotFound:
        return ""


# --- the grid -------------------------------------------------------------------------------------


def grid(doors: Doors, stocktake_id: str, operator: Operator) -> Grid:
    """The lines with this person's own figures; blind: nobody's else, nothing of the books."""
    require(doors, operator, Right.COUNT_STOCK)
    with doors.uow() as uow:
        take = uow.stocktakes.get(stocktake_id)
        turn = Round.SECOND if take.state is StocktakeState.RECOUNT else Round.FIRST
        lines = uow.stocktakes.lines(take.id)
        entries = uow.stocktakes.entries(take.id)
        remarks = uow.stocktakes.remarks(take.id) if turn is Round.SECOND else []
        zones = {zone.id: zone.name for zone in uow.stocktakes.zones()}
    own = own_figures(entries, operator.staff.id, turn)
    others: dict[tuple[str, str, str, str, str], int] = {}
    for one in standing(entries):
        if one.round is turn and one.counter_id != operator.staff.id:
            key = (*one.goods, one.zone, one.position)
            others[key] = others.get(key, 0) + 1
    wanted: list[tuple[CountLine, str, str, bool]] = []
    if turn is Round.SECOND:
        for remark in remarks:
            if remark.why:
                medicine, lot, batch = remark.difference.goods
                for zone, position in sorted(remark.places):
                    line = CountLine(len(wanted) + 1, medicine, lot, zone, position)
                    wanted.append(
                        (line, batch, remark.why, operator.staff.id in remark.not_by)
                    )  # fmt: skip
    else:
        wanted = [(line, "", "", False) for line in lines]
        there = {(line.medicine_id, line.lot_id, "", line.zone, line.position) for line in lines}
        for key in dict.fromkeys((*own, *others)):
            if key not in there:
                line = CountLine(len(wanted) + 1, key[0], key[1], key[3], key[4])
                wanted.append((line, key[2], "", False))
    drugs = medicines_of(doors, {line.medicine_id for line, *_ in wanted})
    lots = lots_of(doors, {line.lot_id for line, *_ in wanted})
    told = tuple(
        _grid_line(line, batch, why, closed, drugs, lots, zones, own, others)
        for line, batch, why, closed in wanted
    )
    return Grid(take, told, progress(doors, stocktake_id), operator.staff.number)


def _grid_line(
    line: CountLine,
    batch: str,
    why: str,
    closed: bool,
    drugs: dict[str, Medicine],
    lots: dict[str, Lot],
    zones: dict[str, str],
    own: Mapping[tuple[str, str, str, str, str], CountEntry],
    others: Mapping[tuple[str, str, str, str, str], int],
) -> GridLine:
    drug, lot = drugs[line.medicine_id], lots.get(line.lot_id)
    key = (line.medicine_id, line.lot_id, batch, line.zone, line.position)
    mine = own.get(key)
    return GridLine(
        line, drug.shop_code, drug.display_name, drug.spec, drug.manufacturer, drug.pack_unit,
        lot.batch if lot else batch,
        str(lot.expires_on) if lot and lot.expires_on else "", zones.get(line.zone, ""),
        mine.counted if mine else None, others.get(key, 0), why, closed, drug.barcode,
        drug.trace_product_code, batch,
    )  # fmt: skip


def found_line(
    doors: Doors, medicine_id: str, zone: str, position: str, batch: str = ""
) -> GridLine:
    """A line for boxes that the list does not name; its lot is not known."""
    drug = medicines_of(doors, {medicine_id})[medicine_id]
    with doors.uow() as uow:
        zones = {one.id: one.name for one in uow.stocktakes.zones()}
    line = CountLine(0, medicine_id, "", zone, position)
    return _grid_line(line, batch, "", False, {medicine_id: drug}, {}, zones, {}, {})


def drug_of_code(doors: Doors, code: str) -> str:
    """The drug of a scanned or typed code, where exactly one is meant; empty = none."""
    bare = nfkc(code)
    found = classify(bare, BusinessDay.of(doors.clock.now()).day)
    with doors.uow() as uow:
        own = uow.medicines.by_shop_code(bare)
        if own is not None:
            return own.id
        if found.product_code:
            drugs = uow.medicines.by_trace_product(found.product_code)
        else:
            spelled = (bare, found.gtin, found.gtin.removeprefix("0"))
            drugs = next(filter(None, map(uow.medicines.by_barcode, spelled)), [])
    return drugs[0].id if len(drugs) == 1 else ""


def progress(doors: Doors, stocktake_id: str) -> Progress:
    """How far it is; every figure from the entries."""
    with doors.uow() as uow:
        take = uow.stocktakes.get(stocktake_id)
        lines = uow.stocktakes.lines(take.id)
        entries = standing(uow.stocktakes.entries(take.id))
        ledger = uow.stocktakes.ledger((), take.begun_at or take.opened_at)
        asked = [one for one in uow.stocktakes.remarks(take.id) if one.why]
    found = counted(entries)
    moved = sum(
        one.in_basket
        or any(ledger.moved(lot, one.first_at, one.at) for lot in ledger.alike(one.goods[1]))
        for one in found.values()
    )
    again = 0
    if take.state is StocktakeState.RECOUNT:
        again = sum(found[one.difference.goods].round is Round.FIRST for one in asked)
    return Progress(len(lines), len(lines) - len(uncounted(lines, spots(entries))), moved, again)


# --- the review -----------------------------------------------------------------------------------


def review(doors: Doors, stocktake_id: str, operator: Operator) -> Review:
    """What differs, by money; :raises NotAllowed: figures of the books are not for counters."""
    require(doors, operator, Right.APPROVE_STOCK)
    with doors.uow() as uow:
        take = uow.stocktakes.get(stocktake_id)
        remarks = uow.stocktakes.remarks(take.id)
        lines = uow.stocktakes.line_count(take.id)
        open_lines = len(tally(doors, uow, take).open_lines) if take.state in (
            *COUNTABLE, StocktakeState.REVIEW) else sum(
                row.counted is None for row in uow.stocktakes.results(take.id))  # fmt: skip
        worths = worths_of(uow, [one.difference for one in remarks])
        people = {one.id: one.name for one in uow.staff.all()}
        handed_to = uow.stocktakes.handed_to(take.id)
        sampled = _sampled(uow, take.id)
    drugs = medicines_of(doors, {one.difference.goods[0] for one in remarks})
    lots = lots_of(doors, {one.difference.goods[1] for one in remarks})
    rows = []
    for one in remarks:
        told = one.difference
        drug, lot = drugs[told.goods[0]], lots.get(told.goods[1])
        rows.append(
            ReviewRow(
                told.goods, drug.shop_code, drug.display_name, drug.spec,
                lot.batch if lot else told.goods[2], told.ledger, told.counted, told.variance,
                worths[told.goods], told.at, told.round, one.why, told.moved, one.reason,
                tuple(sorted(people.get(each, "") for each in told.counters)),
            )
        )  # fmt: skip
    rows.sort(key=lambda row: (-(abs(row.worth.fen) if row.worth else 0), row.name, row.batch))
    priced = [row.worth for row in rows if row.worth is not None]
    return Review(
        take, tuple(rows), lines, open_lines,
        Money.total(worth for worth in priced if worth.fen > 0),
        Money.total(worth for worth in priced if worth.fen < 0),
        len(rows) - len(priced), handed_to, sampled,
    )  # fmt: skip


def _sampled(uow: UnitOfWork, take_id: str) -> Sampled | None:
    asked = [one for one in uow.samples.of_take(take_id) if one.asked]
    if not asked:
        return None
    by_lot: dict[str, list[BoxScan]] = {}
    for scan in uow.samples.scans(take_id):
        by_lot.setdefault(scan.lot_id, []).append(scan)
    odd = sum(
        one.told in ODD for scans in by_lot.values() for one in standing_scans(scans).values()
    )
    return Sampled(
        len(asked), sum(one.state is SampleState.OPEN for one in asked),
        sum(len(one.missing) for one in asked), odd,
    )  # fmt: skip


# --- names ----------------------------------------------------------------------------------------


def medicines_of(doors: Doors, ids: Iterable[str]) -> dict[str, Medicine]:
    """Drugs by id, read in slices so that nobody else waits long."""
    found: dict[str, Medicine] = {}
    for part in _slices(sorted(ids)):
        with doors.uow() as uow:
            found |= {each: uow.medicines.get(each) for each in part}
    return found


def lots_of(doors: Doors, ids: Iterable[str]) -> dict[str, Lot]:
    """Lots by id, those that exist."""
    found: dict[str, Lot] = {}
    for part in _slices(sorted(each for each in ids if each)):
        with doors.uow() as uow:
            found |= uow.lots.many(part)
    return found


def _slices(values: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(values), _SLICE):
        yield values[start : start + _SLICE]
