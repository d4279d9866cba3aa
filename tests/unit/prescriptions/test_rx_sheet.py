"""What comes as a prescription is looked at before anything is kept of it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import Quantity
from app.domain.rx_case import RxDiagnosis, RxPatient
from app.domain.rx_sheet import (
    LARGEST_FILE,
    MOST_LINES,
    fault_of_lines,
    fault_of_sheet,
    file_is,
    other_name,
    same_name,
    same_sheet,
)
from tests.fakes.builders import a_person
from tests.fakes.clock import START
from tests.fakes.prescriptions import a_sheet
from ui.words import knows

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"


def ofd(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for name in names:
            packed.writestr(name, "practice")
    return held.getvalue()


def test_a_sheet_of_this_person_is_taken() -> None:
    person = a_person()
    sheet = replace(a_sheet(), patient=RxPatient(person.name, cert_no=person.cert_no))
    assert fault_of_sheet(sheet, person, START) == ""


@pytest.mark.parametrize(
    ("patient", "fault"),
    [
        (RxPatient(""), "other_person"),
        (RxPatient("练习别人"), "other_person"),
        (RxPatient("练习张小兰", cert_no="999900199001010099"), "other_person"),
        (RxPatient(" 练习 张小兰 "), ""),
        (RxPatient("练习张小兰", cert_type="03", cert_no="P0000001"), ""),
    ],
)
def test_whose_it_is_decides(patient: RxPatient, fault: str) -> None:
    sheet = replace(a_sheet(), patient=patient)
    assert fault_of_sheet(sheet, a_person(), START) == fault


@pytest.mark.rule("EZ-2b")
@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"number": " "}, "no_number"),
        ({"issuer_name": " "}, "no_issuer"),
        ({"diagnoses": ()}, "no_diagnosis"),
        ({"diagnoses": (RxDiagnosis("J00", " ", main=True),)}, "no_diagnosis"),
        ({"patient": RxPatient("")}, "other_person"),
        ({"lines": ()}, "no_lines"),
    ],
)
def test_an_incomplete_sheet_is_not_taken(changes: dict[str, Any], fault: str) -> None:
    """Front matter and body; the issuer alone can complete it, and each gap has words."""
    person = a_person()
    whole = replace(a_sheet(), patient=RxPatient(person.name))
    assert fault_of_sheet(whole, person, START) == ""
    assert fault_of_sheet(replace(whole, **changes), person, START) == fault
    assert knows(f"rx_walk.rx_sheet_{fault}")


def test_over_used_or_without_number_it_is_not_taken() -> None:
    person = a_person()
    sheet = replace(a_sheet(), patient=RxPatient(person.name))
    assert fault_of_sheet(sheet, person, START + timedelta(days=30)) == "expired"
    taken = tuple(replace(line, taken=True) for line in sheet.lines)
    assert fault_of_sheet(replace(sheet, lines=taken), person, START) == "used"
    assert fault_of_sheet(replace(sheet, number=" "), person, START) == "no_number"


@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_only_a_quantity_that_can_be_passes(ten_thousandths: int) -> None:
    line = replace(a_sheet().lines[0], quantity=Quantity(ten_thousandths))
    fits = 0 < ten_thousandths <= 9999 * 10**4
    assert fault_of_lines((line,)) == ("" if fits else "quantity")


def test_lines_are_there_few_and_different() -> None:
    line = a_sheet().lines[0]
    assert fault_of_lines(()) == "no_lines"
    assert fault_of_lines(tuple(replace(line, no=n) for n in range(MOST_LINES + 1))) == (
        "too_many_lines"
    )
    assert fault_of_lines((line, line)) == "line"
    assert fault_of_lines((replace(line, generic_name=" "),)) == "line"


@pytest.mark.parametrize(
    ("suffix", "content", "holds"),
    [
        ("pdf", PDF, True),
        (".PDF", PDF, True),
        ("ofd", PDF, False),
        ("pdf", b"%PDF-1.4 cut off", False),
        ("pdf", b"MZ\x90\x00" + PDF, False),
        ("pdf", b"", False),
        ("pdf", PDF + b"\x00" * LARGEST_FILE, False),
        ("ofd", ofd("OFD.xml", "Doc_0/Document.xml"), True),
        ("ofd", ofd("word/document.xml"), False),
        ("ofd", b"PK\x03\x04 torn", False),
        ("exe", PDF, False),
        ("png", b"\x89PNG\r\n\x1a\n...", True),
        ("jpg", b"\x89PNG\r\n\x1a\n...", False),
    ],
)
def test_a_file_is_what_its_suffix_says(suffix: str, content: bytes, holds: bool) -> None:
    assert file_is(suffix, content) is holds


@given(st.binary(max_size=300))
def test_no_bytes_break_the_look_at_a_file(content: bytes) -> None:
    for suffix in ("pdf", "ofd", "png"):
        file_is(suffix, b"PK\x03\x04" + content)
        file_is(suffix, content)


def test_read_again_it_is_the_same_whatever_was_taken() -> None:
    sheet = a_sheet()
    taken = tuple(replace(line, taken=True) for line in sheet.lines)
    more = (replace(sheet.lines[0], quantity=Quantity.of(9)), *sheet.lines[1:])
    assert same_sheet(sheet, replace(sheet, lines=taken))
    assert not same_sheet(sheet, replace(sheet, lines=more))
    assert not same_sheet(sheet, replace(sheet, number="P-OTHER"))


def test_width_and_spaces_make_no_other_person() -> None:
    assert same_name("Ａ 练习", "A练习")
    assert not same_name("", "")
    assert not other_name("Ａ 练习", "A练习")
    assert other_name("练习甲", "练习乙")
    assert not other_name(" ", "练习乙"), "a sheet of before names nobody"
    assert not other_name("练习甲", "")
