"""What pack and shop say about stock-takes: how often, and from when a second person counts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.basket_split import SELF_PAID
from app.domain.money import Money, Quantity, Rate
from app.domain.staff import Right
from app.domain.stocktake import Threshold
from app.errors import BadValue, PackValueMissing
from app.use_cases.rights import require

if TYPE_CHECKING:
    from app.domain.policy import StoreRules
    from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator

_OWN: Final = "stocktake.threshold"


@dataclass(frozen=True, slots=True)
class StocktakeRules:
    """The rules of today."""

    period: str
    """``month``, ``quarter``, ``year``; empty = the pack asks for no regular stock-take."""
    warn_days: int
    threshold: Threshold
    """No measure at all where neither shop nor pack names one: nothing can be begun then."""
    own: bool
    """The shop's own threshold goes before the pack's."""

    def limits(self) -> Threshold:
        """:raises PackValueMissing: neither shop nor pack says when a second person counts."""
        if self.threshold == Threshold():
            raise PackValueMissing(key="stocktake.recount_packs", who="店长")
        return self.threshold


def rules_of(doors: Doors, uow: UnitOfWork) -> StocktakeRules:
    """Pack keys ``stocktake.*``; the shop's own threshold goes before the pack's."""
    told = _store_rules(doors)
    own = uow.settings.get(_OWN)
    threshold = _read(own) if own else Threshold(
        Quantity.of(told.recount_packs) if told.recount_packs is not None else None,
        told.recount_share,
        told.recount_worth,
    )  # fmt: skip
    return StocktakeRules(
        told.stocktake_period or "", told.stocktake_warn_days or 0, threshold, bool(own)
    )


def set_threshold(doors: Doors, threshold: Threshold, operator: Operator) -> None:
    """The shop's own threshold, from the next stock-take on.

    :raises NotAllowed:; :raises BadValue: no measure at all, or one below zero.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    if threshold == Threshold():
        raise BadValue(what="count", why="no_threshold")
    told = [
        threshold.quantity.ten_thousandths if threshold.quantity is not None else None,
        threshold.share.ppm if threshold.share is not None else None,
        threshold.money.fen if threshold.money is not None else None,
    ]
    if any(one is not None and one < 0 for one in told):
        raise BadValue(what="count", why="no_threshold")
    with doors.uow() as uow:
        uow.settings.put(_OWN, json.dumps(told))
        entry = {"quantity": told[0], "share": told[1], "money": told[2]}
        uow.log.append("stocktake.threshold", operator.staff.id, doors.clock.now(), entry)
        uow.commit()


def _read(text: str) -> Threshold:
    quantity, share, money = json.loads(text)
    return Threshold(
        Quantity(quantity) if quantity is not None else None,
        Rate(share) if share is not None else None,
        Money(money) if money is not None else None,
    )


def _store_rules(doors: Doors) -> StoreRules:
    """Of the first settlement type that names a period: the store counts once for all of them."""
    now = doors.clock.now()
    last: StoreRules | None = None
    for kind in (*doors.settlement_types, SELF_PAID):
        try:
            told = doors.policy_on(kind, now).store
        except PackValueMissing:
            continue
        if told.stocktake_period:
            return told
        last = last or told
    if last is None:
        raise PackValueMissing(key="stocktake.period", who="店长")
    return last
