"""From a sale's lines to what the platform is told of them, and the facts of a visit."""

from __future__ import annotations

from app.domain.insurance import (
    Basket,
    Credential,
    CredentialKind,
    Diagnosis,
    FeeLine,
    InsuranceRow,
    Insured,
)
from app.domain.money import Money
from app.domain.prescription import Prescription
from app.domain.sale import Sale, SaleLine
from app.domain.settlement import Settlement
from app.errors import BadValue
from app.ports import PersonRecord
from app.use_cases.views import Patient


def insured_of(patient: Patient) -> Insured:
    """The person with the chosen row; :raises BadValue: while none is chosen."""
    if patient.row is None:
        raise BadValue(what="insurance row", why="not chosen")
    return Insured(patient.person, patient.row, patient.credential)


def insured_again(record: PersonRecord, settlement: Settlement) -> Insured:
    """The person as the books know them, for 2601, 5201, 2205 and 2202.

    These need only the person number and area; the credential was never stored.
    """
    insutype, person_type, area = settlement.insurance_row.split("|")
    row = next(
        (
            row
            for row in record.person.rows
            if (row.insutype, row.person_type, row.area) == (insutype, person_type, area)
        ),
        InsuranceRow(insutype, person_type, "1", area, Money(0)),
    )
    return Insured(record.person, row, Credential(CredentialKind.ID_CARD, ""))


def row_text(row: InsuranceRow) -> str:
    """How a settlement remembers its row."""
    return f"{row.insutype}|{row.person_type}|{row.area}"


def basket_of(sale: Sale, settlement: Settlement, insured: Insured) -> Basket:
    """The lines of one settlement as the platform wants them (interface 2.8)."""
    lines = [sale.line(no) for no in settlement.line_nos]
    return Basket(
        insured=insured,
        med_type=settlement.med_type,
        account_use=settlement.account_use,
        total=Money.total(line.amount for line in lines),
        lines=tuple(_fee_line(line, sale.prescription) for line in lines),
        begun_at=settlement.created_at,
        disease_code=settlement.disease_code,
        disease_name=settlement.disease_name,
    )


def _fee_line(line: SaleLine, prescription: Prescription | None) -> FeeLine:
    # Goods beside a circulated prescription do not claim it: the centre knows its own lines only.
    if prescription is not None and prescription.covers and line.no not in prescription.covers:
        prescription = None
    return FeeLine(
        # Digits only, never 0, at most 15: the strictest spelling seen (interface 2.8).
        serial=str(line.no),
        national_code=line.item.national_code,
        shop_code=line.item.shop_code or line.item.medicine_id,
        amount=line.amount,
        quantity=line.quantity,
        price=line.price,
        trace_codes=line.trace_codes,
        split_pack=not line.quantity.is_whole(),
        rx_no=prescription.number if prescription else "",
        circulated=prescription is not None and bool(prescription.number),
    )


def diagnosis_of(prescription: Prescription) -> Diagnosis:
    """The prescription's diagnosis in the visit's words (2203A)."""
    return Diagnosis(
        code=prescription.diagnosis_code,
        name=prescription.diagnosis_name,
        doctor_code=prescription.doctor_code,
        doctor_name=prescription.doctor_name,
        dept=prescription.dept_name,
        at=prescription.issued_at,
    )
