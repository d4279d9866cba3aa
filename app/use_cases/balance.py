"""The balance table of a period, with names to read it by, and one drug of it looked at closely."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.balance import (
    Balance,
    CodeCount,
    Difference,
    Flow,
    Heading,
    Period,
    Uploaded,
    differences,
    together,
)
from app.domain.catalogue import Medicine
from app.domain.money import Money, Quantity
from app.domain.staff import Right
from app.domain.stock import Lot
from app.errors import NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require

SLICE: Final = 300
"""Drugs whose names are read in one unit of work: the counter never waits longer for its turn."""

PART: Final = 50_000
"""Movements that are read for the kept sums in one unit of work."""

Tell = Callable[[object], None]


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One line of the table as it is read."""

    balance: Balance
    name: str
    spec: str = ""
    maker: str = ""
    unit: str = ""
    shop_code: str = ""
    batch: str = ""
    expires_on: date | None = None
    open_uploads: int = 0
    """Movements of the period that the platform has not taken."""
    cost: Money | None = None
    """What the closing stock cost; None = nobody knows of some lot."""

    @property
    def odd(self) -> bool:
        """Whether something of it is to be looked at."""
        return self.balance.closing < Quantity(0) or self.open_uploads > 0


@dataclass(frozen=True, slots=True)
class BalanceTable:
    """Every drug that ever moved until the period ended."""

    period: Period
    lines: tuple[BalanceLine, ...]
    by_lot: bool = False

    def total(self, heading: Heading) -> Flow:
        """A column's sum; packs of different drugs add up to a number of packs, no more."""
        flow = Flow()
        for line in self.lines:
            flow += line.balance.flow(heading)
        return flow


@dataclass(frozen=True, slots=True)
class BalanceDetail:
    """One drug: its lots, what the platform was told, its trace codes, what does not agree."""

    line: BalanceLine
    lots: tuple[BalanceLine, ...]
    told: dict[Heading, Uploaded]
    codes: CodeCount
    found: tuple[Difference, ...]


def balance_table(
    doors: Doors, operator: Operator, period: Period, *, by_lot: bool = False
) -> BalanceTable:
    """进销存平衡表 (HY-1.5.5b). Long for a big shop: call it where nobody waits.

    :raises NotAllowed: the operator does not see costs.
    """
    _check(doors, operator)
    keep_sums(doors)
    with doors.uow() as uow:
        book = uow.balances
        lines = book.lots_of_store(period) if by_lot else book.of_store(period)
        open_rows = {} if by_lot else book.unsettled(period)
    lines = [line for line in lines if line.moved and (line.flows or line.closing)]
    made: list[BalanceLine] = []
    for part in _slices(lines):
        with doors.uow() as uow:
            lots = uow.lots.many([line.lot_id for line in part]) if by_lot else {}
            drugs = _named(uow, part)
        for line in part:
            told = open_rows.get(line.medicine_id, Uploaded())
            waiting = told.waiting + told.refused
            made.append(_line(line, drugs.get(line.medicine_id), lots.get(line.lot_id), waiting))
    made.sort(key=lambda one: (one.name, one.spec, one.balance.medicine_id, one.batch))
    return BalanceTable(period, tuple(made), by_lot)


def balance_detail(
    doors: Doors, operator: Operator, period: Period, medicine_id: str
) -> BalanceDetail:
    """One drug of the table with its lots and everything that stands beside it.

    :raises NotAllowed: the operator does not see costs; :raises NotFound: no such drug.
    """
    _check(doors, operator)
    with doors.uow() as uow:
        drug = uow.medicines.get(medicine_id)
        lines = uow.balances.of_medicine(period, medicine_id)
        told = dict(uow.balances.told(period, medicine_id))
        codes = uow.balances.codes(period, medicine_id)
        lots = uow.lots.many([line.lot_id for line in lines])
    whole = together(medicine_id, lines)
    exempt = drug.trace_exempt or drug.approval_class not in ("drug", "")
    found = differences(whole, told, codes, exempt=exempt)
    rows = tuple(_line(line, drug, lots.get(line.lot_id), 0) for line in lines)
    costs = [row.cost for row in rows]
    known = [cost for cost in costs if cost is not None]
    total = Money.total(known) if len(known) == len(costs) else None
    waiting = sum(one.waiting + one.refused for one in told.values())
    line = _line(whole, drug, None, waiting, total)
    return BalanceDetail(line, rows, told, codes, found)


def keep_sums(doors: Doors, tell: Tell | None = None) -> int:
    """Bring the kept sums up to date, part by part; answers how many parts were kept.

    Nothing is lost where it is cut off: the next call goes on. A file that cannot be written is
    no trouble either: the books are then summed as they are.
    """
    parts = 0
    while True:
        with doors.uow() as uow:
            part = uow.balances.read_part(PART)
        if part is None or (not part.more and part.size < PART // 10 and parts == 0):
            return parts
        try:
            part.keep()
        except OSError:
            return parts
        parts += 1
        if tell is not None:
            tell(parts)


def check_sums(doors: Doors, operator: Operator) -> bool:
    """Sum everything anew beside the kept sums; false = they were wrong, and are gone.

    :raises NotAllowed: the operator does not see costs.
    """
    _check(doors, operator)
    with doors.uow() as uow:
        held = uow.balances.check_sums()
        if not held:
            now = doors.clock.now()
            uow.log.append("balance.sums_wrong", operator.staff.id, now, {})
            uow.commit()
    return held


def _check(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.APPROVE_STOCK)


def _slices(lines: Sequence[Balance]) -> Iterator[Sequence[Balance]]:
    for start in range(0, len(lines), SLICE):
        yield lines[start : start + SLICE]


def _named(uow: UnitOfWork, lines: Sequence[Balance]) -> dict[str, Medicine]:
    found: dict[str, Medicine] = {}
    for line in lines:
        if line.medicine_id not in found:
            try:
                found[line.medicine_id] = uow.medicines.get(line.medicine_id)
            except NotFound:
                continue  # it moved once and is in the catalogue no more: its id stands there
    return found


def _line(
    balance: Balance,
    drug: Medicine | None,
    lot: Lot | None,
    waiting: int,
    cost: Money | None = None,
) -> BalanceLine:
    if lot is not None and lot.cost is not None and balance.closing >= Quantity(0):
        cost = lot.cost.times(balance.closing)
    elif not balance.closing:
        cost = Money(0)
    return BalanceLine(
        balance,
        name=drug.display_name if drug else balance.medicine_id,
        spec=drug.spec if drug else "",
        maker=drug.manufacturer if drug else "",
        unit=drug.pack_unit if drug else "",
        shop_code=drug.shop_code if drug else "",
        batch=lot.batch if lot else "",
        expires_on=lot.expires_on if lot else None,
        open_uploads=waiting,
        cost=cost,
    )
