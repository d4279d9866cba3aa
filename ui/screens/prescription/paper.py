"""A typed paper prescription as a sheet: the basket's drugs with what was typed of their use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from app.domain.rx_case import RxDiagnosis, RxLine, RxPatient, RxSheet

if TYPE_CHECKING:
    from app.domain.prescription import Prescription
    from app.domain.sale import SaleLine


def sheet_of(
    typed: Prescription,
    lines: Iterable[SaleLine],
    usage: Mapping[int, Mapping[str, str]],
) -> RxSheet:
    """The sheet that goes to the pharmacist; a sheet of paper fixes no maker."""
    return RxSheet(
        number=typed.number,
        form=typed.form,
        issued_at=typed.issued_at,
        expires_at=typed.expires_at,
        issuer_code=typed.issuer_code,
        issuer_name=typed.issuer_name,
        issuer_area=typed.issuer_area,
        patient=RxPatient(typed.patient),
        lines=tuple(_line(line, usage.get(line.no, {}), typed.days_supply) for line in lines),
        diagnoses=(RxDiagnosis(typed.diagnosis_code, typed.diagnosis_name, main=True),),
        dept_code=typed.dept_code,
        dept_name=typed.dept_name,
        doctor_code=typed.doctor_code,
        doctor_name=typed.doctor_name,
        issuer_type=typed.issuer_type,
        long=typed.long,
        source_reason=typed.source_reason,
    )


def _line(line: SaleLine, usage: Mapping[str, str], days: int) -> RxLine:
    item = line.item
    return RxLine(
        no=line.no,
        generic_name=item.generic_name or item.name,
        form="",
        spec=item.spec,
        quantity=line.quantity,
        unit=item.unit,
        national_code=item.national_code,
        dose=usage.get("dose", ""),
        dose_unit=usage.get("unit", ""),
        frequency=usage.get("frequency", ""),
        days=usage.get("days", "") or str(days),
        packs=line.quantity.packs(),
        pack_unit=item.unit,
    )
