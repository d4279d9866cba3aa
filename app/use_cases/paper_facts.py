"""The store's papers and the till's zone, as far as a sale needs them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from app.domain.clock import shop_time
from app.domain.indicators import Mark
from app.domain.paper_facts import PaperFacts
from app.domain.papers import PaperKind
from app.domain.staff import Right
from app.use_cases.rights import require

if TYPE_CHECKING:
    from app.domain.sale import Sale
    from app.ports import UnitOfWork
    from app.ports_papers import PaperTerm
from app.use_cases.doors import Doors, Operator

SPECIAL: Final = "special"
"""The zone of special-disease goods (门慢特专区)."""

_CONTROLLED: Final = frozenset({Mark.SPECIAL_CONTROL, Mark.DUAL_CHANNEL})


def paper_facts(doors: Doors, uow: UnitOfWork, sale: Sale, *, pooled: bool) -> PaperFacts:
    """Inside the caller's unit of work; what the customer pays alone asks for the zone only.

    Of the remainder of a return the day of its sale decided.
    """
    zone = uow.papers.zone(doors.shop.till_id)
    insured = pooled and not sale.replaces
    if not insured and not zone:
        return PaperFacts()
    marks = uow.papers.marks_of([line.item.medicine_id for line in sale.lines])
    if not insured:
        return PaperFacts(zone, marks)
    terms, today = uow.papers.terms(), shop_time(doors.clock.now()).date()
    controlled = any(_CONTROLLED.intersection(said) for said in marks.values())
    allowed = not controlled or any(
        one.kind is PaperKind.QUALIFICATION and one.holds(today) for one in terms
    )
    agreements = [one for one in terms if one.kind is PaperKind.AGREEMENT]
    inside = [one for one in agreements if one.holds(today)]
    over = bool(agreements) and not inside
    stopped = _suspension(terms, today)
    return PaperFacts(
        zone, marks, allowed, _days_left(inside, today), over,
        stopped.title if stopped else "", stopped.ends if stopped else None,
    )  # fmt: skip


def _suspension(terms: Sequence[PaperTerm], today: date) -> PaperTerm | None:
    """Of those that run today the one that lasts longest (HY-1.5.8)."""
    running = [one for one in terms if one.kind is PaperKind.SUSPENSION and one.holds(today)]
    return max(running, key=lambda one: one.ends or date.max, default=None)


def _days_left(inside: Sequence[PaperTerm], today: date) -> int | None:
    """Of the agreements in force the one that holds longest."""
    ends = [one.ends for one in inside if one.ends is not None]
    return (max(ends) - today).days if ends and len(ends) == len(inside) else None


def set_zone(doors: Doors, operator: Operator, special: bool) -> None:
    """Say where this till stands; :raises NotAllowed:."""
    require(doors, operator, Right.APPROVE_STOCK)
    zone = SPECIAL if special else ""
    with doors.uow() as uow:
        uow.papers.put_zone(doors.shop.till_id, zone)
        entry = {"till": doors.shop.till_id, "zone": zone}
        uow.log.append("till.zone", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
