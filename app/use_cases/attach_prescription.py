"""A prescription typed at the counter covers the basket, and a pharmacist passes it there.

The short way for a sheet that no centre holds: typed, reviewed and checked in one step by
the pharmacist at the counter, over the boxes that the cashier took and scanned (SJZ-A.3). It is
a case in the books like every other.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.prescription import Prescription, PrescriptionForm
from app.domain.rx_acts import CHECK_QUESTIONS, TEN_QUESTIONS, act_text, review_text
from app.domain.rx_case import (
    Act,
    Given,
    Review,
    RxCase,
    RxDiagnosis,
    RxLine,
    RxPatient,
    RxSheet,
    Verdict,
)
from app.domain.rx_states import LIVE, RxEvent
from app.domain.sale import Sale, SaleLine
from app.domain.staff import Staff
from app.errors import BadValue
from app.ports import UnitOfWork
from app.use_cases.basket import keep_in
from app.use_cases.doors import Doors
from app.use_cases.rx_common import at_centre, log, pharmacist_by_pin, refuse, snapshot
from app.use_cases.rx_paper import kind_of


def attach_prescription(
    doors: Doors, sale: Sale, prescription: Prescription, number: str, pin: str
) -> Sale:
    """The sale with its prescription, reviewed by the pharmacist behind number and PIN.

    :raises NotAllowed: the member is no pharmacist;
    :raises BadValue: a field is missing, paper whose stamp nobody saw, a file that is no picture;
    :raises SignInRefused, LockedOut: as at sign-in;
    :raises RuleBroken: the pharmacist is not bound or not on duty; RX_ONE_A_SALE: one from the
        centre covers the basket already; RX_CA_EACH_THEIR_OWN: who took the boxes is another
        person and signs by a key that cannot be asked here.
    """
    missing = [
        name
        for name in ("number", "issuer_code", "issuer_name", "doctor_code", "diagnosis_code")
        if not getattr(prescription, name)
    ]
    if missing:
        raise BadValue(what="prescription", why="missing: " + ", ".join(missing))
    if prescription.form is PrescriptionForm.PAPER and not prescription.stamp_seen:
        raise BadValue(what="stamp", why="missing")
    if prescription.picture and not kind_of(prescription.picture):
        raise BadValue(what="picture", why="kind")
    reviewer = pharmacist_by_pin(doors, number, pin)
    changed = replace(sale)
    case, picker = _case_of(doors, sale, prescription), sale.cashier_id
    if picker != reviewer.id and doors.signer.by_certificate(picker):
        raise refuse("rx_ca_each_their_own")
    with doors.uow() as uow:
        _require_room(uow, sale)
    _passed_and_checked(doors, case, picker, reviewer)
    with doors.uow() as uow:
        _make_room(doors, uow, sale, reviewer)
        uow.prescriptions.add(case)
        uow.prescriptions.keep_file(case.id, prescription.picture)
        changed.prescription = snapshot(case, prescription.picture)
        keep_in(doors, uow, changed)
        log(doors, uow, case, "passed", reviewer.id, form=prescription.form.value)
        uow.commit()
    return changed


def _make_room(doors: Doors, uow: UnitOfWork, sale: Sale, reviewer: Staff) -> None:
    """What was typed for this basket before gives way to what is typed now."""
    old = _require_room(uow, sale)
    if old is None:
        return
    old.move(RxEvent.RELEASED)
    uow.prescriptions.save(old)
    log(doors, uow, old, "released", reviewer.id)


def _require_room(uow: UnitOfWork, sale: Sale) -> RxCase | None:
    """The live one that covers the basket now; :raises RuleBroken: a centre holds that."""
    old = uow.prescriptions.of_sale(sale.id)
    if old is None or old.state not in LIVE:
        return None
    if at_centre(old):
        raise refuse("rx_one_a_sale", severity="warn")
    return old


def _case_of(doors: Doors, sale: Sale, prescription: Prescription) -> RxCase:
    lines = tuple(_line(row, prescription.days_supply) for row in sale.lines)
    sheet = RxSheet(
        number=prescription.number,
        form=prescription.form,
        issued_at=prescription.issued_at,
        expires_at=prescription.expires_at,
        issuer_code=prescription.issuer_code,
        issuer_name=prescription.issuer_name,
        issuer_area=prescription.issuer_area,
        patient=RxPatient(prescription.patient),
        lines=lines,
        diagnoses=(
            RxDiagnosis(prescription.diagnosis_code, prescription.diagnosis_name, main=True),
        ),
        issuer_type=prescription.issuer_type,
        dept_code=prescription.dept_code,
        dept_name=prescription.dept_name,
        doctor_code=prescription.doctor_code,
        doctor_name=prescription.doctor_name,
        disease_code=prescription.disease_code,
        long=prescription.long,
        source_reason=prescription.source_reason,
        file_suffix=kind_of(prescription.picture),
    )
    return RxCase(
        id=doors.ids.new(),
        till_id=doors.shop.till_id,
        sheet=sheet,
        arrived_at=doors.clock.now(),
        person_id=sale.person_id,
        sale_id=sale.id,
        stamp_seen=prescription.stamp_seen,
        given=tuple(
            Given(line.no, row.item.medicine_id, line.quantity, row.no)
            for line, row in zip(lines, sale.lines, strict=True)
        ),
    )


def _line(row: SaleLine, days: int) -> RxLine:
    """What the pharmacist reads on the sheet is what lies there: the line in the shop's packs."""
    return RxLine(
        no=row.no,
        generic_name=row.item.generic_name or row.item.name,
        form="",
        spec=row.item.spec,
        quantity=row.quantity,
        unit=row.item.unit,
        national_code=row.item.national_code,
        maker=row.item.maker,
        days=str(days) if days else "",
        packs=row.quantity.packs(),
        pack_unit=row.item.unit,
    )


def _passed_and_checked(doors: Doors, case: RxCase, picker: str, reviewer: Staff) -> None:
    """Three acts, each with its signature: who scanned the boxes at the counter picked them.

    The form says what PIN and Enter confirm there: the ten items and the five of the boxes.
    """
    now = doors.clock.now()
    answers = tuple((item, True) for item in TEN_QUESTIONS)
    bare = Review(Verdict.PASS, reviewer.id, now, answers)
    case.review = replace(bare, signature=doors.signer.sign(reviewer.id, review_text(case, bare)))
    case.move(RxEvent.PASSED_HERE)
    case.move(RxEvent.PICKED)
    case.picked = _signed(doors, case, "pick", Act(picker or reviewer.id, now))
    case.move(RxEvent.CHECKED)
    compared = tuple((item, True) for item in CHECK_QUESTIONS)
    case.checked = _signed(doors, case, "check", Act(reviewer.id, now, answers=compared))


def _signed(doors: Doors, case: RxCase, name: str, act: Act) -> Act:
    text = act_text(case, name, act, case.given)
    return replace(act, signature=doors.signer.sign(act.staff_id, text))
