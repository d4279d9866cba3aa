"""Codes of baskets that were put aside go free when the shift ends: somebody may sell the box.

The basket stays; when it is fetched again its boxes are scanned again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.clock import BusinessDay
from app.domain.sale import Sale
from app.domain.sale_states import SaleState
from app.domain.staff import Role
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator

_FREED = "codes_freed|"


def free_held_codes(doors: Doors, operator: Operator) -> int:
    """Called when somebody signs in; answers how many codes went free at this till.

    A shift has ended for a basket that another cashier put aside, and for one of an earlier
    business day. What is settled in part keeps its codes: the platform has been told them.
    """
    now = doors.clock.now()
    with doors.uow() as uow:
        over = [sale for sale in uow.sales.held(doors.shop.till_id) if _over(sale, operator, now)]
        freed = sum(_free(uow, sale, operator.staff.id, now) for sale in over)
        if freed:
            uow.commit()
    return freed


def free_at_shift_end(doors: Doors, uow: UnitOfWork, staff_id: str, now: datetime) -> int:
    """The shift at this till ends in the caller's unit of work: codes and boxes of baskets that
    were put aside go free with it. Answers how many codes.

    What is settled in part keeps both; a basket that is fetched again gets its boxes anew.
    """
    held = [sale for sale in uow.sales.held(doors.shop.till_id) if _may_let_go(sale)]
    for sale in held:
        uow.holds.free(sale.id)
    return sum(_free(uow, sale, staff_id, now) for sale in held)


def _may_let_go(sale: Sale) -> bool:
    return sale.state is SaleState.OPEN and not sale.replaces and sale.held_at is not None


def _over(sale: Sale, operator: Operator, now: datetime) -> bool:
    if not _may_let_go(sale) or sale.held_at is None:
        return False
    # A pharmacist or manager who steps in for a moment ends nobody's shift.
    other = operator.staff.role is Role.CASHIER and operator.staff.id != sale.cashier_id
    return other or BusinessDay.of(sale.held_at) != BusinessDay.of(now)


def _free(uow: UnitOfWork, sale: Sale, staff_id: str, now: datetime) -> int:
    codes = sum(len(line.trace_codes) for line in sale.lines)
    if not codes:
        return 0
    sale.lines = tuple(replace(line, trace_codes=()) for line in sale.lines)
    uow.sales.save(sale)
    uow.settings.put(_FREED + sale.id, str(codes))
    entry = {"sale": sale.id, "codes": codes}
    uow.log.append("basket.codes_freed", staff_id, now, entry)
    return codes


def freed_of(uow: UnitOfWork, sale_id: str) -> int:
    """How many codes a basket lost at the end of a shift; told once, when it is fetched."""
    kept = uow.settings.get(_FREED + sale_id)
    if not kept:
        return 0
    uow.settings.put(_FREED + sale_id, "")
    return int(kept)
