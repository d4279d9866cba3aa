"""Suppliers on every database: one of a name, never overwritten unseen, approvals by drug."""

from dataclasses import replace

import pytest

from app.domain.supplier import FirstProduct, Licence, LicenceType, Supplier, SupplierKind
from app.domain.supplier_states import SupplierEvent, SupplierState
from app.errors import BadValue, NotFound, StoreStale
from tests.fakes.clock import START

PAPER = Licence(LicenceType.DRUG_TRADE, "AA0000001", START.date(), None, "中成药;化学药制剂", True)
SUPPLIER = Supplier("s-1", "练习医药有限公司", SupplierKind.WHOLESALER, "G001", (PAPER,))


def test_a_supplier_is_kept_found_however_it_is_spelt_and_changed_by_one_only(books):
    with books() as uow:
        uow.suppliers.add(SUPPLIER)
        uow.commit()
    with books() as uow:
        assert uow.suppliers.get("s-1") == SUPPLIER
        assert uow.suppliers.by_name("练习 医药　有限公司") == SUPPLIER
        assert (uow.suppliers.by_name("别家"), uow.suppliers.find("s-9")) == (None, None)
        with pytest.raises(NotFound):
            uow.suppliers.get("s-9")
        active = replace(SUPPLIER.step(SupplierEvent.APPROVED), approved_at=START, approved_by="a")
        saved = uow.suppliers.save(active)
        assert (saved.version, uow.suppliers.all()) == (2, [saved])
        with pytest.raises(StoreStale):
            uow.suppliers.save(SUPPLIER)
        assert uow.suppliers.get("s-1").state is SupplierState.ACTIVE
        with pytest.raises(BadValue):
            uow.suppliers.add(replace(SUPPLIER, id="s-2", name="练习医药 有限公司"))


def test_products_are_approved_a_supplier_and_may_be_approved_again(books):
    one = FirstProduct("s-1", "m-1", START, "staff-1")
    with books() as uow:
        uow.suppliers.add(SUPPLIER)
        uow.suppliers.approve([one, replace(one, medicine_id="m-2", low=20, high=80)])
        uow.suppliers.approve([replace(one, approved_by="staff-2")])
        uow.commit()
    with books() as uow:
        found = uow.suppliers.approved("s-1", ["m-1", "m-2", "m-3", "m-1"])
        assert found["m-1"].approved_by == "staff-2"
        assert (found["m-2"].low, sorted(found)) == (20, ["m-1", "m-2"])
        assert uow.suppliers.approved("s-2", ["m-1"]) == {}
