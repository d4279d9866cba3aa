"""Whether what came as a prescription can be one at all: it comes from outside and is hostile."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

from app.domain.catalogue import nfkc
from app.domain.insurance import InsuredPerson
from app.domain.money import Quantity
from app.domain.prescription import PrescriptionForm
from app.domain.rx_case import RxLine, RxSheet

MOST_LINES = 200
"""More drugs than any sheet holds; policy 3.1 warns from the sixth on."""

MOST_OF_A_LINE = Quantity.of(9999)
"""In the prescription's unit; more is a slip of the pen or an attack."""

LARGEST_FILE = 10_000_000
_TAIL = 2048
_ZIP_ENTRIES = 2000
_PICTURES = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff"}


def same_name(one: str, other: str) -> bool:
    """Whether two spellings name the same person: width and spaces do not count."""
    return bool(one) and "".join(nfkc(one).split()) == "".join(nfkc(other).split())


def other_name(on_sheet: str, known: str) -> bool:
    """Whether a sheet names somebody else; where either is without a name nothing is said."""
    return bool(on_sheet.strip() and known.strip()) and not same_name(on_sheet, known)


def fault_of_patient(sheet: RxSheet, person: InsuredPerson) -> str:
    """``other_person`` when the sheet is not this person's (SJZ-A.4); empty when it is.

    The name always; the document where the sheet names one of the same kind.
    """
    patient = sheet.patient
    if not same_name(patient.name, person.name):
        return "other_person"
    same_kind = not patient.cert_type or patient.cert_type == person.cert_type
    if patient.cert_no and person.cert_no and same_kind:
        theirs, ours = nfkc(patient.cert_no).upper(), nfkc(person.cert_no).upper()
        return "" if theirs == ours else "other_person"
    return ""


def fault_of_lines(lines: tuple[RxLine, ...]) -> str:
    """``no_lines``, ``too_many_lines``, ``quantity`` or ``line``; empty when all can be."""
    if not lines:
        return "no_lines"
    if len(lines) > MOST_LINES:
        return "too_many_lines"
    if len({line.no for line in lines}) != len(lines):
        return "line"
    for line in lines:
        if not Quantity(0) < line.quantity <= MOST_OF_A_LINE or line.packs < 0:
            return "quantity"
        if not line.generic_name.strip() or not line.unit.strip():
            return "line"
    return ""


def fault_of_sheet(sheet: RxSheet, person: InsuredPerson, now: datetime) -> str:
    """Why a downloaded sheet cannot be taken; empty when it can.

    ``no_number``, ``no_issuer``, ``no_diagnosis``, ``other_person``, the faults of its lines,
    ``expired``, ``used``. The prescriber is not among them: the centre's answer need not name one
    (interface 3.4), the issuer's signature stands for it.
    """
    if not sheet.number.strip():
        return "no_number"
    if not sheet.issuer_name.strip():
        return "no_issuer"
    if not any(one.name.strip() for one in sheet.diagnoses):
        return "no_diagnosis"
    fault = fault_of_patient(sheet, person) or fault_of_lines(sheet.lines)
    if fault:
        return fault
    if sheet.expires_at is not None and now > sheet.expires_at:
        return "expired"
    if all(line.taken for line in sheet.lines):
        return "used"
    return ""


def same_sheet(one: RxSheet, other: RxSheet) -> bool:
    """Whether a sheet read again is the one that lies here; what was taken meanwhile may differ."""
    return (
        one.number == other.number
        and same_name(one.patient.name, other.patient.name)
        and [_drug(line) for line in one.lines] == [_drug(line) for line in other.lines]
    )


def _drug(line: RxLine) -> tuple[object, ...]:
    return (line.no, line.national_code, line.generic_name, line.spec, line.quantity, line.unit)


def file_is(suffix: str, content: bytes) -> bool:
    """Whether the bytes have the structure that the suffix promises; cheap, runs nothing."""
    kind = suffix.lower().lstrip(".")
    if not content or len(content) > LARGEST_FILE:
        return False
    if kind == "pdf":
        return is_pdf(content)
    if kind == "ofd":
        return _is_ofd(content)
    return kind in _PICTURES and content.startswith(_PICTURES[kind])


def is_pdf(content: bytes) -> bool:
    """A header, an end mark with a cross-reference before it, and at least one object."""
    tail = content[-_TAIL:]
    return (
        content.startswith(b"%PDF-")
        and b"startxref" in tail
        and b"%%EOF" in tail
        and b" obj" in content
    )


def _is_ofd(content: bytes) -> bool:
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return len(names) <= _ZIP_ENTRIES and "OFD.xml" in names


def fault_of_paper(sheet: RxSheet, now: datetime) -> str:
    """What is missing on a sheet that was typed in (issue of a paper prescription); else empty."""
    if sheet.form is not PrescriptionForm.PAPER:
        return "form"
    needed = (
        ("number", sheet.number),
        ("issuer_code", sheet.issuer_code),
        ("issuer_name", sheet.issuer_name),
        ("doctor_name", sheet.doctor_name),
        ("patient", sheet.patient.name),
        ("diagnosis", sheet.diagnoses[0].name if sheet.diagnoses else ""),
    )
    missing = next((name for name, value in needed if not value.strip()), "")
    if missing:
        return missing
    if sheet.issued_at > now:
        return "issued_at"
    return fault_of_lines(sheet.lines)
