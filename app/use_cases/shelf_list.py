"""What lies on the shelf: every drug with goods or a minimum, its lots, and what wants a look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from app.domain.clock import shop_time
from app.domain.lot_states import LotState
from app.domain.money import ZERO, Money, Quantity
from app.domain.staff import Right
from app.errors import BadValue
from app.use_cases.rights import require

if TYPE_CHECKING:
    from app.domain.catalogue import Medicine
    from app.domain.policy import Policy
    from app.ports import UnitOfWork
    from app.ports_shelf import LotFigures
from app.use_cases.doors import Doors, Operator

_NONE: Final = Quantity(0)
IDLE: Final = timedelta(days=90)
"""Goods that lie there so long without any movement look odd: a quarter, the period of a count."""


class Look(StrEnum):
    """What wants a look; a drug or lot may have several."""

    EXPIRED = "expired"
    NEAR = "near"
    LOCKED = "locked"
    SHORT = "short"
    """Below its minimum."""
    NEGATIVE = "negative"
    IDLE = "idle"
    """Goods, and no movement for a long time."""
    UNDATED = "undated"
    """Nobody knows its batch or its last day."""


@dataclass(frozen=True, slots=True)
class LotRow:
    """One lot as the list shows it."""

    lot_id: str
    medicine_id: str
    batch: str
    made_on: date | None
    expires_on: date | None
    days_left: int | None
    """Until its last day; negative once that is over."""
    level: int
    """The narrowest level of the pack it falls under, in days; 0 = under none."""
    state: LotState
    why: str
    on_hand: Quantity
    reserved: Quantity
    returned: Quantity
    received_at: datetime | None
    document_id: str
    opening: bool
    looks: frozenset[Look]
    cost: Money | None = None
    """What the goods on the shelf cost; None = not known, or not for this person."""

    @property
    def locked(self) -> bool:
        """Whether a person or paper keeps it from being sold."""
        return self.state is not LotState.SALEABLE


@dataclass(frozen=True, slots=True)
class DrugRow:
    """One drug as the list shows it."""

    medicine_id: str
    shop_code: str
    name: str
    generic_name: str
    spec: str
    maker: str
    unit: str
    initials: str
    codes: str
    """Bar code and the product part of its trace codes."""
    on_hand: Quantity
    reserved: Quantity
    least: Quantity | None
    lots: tuple[LotRow, ...]
    looks: frozenset[Look]
    returned: Quantity = _NONE
    cost: Money | None = None
    """Sum over the lots whose cost is known; None = none is, or not for this person."""
    cost_gaps: int = 0
    """Lots with goods whose cost nobody knows: ``cost`` lacks them."""
    cold_chain: bool = False

    @property
    def missing(self) -> Quantity:
        """Whole packs that bring what may be sold up to the minimum; zero where there is none."""
        sold = _sum(lot.on_hand for lot in self.lots if _good(lot))
        return Quantity.of(max(0, (self.least - sold).packs())) if self.least else _NONE

    @property
    def earliest(self) -> date | None:
        """The first last day of what lies on the shelf."""
        days = [lot.expires_on for lot in self.lots if lot.expires_on and lot.on_hand]
        return min(days, default=None)


@dataclass(frozen=True, slots=True)
class ShelfView:
    """The whole list at one moment."""

    at: datetime
    levels: tuple[int, ...]
    """Near expiry, in days, widest first; empty = the pack says nothing."""
    drugs: tuple[DrugRow, ...]
    costs: bool
    """Whether this person sees what goods cost."""


def shelf_list(doors: Doors, operator: Operator) -> ShelfView:
    """Every drug with goods anywhere or a minimum, by name."""
    now = doors.clock.now()
    levels = near_levels(doors, now)
    costs = operator.staff.may(Right.APPROVE_STOCK)
    with doors.uow() as uow:
        by_drug: dict[str, list[LotFigures]] = defaultdict(list)
        for one in uow.shelf.figures():
            by_drug[one.lot.medicine_id].append(one)
        least = uow.shelf.minimums()
        moved = uow.shelf.moved_since(now - IDLE)
        drugs = medicines_of(uow, {*by_drug, *least})
        rows = [
            drug_row(
                drugs.get(each), each, by_drug.get(each, []), least.get(each),
                _Look(shop_time(now).date(), levels, each in moved, costs),
            )
            for each in {*by_drug, *least}
        ]  # fmt: skip
    rows.sort(key=lambda row: (row.name, row.spec, row.medicine_id))
    return ShelfView(now, levels, tuple(rows), costs)


def shelf_drug(doors: Doors, medicine_id: str, operator: Operator) -> DrugRow:
    """One drug with every lot of which anything is left; :raises NotFound: no such drug."""
    now = doors.clock.now()
    costs = operator.staff.may(Right.APPROVE_STOCK)
    with doors.uow() as uow:
        drug = uow.medicines.get(medicine_id)
        moved = medicine_id in uow.shelf.moved_since(now - IDLE)
        look = _Look(shop_time(now).date(), near_levels(doors, now), moved, costs)
        least = uow.shelf.minimums().get(medicine_id)
        return drug_row(drug, medicine_id, uow.shelf.figures(medicine_id), least, look)


def near_levels(doors: Doors, now: datetime) -> tuple[int, ...]:
    """Days before the last day at which goods are near expiry (policy 3.4), widest first."""
    return tuple(sorted(_policy(doors, now).goods.near_expiry_days, reverse=True))


def _policy(doors: Doors, now: datetime) -> Policy:
    return doors.policy_on("self_paid", now)


def medicines_of(uow: UnitOfWork, medicine_ids: Iterable[str]) -> dict[str, Medicine]:
    """Those that the catalogue still knows, by id."""
    return uow.medicines.many(medicine_ids)


@dataclass(frozen=True, slots=True)
class _Look:
    """What decides how rows look."""

    today: date
    levels: tuple[int, ...]
    moved: bool
    costs: bool


def drug_row(
    drug: Medicine | None,
    medicine_id: str,
    figures: list[LotFigures],
    least: Quantity | None,
    look: _Look,
) -> DrugRow:
    """A drug with its lots, first expired first; one that left the catalogue keeps its id."""
    lots = tuple(sorted((lot_row(one, look) for one in figures), key=_first_out))
    on_hand = _sum(lot.on_hand for lot in lots)
    looks: set[Look] = {each for lot in lots for each in lot.looks}
    if least is not None and _sum(lot.on_hand for lot in lots if _good(lot)) < least:
        looks.add(Look.SHORT)
    if on_hand > _NONE and not look.moved:
        looks.add(Look.IDLE)
    known = [lot.cost for lot in lots if lot.cost is not None]
    return DrugRow(
        medicine_id=medicine_id,
        shop_code=drug.shop_code if drug else "",
        name=drug.display_name if drug else medicine_id,
        generic_name=drug.generic_name if drug else "",
        spec=drug.spec if drug else "",
        maker=drug.manufacturer if drug else "",
        unit=drug.pack_unit if drug else "",
        initials=drug.initials_given if drug else "",
        codes=f"{drug.barcode} {drug.trace_product_code}" if drug else "",
        on_hand=on_hand,
        reserved=_sum(lot.reserved for lot in lots),
        least=least,
        lots=lots,
        looks=frozenset(looks),
        returned=_sum(lot.returned for lot in lots),
        cost=Money.total(known) if known else None,
        cost_gaps=sum(lot.cost is None and bool(lot.on_hand) for lot in lots) if look.costs else 0,
        cold_chain=bool(drug and drug.cold_chain),
    )


def _good(lot: LotRow) -> bool:
    return not lot.locked and Look.EXPIRED not in lot.looks


def _first_out(lot: LotRow) -> tuple[date, str, str]:
    return lot.expires_on or date.max, lot.batch, lot.lot_id


def lot_row(one: LotFigures, look: _Look) -> LotRow:
    """A lot as the list shows it."""
    lot = one.lot
    left = (lot.expires_on - look.today).days if lot.expires_on else None
    level = min((each for each in look.levels if left is not None and 0 <= left <= each), default=0)
    looks: set[Look] = set()
    if one.on_hand > _NONE:
        if lot.expired_on(look.today):
            looks.add(Look.EXPIRED)
        elif level:
            looks.add(Look.NEAR)
        if not lot.batch or lot.expires_on is None:
            looks.add(Look.UNDATED)
    if one.on_hand < _NONE:
        looks.add(Look.NEGATIVE)
    if lot.state is not LotState.SALEABLE and one.on_hand:
        looks.add(Look.LOCKED)
    return LotRow(
        lot_id=lot.id,
        medicine_id=lot.medicine_id,
        batch=lot.batch,
        made_on=lot.made_on,
        expires_on=lot.expires_on,
        days_left=left,
        level=level,
        state=lot.state,
        why=lot.why,
        on_hand=one.on_hand,
        reserved=one.reserved,
        returned=one.returned,
        received_at=lot.received_at,
        document_id=lot.document_id,
        opening=lot.opening,
        looks=frozenset(looks),
        cost=_cost(one) if look.costs else None,
    )


def _cost(one: LotFigures) -> Money | None:
    if one.lot.cost is None:
        return None
    # A figure below zero has no value of its own: what is missing was never paid for twice.
    return one.lot.cost.times(one.on_hand) if one.on_hand > _NONE else ZERO


def _sum(quantities: Iterable[Quantity]) -> Quantity:
    return Quantity(sum(each.ten_thousandths for each in quantities))


# --- minimum stock --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """A drug of which less lies there than should."""

    medicine_id: str
    shop_code: str
    name: str
    spec: str
    maker: str
    unit: str
    least: Quantity
    sellable: Quantity
    """On the shelf, neither locked nor expired."""

    @property
    def missing(self) -> Quantity:
        """How much brings it up to the minimum, in whole packs."""
        short = self.least - self.sellable
        return Quantity.of(short.packs())


def below_minimum(uow: UnitOfWork, today: date) -> list[Wanted]:
    """What is to be ordered, by name; ``today`` in the shop's zone decides what has expired."""
    least: Mapping[str, Quantity] = uow.shelf.minimums()
    drugs = medicines_of(uow, least)
    lots = uow.lots.stock_of(list(least))
    wanted = [
        Wanted(
            each, drug.shop_code, drug.display_name, drug.spec, drug.manufacturer,
            drug.pack_unit, least[each],
            _sum(row.on_hand for row in lots[each] if row.lot.sellable_on(today)),
        )
        for each, drug in drugs.items()
    ]  # fmt: skip
    short = [one for one in wanted if one.sellable < one.least]
    return sorted(short, key=lambda one: (one.name, one.spec, one.medicine_id))


MOST: Final = Quantity.of(999_999)


def set_minimum(doors: Doors, medicine_id: str, least: Quantity, operator: Operator) -> None:
    """The least that should lie there; zero = no minimum any more.

    :raises NotAllowed: who takes no goods in does not say what is ordered either; :raises
    BadValue: negative, no whole packs or absurd; :raises NotFound: no such drug.
    """
    require(doors, operator, Right.RECEIVE_GOODS)
    if least < _NONE or least > MOST or not least.is_whole():
        raise BadValue(what="minimum", why="0 - 999999")
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.medicines.get(medicine_id)
        uow.shelf.set_minimum(medicine_id, least, now, operator.staff.id)
        entry = {"medicine": medicine_id, "least": least.plain()}
        uow.log.append("stock.minimum", operator.staff.id, now, entry)
        uow.commit()
