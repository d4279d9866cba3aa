"""Suppliers on every database: one of a name, never overwritten unseen, approvals by drug."""

from dataclasses import replace

import pytest

from app.domain.money import Quantity, UnitPrice
from app.domain.purchase_order import OrderLine, PurchaseOrder
from app.domain.receiving import CartonCodes, Receiving, TypedLine
from app.domain.receiving_states import OrderEvent, OrderState, ReceivingEvent, ReceivingState
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


def test_a_receiving_is_kept_line_by_line_and_its_note_is_taken_once(books):
    head = Receiving(id="r-1", at=START, by="staff-1", supplier_id="s-1", note_no="N 1")
    line = TypedLine(no=1, medicine_id="m-1", batch="B1", delivered="-1",
                     codes=(CartonCodes(("c1", "c2"), "box", "file"),))  # fmt: skip
    with books() as uow:
        for one in (head, replace(head, id="r-2", note_no="ｎ1"), replace(head, id="r-3")):
            uow.receivings.add(one)
        uow.receivings.put("r-1", [line, replace(line, no=2)])
        uow.receivings.put("r-1", [replace(line, delivered="3")])
        uow.receivings.take_out("r-1", 2)
        uow.commit()
    with books() as uow:
        assert uow.receivings.lines("r-1") == [replace(line, delivered="3")]
        assert uow.receivings.count(["r-1", "r-2"]) == {"r-1": 1, "r-2": 0}
        posted = uow.receivings.save(replace(head, number="SH-1").step(ReceivingEvent.POSTED))
        assert (posted.version, uow.receivings.get("r-1")) == (2, posted)
        assert uow.receivings.posted_note(replace(head, id="r-2", note_no="ｎ1")) == posted
        assert uow.receivings.posted_note(replace(head, supplier_id="s-2")) is None
        with pytest.raises(StoreStale):
            uow.receivings.save(head)
        uow.commit()
    second = replace(head, id="r-2", note_no="ｎ1").step(ReceivingEvent.POSTED)
    with books() as uow, pytest.raises(BadValue):
        uow.receivings.save(second)
    with books() as uow:
        uow.receivings.save(posted.step(ReceivingEvent.CORRECTED))
        uow.receivings.save(second)
        uow.commit()
    with books() as uow:
        found = uow.receivings.those((ReceivingState.POSTED, ReceivingState.DRAFT), 9)
        assert [one.id for one in found] == ["r-3", "r-2"]


def test_orders_and_words_are_kept(books):
    order = PurchaseOrder("o-1", "CG-1", "s-1", START, "staff-1",
                          (OrderLine("m-1", Quantity.of(5), UnitPrice.of("8.50")),))  # fmt: skip
    with books() as uow:
        uow.orders.add(order)
        sent = uow.orders.save(order.step(OrderEvent.SENT))
        uow.orders.save(sent.came({"m-1": Quantity.of(2)}))
        uow.suppliers.learn("s-1", "drug", {"甲": "m-1"})
        uow.suppliers.learn("s-1", "drug", {"甲": "m-2", "乙": "m-1"})
        uow.commit()
    with books() as uow:
        part = uow.orders.get("o-1")
        assert (part.state, part.lines[0].open) == (OrderState.PART_RECEIVED, Quantity.of(3))
        assert uow.orders.those((OrderState.PART_RECEIVED,), 9) == [part]
        assert uow.orders.those((OrderState.DRAFT,), 9) == []
        with pytest.raises(StoreStale):
            uow.orders.save(order)
        assert uow.suppliers.learned("s-1", "drug") == {"甲": "m-2", "乙": "m-1"}
        assert uow.suppliers.learned("s-1", "heading") == {}
