"""医保药品目录: a version of the insurance's list and what it does to the shop's drugs on its day.

LN-5.2b: a drug that leaves becomes self-paid from that date, one that enters is insured from then,
and one that the shop does not stock is proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.catalogue import Medicine
from app.domain.money import Rate

INSURED = ("A", "B")
OUT = "C"
"""Class of a drug that insurance does not pay."""


class Turn(StrEnum):
    """What becomes of a drug."""

    LEFT = "left"
    ENTERED = "entered"
    CHANGED = "changed"
    """Another class, or another share to be paid first."""
    PROPOSED = "proposed"
    """It entered, and the shop has none of it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of the list."""

    national_code: str
    insurance_class: str
    """A or B; empty = the row says that it leaves."""
    first_self_pay: Rate | None = None
    name: str = ""
    spec: str = ""
    maker: str = ""
    new: bool = False
    """The list itself marks it as entering."""


@dataclass(frozen=True, slots=True)
class ListChange:
    """What one version does to one drug; a proposed one has no drug of the shop."""

    turn: Turn
    medicine_id: str
    before: str = ""
    after: str = ""
    first_self_pay: Rate | None = None
    national_code: str = ""
    name: str = ""
    spec: str = ""
    maker: str = ""


@dataclass(frozen=True, slots=True)
class ListPlan:
    """One version as it was read; its changes are worked out again on its day."""

    version: str
    effective: date
    checksum: str
    whole: bool
    """Every insured drug stands in it; else it names what enters, leaves and changes."""
    rows: int
    by: str
    at: datetime
    changes: tuple[ListChange, ...] = ()
    applied_at: datetime | None = None


def changes_of(
    drugs: Iterable[Medicine], listed: Mapping[str, Listed], *, whole: bool
) -> list[ListChange]:
    """What a version does to the shop's drugs, in the order of the drugs; the rest stays."""
    found: list[ListChange] = []
    known: set[str] = set()
    for drug in drugs:
        row = listed.get(drug.national_code) if drug.national_code else None
        known.add(drug.national_code)
        inside = drug.insurance_class in INSURED
        gone = row is None if whole else row is not None and not row.insurance_class
        if gone:
            if inside:
                found.append(_change(Turn.LEFT, drug, OUT, None))
            continue
        if row is None or not row.insurance_class:
            continue
        share = drug.first_self_pay if row.first_self_pay is None else row.first_self_pay
        if (drug.insurance_class, drug.first_self_pay) != (row.insurance_class, share):
            turn = Turn.CHANGED if inside else Turn.ENTERED
            found.append(_change(turn, drug, row.insurance_class, share))
    found += [
        ListChange(Turn.PROPOSED, "", "", row.insurance_class, row.first_self_pay, code, row.name,
                   row.spec, row.maker)
        for code, row in listed.items()
        if row.new and code not in known
    ]  # fmt: skip
    return found


def _change(turn: Turn, drug: Medicine, after: str, share: Rate | None) -> ListChange:
    return ListChange(
        turn, drug.id, drug.insurance_class, after, share, drug.national_code, drug.display_name,
        drug.spec, drug.manufacturer,
    )  # fmt: skip
