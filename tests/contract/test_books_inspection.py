"""What an inspection reads of the books, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.inspection import InspectorPass, Looked, LookKind, PackRecord, Scope
from app.domain.money import Quantity
from app.domain.proxy import ProxyPurchase
from app.domain.sale import SaleLine, Tender, TenderKind
from app.domain.sale_states import SaleState
from app.errors import BadValue
from tests.fakes.builders import STORE, TILL, a_person, a_sale, a_settlement, an_item
from tests.fakes.clock import START

ALL = Scope(START, START + timedelta(days=30))


def done(number: int, minutes: int, **changes):
    sale = a_sale(f"sale-{number}", 1, **changes)
    line = sale.lines[0]
    sale.lines = (SaleLine(1, an_item(number), Quantity.of(1), line.price),)
    sale.tenders = (Tender(TenderKind.CASH, sale.total),)
    sale.state, sale.receipt_no = SaleState.DONE, f"01-{number}"
    sale.done_at = START + timedelta(minutes=minutes)
    return sale


@pytest.fixture
def filled(books):
    with books() as uow:
        patient = uow.persons.keep(a_person(), "person-1", START)
        for number, minutes in ((1, 5), (2, 3), (3, 3), (4, 60 * 24 * 40)):
            uow.sales.add(done(number, minutes, person_id=patient if number == 2 else ""))
        bought = ProxyPurchase("proxy-1", "sale-3", "nobody", START, "staff-1")
        bought.proxy_id = patient
        uow.proxies.add(bought)
        uow.commit()
    return books


def test_keys_come_by_the_time_of_completion_page_by_page(filled):
    with filled() as uow:
        first = uow.inspections.keys(ALL, None, 2)
        rest = uow.inspections.keys(ALL, (first[-1].done_at, first[-1].sale_id), 2)
    assert [one.sale_id for one in first] == ["sale-2", "sale-3"]
    assert [one.receipt_no for one in rest] == ["01-1"]


def test_a_scope_is_a_period_a_drug_a_sale_or_a_person_as_patient_or_proxy(filled):
    def found(scope):
        with filled() as uow:
            keys = [one.sale_id for one in uow.inspections.newest(scope, "", 9)]
            counted = uow.inspections.count(scope)
        assert counted.sales == len(keys)
        return set(keys)

    with filled() as uow:
        person = uow.persons.by_cert_no(a_person().cert_no)[0].id
    assert found(ALL) == {"sale-1", "sale-2", "sale-3"}
    assert found(replace(ALL, medicine_id="med-000002")) == {"sale-2"}
    assert found(replace(ALL, sale_id="sale-4")) == set()
    assert found(replace(ALL, person_ids=(person,), narrowed=True)) == {"sale-2", "sale-3"}
    assert found(replace(ALL, narrowed=True)) == set()


def test_words_narrow_by_receipt_or_drug(filled):
    with filled() as uow:
        by_receipt = uow.inspections.newest(ALL, "01-3", 9)
        by_drug = uow.inspections.newest(ALL, an_item(1).name, 9)
        sign = uow.inspections.newest(ALL, "%", 9)
    assert [one.sale_id for one in by_receipt] == ["sale-3"]
    assert [one.sale_id for one in by_drug] == ["sale-1"]
    assert sign == []


def test_insured_sales_are_counted(filled):
    with filled() as uow:
        uow.settlements.add(a_settlement(sale_id="sale-1"))
        sale = uow.sales.get("sale-1")
        sale.tenders = (Tender(TenderKind.FUND, sale.total, "", "settlement-1"),)
        uow.sales.save(sale)
        uow.commit()
    with filled() as uow:
        assert uow.inspections.count(ALL).insured == 1
        assert uow.inspections.newest(ALL, "01-1", 9)[0].insured


def test_every_entry_of_a_time_is_found_though_the_clock_was_set_back(books):
    minutes = [*range(8), 2, 3, 4]
    with books() as uow:
        for minute in minutes:
            uow.log.append(
                "practice.act", "staff-1", START + timedelta(minutes=minute), {"n": minute}
            )
        uow.commit()
    chain = f"{STORE}/{TILL}"
    within = START + timedelta(minutes=3), START + timedelta(minutes=5)
    with books() as uow:
        written = uow.inspections.written(chain, 1, len(minutes), within)
        entries = uow.inspections.entries(chain, 4, 6)
        (head,) = uow.log.heads()
        before = START - timedelta(days=2), START - timedelta(days=1)
        none = uow.inspections.written(chain, 1, len(minutes), before)
        other = uow.inspections.written("nobody/9", 1, 99, within)
    assert [seq for seq, _ in written] == [4, 5, 6, 10, 11]
    assert written[-1][1] == START + timedelta(minutes=4)
    assert [one.entry for one in entries] == [f'{{"n":{minute}}}' for minute in range(3, 6)]
    assert (head.chain, head.seq) == (chain, len(minutes))
    assert none == other == []


def test_an_account_is_kept_and_replaced(books):
    one = InspectorPass(
        "staff-8", START, START + timedelta(days=2), "练习局", "练 1 号", "staff-1", START
    )
    with books() as uow:
        uow.inspections.add_pass(one)
        uow.commit()
    ended = replace(one, closed_by="staff-2", closed_at=START + timedelta(hours=1))
    with books() as uow:
        assert uow.inspections.pass_of("staff-8") == one
        assert uow.inspections.pass_of("staff-9") is None
        uow.inspections.add_pass(ended)
        uow.commit()
    with books() as uow:
        assert uow.inspections.passes() == [ended]


def test_looks_and_packs_come_newest_first(books):
    looks = [
        Looked(START, "staff-8", LookKind.SALES, "练习", 3),
        Looked(START, "staff-9", LookKind.SHEET, sale_id="sale-1"),
    ]
    pack = PackRecord(
        "pack-1", START, "staff-1", "", "练习检查", "/x", START, ALL.ends, "", "", False, 2, 1, 300,
        True, "ab" * 32,
    )  # fmt: skip
    with books() as uow:
        for look in looks:
            uow.inspections.looked(look)
        uow.inspections.add_pack(pack)
        uow.commit()
    with books() as uow:
        assert uow.inspections.looks(5) == looks[::-1]
        assert uow.inspections.looks(5, by="staff-8") == looks[:1]
        assert uow.inspections.packs(5) == [pack]
        assert uow.inspections.mark("Ab ") == uow.inspections.mark("aB")
        with pytest.raises(BadValue):
            uow.inspections.add_pack(pack)
