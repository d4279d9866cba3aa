"""From counts to differences: which entries stand, what the books said then, what wants a look.

Pure arithmetic over ten-thousandths of a pack. No entry is ever lost: of one person at one place
the latest stands, those of several persons and places are added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import compress, repeat
from operator import attrgetter, itemgetter, ne
from typing import NamedTuple

from app.domain.money import Money, Quantity
from app.domain.stocktake import COUNTING_MINUTE, CountEntry, CountLine, Round, Threshold, Why
from app.domain.stocktake_counts import Counts, SpotColumns, spots_of

Goods = tuple[str, str, str]
"""Drug, lot (empty = not known), batch on the box of an unknown lot."""
Spot = tuple[str, str, str, str]
"""Drug, lot, zone, position: what one line of the frozen list asks for."""
_SPOT = itemgetter(*map(CountEntry._fields.index, ("medicine_id", "lot_id", "zone", "position")))
_FIGURE = attrgetter("ten_thousandths")
Moved = Sequence[tuple[datetime, int]]
"""Movements of one lot on the shelf: moment, ten-thousandths."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Sums of movements of the lots that are counted, and the late ones one by one."""

    now: Mapping[str, int]
    """Lot -> sum of all its movements on the shelf."""
    later: Mapping[str, Moved]
    """Lot -> its movements since shortly before the first count."""
    lots_of: Mapping[str, Sequence[str]]
    """Drug -> its lots that ever had goods here, first expired first."""
    same: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Lot -> every lot of its drug and batch, itself first, where there are several: the boxes of
    a batch that came twice look alike, and are counted as one."""

    since: datetime | None = None
    """When the list was frozen: what moved before was over before anybody counted."""
    seen: Mapping[tuple[str, datetime], int] = field(default_factory=dict)
    """(Lot, moment of a count) -> what the count itself saw in the books, where the clock says
    another thing: it was set back, and no sum by times is true then."""

    def alike(self, lot_id: str) -> Sequence[str]:
        """The lots whose boxes cannot be told from this one's, itself among them."""
        return self.same.get(lot_id) or (lot_id,)

    def at(self, lot_id: str, moment: datetime) -> int:
        """The sum of the lot's movements up to a moment, that moment included."""
        seen = self.seen.get((lot_id, moment))
        if seen is not None:
            return seen
        late = sum(off for when, off in self.later.get(lot_id, ()) if when > moment)
        return self.now.get(lot_id, 0) - late

    def moved(self, lot_id: str, begins: datetime, ends: datetime) -> bool:
        """Whether a movement lies so near to the counting that it may be on either side of it."""
        first, last = begins - COUNTING_MINUTE, ends + COUNTING_MINUTE
        if self.since is not None and self.since > first:
            first = self.since
        return any(first < when < last for when, _ in self.later.get(lot_id, ()))


class Counted(NamedTuple):
    """What was counted of a lot, all places and persons together."""

    goods: Goods
    figure: int
    first_at: datetime
    at: datetime
    """The last of its counts: the moment that the books are asked for."""
    round: Round
    counters: frozenset[str]
    first_counters: frozenset[str]
    """Who counted it in the first round."""
    places: frozenset[tuple[str, str]]
    in_basket: bool
    made_on: date | None = None
    expires_on: date | None = None


class Difference(NamedTuple):
    """A lot that was counted, held against the books of that moment."""

    goods: Goods
    counted: Quantity
    ledger: Quantity
    at: datetime
    round: Round
    counters: frozenset[str]
    moved: bool
    spread: tuple[tuple[str, Quantity], ...] = ()
    """Which known lots bear it, where the lot was not known; empty = the lot itself."""
    made_on: date | None = None
    expires_on: date | None = None

    @property
    def variance(self) -> Quantity:
        """Counted minus the books: positive 盘盈, negative 盘亏."""
        return self.counted - self.ledger


def standing(entries: Iterable[CountEntry]) -> list[CountEntry]:
    """The entries that count, in order of time: undone and corrected ones are left out.

    Two entries of one moment: the later of the two in the books stands.
    """
    ordered = sorted(entries, key=attrgetter("at"))
    undone = {one.undoes for one in ordered if one.undoes}
    last: dict[tuple[object, ...], CountEntry] = {}
    for one in ordered:
        if one.undoes or one.id in undone:
            continue
        key = (one.round, one.medicine_id, one.lot_id, one.batch, one.zone, one.position,
               one.counter_id)  # fmt: skip
        last.pop(key, None)
        last[key] = one
    return list(last.values())


def to_judge(counts: Counts, ledger: Ledger) -> tuple[list[CountEntry], SpotColumns]:
    """Standing entries of lots that want a closer look, and every spot where somebody counted.

    Left out is what :func:`differences` leaves out where not all of them are asked for: lots
    counted once, that lay still and agree. They are nearly all, and cost nothing this way.
    """
    if any(counts.undoes):
        stands = Counts.of(standing(counts.entries()))
        return stands.entries(), spots_of(stands)
    lots, figures = counts.lot_id, map(_FIGURE, counts.counted)
    books = map(ledger.now.get, lots, repeat(0))
    off = set(compress(range(len(lots)), map(ne, figures, books)))
    near = {*ledger.later, *ledger.same}
    if near or any(counts.in_basket) or len(set(lots)) < len(lots) or not all(lots):
        off.update(_near(counts, near))
    return standing(counts.some(sorted(off))), spots_of(counts)


def _near(counts: Counts, near: AbstractSet[str]) -> list[int]:
    """Places of counts that more than their own figure is to be held against."""
    goods = list(zip(counts.medicine_id, counts.lot_id, counts.batch, strict=True))
    often = {one for one, times in Counter(goods).items() if times > 1}
    loose = {one[0] for one in goods if not one[1]}
    return [
        place for place, (what, basket) in enumerate(zip(goods, counts.in_basket, strict=True))
        if basket or what[1] in near or what[0] in loose or what in often
    ]  # fmt: skip


def spots(stands: Iterable[CountEntry]) -> AbstractSet[Spot]:
    """Where entries were counted."""
    return set(map(_SPOT, stands))


def counted(stands: Iterable[CountEntry]) -> dict[Goods, Counted]:
    """What stands of each lot, from :func:`standing`.

    Second counts replace the first ones once they cover all its places.
    """
    alone: dict[Goods, CountEntry] = {}
    rounds: dict[Goods, tuple[list[CountEntry], list[CountEntry]]] = {}
    for one in stands:
        goods = (one.medicine_id, one.lot_id, one.batch)
        if goods not in rounds:
            before = alone.get(goods)
            if before is None:
                alone[goods] = one
                continue
            rounds[goods] = ([], [])
            rounds[goods][before.round is Round.SECOND].append(before)
        rounds[goods][one.round is Round.SECOND].append(one)
    found = _single(alone)
    found.update({goods: _sum(goods, *pair) for goods, pair in rounds.items()})
    return found


def _single(alone: Mapping[Goods, CountEntry]) -> dict[Goods, Counted]:
    """Lots that were counted once, nearly all of them: nothing is added up."""
    people: dict[str, frozenset[str]] = {}
    spots: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}
    nobody: frozenset[str] = frozenset()
    found = {}
    for goods, one in alone.items():
        who = people.get(one.counter_id)
        if who is None:
            who = people[one.counter_id] = frozenset({one.counter_id})
        spot = (one.zone, one.position)
        places = spots.get(spot)
        if places is None:
            places = spots[spot] = frozenset({spot})
        first = who if one.round is Round.FIRST else nobody
        found[goods] = Counted(
            goods, one.counted.ten_thousandths, one.at, one.at, one.round, who, first, places,
            one.in_basket, one.made_on, one.expires_on,
        )  # fmt: skip
    return found


def _sum(goods: Goods, first: list[CountEntry], second: list[CountEntry]) -> Counted:
    places = {(one.zone, one.position) for one in first}
    done = bool(second) and places <= {(one.zone, one.position) for one in second}
    used = second if done else first or second
    dated = next((one for one in used if one.expires_on or one.made_on), used[0])
    return Counted(
        goods=goods,
        figure=sum(one.counted.ten_thousandths for one in used),
        first_at=min(one.at for one in used),
        at=max(one.at for one in used),
        round=Round.SECOND if used is second else Round.FIRST,
        counters=frozenset(one.counter_id for one in used),
        first_counters=frozenset(one.counter_id for one in first),
        places=frozenset(places or {(one.zone, one.position) for one in second}),
        in_basket=any(one.in_basket for one in used),
        made_on=dated.made_on,
        expires_on=dated.expires_on,
    )


def differences(
    found: Mapping[Goods, Counted], ledger: Ledger, *, all_of_them: bool = True
) -> list[Difference]:
    """Every counted lot against the books of its moment, by drug and lot; zeros included.

    ``all_of_them`` false: lots that lay still and agree are left out.

    Boxes of an unknown lot with an unknown batch number are all surplus; boxes whose batch nobody
    could read are held against the drug's lots that nobody counted by themselves.
    """
    told = []
    for goods in sorted(found):
        one = found[goods]
        medicine, lot, batch = goods
        still = lot and lot not in ledger.later and lot not in ledger.same and not one.in_basket
        if not all_of_them and still and one.figure == ledger.now.get(lot, 0):
            continue
        if lot and lot not in ledger.same:
            told.append(_made(one, ledger.at(lot, one.at), ledger.moved(lot, one.first_at, one.at)))
        elif lot:
            told.append(_rest(one, ledger.same[lot], ledger))
        elif batch:
            told.append(_made(one, 0, moved=False))
        else:
            named = {x for other in found if other[0] == medicine for x in ledger.alike(other[1])}
            rest = [x for x in ledger.lots_of.get(medicine, ()) if x not in named]
            told.append(_rest(one, rest, ledger))
    return told


def _made(one: Counted, books: int, moved: bool) -> Difference:
    return Difference(
        one.goods, Quantity(one.figure), Quantity(books), one.at, one.round, one.counters,
        moved or one.in_basket, (), one.made_on, one.expires_on,
    )  # fmt: skip


def _rest(one: Counted, lots: Sequence[str], ledger: Ledger) -> Difference:
    """Boxes against several lots; what lacks is taken first expired first."""
    there = [(lot, ledger.at(lot, one.at)) for lot in lots]
    there = [(lot, figure) for lot, figure in there if figure]
    books = sum(figure for _, figure in there)
    off = one.figure - books
    moved = any(ledger.moved(lot, one.first_at, one.at) for lot in lots)
    spread: list[tuple[str, Quantity]] = []
    if off < 0:
        for lot, figure in there:
            part = min(max(figure, 0), -off)
            if part:
                spread.append((lot, Quantity(-part)))
                off += part
        if off and there:
            # The books say less than nothing somewhere: the whole must still come out right.
            spread.append((there[0][0], Quantity(off)))
    elif off > 0 and one.goods[1]:
        spread.append((one.goods[1], Quantity(off)))
    elif off > 0 and len(there) == 1:
        # One known lot only: the boxes too many are of it as far as anybody can tell.
        spread.append((there[0][0], Quantity(off)))
    return Difference(
        one.goods, Quantity(one.figure), Quantity(books), one.at, one.round, one.counters,
        moved or one.in_basket, tuple(spread),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """A lot that wants a second look."""

    goods: Goods
    why: Why
    not_by: frozenset[str] = field(default_factory=frozenset)
    """Who may not be the one: they counted it the first time."""
    places: frozenset[tuple[str, str]] = field(default_factory=frozenset)


def asks(
    found: Mapping[Goods, Counted],
    told: Sequence[Difference],
    threshold: Threshold,
    worth: Callable[[Difference], Money],
) -> list[Ask]:
    """What wants a second look: first counts only, for a lot is looked at twice, not for ever."""
    wanted = []
    for one in told:
        if one.round is Round.SECOND:
            continue
        base = found[one.goods]
        if one.variance and threshold.exceeded(one.variance, one.ledger, worth(one)):
            wanted.append(Ask(one.goods, Why.DIFFERS, base.first_counters, base.places))
        elif one.moved:
            wanted.append(Ask(one.goods, Why.MOVED, frozenset(), base.places))
    return wanted


def uncounted(lines: Iterable[CountLine], there: AbstractSet[Spot]) -> list[CountLine]:
    """Lines at whose spot nobody counted that lot, nor the drug without a lot."""
    return [
        line for line in lines
        if (line.medicine_id, line.lot_id, line.zone, line.position) not in there
        and (line.medicine_id, "", line.zone, line.position) not in there
    ]  # fmt: skip
