"""What the shop decided for its drawers, as it stands in its settings."""

from __future__ import annotations

import json
from datetime import time
from typing import TYPE_CHECKING

from app.domain.day_close import canonical
from app.domain.money import Money
from app.domain.shift import Rounding, ShiftRules
from app.domain.staff import Right
from app.use_cases.rights import require

if TYPE_CHECKING:
    from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator

_KEY = "shift_rules"


def rules_in(uow: UnitOfWork) -> ShiftRules:
    """The rules that hold now; a shop that said nothing has the ready ones."""
    text = uow.settings.get(_KEY)
    if not text:
        return ShiftRules()
    told = json.loads(text)
    return ShiftRules(
        limit=Money(told["limit_fen"]),
        second_from=Money(told["second_from_fen"]),
        rounding=Rounding(told["rounding"]),
        turns_at=time.fromisoformat(told["turns_at"]),
    )


def shift_rules(doors: Doors) -> ShiftRules:
    """The same, for a screen."""
    with doors.uow() as uow:
        return rules_in(uow)


def keep_rules(doors: Doors, operator: Operator, rules: ShiftRules) -> None:
    """The shop decides anew; in the log. An open shift keeps the end that it began with.

    :raises NotAllowed: without the right to close a day.
    """
    require(doors, operator, Right.CLOSE_DAY)
    told = {
        "limit_fen": rules.limit.fen,
        "second_from_fen": rules.second_from.fen,
        "rounding": rules.rounding.value,
        "turns_at": rules.turns_at.isoformat("minutes"),
    }
    with doors.uow() as uow:
        uow.settings.put(_KEY, canonical(told))
        uow.log.append("shift.rules", operator.staff.id, doors.clock.now(), told)
        uow.commit()
