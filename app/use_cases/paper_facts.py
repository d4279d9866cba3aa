"""The store's papers and the till's zone, as far as a sale needs them."""

from __future__ import annotations

from datetime import date
from typing import Final

from app.domain.clock import shop_time
from app.domain.indicators import Mark
from app.domain.paper_facts import PaperFacts
from app.domain.papers import PaperKind, StorePaper, days_left
from app.domain.sale import Sale
from app.domain.staff import Right
from app.errors import NotAllowed
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator

SPECIAL: Final = "special"
"""The zone of special-disease goods (门慢特专区)."""

_CONTROLLED: Final = frozenset({Mark.SPECIAL_CONTROL, Mark.DUAL_CHANNEL})


def paper_facts(doors: Doors, uow: UnitOfWork, sale: Sale, *, pooled: bool) -> PaperFacts:
    """Inside the caller's unit of work; what the customer pays alone asks for the zone only."""
    zone = zone_of(uow, doors.shop.till_id)
    insured = pooled and not sale.replaces
    if not insured and not zone:
        return PaperFacts()
    marks = uow.papers.marks_of([line.item.medicine_id for line in sale.lines])
    if not insured:
        return PaperFacts(zone, marks)
    papers, today = uow.papers.all(), shop_time(doors.clock.now()).date()
    controlled = any(_CONTROLLED.intersection(said) for said in marks.values())
    allowed = not controlled or any(
        one.kind is PaperKind.QUALIFICATION and one.holds(today) for one in papers
    )
    return PaperFacts(zone, marks, allowed, _agreement_days(papers, today))


def _agreement_days(papers: list[StorePaper], today: date) -> int | None:
    """Of those in force the one that holds longest."""
    inside = [one for one in papers if one.kind is PaperKind.AGREEMENT and one.holds(today)]
    left = [days_left(one, today) for one in inside]
    ends = [days for days in left if days is not None]
    return max(ends) if ends and len(ends) == len(left) else None


def zone_of(uow: UnitOfWork, till_id: str) -> str:
    """Where a till stands; empty = in no zone of its own."""
    return uow.settings.get(f"zone|{till_id}")


def set_zone(doors: Doors, operator: Operator, special: bool) -> None:
    """Say where this till stands; :raises NotAllowed:."""
    if not operator.staff.may(Right.APPROVE_STOCK):
        raise NotAllowed(act=Right.APPROVE_STOCK.value)
    zone = SPECIAL if special else ""
    with doors.uow() as uow:
        uow.settings.put(f"zone|{doors.shop.till_id}", zone)
        entry = {"till": doors.shop.till_id, "zone": zone}
        uow.log.append("till.zone", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
