"""From whom goods may be received on a day, and what is told beforehand (LN-2.3b)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.cold_chain import Celsius, ColdRange
from app.domain.supplier import (
    Licence,
    LicenceType,
    Supplier,
    SupplierFault,
    SupplierKind,
    check_supplier,
    faults_on,
    goods_faults_on,
    notices,
)
from app.domain.supplier_states import SupplierEvent, SupplierState
from app.errors import BadValue
from tests.fakes.builders import a_medicine

DAY = date(2026, 11, 22)
TRADE = Licence(LicenceType.DRUG_TRADE, "AA0000001", date(2024, 1, 1), date(2027, 1, 1))
BUSINESS = Licence(LicenceType.BUSINESS, "91990000PRACTICE01")
GOOD = Supplier(
    "s-1", "练习医药有限公司", SupplierKind.WHOLESALER, "G001", (TRADE, BUSINESS),
    SupplierState.ACTIVE,
)  # fmt: skip


@pytest.mark.rule("LN-2.3b")
def test_only_an_approved_supplier_with_papers_in_force_is_received_from():
    assert faults_on(GOOD, DAY) == ()
    assert faults_on(None, DAY) == (SupplierFault.UNKNOWN,)
    assert faults_on(GOOD, date(2027, 1, 2)) == (SupplierFault.EXPIRED,)
    assert faults_on(GOOD, date(2023, 1, 1)) == (SupplierFault.NOT_YET,)
    assert faults_on(replace(GOOD, licences=(BUSINESS,)), DAY) == (SupplierFault.NO_LICENCE,)
    assert faults_on(GOOD.step(SupplierEvent.STOPPED), DAY) == (SupplierFault.STOPPED,)
    changed = GOOD.step(SupplierEvent.CHANGED)
    assert faults_on(changed, DAY) == (SupplierFault.NOT_APPROVED,)
    over = replace(BUSINESS, valid_to=DAY - timedelta(days=1))
    assert faults_on(replace(GOOD, licences=(TRADE, over)), DAY) == (SupplierFault.EXPIRED,)


@pytest.mark.rule("LN-2.3b")
def test_cold_chain_goods_come_only_from_who_is_certified_for_them():
    cold = a_medicine(cold_chain=True, approval_class="drug")
    assert goods_faults_on(GOOD, cold, DAY) == (SupplierFault.NO_COLD_CHAIN,)
    certified = replace(GOOD, licences=(replace(TRADE, cold_chain=True), BUSINESS))
    assert goods_faults_on(certified, cold, DAY) == ()
    other = replace(GOOD, kind=SupplierKind.OTHER, licences=(BUSINESS,))
    assert faults_on(other, DAY) == ()
    assert goods_faults_on(other, a_medicine(), DAY) == (SupplierFault.NO_LICENCE,)
    assert goods_faults_on(other, a_medicine(approval_class="food"), DAY) == ()


def test_a_paper_that_runs_out_is_told_before_unless_a_later_one_follows():
    assert notices([GOOD], DAY, 30) == []
    told = notices([GOOD], DAY, 60)
    assert [(each.licence.type, each.days_left) for each in told] == [(LicenceType.DRUG_TRADE, 40)]
    renewed = replace(TRADE, valid_from=date(2027, 1, 2), valid_to=date(2032, 1, 1))
    assert notices([replace(GOOD, licences=(TRADE, renewed))], DAY, 60) == []
    assert notices([GOOD.step(SupplierEvent.STOPPED)], DAY, 60) == []


def test_a_file_lacks_nothing_that_it_needs():
    check_supplier(GOOD)
    wrong = (
        replace(GOOD, name="　"),
        replace(GOOD, kind=SupplierKind.STORE, code=""),
        replace(GOOD, licences=(replace(TRADE, valid_to=date(2023, 1, 1)),)),
        replace(GOOD, licences=(replace(TRADE, number=""),)),
    )
    for one in wrong:
        with pytest.raises(BadValue):
            check_supplier(one)


def test_a_temperature_is_tenths_of_a_degree():
    assert Celsius.of("5.8°C") == Celsius(58)
    assert Celsius.of("-0.5").plain() == "-0.5"
    assert Celsius.of("１２").plain() == "12.0"
    for text in ("", "5,8", "5.85", "--1", "999", "warm", "1e1"):
        with pytest.raises(BadValue):
            Celsius.of(text)
    cold = ColdRange(Celsius.of("2.0"), Celsius.of("8.0"))
    assert [cold.holds(Celsius(each)) for each in (19, 20, 80, 81)] == [False, True, True, False]
