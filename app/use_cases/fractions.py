"""The three fractions now, what would lift them, and their values month by month."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Final

from app.domain.catalogue import Medicine
from app.domain.clock import shop_time
from app.domain.indicators import Fractions, Mark, fractions_of, lowered_by
from app.domain.money import Quantity, Rate
from app.domain.staff import Right
from app.ports_papers import InsuranceChange, MonthValue
from app.use_cases.doors import Doors, Operator
from app.use_cases.notes import Note
from app.use_cases.rights import require
from app.use_cases.store_papers import any_policy

_AT_ONCE: Final = 500
_CHANGES: Final = timedelta(days=92)
"""How far back entries into and exits from the insurance's list are shown: a quarter."""
MARGIN_KEY: Final = "indicators.margin"
MARGIN: Final = "0.02"
"""Two points, where the shop has set nothing else: how near above a target is worth a look."""


@dataclass(frozen=True, slots=True)
class FractionsView:
    """What the board and the page of papers show."""

    fractions: Fractions
    margin: Rate
    medicines: Mapping[str, Medicine]
    """Those that are named in one of the lists."""
    marks: Mapping[str, Collection[Mark]]
    diseases: Mapping[str, str]
    """Names of the diseases by code, as far as the pack knows them."""
    months: Mapping[str, tuple[MonthValue, ...]]
    zone: str
    """Where this till stands: ``special``, or empty."""
    changes: tuple[tuple[InsuranceChange, str], ...]
    """What entered or left the insurance's list lately, with the drug's name."""


def fractions_view(doors: Doors, operator: Operator) -> FractionsView:
    """Count the fractions and keep them as this month's; call it where nobody waits.

    :raises NotAllowed: the operator does not keep the store's papers.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    now = doors.clock.now()
    medicines, stocked = _goods(doors)
    policy = any_policy(doors)
    targets = policy.store.indicators if policy else {}
    with doors.uow() as uow:
        marks = uow.papers.marks()
        margin = Rate.of(uow.settings.get(MARGIN_KEY, MARGIN))
        found = fractions_of(medicines, stocked, marks, targets)
        month = f"{shop_time(now):%Y-%m}"
        values = [MonthValue(month, one.name, one.part, one.whole, now) for one in found.all()]
        uow.papers.keep_month(values)
        months = {one.name: tuple(uow.papers.months(one.name)) for one in found.all()}
        changes = uow.papers.insurance_changes(now - _CHANGES)
        zone = uow.papers.zone(doors.shop.till_id)
        uow.commit()
    by_id = {one.id: one for one in medicines}
    named = {*found.outside, *found.missing, *found.not_treating, *marks}
    return FractionsView(
        found,
        margin,
        {each: by_id[each] for each in named if each in by_id},
        marks,
        dict(policy.diseases) if policy else {},
        months,
        zone,
        tuple((one, _name(by_id.get(one.medicine_id), one.medicine_id)) for one in changes),
    )


def lowering(doors: Doors, new: Sequence[Medicine]) -> tuple[Note, ...]:
    """What is said before new products come in that would push a fraction below its target.

    LN-2.3a, HY-1.5.3; counts drugs that are not in stock yet. Nothing where no target is named.
    """
    policy = any_policy(doors)
    if policy is None or not policy.store.indicators or not new:
        return ()
    medicines, stocked = _goods(doors)
    fresh = [one for one in new if one.id not in stocked]
    with doors.uow() as uow:
        marks = uow.papers.marks()
    now = fractions_of(medicines, stocked, marks, policy.store.indicators)
    return tuple(
        Note(
            f"fractions.lowers_{old.name}",
            {
                "before": percent(old.ppm),
                "after": percent(after.ppm),
                "target": percent(after.target.ppm if after.target else 0),
            },
            "warn",
        )
        for old, after in lowered_by(now, fresh, marks)
    )


def mark_drug(doors: Doors, operator: Operator, medicine_id: str, mark: Mark, on: bool) -> None:
    """Say of a drug what it is, or take it back; treating and auxiliary exclude each other.

    :raises NotAllowed: :raises NotFound: no such drug.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    now = doors.clock.now()
    opposite = {Mark.AUXILIARY: Mark.THERAPEUTIC, Mark.THERAPEUTIC: Mark.AUXILIARY}
    with doors.uow() as uow:
        uow.medicines.get(medicine_id)
        if on:
            uow.papers.mark(medicine_id, mark, now, operator.staff.id)
            if mark in opposite:
                uow.papers.unmark(medicine_id, opposite[mark])
        else:
            uow.papers.unmark(medicine_id, mark)
        entry = {"medicine": medicine_id, "mark": mark.value, "on": on}
        uow.log.append("drug.marked", operator.staff.id, now, entry)
        uow.commit()


def percent(ppm: int) -> str:
    """Two places, cut off: 69.99 is never shown as 70."""
    return f"{ppm // 10_000}.{ppm % 10_000 // 100:02d}"


def _goods(doors: Doors) -> tuple[list[Medicine], frozenset[str]]:
    """Every drug, and those of which something lies there, read in slices."""
    with doors.uow() as uow:
        medicines = list(uow.medicines.all())
    stocked: set[str] = set()
    ids: Iterator[str] = iter([one.id for one in medicines])
    while some := list(islice(ids, _AT_ONCE)):
        with doors.uow() as uow:
            found = uow.stock.on_hand(some)
        stocked |= {each for each, packs in found.items() if packs > Quantity(0)}
    return medicines, frozenset(stocked)


def goods_in_stock(doors: Doors) -> list[Medicine]:
    """Every article of which something lies there."""
    medicines, stocked = _goods(doors)
    return [one for one in medicines if one.id in stocked]


def _name(medicine: Medicine | None, medicine_id: str) -> str:
    return f"{medicine.display_name} {medicine.spec}" if medicine else medicine_id
