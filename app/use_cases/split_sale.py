"""Which settlement carries which line of this sale, for this person and this account choice."""

from __future__ import annotations

from app.domain.basket_split import Part, SplitLine, split_basket
from app.domain.clock import shop_time
from app.domain.prescription import Prescription
from app.domain.sale import Sale, SaleLine
from app.errors import PackValueMissing
from app.use_cases.doors import Doors
from app.use_cases.roster_facts import two_diseases
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
    two = two_disease_of(doors, sale, patient)
    lines = [_split_line(line, patient, covered, two) for line in sale.lines]
    return split_basket(lines, kinds)


def two_disease_of(doors: Doors, sale: Sale, patient: Patient) -> str:
    """The disease that a two-disease part of this sale is for; empty = there is none.

    One settlement names one disease: the one that most lines are for. Who has the benefit for
    what stands on its roster alone (EZ-8), and the pack lists the diseases of the scheme.
    """
    now = doors.clock.now()
    try:
        codes = doors.policy_on("two_disease", now).diseases
    except PackValueMissing:
        return ""
    usable = sorted(two_diseases(patient, shop_time(now).date()) & frozenset(codes))
    goods = [code for line in sale.lines for code in line.item.diseases]
    best = max(usable, key=goods.count, default="")
    return best if best in goods else ""


def is_covered(prescription: Prescription | None) -> bool:
    """Whether a pharmacist has passed the prescription (SJZ-A.3)."""
    return prescription is not None and bool(prescription.reviewer_id)


def _plain(line: SaleLine) -> SplitLine:
    return SplitLine(line.no, line.item.insurance_class, wanted="self_paid")


def _split_line(line: SaleLine, patient: Patient, covered: bool, two: str) -> SplitLine:
    item = line.item
    on_file = {filing.disease_code for filing in patient.filings}
    chosen = patient.disease_code
    return SplitLine(
        no=line.no,
        insurance_class=item.insurance_class,
        wanted="self_paid" if line.self_paid_by_choice else "",
        in_special_range=bool(chosen) and chosen in item.diseases and chosen in on_file,
        in_two_disease_range=bool(two) and two in item.diseases,
        covered=covered,
        codable=bool(item.national_code),
        non_medical=item.sale_class == "none",
    )
