"""What the shelf says of one line of a basket: the lots it gets, what it lacks, who has the rest.

Policy 3.4, HY-1.5.5a: nothing is sold that was not received, and no two baskets get one box.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final, Literal

from app.domain.money import Quantity
from app.domain.stock import Lot, LotPick, LotStock, PickBy

if TYPE_CHECKING:
    from app.domain.sale import SaleLine

NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""Until when goods are held that are being paid for: nobody else gets them, whatever happens."""

_NONE, _PACK = Quantity(0), Quantity(10**4)

HolderKind = Literal["", "till", "held", "paying"]


@dataclass(frozen=True, slots=True)
class Hold:
    """A row of ``stock_hold``: so much of a lot is in a basket."""

    sale_id: str
    line_no: int
    lot_id: str
    quantity: Quantity
    until: datetime
    """From then on whoever needs the goods may take them over."""
    till_id: str = ""
    held_at: datetime | None = None
    """When the basket was put aside; None = it is being served or paid."""
    seq: int = 0
    """Of its row; 0 = not written yet."""


@dataclass(frozen=True, slots=True)
class LineStock:
    """The shelf's answer for one line, true for exactly this drug and quantity."""

    no: int
    medicine_id: str
    wanted: Quantity
    picks: tuple[LotPick, ...] = ()
    left: Quantity = _NONE
    """What may be sold of the drug and is in no other basket, before this line took its share."""
    taken: Quantity = _NONE
    """What other baskets hold of it."""
    unsellable: Quantity = _NONE
    """What lies there expired or locked."""
    holder: HolderKind = ""
    """Who holds the most of ``taken``."""
    holder_at: datetime | None = None
    """Since when that basket is put aside."""
    locked: Lot | None = None
    """The lot of a box on this line that may not be sold."""
    unknown_batch: str = ""
    """The batch in the scanned symbol, where nothing of it was ever received."""
    earlier: Lot | None = None
    """What expires before a lot that was picked, and was passed over."""
    other: tuple[Lot, Lot] | None = None
    """The lot that code or symbol tell of, where the books lack it, and the batch taken instead."""

    @property
    def picked(self) -> Quantity:
        """How much the line has."""
        return Quantity(sum(pick.quantity.ten_thousandths for pick in self.picks))

    @property
    def short(self) -> Quantity:
        """How much it lacks."""
        return self.wanted - self.picked

    def is_of(self, line: SaleLine) -> bool:
        """Whether the line is still the one that was asked about."""
        asked = (self.no, self.medicine_id, self.wanted)
        return asked == (line.no, line.item.medicine_id, line.quantity)


Stocks = Mapping[int, LineStock]
"""What the shelf says of each line of a basket, by its number."""


@dataclass(frozen=True, slots=True)
class Clues:
    """What tells of which lot a box is."""

    boxes: Mapping[str, str]
    """Trace code -> lot of its receiving record."""
    lots: Mapping[str, Lot]
    """Every lot named by a clue, also one of which nothing is left."""
    came_back: tuple[str, ...] = ()
    """Lots of the sale whose remainder this is: the customer never gave those boxes back."""


class Shelf:
    """The lots of one drug while the lines of one basket take their share in turn."""

    def __init__(self, stock: Sequence[LotStock], others: Sequence[Hold], day: date) -> None:
        """``stock``: first expired first, ``reserved`` without the basket's own holds and without
        those that may be taken over; ``others``: holds of other baskets that stand."""
        self._stock, self._others, self._day = stock, others, day
        self._used: dict[str, Quantity] = {}

    def choose(self, line: SaleLine, clues: Clues) -> LineStock:
        """The lots of a line by the order of proof: code, symbol, person, first expired first."""
        left = self._left()
        way = _Choice(line.quantity, self._used)
        self._by_code(way, line, clues)
        self._by_batch(way, line)
        for lot_id in (*clues.came_back, *_chosen(line)):
            self._from(way, lot_id, PickBy.CHOSEN, clues)
        for stock in self._sellable():
            way.stand_in(stock)
        picks = tuple(way.picks)
        return LineStock(
            no=line.no,
            medicine_id=line.item.medicine_id,
            wanted=line.quantity,
            picks=picks,
            left=left,
            taken=_sum(hold.quantity for hold in self._others),
            unsellable=_sum(
                max(one.on_hand, _NONE) for one in self._stock if not one.lot.sellable_on(self._day)
            ),
            holder=_holder(self._others),
            holder_at=max(self._others, key=_size).held_at if self._others else None,
            locked=way.locked,
            unknown_batch=way.unknown_batch,
            earlier=self._earlier(picks),
            other=way.other,
        )

    def _sellable(self) -> list[LotStock]:
        return [one for one in self._stock if one.lot.sellable_on(self._day)]

    def _left(self) -> Quantity:
        return _sum(
            max(one.free - self._used.get(one.lot.id, _NONE), _NONE) for one in self._sellable()
        )

    def _by_code(self, way: _Choice, line: SaleLine, clues: Clues) -> None:
        for code in line.trace_codes:
            lot_id = clues.boxes.get(code, "")
            lot = clues.lots.get(lot_id)
            if lot is not None and lot.medicine_id == line.item.medicine_id:
                self._of_box(way, lot, clues)

    def _of_box(self, way: _Choice, lot: Lot, clues: Clues) -> None:
        """A box whose lot its code tells: from that lot, else from another receiving of its batch;
        what the books lack of the batch is remembered, so that nothing else stands in untold."""
        wanted = min(way.need, _PACK)
        rest = way.need - wanted
        self._from(way, lot.id, PickBy.CODE, clues, wanted)
        for one in self._sellable():
            if lot.batch and one.lot.batch == lot.batch:
                way.take(one, PickBy.CODE, way.need - rest)
        if way.need > rest and way.missing is None:
            way.missing = lot

    def _by_batch(self, way: _Choice, line: SaleLine) -> None:
        """What the symbol on the box says; goods whose batch nobody knows may be of any."""
        if not line.batch or not way.need:
            return
        same = [one for one in self._stock if one.lot.batch == line.batch]
        good = [one for one in same if one.lot.sellable_on(self._day)]
        if not same:
            same = good = [one for one in self._sellable() if not one.lot.batch]
        for one in good:
            way.take(one, PickBy.GS1, way.need)
        if good and way.need and good[0].lot.batch == line.batch:
            way.missing = way.missing or good[0].lot
        if same and not good:
            way.lock(same[0].lot, way.need)
        elif not same:
            way.unknown_batch = line.batch
            way.need = _NONE

    def _from(
        self, way: _Choice, lot_id: str, by: PickBy, clues: Clues, most: Quantity | None = None
    ) -> None:
        wanted = way.need if most is None else most
        stock = next((one for one in self._stock if one.lot.id == lot_id), None)
        lot = stock.lot if stock is not None else clues.lots.get(lot_id)
        if lot is not None and wanted and not lot.sellable_on(self._day):
            way.lock(lot, wanted)
        elif stock is not None:
            way.take(stock, by, wanted)

    def _earlier(self, picks: Sequence[LotPick]) -> Lot | None:
        """The first lot of which something is left and that expires before one that was picked."""
        last = max((pick.expires_on or date.max for pick in picks), default=date.min)
        for one in self._sellable():
            expires = one.lot.expires_on
            if expires is not None and expires < last and one.free > self._used_of(one):
                return one.lot
        return None

    def _used_of(self, one: LotStock) -> Quantity:
        return self._used.get(one.lot.id, _NONE)


class _Choice:
    """What one line still needs, and has."""

    def __init__(self, need: Quantity, used: dict[str, Quantity]) -> None:
        self.need, self._used = need, used
        self.picks: list[LotPick] = []
        self.locked: Lot | None = None
        self.unknown_batch = ""
        self.missing: Lot | None = None
        """Of which batch a box is by its code or symbol, though the books have no more of it."""
        self.other: tuple[Lot, Lot] | None = None

    def stand_in(self, stock: LotStock) -> None:
        """First expired first; told where a box of another batch is what is in hand."""
        before, lot = self.need, stock.lot
        self.take(stock, PickBy.FEFO, self.need)
        if self.missing is not None and self.need < before and lot.batch != self.missing.batch:
            self.other = self.other or (self.missing, lot)

    def take(self, stock: LotStock, by: PickBy, most: Quantity) -> None:
        """As much of the lot as there is, ``most`` at the utmost."""
        lot = stock.lot
        amount = min(most, self.need, stock.free - self._used.get(lot.id, _NONE))
        if amount <= _NONE:
            return
        self._used[lot.id] = self._used.get(lot.id, _NONE) + amount
        self.need = self.need - amount
        for place, pick in enumerate(self.picks):
            if pick.lot_id == lot.id:
                self.picks[place] = LotPick(
                    lot.id, lot.batch, lot.expires_on, pick.quantity + amount, pick.by
                )
                return
        self.picks.append(LotPick(lot.id, lot.batch, lot.expires_on, amount, by))

    def lock(self, lot: Lot, amount: Quantity) -> None:
        """A box that may not be sold: the line stays short of it, no other box stands in."""
        self.locked = self.locked or lot
        self.need = self.need - min(amount, self.need)


def _chosen(line: SaleLine) -> list[str]:
    return [pick.lot_id for pick in line.picks if pick.by is PickBy.CHOSEN]


def _sum(amounts: Iterable[Quantity]) -> Quantity:
    return Quantity(sum(each.ten_thousandths for each in amounts))


def _size(hold: Hold) -> int:
    return hold.quantity.ten_thousandths


def _holder(others: Sequence[Hold]) -> HolderKind:
    if not others:
        return ""
    most = max(others, key=_size)
    if most.held_at is not None:
        return "held"
    return "paying" if most.until == NEVER else "till"
