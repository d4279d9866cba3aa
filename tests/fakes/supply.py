"""A supplier and a delivery for tests, plainly invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.domain.catalogue import Medicine
from app.domain.receiving import CartonCodes, Receiving, Tick, TypedLine
from app.domain.staff import Role
from app.domain.supplier import Licence, LicenceType, Supplier, SupplierKind
from app.use_cases.doors import Operator
from app.use_cases.receiving import begin, keep_head, keep_lines
from app.use_cases.suppliers import (
    SupplierForm,
    approve_products,
    approve_supplier,
    keep_supplier,
)
from tests.fakes.practice_till import PracticeTill

PAPERS = (
    Licence(LicenceType.DRUG_TRADE, "AA9990001", date(2024, 1, 1), date(2028, 12, 31), "", True),
    Licence(LicenceType.BUSINESS, "91990000PRACTICE01"),
)
ALL = tuple(each.value for each in Tick)


def manager(till: PracticeTill) -> Operator:
    """Who receives and approves."""
    return Operator(replace(till.operator.staff, role=Role.MANAGER))


def a_supplier(till: PracticeTill, *drugs: Medicine, name: str = "练习医药有限公司") -> Supplier:
    """Approved today, with these drugs as first products."""
    form = SupplierForm(name, SupplierKind.WHOLESALER, "", PAPERS)
    kept = keep_supplier(till.doors, form, manager(till))
    kept = approve_supplier(till.doors, kept.id, manager(till))
    approve_products(till.doors, kept.id, [one.id for one in drugs], manager(till))
    return kept


def a_line(drug: Medicine, packs: str, codes: tuple[str, ...] = (), **changes: object) -> TypedLine:
    """A line that nothing is wrong with, as typed."""
    base = TypedLine(
        no=0, medicine_id=drug.id, name=drug.display_name, batch="LX2611", made="2026-06-01",
        expires="2028-05-31", delivered=packs, cost="8.50", ticks=ALL,
        codes=(CartonCodes(codes),) if codes else (),
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def a_receiving(
    till: PracticeTill, supplier: Supplier, *lines: TypedLine, note: str = "SHTX-0001", **head: str
) -> Receiving:
    """A draft of a note with these lines."""
    begun = begin(till.doors, manager(till), supplier.id)
    kept = keep_head(till.doors, replace(begun, note_no=note, **head), manager(till))  # type: ignore[arg-type]
    keep_lines(till.doors, kept.id, lines, manager(till))
    return kept
