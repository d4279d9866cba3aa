"""Which settlement carries which line of this sale, for this person and this account choice."""

from __future__ import annotations

from app.domain.basket_split import Part, SplitLine, split_basket
from app.domain.prescription import Prescription
from app.domain.sale import Sale, SaleLine
from app.errors import PackValueMissing
from app.use_cases.doors import Doors
from app.use_cases.views import Patient

ACCOUNT = "account"


def parts_of(
    doors: Doors, sale: Sale, patient: Patient | None, account_use: str
) -> tuple[Part, ...]:
    """The parts in settling order, self-paid last (policy 4.1 step 10).

    Without a patient with a chosen row everything is self-paid. Pooling needs a reviewed
    prescription (LN-3.1a); what none covers may still be paid from the personal account.
    """
    if patient is None or patient.row is None:
        return split_basket([_plain(line) for line in sale.lines], ())
    kinds = [kind for kind in doors.settlement_types if kind != ACCOUNT]
    if account_use != "0":
        kinds.append(ACCOUNT)
    covered = is_covered(sale.prescription)
    two = _two_disease_codes(doors)
    lines = [_split_line(line, patient, covered, two) for line in sale.lines]
    return split_basket(lines, kinds)


def _two_disease_codes(doors: Doors) -> frozenset[str]:
    """The diseases of the two-disease scheme as the pack lists them; none where it is silent."""
    try:
        return frozenset(doors.policy_on("two_disease", doors.clock.now()).diseases)
    except PackValueMissing:
        return frozenset()


def is_covered(prescription: Prescription | None) -> bool:
    """Whether a pharmacist has passed the prescription (SJZ-A.3)."""
    return prescription is not None and bool(prescription.reviewer_id)


def _plain(line: SaleLine) -> SplitLine:
    return SplitLine(line.no, line.item.insurance_class, wanted="self_paid")


def _split_line(line: SaleLine, patient: Patient, covered: bool, two: frozenset[str]) -> SplitLine:
    item = line.item
    on_file = {filing.disease_code for filing in patient.filings}
    chosen = patient.disease_code
    return SplitLine(
        no=line.no,
        insurance_class=item.insurance_class,
        wanted="self_paid" if line.self_paid_by_choice else "",
        in_special_range=bool(chosen) and chosen in item.diseases and chosen in on_file,
        in_two_disease_range=any(code in item.diseases and code in on_file for code in two),
        covered=covered,
        codable=bool(item.national_code),
        non_medical=item.sale_class == "none",
    )
