"""A lower price for one basket (HY-3.6d): asked here how far this person may go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.promotion import lowered_by, promoted
from app.domain.staff import Right
from app.use_cases.rights import require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.money import UnitPrice
    from app.domain.promotion import Promotion
    from app.domain.sale import SaleLine
    from app.use_cases.doors import Doors, Operator


def lowered_prices(
    doors: Doors, operator: Operator, lines: Sequence[SaleLine], no: int, wanted: Promotion
) -> Mapping[str, UnitPrice]:
    """The unit prices that the basket may get, by drug; ``no``: the line that is meant.

    The price that falls furthest is held against the limit of the operator's level.

    :raises NotAllowed, AboveLimit: with an entry in the log; :raises BadValue: above the shelf's
        price, or nothing would be left to pay.
    """
    prices = promoted(lines, no, wanted)
    require(doors, operator, Right.CHANGE_PRICE, points=lowered_by(lines, prices))
    return prices
