"""Invented values of the domain, plainly marked as practice (练习)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from app.domain.catalogue import Medicine
from app.domain.consent import ConsentPurpose
from app.domain.face import Template
from app.domain.face_template import KeptTemplate
from app.domain.insurance import FundSplit, InsuranceRow, InsuredPerson, Settled
from app.domain.money import Money, Quantity, Rate, UnitPrice
from app.domain.prescription import Prescription, PrescriptionForm
from app.domain.sale import Sale, SaleLine, SoldItem, Tender, TenderKind
from app.domain.settlement import Settlement
from app.domain.staff import Role, Staff
from tests.fakes.clock import START

STORE = "practice-store"
TILL = "01"
INSTITUTION = "P99990000001"
"""Twelve characters; the area 999900 does not exist."""

CERT_NO = "999900199001010019"
PSN_NO = "99990000000000000000000001"
PERSON_NAME = "练习张小兰"


def a_medicine(number: int = 1, **changes: Any) -> Medicine:
    """A priced drug of class A with a trace code of its own."""
    base = Medicine(
        id=f"med-{number:06d}",
        shop_code=f"P{number:05d}",
        display_name=f"练习感冒灵颗粒{number}",
        generic_name="练习感冒灵",
        dosage_form="颗粒剂",
        spec="10g*9袋",
        pack_unit="盒",
        manufacturer="练习制药厂",
        approval_no=f"国药准字Z{number:08d}",
        barcode=f"69{number:011d}",
        national_code=f"XPRACTICE{number:011d}",
        insurance_class="A",
        first_self_pay=Rate.of("0"),
        sale_class="otc_a",
        trace_product_code=f"8{number:06d}",
        price=UnitPrice.of("12.80"),
    )
    return replace(base, **changes)


def an_item(number: int = 1, **changes: Any) -> SoldItem:
    """What stands on a line of a sale of :func:`a_medicine`."""
    base = SoldItem(
        medicine_id=f"med-{number:06d}",
        shop_code=f"P{number:05d}",
        name=f"练习感冒灵颗粒{number}",
        generic_name="练习感冒灵",
        spec="10g*9袋",
        maker="练习制药厂",
        unit="盒",
        national_code=f"XPRACTICE{number:011d}",
        insurance_class="A",
        first_self_pay=Rate.of("0"),
        sale_class="otc_a",
        trace_product_code=f"8{number:06d}",
    )
    return replace(base, **changes)


def a_code(number: int, drug: int = 1) -> str:
    """A trace code of twenty digits."""
    return f"8{drug:06d}{number:013d}"


def a_sale(sale_id: str = "sale-1", lines: int = 3, **changes: Any) -> Sale:
    """An open basket; line n holds one pack of drug n with a code of its own."""
    rows = tuple(
        SaleLine(
            no=no,
            item=an_item(no),
            quantity=Quantity.of(1),
            price=UnitPrice.of("12.80"),
            trace_codes=(a_code(no, no),),
            settlement_type="ordinary",
            batch=f"B{no}",
            expiry=date(2027, 12, 31),
        )
        for no in range(1, lines + 1)
    )
    values: dict[str, Any] = {
        "id": sale_id,
        "store_id": STORE,
        "till_id": TILL,
        "opened_at": START,
        "cashier_id": "staff-1",
        "lines": rows,
        "practice": True,
    }
    return Sale(**(values | changes))


def cash_for(sale: Sale) -> tuple[Tender, ...]:
    """Cash that pays the whole."""
    return (Tender(TenderKind.CASH, sale.total),)


def a_person(number: int = 1, **changes: Any) -> InsuredPerson:
    """An invented insured person of the practice area."""
    row = InsuranceRow("310", "11", "1", "999900", Money.of("1250.36"))
    base = InsuredPerson(
        psn_no=f"{int(PSN_NO) + number - 1}",
        name=PERSON_NAME,
        cert_no=f"{int(CERT_NO) + number - 1}",
        gender="2",
        birth_date=date(1990, 1, 1),
        rows=(row, replace(row, insutype="390", status="4", balance=Money.of("0"))),
    )
    return replace(base, **changes)


def a_split(total: str = "38.40", fund: str = "20.00", account: str = "10.00") -> FundSplit:
    """Money that keeps the identities of interface 6.2."""
    whole, paid, own = Money.of(total), Money.of(fund), Money.of(account)
    return FundSplit(
        total=whole,
        fund=paid,
        personal=whole - paid,
        account=own,
        cash=whole - paid - own,
        in_scope=whole,
        funds=(("hifp_pay", paid),),
        balance_after=Money.of("1240.36"),
    )


def a_settlement(
    settlement_id: str = "set-1",
    sale_id: str = "sale-1",
    person_id: str = "person-1",
    **changes: Any,
) -> Settlement:
    """A quoted attempt over the three lines of :func:`a_sale`."""
    values: dict[str, Any] = {
        "id": settlement_id,
        "sale_id": sale_id,
        "person_id": person_id,
        "settlement_type": "ordinary",
        "route": "pharmacy",
        "med_type": "41",
        "account_use": "1",
        "insurance_row": "310|11|999900",
        "line_nos": (1, 2, 3),
        "created_at": START,
        "quote": Settled(split=a_split()),
    }
    return Settlement(**(values | changes))


def a_prescription(issued_at: datetime = START, **changes: Any) -> Prescription:
    """An electronic prescription of an invented clinic."""
    base = Prescription(
        number="P-RX-0001",
        form=PrescriptionForm.ELECTRONIC,
        issued_at=issued_at,
        issuer_code="H99990000001",
        issuer_name="练习社区卫生院",
        issuer_area="999900",
        doctor_code="D999900000001",
        doctor_name="练习医生李四",
        dept_code="03",
        dept_name="内科",
        diagnosis_code="J00",
        diagnosis_name="练习诊断急性鼻咽炎",
        days_supply=7,
        expires_at=issued_at + timedelta(days=3),
        picture=b"\x89PNG practice",
    )
    return replace(base, **changes)


def a_staff(number: str = "1001", **changes: Any) -> Staff:
    """A cashier of the practice shop."""
    base = Staff(f"staff-{number}", number, "练习店员王五", Role.CASHIER)
    return replace(base, **changes)


def a_template(**changes: Any) -> KeptTemplate:
    """Numbers that no model made."""
    base = KeptTemplate(
        "template-1", "person-1", ConsentPurpose.FACE, START, "staff-1", "staff-2", "consent-1",
        Template("engine@1", (0.5, -0.25, 0.125)),
    )  # fmt: skip
    return replace(base, **changes)
