"""A paper prescription is typed once, with its picture, and then waits for the pharmacist.

What pooling makes of paper is a rule (LN-4.2a, ``RX_FORM_NOT_ACCEPTED``); a self-paid sale on a
reviewed paper prescription stays open whatever the pack says.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.rx_case import RxCase, RxSheet
from app.domain.rx_sheet import fault_of_paper, file_is
from app.domain.rx_states import LIVE
from app.errors import BadValue
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.rx_common import log

KINDS = (("pdf", b"%PDF"), ("png", b"\x89PNG"), ("jpg", b"\xff\xd8\xff"))


def kind_of(picture: bytes) -> str:
    """``pdf``, ``png`` or ``jpg`` by the first bytes; empty for anything else."""
    return next((kind for kind, sign in KINDS if picture.startswith(sign)), "")


def picture_needed(doors: Doors) -> bool:
    """Whether a settlement here uploads the sheet itself: the visit route's 2203A does."""
    return "visit" in doors.profile.routes.values()


def enter_paper(
    doors: Doors, sheet: RxSheet, picture: bytes, operator: Operator, person_id: str = ""
) -> RxCase:
    """The typed sheet in the pharmacist's queue; a live one of the same paper is answered instead.

    ``picture``: a scan or photograph (PDF, PNG, JPEG); demanded where a settlement uploads it.
    :raises BadValue: a field is missing or cannot be; the picture is missing or no picture.
    """
    fault = fault_of_paper(sheet, doors.clock.now())
    if fault:
        raise BadValue(what="prescription", why=fault)
    if picture_needed(doors) and not picture:
        raise BadValue(what="picture", why="missing")
    kind = kind_of(picture)
    if picture and not file_is(kind, picture):
        raise BadValue(what="picture", why="kind")
    case = RxCase(
        id=doors.ids.new(),
        till_id=doors.shop.till_id,
        sheet=replace(sheet, file_suffix=kind),
        arrived_at=doors.clock.now(),
        person_id=person_id,
    )
    with doors.uow() as uow:
        uow.prescriptions.hold_number(sheet.number)
        here = _same_paper(uow, sheet)
        if here is not None:
            return here
        uow.prescriptions.add(case)
        uow.prescriptions.keep_file(case.id, picture)
        log(doors, uow, case, "arrived", operator.staff.id, drugs=sheet.drugs, form="paper")
        uow.commit()
    return case


def _same_paper(uow: UnitOfWork, sheet: RxSheet) -> RxCase | None:
    """Numbers of paper are unique at their issuer only."""
    return next(
        (
            case
            for case in uow.prescriptions.by_number(sheet.number)
            if case.state in LIVE
            and case.sheet.form is sheet.form
            and case.sheet.issuer_code == sheet.issuer_code
            and case.sheet.patient.name == sheet.patient.name
        ),
        None,
    )
