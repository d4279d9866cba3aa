"""At a stock-take a share of every lot's boxes is looked for and scanned (policy 3.5, S-19).

Which boxes is written down when they are drawn; what the books said of a box is of the moment at
which it was scanned. A box that is sold while others look for it is nobody's fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.domain.clock import BusinessDay
from app.domain.sample_states import SampleState
from app.domain.scanned import classify
from app.domain.staff import Right
from app.domain.stocktake_sample import (
    MOST_SCANNED,
    ODD,
    BoxScan,
    BoxTold,
    Sample,
    standing_scans,
)
from app.domain.stocktake_states import LIVE
from app.domain.trace import LONGEST_CODE
from app.errors import BadValue, NotFound
from app.use_cases.quality import Suspect, suspect_in
from app.use_cases.stocktake import require
from app.use_cases.stocktake_view import lots_of, medicines_of
from app.use_cases.trace_sample import gone_since, judge_box, sample_for, share_of

if TYPE_CHECKING:
    from app.domain.catalogue import Medicine
    from app.domain.stock import Lot
    from app.domain.stocktake import Stocktake
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator

_SLICE: Final = 500
WHY: Final[Mapping[BoxTold | None, str]] = {
    None: "SAMPLE_MISSING",
    BoxTold.SOLD: "SAMPLE_SOLD",
    BoxTold.LEFT: "SAMPLE_LEFT",
    BoxTold.OTHER_LOT: "SAMPLE_OTHER_LOT",
    BoxTold.UNKNOWN: "SAMPLE_UNKNOWN",
}
"""Why a box is on the quality list; None = it was asked for and not found."""


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A lot whose boxes are looked for, as people see it."""

    sample: Sample
    shop_code: str
    name: str
    spec: str
    batch: str
    place: str
    scans: tuple[BoxScan, ...] = field(repr=False)
    """Those that count, in their order."""
    finished_by: str = ""
    """A name."""

    @property
    def found(self) -> tuple[str, ...]:
        """Asked for and there."""
        return tuple(one.code for one in self.scans if one.told is BoxTold.FOUND)

    @property
    def odd(self) -> tuple[BoxScan, ...]:
        """Scanned though they cannot lie there."""
        return tuple(one for one in self.scans if one.told in ODD)

    @property
    def doubts(self) -> int:
        """How many boxes would go onto the quality list."""
        return len(self.sample.missing) + len(self.odd)


@dataclass(frozen=True, slots=True)
class SampleList:
    """Every lot of a stock-take that has boxes with codes."""

    take: Stocktake
    rows: tuple[SampleRow, ...]
    share: int | None
    """Per cent of each lot; None = the pack no longer says."""
    bare: int
    """Lots of which no code lies here: nothing can be scanned of them."""

    @property
    def open(self) -> int:
        """Lots that are not finished."""
        return sum(row.sample.state is SampleState.OPEN for row in self.rows)


@dataclass(frozen=True, slots=True)
class ScanTold:
    """What came of a scan."""

    lot_id: str
    """The lot it was held against: the one that asks for this box goes before the chosen one."""
    scan: BoxScan
    again: bool
    """It was scanned there before; nothing was written."""


# --- drawing --------------------------------------------------------------------------------------


def draw_samples(
    doors: Doors,
    stocktake_id: str,
    operator: Operator,
    tell: Callable[[tuple[int, int]], None] = lambda _: None,
) -> int:
    """Fix which boxes are asked for, of every lot in the list that was not drawn yet.

    In slices, each durable: broken off it goes on where it stopped. Answers the boxes drawn now.
    :raises NotAllowed:; :raises BadValue: ``closed``: it is not running; :raises PackValueMissing:
    the pack says nothing of the share.
    """
    require(doors, operator, Right.COUNT_STOCK)
    with doors.uow() as uow:
        take = _live(uow, stocktake_id)
        drawn = {one.lot_id for one in uow.samples.of_take(take.id)}
        alike = uow.stocktakes.ledger((), take.begun_at or take.opened_at).alike
        lots = {
            lot: line.medicine_id
            for line in uow.stocktakes.lines(take.id)
            for lot in alike(line.lot_id)
            if lot
        }
    left = sorted(lots.keys() - drawn)
    share, boxes = share_of(doors) if left else 0, 0
    for start in range(0, len(left), _SLICE):
        tell((start, len(left)))
        part = {lot: lots[lot] for lot in left[start : start + _SLICE]}
        boxes += _draw(doors, take.id, part, share, operator)
    return boxes


def _draw(
    doors: Doors, take_id: str, lots: Mapping[str, str], share: int, operator: Operator
) -> int:
    now = doors.clock.now()
    with doors.uow() as uow:
        asked = sample_for(uow, sorted(lots), share, take_id)
        boxes = sum(map(len, asked.values()))
        rows = [
            Sample(stocktake_id=take_id, lot_id=lot, medicine_id=lots[lot], asked=codes,
                   drawn_at=now)
            for lot, codes in asked.items()
        ]  # fmt: skip
        uow.samples.add(rows)
        entry = {"take": take_id, "lots": len(rows), "boxes": boxes, "percent": share}
        uow.log.append("stocktake.sample_drawn", operator.staff.id, now, entry)
        uow.commit()
    return boxes


# --- scanning -------------------------------------------------------------------------------------


def scan_box(
    doors: Doors, stocktake_id: str, lot_id: str, text: str, operator: Operator
) -> ScanTold:
    """A box that somebody holds in the hand, written down at once with what the books say of it.

    ``lot_id``: the chosen lot. :raises NotAllowed:; :raises BadValue: ``closed``, ``sample_code``
    (no code of a single box: nothing of it is kept), ``sample_choose``, ``sample_finished``,
    ``sample_most``.
    """
    require(doors, operator, Right.COUNT_STOCK)
    now = doors.clock.now()
    code = classify(text, BusinessDay.of(now).day).trace_code()
    if not code or len(code) > LONGEST_CODE:
        raise BadValue(what="count", why="sample_code")
    with doors.uow() as uow:
        _live(uow, stocktake_id)
        sample = _asking(uow, stocktake_id, code) or _chosen(uow, stocktake_id, lot_id)
        before = standing_scans(uow.samples.scans(stocktake_id, sample.lot_id))
        if code in before:
            return ScanTold(sample.lot_id, before[code], again=True)
        if len(before) >= MOST_SCANNED:
            raise BadValue(what="count", why="sample_most", count=MOST_SCANNED)
        told = judge_box(uow, _alike(uow, sample.lot_id), code, asked=code in sample.asked)
        scan = BoxScan(doors.ids.new(), sample.lot_id, code, told, now, operator.staff.id)
        uow.samples.add_scan(stocktake_id, scan)
        entry = {"take": stocktake_id, "lot": sample.lot_id, "told": told.value}
        uow.log.append("stocktake.box_scanned", operator.staff.id, now, entry)
        uow.commit()
    return ScanTold(sample.lot_id, scan, again=False)


def _asking(uow: UnitOfWork, take_id: str, code: str) -> Sample | None:
    """The lot that asks for this very box, while it is open."""
    known = uow.received.of_codes((code,)).get(code)
    if known is None:
        return None
    try:
        sample = uow.samples.get(take_id, known.lot_id)
    except NotFound:
        return None
    return sample if sample.state is SampleState.OPEN and code in sample.asked else None


def _chosen(uow: UnitOfWork, take_id: str, lot_id: str) -> Sample:
    try:
        sample = uow.samples.get(take_id, lot_id)
    except NotFound:
        raise BadValue(what="count", why="sample_choose") from None
    if sample.state is not SampleState.OPEN:
        raise BadValue(what="count", why="sample_finished")
    return sample


def _alike(uow: UnitOfWork, lot_id: str) -> set[str]:
    lot = uow.lots.get(lot_id)
    same = uow.lots.of_batch(lot.batch, lot.medicine_id) if lot.batch else []
    return {lot_id, *(one.id for one in same)}


def undo_scan(doors: Doors, stocktake_id: str, lot_id: str, operator: Operator) -> BoxScan | None:
    """Take back one's own newest scan of a lot that is open; it stays in the books.

    None = there is none. :raises NotAllowed:; :raises BadValue: ``closed``, ``sample_finished``.
    """
    require(doors, operator, Right.COUNT_STOCK)
    with doors.uow() as uow:
        _live(uow, stocktake_id)
        sample = _chosen(uow, stocktake_id, lot_id)
        own = [
            one for one in uow.samples.scans(stocktake_id, sample.lot_id)
            if one.by == operator.staff.id and not one.taken_back
        ]  # fmt: skip
        if not own:
            return None
        uow.samples.take_back(own[-1].id)
        entry = {"take": stocktake_id, "lot": lot_id, "scan": own[-1].id}
        uow.log.append("stocktake.scan_undone", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    return own[-1]


# --- verdicts -------------------------------------------------------------------------------------


def finish_sample(doors: Doors, stocktake_id: str, lot_id: str, operator: Operator) -> Sample:
    """Every box of the lot that was there has been scanned: what lacks is written down.

    :raises NotAllowed:; :raises BadValue: ``closed``, ``sample_choose``, ``sample_finished``.
    """
    require(doors, operator, Right.COUNT_STOCK)
    now = doors.clock.now()
    with doors.uow() as uow:
        _live(uow, stocktake_id)
        sample = _chosen(uow, stocktake_id, lot_id)
        scans = standing_scans(uow.samples.scans(stocktake_id, lot_id))
        lacking = [code for code in sample.asked if code not in scans]
        sample = sample.finish(scans, gone_since(uow, lacking), now, operator.staff.id)
        uow.samples.save(sample)
        odd = sum(one.told in ODD for one in scans.values())
        entry = {"take": stocktake_id, "lot": lot_id, "asked": len(sample.asked), "odd": odd,
                 "missing": len(sample.missing), "away": len(sample.away)}  # fmt: skip
        uow.log.append("stocktake.sample_finished", operator.staff.id, now, entry)
        uow.commit()
    return sample


def reopen_sample(doors: Doors, stocktake_id: str, lot_id: str, operator: Operator) -> Sample:
    """Boxes turned up after all: scan on.

    :raises NotAllowed, IllegalTransition:; :raises BadValue: ``closed``, ``sample_listed``.
    """
    require(doors, operator, Right.COUNT_STOCK)
    with doors.uow() as uow:
        _live(uow, stocktake_id)
        sample = uow.samples.get(stocktake_id, lot_id)
        if sample.state is SampleState.LISTED:
            raise BadValue(what="count", why="sample_listed")
        sample = sample.reopen()
        uow.samples.save(sample)
        entry = {"take": stocktake_id, "lot": lot_id}
        uow.log.append("stocktake.sample_reopened", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    return sample


def list_doubts(doors: Doors, stocktake_id: str, lot_id: str, operator: Operator) -> int:
    """Missing and odd boxes of a finished lot onto the quality list, all at once.

    A box that is on it already stays as it is. Also after the stock-take is over: doubt has no
    closing time. Answers how many boxes. :raises NotAllowed:; :raises NotFound:; :raises
    BadValue: ``sample_open``, ``sample_nothing``, ``sample_listed``.
    """
    require(doors, operator, Right.COUNT_STOCK)
    now = doors.clock.now()
    with doors.uow() as uow:
        sample = uow.samples.get(stocktake_id, lot_id)
        if sample.state is SampleState.OPEN:
            raise BadValue(what="count", why="sample_open")
        if sample.state is SampleState.LISTED:
            raise BadValue(what="count", why="sample_listed")
        scans = standing_scans(uow.samples.scans(stocktake_id, lot_id)).values()
        doubted = [(code, WHY[None]) for code in sample.missing]
        doubted += [(one.code, WHY[one.told]) for one in scans if one.told in ODD]
        if not doubted:
            raise BadValue(what="count", why="sample_nothing")
        note = uow.stocktakes.get(stocktake_id).number
        for code, why in doubted:
            found = Suspect(why, code, sample.medicine_id, note=note)
            suspect_in(doors, uow, operator, found)
        uow.samples.save(sample.listed(now, operator.staff.id))
        entry = {"take": stocktake_id, "lot": lot_id, "boxes": len(doubted)}
        uow.log.append("stocktake.sample_listed", operator.staff.id, now, entry)
        uow.commit()
    return len(doubted)


def _live(uow: UnitOfWork, stocktake_id: str) -> Stocktake:
    take = uow.stocktakes.get(stocktake_id)
    if take.state not in LIVE:
        raise BadValue(what="count", why="closed")
    return take


# --- what is seen ---------------------------------------------------------------------------------


def samples_of(
    doors: Doors,
    stocktake_id: str,
    operator: Operator,
    tell: Callable[[tuple[int, int]], None] = lambda _: None,
) -> SampleList:
    """The boxes to look for; drawn now where it runs and nobody has done so yet.

    :raises NotAllowed, PackValueMissing: as :func:`draw_samples`.
    """
    with doors.uow() as uow:
        live = uow.stocktakes.get(stocktake_id).state in LIVE
    if live:
        draw_samples(doors, stocktake_id, operator, tell)
    return sample_list(doors, stocktake_id, operator)


def sample_list(doors: Doors, stocktake_id: str, operator: Operator) -> SampleList:
    """Every lot with boxes to look for, in the order of the list; nothing of the books' sums."""
    require(doors, operator, Right.COUNT_STOCK)
    with doors.uow() as uow:
        take = uow.stocktakes.get(stocktake_id)
        samples = uow.samples.of_take(take.id)
        scans = uow.samples.scans(take.id)
        lines = uow.stocktakes.lines(take.id) if samples else []
        zones = {one.id: one.name for one in uow.stocktakes.zones()}
        people = {one.id: one.name for one in uow.staff.all()}
    asked = [one for one in samples if one.asked]
    drugs = medicines_of(doors, {one.medicine_id for one in asked})
    lots = lots_of(doors, {one.lot_id for one in asked})
    places: dict[str, tuple[int, str]] = {}
    for line in lines:
        place = " ".join(filter(None, (zones.get(line.zone, ""), line.position)))
        places.setdefault(line.medicine_id, (line.no, place))
    of_lot: dict[str, list[BoxScan]] = {}
    for scan in scans:
        of_lot.setdefault(scan.lot_id, []).append(scan)
    asked.sort(key=lambda one: (places.get(one.medicine_id, (0, ""))[0], one.lot_id))
    rows = tuple(
        _row(one, drugs, lots, places.get(one.medicine_id, (0, ""))[1],
             of_lot.get(one.lot_id, ()), people)
        for one in asked
    )  # fmt: skip
    share = doors.policy_on("self_paid", doors.clock.now()).trace.sample_percent
    return SampleList(take, rows, share, len(samples) - len(asked))


def _row(
    one: Sample,
    drugs: Mapping[str, Medicine],
    lots: Mapping[str, Lot],
    place: str,
    scans: Iterable[BoxScan],
    people: Mapping[str, str],
) -> SampleRow:
    drug, lot = drugs[one.medicine_id], lots.get(one.lot_id)
    return SampleRow(
        one, drug.shop_code, drug.display_name, drug.spec, lot.batch if lot else "", place,
        tuple(standing_scans(scans).values()), people.get(one.finished_by, ""),
    )  # fmt: skip
