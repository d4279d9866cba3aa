"""What the platform says of limit prices and first shares, held against our own (1318, 1319).

Nothing is changed by it: a difference is shown, and put right by whoever keeps the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar, cast

from app.domain.catalogue import Medicine
from app.domain.clock import shop_time
from app.domain.list_calls import AskLimits, AskShares, LimitRow, ShareRow
from app.domain.money import Rate, UnitPrice
from app.domain.staff import Right
from app.errors import BadValue
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import Leg, demand, run_leg, signed_in
from app.use_cases.rights import require

_SIZE = 100
_MOST_PAGES = 2000
_SINCE = date(2000, 1, 1)
"""Everything that was ever entered: the question wants a day from which on."""
_FIRST_SHARE = "10"

Tell = Callable[[str, int], None]
Row = TypeVar("Row", LimitRow, ShareRow)


@dataclass(frozen=True, slots=True)
class ListDifference:
    """One drug of which the platform and the catalogue say different things."""

    what: str
    """limit or share."""
    medicine_id: str
    code: str
    name: str
    spec: str
    ours: UnitPrice | Rate | None
    theirs: UnitPrice | Rate | None
    price: UnitPrice | None
    """What it is sold at here."""


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """What came and what differs."""

    limits: int
    """Rows of 1318 that count today."""
    shares: int
    """Rows of 1319 that count today."""
    same: int
    """Values of our drugs on which both agree."""
    differences: tuple[ListDifference, ...]


def ask_lists(doors: Doors, operator: Operator, tell: Tell) -> ListAnswer:
    """Ask both lists page by page, and compare with the catalogue.

    ``tell`` hears how many rows came; what it raises ends the asking.
    :raises NotAllowed: the right to change prices is lacking; :raises Refused, NotSent, NoAnswer,
    Maintenance: as the platform says; :raises BadValue: it never came to an end.
    """
    require(doors, operator, Right.CHANGE_PRICE)
    operator = signed_in(doors, operator)
    today = shop_time(doors.clock.now()).date()
    limits = _counting(_limits(doors, operator, today, tell), today)
    shares = [one for one in _counting(_shares(doors, operator, today, tell), today)
              if one.kind == _FIRST_SHARE]  # fmt: skip
    return _compared(doors, limits, shares)


def _limits(doors: Doors, operator: Operator, today: date, tell: Tell) -> list[LimitRow]:
    found: list[LimitRow] = []
    for page in range(1, _MOST_PAGES + 1):
        call = AskLimits(today, _SINCE, page, _SIZE)
        rows = cast(tuple[LimitRow, ...], demand(run_leg(doors, Leg(call), operator), "1318"))
        found += rows
        tell("prices.asking", len(found))
        if len(rows) < _SIZE:
            return found
    raise BadValue(what="1318", why=f"{_MOST_PAGES} pages and no end")


def _shares(doors: Doors, operator: Operator, today: date, tell: Tell) -> list[ShareRow]:
    found: list[ShareRow] = []
    for page in range(1, _MOST_PAGES + 1):
        call = AskShares(today, _SINCE, page, _SIZE)
        rows = cast(tuple[ShareRow, ...], demand(run_leg(doors, Leg(call), operator), "1319"))
        found += rows
        tell("prices.asking", len(found))
        if len(rows) < _SIZE:
            return found
    raise BadValue(what="1319", why=f"{_MOST_PAGES} pages and no end")


def _counting(rows: Sequence[Row], today: date) -> list[Row]:
    return [
        one
        for one in rows
        if one.valid and one.begins <= today and (one.ends is None or today <= one.ends)
    ]


def _compared(doors: Doors, limits: Sequence[LimitRow], shares: Sequence[ShareRow]) -> ListAnswer:
    limit_of: dict[str, UnitPrice] = {}
    for row in limits:
        # Of several grades the lowest binds a pharmacy until somebody says which is meant.
        known = limit_of.get(row.national_code, row.limit)
        limit_of[row.national_code] = min(known, row.limit)
    share_of: dict[str, set[Rate]] = {}
    for one in shares:
        share_of.setdefault(one.national_code, set()).add(one.share)
    codes = sorted({*limit_of, *share_of})
    with doors.uow() as uow:
        drugs = uow.medicines.alike([], codes)
    found: list[ListDifference] = []
    same = 0
    for drug in drugs:
        for each in _differences(drug, limit_of, share_of):
            if each is None:
                same += 1
            else:
                found.append(each)
    found.sort(key=lambda each: (each.what, each.name, each.medicine_id))
    return ListAnswer(len(limits), len(shares), same, tuple(found))


def _differences(
    drug: Medicine, limit_of: dict[str, UnitPrice], share_of: dict[str, set[Rate]]
) -> list[ListDifference | None]:
    """What differs of one drug; None for each value that both say alike."""
    found: list[ListDifference | None] = []
    ours = UnitPrice.of_money(drug.pay_limit) if drug.pay_limit else None
    limit = limit_of.get(drug.national_code)
    if limit is not None:
        found.append(None if limit == ours else _row("limit", drug, ours, limit))
    said = share_of.get(drug.national_code)
    if said is not None:
        alike = said == {drug.first_self_pay}
        found.append(None if alike else _row("share", drug, drug.first_self_pay, max(said)))
    return found


def _row(
    what: str, drug: Medicine, ours: UnitPrice | Rate | None, theirs: UnitPrice | Rate
) -> ListDifference:
    return ListDifference(
        what, drug.id, drug.shop_code, drug.display_name, drug.spec, ours, theirs, drug.price
    )
