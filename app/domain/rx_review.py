"""四查十对: the ten items that a pharmacist answers, and what the program can prove of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from app.domain.catalogue import Medicine, nfkc
from app.domain.check_context import Finding
from app.domain.clinical import ClinicalRules, codes_of
from app.domain.clock import age_on
from app.domain.insurance import InsuredPerson
from app.domain.rx_case import RxLine, RxSheet
from app.domain.rx_supply import number_of, reckoned_days

Proved = Literal["ok", "doubt", "unknown"]

TEN: tuple[tuple[str, str], ...] = (
    ("department", "prescription"),
    ("name", "prescription"),
    ("age", "prescription"),
    ("drug_name", "drug"),
    ("form", "drug"),
    ("spec", "drug"),
    ("quantity", "drug"),
    ("appearance", "incompatibility"),
    ("usage", "incompatibility"),
    ("diagnosis", "rationality"),
)
"""(item, which of the four checks), in the order of the text (policy 3.1); words ``[rx_item]``."""


@dataclass(frozen=True, slots=True)
class ItemProof:
    """One of the ten with what the program can prove; the pharmacist answers all ten."""

    item: str
    check: str
    proved: Proved

    @property
    def message_id(self) -> str:
        """The id of its words."""
        return f"rx_item.{self.item}"


def ten_items(
    sheet: RxSheet,
    person: InsuredPerson | None,
    medicines: Mapping[int, Medicine],
    findings: Iterable[Finding],
    rules: ClinicalRules,
) -> tuple[ItemProof, ...]:
    """The ten items, each ok, in doubt, or not to be proved by a program.

    ``person``: who was identified at the counter; None = nobody. ``findings``: the answer of
    :func:`app.domain.clinical.clinical_findings` for the same sheet.
    """
    codes = codes_of(findings)
    proofs: dict[str, Proved] = {
        "department": "ok" if sheet.dept_name else "doubt",
        "name": _name(sheet, person),
        "age": _age(sheet, person),
        "drug_name": _lines(sheet, medicines, _same_drug),
        "form": _lines(sheet, medicines, _same_form),
        "spec": _lines(sheet, medicines, _same_spec),
        "quantity": _quantity(sheet, codes, rules),
        "appearance": "unknown",
        "usage": _usage(sheet, codes),
        "diagnosis": "unknown" if sheet.diagnoses else "doubt",
    }
    return tuple(ItemProof(item, check, proofs[item]) for item, check in TEN)


def _name(sheet: RxSheet, person: InsuredPerson | None) -> Proved:
    if person is None:
        return "unknown"
    written = sheet.patient
    if written.cert_no and person.cert_no and written.cert_no.upper() != person.cert_no.upper():
        return "doubt"
    return "ok" if nfkc(written.name) == nfkc(person.name) else "doubt"


def _age(sheet: RxSheet, person: InsuredPerson | None) -> Proved:
    """The age on the day of issue; a year beside is the birthday that somebody forgot."""
    written = number_of(sheet.patient.age)
    if written is None:
        return "unknown" if sheet.patient.newborn else "doubt"
    if person is None or person.birth_date is None:
        return "unknown"
    return "ok" if abs(written - age_on(person.birth_date, sheet.issued_at)) <= 1 else "doubt"


def _lines(
    sheet: RxSheet,
    medicines: Mapping[int, Medicine],
    same: Callable[[RxLine, Medicine], Proved],
) -> Proved:
    found: list[Proved] = []
    for line in sheet.lines:
        medicine = medicines.get(line.no)
        found.append("unknown" if medicine is None else same(line, medicine))
    if "doubt" in found:
        return "doubt"
    return "ok" if found and "unknown" not in found else "unknown"


def _fold(text: str) -> str:
    return nfkc(text).casefold().replace(" ", "").replace("×", "*").replace("μ", "u")


def _same_drug(line: RxLine, medicine: Medicine) -> Proved:
    if line.national_code and line.national_code == medicine.national_code:
        return "ok"
    return "ok" if _fold(line.generic_name) == _fold(medicine.generic_name) else "doubt"


def _same_form(line: RxLine, medicine: Medicine) -> Proved:
    if not line.form or not medicine.dosage_form:
        return "unknown"
    one, other = _fold(line.form).removesuffix("剂"), _fold(medicine.dosage_form).removesuffix("剂")
    return "ok" if one == other else "doubt"


def _same_spec(line: RxLine, medicine: Medicine) -> Proved:
    if not line.spec or not medicine.spec:
        return "unknown"
    return "ok" if _fold(line.spec) == _fold(medicine.spec) else "doubt"


def _quantity(sheet: RxSheet, codes: frozenset[str], rules: ClinicalRules) -> Proved:
    if codes & {"CLINICAL_TOO_LITTLE", "CLINICAL_TOO_MUCH"}:
        return "doubt"
    reckoned = (
        number_of(line.days) is not None and reckoned_days(line, rules.frequencies) is not None
        for line in sheet.lines
    )
    return "ok" if all(reckoned) else "unknown"


def _usage(sheet: RxSheet, codes: frozenset[str]) -> Proved:
    """That all of it is written can be seen; that it is right only a pharmacist knows."""
    written = all(line.dose and (line.frequency or line.frequency_code) for line in sheet.lines)
    doubts = codes & {"CLINICAL_DUPLICATE", "CLINICAL_PAIR"}
    return "unknown" if written and not doubts else "doubt"
