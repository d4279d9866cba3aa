"""What the page 收货 shows before anything is opened: papers, suppliers, quarantine, warnings."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.catalogue import Medicine
from app.domain.lot_states import LotState
from app.domain.money import Quantity
from app.domain.receiving import Receiving
from app.domain.receiving_states import ReceivingState
from app.domain.stock import Lot
from app.domain.supplier import LicenceNotice
from app.errors import NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.orders import OrderShown, order_list
from app.use_cases.suppliers import SupplierLine, supplier_list, supplier_warnings

MOST_SHOWN = 300
"""Newest receivings of the list; older ones are found in the reports."""


@dataclass(frozen=True, slots=True)
class ReceivingLineShown:
    """One receiving of the list."""

    head: Receiving
    supplier: str
    lines: int


@dataclass(frozen=True, slots=True)
class QuarantinedLot:
    """Goods that wait for the quality person."""

    lot: Lot
    medicine: Medicine
    on_hand: Quantity
    supplier: str


@dataclass(frozen=True, slots=True)
class SupplyHome:
    """Everything the page opens with."""

    receivings: tuple[ReceivingLineShown, ...]
    """Drafts first, then what was posted, newest first."""
    orders: tuple[OrderShown, ...]
    suppliers: tuple[SupplierLine, ...]
    warnings: tuple[LicenceNotice, ...]
    quarantined: tuple[QuarantinedLot, ...]

    def supplier_name(self, supplier_id: str) -> str:
        """Of one in the list; empty where there is none."""
        names = {one.supplier.id: one.supplier.name for one in self.suppliers}
        return names.get(supplier_id, "")


def supply_home(doors: Doors) -> SupplyHome:
    """All lists of the page, read in a few units of work."""
    suppliers = supplier_list(doors)
    names = {one.supplier.id: one.supplier.name for one in suppliers}
    with doors.uow() as uow:
        drafts = uow.receivings.those((ReceivingState.DRAFT,), MOST_SHOWN)
        ended = (ReceivingState.POSTED, ReceivingState.CORRECTED)
        heads = [*drafts, *uow.receivings.those(ended, MOST_SHOWN)]
        counts = uow.receivings.count([one.id for one in heads])
        quarantined = _quarantined(uow, names)
    shown = tuple(
        ReceivingLineShown(one, names.get(one.supplier_id, ""), counts[one.id]) for one in heads
    )
    return SupplyHome(
        shown, order_list(doors, open_only=False), suppliers, supplier_warnings(doors), quarantined
    )


def _quarantined(uow: UnitOfWork, names: dict[str, str]) -> tuple[QuarantinedLot, ...]:
    found = []
    for one in uow.shelf.figures():
        if one.lot.state is not LotState.QUARANTINED:
            continue
        try:
            drug = uow.medicines.get(one.lot.medicine_id)
        except NotFound:
            continue
        found.append(QuarantinedLot(one.lot, drug, one.on_hand, names.get(one.lot.supplier_id, "")))
    return tuple(sorted(found, key=lambda one: (one.medicine.display_name, one.lot.batch)))
