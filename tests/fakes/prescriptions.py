"""Invented prescriptions, pharmacists and lists, plainly marked as practice (练习)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from app.domain.money import Quantity
from app.domain.pharmacist import Duty, Pharmacist, Professional, Sanction
from app.domain.prescription import PrescriptionForm
from app.domain.rx_case import (
    Act,
    CirculationEntry,
    CirculationList,
    Given,
    HandDecision,
    ListedIssuer,
    Owing,
    Review,
    RxCase,
    RxDiagnosis,
    RxLine,
    RxPatient,
    RxSheet,
    RxTokens,
    Signature,
    UnmetRequest,
    Verdict,
)
from app.domain.rx_states import RxState
from tests.fakes.builders import CERT_NO, PERSON_NAME, TILL
from tests.fakes.clock import START

DAY = START.date()
SIGNED = Signature("internal", "key-1", b"\x00\x01practice")


def a_sheet(number: str = "P-HIRX-0001", **changes: Any) -> RxSheet:
    """A sheet of two drugs by an invented clinic, with every personal field filled."""
    lines = (
        RxLine(
            no=1,
            generic_name="练习降压片",
            form="片剂",
            spec="5mg*28片",
            quantity=Quantity.of("2"),
            unit="盒",
            days="28",
            begins=START,
            ends=START + timedelta(days=28),
            packs=2,
        ),
        RxLine(2, "练习降糖片", "片剂", "0.5g*20片", Quantity.of("0.5"), "盒"),
    )
    base = RxSheet(
        number=number,
        form=PrescriptionForm.ELECTRONIC,
        issued_at=START - timedelta(hours=2),
        expires_at=START + timedelta(days=3),
        issuer_code="H99990000001",
        issuer_name="练习社区卫生院",
        issuer_area="999900",
        patient=RxPatient(
            PERSON_NAME, "2", "36", allergies="练习青霉素过敏", cert_type="01", cert_no=CERT_NO
        ),
        lines=lines,
        diagnoses=(RxDiagnosis("I10", "练习诊断高血压", main=True),),
        trace_code="TRACE-PRACTICE-77",
        doctor_code="D999900000001",
        doctor_name="练习医生李四",
    )
    return replace(base, **changes)


def a_case(
    case_id: str = "case-1", minutes: int = 0, number: str = "P-HIRX-0001", **changes: Any
) -> RxCase:
    """A prescription that has just arrived."""
    values: dict[str, Any] = {
        "id": case_id,
        "till_id": TILL,
        "sheet": a_sheet(number),
        "arrived_at": START + timedelta(minutes=minutes),
        "tokens": RxTokens("AUTH-PRACTICE-1", "EPC-PRACTICE-1", START + timedelta(hours=1)),
    }
    return RxCase(**(values | changes))


def a_worked_case(**changes: Any) -> RxCase:
    """One with every act done and every field said."""
    values: dict[str, Any] = {
        "person_id": "person-1",
        "sale_id": "sale-1",
        "state": RxState.REPORTED,
        "sign_check": "SIGNCHECK-1",
        "stamp_seen": True,
        "review": Review(
            Verdict.PASS,
            "staff-9",
            START + timedelta(minutes=5),
            (("name", True), ("dose", False)),
            opinion="练习审方意见",
            remote=True,
            signature=SIGNED,
        ),
        "review_sn": "CHK-1",
        "picked": Act("staff-2", START + timedelta(minutes=6), signature=SIGNED),
        "checked": Act(
            "staff-9", START + timedelta(minutes=7), "练习用药指导", SIGNED, (("form", True),)
        ),
        "given": (Given(1, "med-000001", Quantity.of("1.5"), 3),),
        "report_sn": "STOOUT-1",
        "insured_report": False,
        "leaving": True,
        "last_msgid": "m" * 30,
        "asked": 3,
        "next_ask_at": START + timedelta(minutes=9),
        "last_text": "练习中心原话",
        "used_at": START + timedelta(minutes=10),
        "decided": (HandDecision(True, "staff-3", START, "练习：中心电话答复"),),
    }
    return a_case(**(values | changes))


def a_pharmacist(staff_id: str = "staff-9", **changes: Any) -> Pharmacist:
    """A remote reviewer whose binding says everything that a binding can say."""
    base = Pharmacist(
        staff_id,
        Professional("练习药师赵六", "01", "999900197501010017", "YS999900000001"),
        licence_no="ZC-PRACTICE-1",
        filing_no="BA-PRACTICE-1",
        filed_on=DAY,
        valid_from=DAY - timedelta(days=300),
        valid_to=DAY + timedelta(days=300),
        sanctions=(Sanction(DAY, None, "practice"),),
        remote=True,
        confirmed_at=START,
        signing_key="key-1",
    )
    return replace(base, **changes)


def a_duty(
    duty_id: str = "duty-1", staff_id: str = "staff-9", minutes: int = 0, **changes: Any
) -> Duty:
    """An open interval of presence."""
    base = Duty(duty_id, staff_id, TILL, START + timedelta(minutes=minutes))
    return replace(base, **changes)


def an_owing(owing_id: str = "owing-1", days: int = 3, **changes: Any) -> Owing:
    """A pack and a half of the first line, due in some days."""
    base = Owing(
        owing_id,
        "case-1",
        1,
        "练习降压片",
        Quantity.of("1.5"),
        "盒",
        START,
        DAY + timedelta(days=days),
        note="练习欠药备注",
    )
    return replace(base, **changes)


def a_request(request_id: str = "want-1", minutes: int = 0, **changes: Any) -> UnmetRequest:
    """A drug that was wanted and not there."""
    base = UnmetRequest(
        id=request_id,
        at=START + timedelta(minutes=minutes),
        name="练习缺货片",
        spec="5mg*28片",
        form="片剂",
        national_code="XPRACTICE1",
        quantity=Quantity.of("2"),
        unit="盒",
        why="unstocked",
        case_id="case-1",
    )
    return replace(base, **changes)


def a_list(
    version: str = "2026-11", effective: date = DAY, minutes: int = 0, entries: int = 1
) -> CirculationList:
    """One version of the circulation list."""
    imported = START + timedelta(minutes=minutes)
    return CirculationList(version, effective, imported, "staff-1", "file", "c" * 64, entries)


def an_entry(code: str, **changes: Any) -> CirculationEntry:
    """A drug on the circulation list, for always."""
    return replace(CirculationEntry(code, "练习流转药", "5mg*28片", "练习制药厂"), **changes)


def an_issuer(code: str, kind: str = "issuer", **changes: Any) -> ListedIssuer:
    """A row of a list of issuers, prescribers or services."""
    base = ListedIssuer(kind, code, "练习医生李四", DAY, DAY + timedelta(days=9))
    return replace(base, **changes)
