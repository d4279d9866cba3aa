"""What every step of a prescription needs: who holds it, its snapshot, its log line, its person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from app.domain.clock import BusinessDay, shop_time
from app.domain.pharmacist import Professional
from app.domain.prescription import Prescription
from app.domain.rx_calls import RxCall
from app.domain.rx_case import RxCase
from app.domain.rx_states import LIVE, REVIEWED, WAITING, RxState
from app.domain.sale import Sale
from app.domain.staff import Role, Staff
from app.errors import NotAllowed, RuleBroken
from app.ports import UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.legs import Leg
from app.use_cases.sign_in import sign_in
from app.use_cases.views import Note

RETRY_SECONDS = (2, 5, 10, 20, 40, 60)
GIVE_UP_AFTER = 12
"""Rounds after which the steps get rarer and a person is told; nothing is ever dropped."""
_RARE = 600
_RULES = {
    "rx_revoked": ("SJZ-A.4", "S-08"),
    "rx_already_dispensed": ("SJZ-A.4", "S-09"),
    "rx_expired": ("SJZ-A.4", "EZ-2b"),
    "rx_not_reviewed": ("SJZ-A.3", "LN-2.1"),
    "rx_reviewer_unbound": ("SJZ-A.3", "HY-1.5.1"),
    "rx_reviewer_off_duty": ("LN-2.1", "HY-1.5.1"),
}
"""Requirements that a refusal rests on, for the info key."""


def at_centre(case: RxCase) -> bool:
    """Whether the circulation centre holds it: a typed one has no token and no trace code."""
    return case.electronic and (case.tokens is not None or bool(case.sheet.trace_code))


def reports_to_centre(doors: Doors, case: RxCase) -> bool:
    """Whether what is handed out on it must be told before it is paid (7207)."""
    return at_centre(case) and doors.profile.offers("dispense")


def refuse(code: str, why: str = "", severity: str = "block", **params: object) -> RuleBroken:
    """The refusal of a prescription, with its sentence under ``[rx_walk]``."""
    rules = _RULES.get(code, ())
    note = Note(f"rx_walk.{code}", {"why": why, **params}, severity, code.upper(), rules)
    return RuleBroken((note,), code=code.upper())


def till_numbers(doors: Doors, uow: UnitOfWork) -> dict[str, int]:
    """Number by id of the tills that share these books; empty where there is one."""
    return {one.id: one.no for one in uow.tills.all()} if doors.shop.shared else {}


def rx_leg(case: RxCase, call: RxCall) -> Leg:
    """A leg about a prescription: the journal row carries the id of its case."""
    return Leg(call, case.id)


def log(doors: Doors, uow: UnitOfWork, case: RxCase, act: str, actor: str, **more: object) -> None:
    """A line of the act log: ids and counts, never a name, a number or a diagnosis."""
    entry: dict[str, object] = {"case": case.id, "state": case.state.value}
    if case.sale_id:
        entry["sale"] = case.sale_id
    uow.log.append(f"rx.{act}", actor, doors.clock.now(), {**entry, **more})


def change_case(
    doors: Doors, case_id: str, act: str, actor: str, change: Callable[[RxCase], None]
) -> RxCase:
    """Load, change, store and log a case in one unit of work."""
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
        change(case)
        uow.prescriptions.save(case)
        log(doors, uow, case, act, actor)
        uow.commit()
    return case


def wait_again(doors: Doors, case: RxCase) -> None:
    """Count a round without an answer and set the next one, rarer each time."""
    case.asked += 1
    wait = RETRY_SECONDS[min(case.asked, len(RETRY_SECONDS)) - 1]
    if case.asked > GIVE_UP_AFTER:
        wait = _RARE
    case.next_ask_at = doors.clock.now() + timedelta(seconds=wait)


def answered(case: RxCase, text: str) -> None:
    """The centre spoke: no round is waited for any more."""
    case.asked, case.next_ask_at, case.last_text = 0, None, text


# --- the snapshot on the sale ------------------------------------------------------------------


def days_of(case: RxCase) -> int:
    """Whole days of the longest line as the sheet states them; 0 = it says none."""
    days = [line.days.split(".") for line in case.sheet.lines if line.days]
    whole = [
        int(parts[0]) + any(int(rest or 0) for rest in parts[1:])
        for parts in days
        if all(part.isdigit() for part in parts if part)
    ]
    return max(whole, default=0)


def snapshot(case: RxCase, picture: bytes = b"") -> Prescription:
    """The value that the rules of a sale look at; reviewed only while a pass holds (SJZ-A.3)."""
    sheet = case.sheet
    main = next((one for one in sheet.diagnoses if one.main), None)
    main = main or next(iter(sheet.diagnoses), None)
    passed = case.state in REVIEWED or case.state is RxState.UNDOING
    review = case.review if passed and not case.leaving else None
    return Prescription(
        number=sheet.number,
        form=sheet.form,
        issued_at=sheet.issued_at,
        issuer_code=sheet.issuer_code,
        issuer_name=sheet.issuer_name,
        issuer_area=sheet.issuer_area,
        doctor_code=sheet.doctor_code or case.doctor_code,
        doctor_name=sheet.doctor_name or case.doctor_name,
        dept_code=sheet.dept_code or case.dept_code,
        dept_name=sheet.dept_name,
        diagnosis_code=main.code if main else "",
        diagnosis_name=main.name if main else "",
        days_supply=days_of(case),
        long=sheet.long,
        expires_at=sheet.expires_at,
        reviewer_id=review.pharmacist_id if review else "",
        reviewed_at=review.at if review else None,
        case_id=case.id,
        centre_state="expired" if case.state is RxState.DEAD else "valid",
        issuer_type=sheet.issuer_type,
        hospital_reviewed=_hospital_reviewed(case),
        circulated=at_centre(case),
        covers=tuple(sorted({one.sale_line_no for one in case.given})) if at_centre(case) else (),
        disease_code=sheet.disease_code,
        waiting=case.state in WAITING,
        source_reason=sheet.source_reason,
        patient=sheet.patient.name,
        picture=picture,
    )


def _hospital_reviewed(case: RxCase) -> bool:
    """Whether the hospital's own pharmacist stands behind it (SJZ-A.8).

    The mark belongs to circulation: named on the sheet, or under the signature that 7205 found to
    hold (the hospital signs with its pharmacist's word in it, interface 3.4).
    """
    return bool(case.sheet.hospital_reviewer or case.sign_check) or not at_centre(case)


def refresh(uow: UnitOfWork, sale: Sale) -> RxCase | None:
    """Put today's snapshot of the sale's case on it; answers the case, None where it has none.

    The counter keeps a copy of its basket, the books decide: a pass at another station counts,
    and so does a refusal. A snapshot without a case (older rows) stays as it is.
    """
    case = uow.prescriptions.of_sale(sale.id)
    if case is None:
        return None
    old = sale.prescription
    if old is None and case.state not in LIVE and case.state is not RxState.USED:
        return case
    kept = old.picture if old is not None and old.case_id == case.id else b""
    sale.prescription = snapshot(case, kept or uow.prescriptions.file(case.id))
    return case


# --- persons ------------------------------------------------------------------------------------


def pharmacist_by_pin(doors: Doors, number: str, pin: str, *, remote: bool = False) -> Staff:
    """The pharmacist behind number and PIN, bound to the store and on duty (SJZ-A.3, HY-1.5.1).

    The counter stays signed in as it was. A remote reviewer need not be on duty here. While the
    store's register of pharmacists is empty the role alone is asked for; how many must be there
    is another rule (``NO_PHARMACIST``).
    :raises NotAllowed: no pharmacist;
    :raises RuleBroken: RX_REVIEWER_UNBOUND, RX_REVIEWER_OFF_DUTY, RX_REVIEWER_REMOTE;
    :raises SignInRefused, LockedOut: as at sign-in.
    """
    staff = sign_in(doors, number, pin).staff
    if staff.role is not Role.PHARMACIST:
        raise NotAllowed(act="review")
    with doors.uow() as uow:
        register = [one for one in uow.pharmacists.all() if one.unbound_at is None]
        bound = uow.pharmacists.get(staff.id)
        # A duty ends with its business day, also before the poll has closed it.
        today = BusinessDay.of(doors.clock.now())
        on_duty = {
            duty.staff_id for duty in uow.duties.open() if BusinessDay.of(duty.on_at) == today
        }
    if not register:
        return staff
    if bound is None or not bound.bound_on(shop_time(doors.clock.now()).date()):
        raise refuse("rx_reviewer_unbound")
    if remote and not bound.remote:
        raise refuse("rx_reviewer_remote")
    if not remote and staff.id not in on_duty:
        raise refuse("rx_reviewer_off_duty")
    return staff


def professional_of(uow: UnitOfWork, staff_id: str) -> Professional:
    """The person as 7206 and 7207 name them; the name alone for who is bound as nothing."""
    staff = uow.staff.get(staff_id)
    bound = uow.pharmacists.get(staff_id)
    if bound is None:
        return Professional(staff.name)
    return replace(bound.professional, name=bound.professional.name or staff.name)
