"""Who the practice shop buys from: one wholesaler in order, one whose licence ran out, a sister."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.clock import shop_time
from app.domain.supplier import FirstProduct, Licence, LicenceType, Supplier, SupplierKind
from app.domain.supplier_states import SupplierState
from app.use_cases.doors import Doors

_STAFF = "practice"


def supply_shop(doors: Doors) -> None:
    """Suppliers with papers relative to the day; a shop that has any keeps what it has."""
    now = doors.clock.now()
    day = shop_time(now).date()
    begun = day - timedelta(days=700)
    business = Licence(LicenceType.BUSINESS, "91990000LXYY0001")
    papers = (
        Licence(
            LicenceType.DRUG_TRADE, "LX药批0001", begun, day + timedelta(days=45),
            "中成药、化学药制剂、生物制品（除疫苗）", cold_chain=True,
        ),
        business,
    )  # fmt: skip
    ended = Licence(LicenceType.DRUG_TRADE, "LX药批0002", begun, day - timedelta(days=3))
    known = (
        Supplier(doors.ids.new(), "练习医药批发有限公司", SupplierKind.WHOLESALER, "LX01", papers),
        Supplier(
            doors.ids.new(), "练习过期医药公司", SupplierKind.WHOLESALER, "LX02", (ended, business)
        ),
        Supplier(doors.ids.new(), "练习大药房二店", SupplierKind.STORE, "P99990000002"),
    )
    with doors.uow() as uow:
        if uow.suppliers.all():
            return
        for one in known:
            active = replace(one, state=SupplierState.ACTIVE, approved_at=now, approved_by=_STAFF)
            uow.suppliers.add(active)
        drugs = [FirstProduct(known[0].id, one.id, now, _STAFF) for one in uow.medicines.all()]
        uow.suppliers.approve(drugs)
        uow.commit()
