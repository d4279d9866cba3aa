"""抹零: what the shop lets go of at the till, a tender of its own and never hidden in a price."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain.money import ZERO, Money
from app.domain.sale import Sale, Tender, TenderKind
from app.domain.shift import rounded_off
from app.errors import BadValue
from app.use_cases.shift_rules import rules_in

if TYPE_CHECKING:
    from app.ports import UnitOfWork


def check_rounding(
    uow: UnitOfWork, sale: Sale, off: Sequence[Tender], own: Sequence[Tender], *, insured: bool
) -> None:
    """Only of the cash of a basket that nobody insures, and exactly what the shop's rule says.

    What remains of a return keeps what was let go of when it was bought.
    :raises BadValue: anything else.
    """
    if insured:
        raise BadValue(what="rounding", why="insured cash is exact to the fen")
    if sale.replaces:
        return
    cash = Money.total(one.amount for one in own if one.kind is TenderKind.CASH)
    if len(off) != 1 or off[0].amount != rounded_off(cash + off[0].amount, rules_in(uow).rounding):
        raise BadValue(what="rounding", why="not what the shop lets go of")


def let_go(sale: Sale) -> Money:
    """What was let go of when the sale was made (yuan, fen); zero for most."""
    kept = [one.amount for one in sale.tenders if one.kind is TenderKind.ROUNDING]
    return Money.total(amount for amount in kept if amount > ZERO)


def due_of_remainder(sale: Sale, due: Money) -> Money:
    """What the customer has paid of the part that they keep.

    What was let go of stays with what they keep: they never pay a fen of it later, and over all
    returns exactly what was paid comes back.
    """
    return due - min(due, let_go(sale))
