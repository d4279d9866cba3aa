"""含麻黄碱类复方制剂登记: what was sold to whom, read from the sales themselves (HY-1.1.2, 3.3).

Nobody types this register: drug, specification, quantity, maker, lot, buyer and ID number stand on
the sale. What came back stays in it, marked; a line about nobody known says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.money import Quantity
from app.domain.sale import Sale, SaleLine
from app.domain.sale_states import SaleState
from app.domain.staff import Right
from app.errors import NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require


@dataclass(frozen=True, slots=True)
class EphedrineRow:
    """One line of the register; name and number stand whole, as the rule wants them."""

    at: datetime
    receipt_no: str
    name: str
    spec: str
    maker: str
    batch: str
    quantity: Quantity
    unit: str
    buyer: str = field(repr=False)
    """Empty = nobody was identified."""
    cert_no: str = field(repr=False)
    cashier: str
    prescription: bool
    """Whether a reviewed prescription stands behind it: then the two packs are no limit."""
    mark: str = ""
    """``returned``: the sale came back; ``remainder``: what was kept after a return."""


def ephedrine_register(
    doors: Doors, begins: datetime, ends: datetime, operator: Operator
) -> tuple[EphedrineRow, ...]:
    """Every sold line with ephedrine of ``[begins, ends)``, oldest first; who looked is logged.

    :raises NotAllowed: the right to see persons is lacking.
    """
    require(doors, operator, Right.SEE_PERSON)
    with doors.uow() as uow:
        sales = uow.sales.with_ephedrine(begins, ends)
        rows = tuple(
            _row(uow, sale, line) for sale in sales for line in sale.lines if line.item.ephedrine
        )
        entry = {"rows": len(rows), "from": begins.isoformat(), "to": ends.isoformat()}
        uow.log.append("ephedrine.register", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    return rows


def _row(uow: UnitOfWork, sale: Sale, line: SaleLine) -> EphedrineRow:
    buyer, cert_no = _buyer(uow, sale)
    item = line.item
    covered = sale.prescription is not None and bool(sale.prescription.reviewer_id)
    returned = sale.state is SaleState.UNDONE
    return EphedrineRow(
        at=sale.done_at or sale.opened_at,
        receipt_no=sale.receipt_no,
        name=item.name,
        spec=item.spec,
        maker=item.maker,
        batch=line.batches,
        quantity=line.quantity,
        unit=item.unit,
        buyer=buyer,
        cert_no=cert_no,
        cashier=_cashier(uow, sale.cashier_id),
        prescription=covered,
        mark="returned" if returned else "remainder" if sale.replaces else "",
    )


def _buyer(uow: UnitOfWork, sale: Sale) -> tuple[str, str]:
    if not sale.person_id:
        return "", ""
    try:
        person = uow.persons.get(sale.person_id).person
    except NotFound:
        return "", ""
    return person.name, person.cert_no


def _cashier(uow: UnitOfWork, staff_id: str) -> str:
    try:
        return uow.staff.get(staff_id).name
    except NotFound:
        return ""
