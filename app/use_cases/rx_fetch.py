"""A prescription comes in from the circulation centre: offered, opened, checked, kept (7201-7205).

Every answer comes from outside: what is no prescription of this person is refused with a
sentence, logged, and the basket is not touched.
"""

from __future__ import annotations

from typing import cast

from app.domain.clock import shop_time
from app.domain.insurance import Answer, CredentialKind, Outcome
from app.domain.prescription import PrescriptionForm
from app.domain.rx_calls import (
    AskPrescriptions,
    DecodeRxCode,
    Downloaded,
    DownloadRx,
    InsuredName,
    Verified,
    VerifyRx,
)
from app.domain.rx_case import RxCase, RxOffer, RxSheet, RxTokens
from app.domain.rx_sheet import fault_of_sheet, file_is, same_sheet
from app.domain.rx_states import LIVE, RX, RxEvent, RxState
from app.domain.scanned import ScannedKind, classify
from app.errors import BadValue, RuleBroken, YaotaiError
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import Leg, demand, first_sentence, run_leg, signed_in
from app.use_cases.rx_common import change_case, log, refuse, rx_leg
from app.use_cases.rx_opening import give_opening_back, open_sheet
from app.use_cases.views import Patient

_STATES = {"expired": "rx_expired", "dispensed": "rx_already_dispensed", "revoked": "rx_revoked"}

LONGEST_CODE = 40
"""``epcQrcd`` of 7203: a string of at most forty signs (interface 3.2)."""


def offers(
    doors: Doors, patient: Patient, operator: Operator, *, ec_token: str = "", reg_sn: str = ""
) -> tuple[RxOffer, ...]:
    """7201: prescriptions that this person may take here; exactly one proof goes with it.

    An e-certificate shown at the counter is the proof; ``reg_sn`` is the region's registration
    of a person whose card or document was checked by hand (interface 3.2).
    :raises RuleBroken: RX_PROOF_NEEDED: show the prescription's own code, or the registration;
    :raises PackValueMissing: this area's release has no such query;
    :raises Refused, NotSent, NoAnswer, Maintenance: in the platform's words.
    """
    infno = doors.profile.eprescription_of("authorise")
    shown = patient.credential
    if not ec_token and not reg_sn and shown.kind is CredentialKind.E_CERTIFICATE:
        ec_token = shown.number
    if bool(ec_token) == bool(reg_sn):
        raise refuse("rx_proof_needed", severity="warn")
    person = patient.person
    call = AskPrescriptions(
        InsuredName(person.name, person.cert_type, person.cert_no),
        ec_token=ec_token,
        reg_sn=reg_sn,
    )
    answer = run_leg(doors, Leg(call), signed_in(doors, operator))
    return cast("tuple[RxOffer, ...]", demand(answer, infno) or ())


def tokens_of_code(doors: Doors, code: str, operator: Operator) -> RxTokens:
    """7203: what a prescription's QR opens.

    :raises RuleBroken: RX_CODE_WRONG: the string is something else, and the wire is not touched;
    :raises PackValueMissing: this area's release decodes none;
    :raises Refused, NotSent, NoAnswer, Maintenance: in the platform's words.
    """
    infno = doors.profile.eprescription_of("decode")
    bare = code.strip()
    found = classify(bare, shop_time(doors.clock.now()).date())
    if found.kind is not ScannedKind.UNKNOWN or not bare or len(bare) > LONGEST_CODE:
        raise refuse("rx_code_wrong", found.kind.value, "warn")
    answer = run_leg(doors, Leg(DecodeRxCode(bare)), signed_in(doors, operator))
    return cast(RxTokens, demand(answer, infno))


def take(doors: Doors, tokens: RxTokens, patient: Patient, operator: Operator) -> RxCase:
    """7204, then 7205 where the release has it: the prescription stands in the queue.

    It is locked to this shop from the download on. A live case of the same number that is here
    already is answered, with the fresher tokens. What is refused is given back at once.
    :raises RuleBroken: the sheet cannot be taken; the code says why (``rx_sheet_*``);
    :raises Refused: revoked, expired, used, or locked elsewhere, in the centre's words;
    :raises NotSent, NoAnswer, Maintenance: fetch it again, the same shop may.
    """
    operator = signed_in(doors, operator)
    case_id = doors.ids.new()
    got = _download(doors, tokens, case_id, operator)
    sheet = got.sheet
    try:
        _require_sound(doors, got, patient)
        here = _live_here(doors, sheet, patient)
        if here is not None:
            return _with_tokens(doors, here, tokens, operator, case_id)
        sign_check = _verify(doors, got, tokens, case_id, operator)
    except RuleBroken as error:
        _give_back(doors, sheet, case_id, operator, str(error.params.get("code", "")))
        raise
    case = RxCase(
        id=case_id,
        till_id=doors.shop.till_id,
        sheet=sheet,
        arrived_at=doors.clock.now(),
        person_id=patient.person_id,
        tokens=tokens,
        sign_check=sign_check,
    )
    return _keep(doors, case, got.file, operator)


def renew(doors: Doors, case_id: str, fresh: RxTokens | str, operator: Operator) -> RxCase:
    """A token died while the prescription lay here: the code is shown again, the case stays.

    ``fresh``: tokens of 7201, or the scanned code itself. The sheet is read again and must be the
    one that lies here.
    :raises RuleBroken: RX_OTHER_SHEET, or as :func:`tokens_of_code`;
    :raises Refused, NotSent, NoAnswer, Maintenance: in the platform's words.
    """
    operator = signed_in(doors, operator)
    tokens = tokens_of_code(doors, fresh, operator) if isinstance(fresh, str) else fresh
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
    opening_id = doors.ids.new()
    got = _download(doors, tokens, opening_id, operator)
    if not same_sheet(case.sheet, got.sheet):
        _give_back(doors, got.sheet, opening_id, operator, "rx_other_sheet")
        raise refuse("rx_other_sheet")
    return _with_tokens(doors, case, tokens, operator, opening_id)


def name_prescriber(
    doors: Doors, case_id: str, code: str, name: str, dept_code: str, operator: Operator
) -> RxCase:
    """Who prescribed and where, as the original shows it: 7204 prints no such fields, and 2203A
    and 2204 must have them (interface 2.11).

    Kept beside the sheet, which is never changed; what the sheet says itself stands.
    :raises BadValue: one of them is empty.
    """
    if not (code.strip() and name.strip() and dept_code.strip()):
        raise BadValue(what="prescriber", why="missing")

    def change(case: RxCase) -> None:
        case.doctor_code, case.doctor_name = code.strip(), name.strip()
        case.dept_code = dept_code.strip()

    return change_case(doors, case_id, "prescriber", operator.staff.id, change)


def prescriber_missing(doors: Doors, case: RxCase) -> bool:
    """Whether a settlement here uploads the prescriber and nobody has named one yet."""
    sheet = case.sheet
    doctor, dept = sheet.doctor_code or case.doctor_code, sheet.dept_code or case.dept_code
    return "visit" in doors.profile.routes.values() and not (doctor and dept)


def _download(doors: Doors, tokens: RxTokens, opening_id: str, operator: Operator) -> Downloaded:
    """7204; asked once more when nothing came back: the same shop may fetch again."""
    infno = doors.profile.eprescription_of("download")
    if tokens.dead(doors.clock.now()):
        raise refuse("rx_token_dead", severity="warn")
    answer = open_sheet(doors, opening_id, tokens, operator)
    if answer.outcome is Outcome.UNKNOWN:
        answer = open_sheet(doors, opening_id, tokens, operator)
    return cast(Downloaded, demand(answer, infno))


def _twice(doors: Doors, leg: Leg, operator: Operator) -> Answer:
    answer = run_leg(doors, leg, operator)
    return run_leg(doors, leg, operator) if answer.outcome is Outcome.UNKNOWN else answer


def _require_sound(doors: Doors, got: Downloaded, patient: Patient) -> None:
    fault = fault_of_sheet(got.sheet, patient.person, doors.clock.now())
    if got.sheet.form is not PrescriptionForm.ELECTRONIC:
        fault = fault or "form"
    suffix = got.sheet.file_suffix.lower().lstrip(".")
    if not fault and (suffix not in ("pdf", "ofd") or not file_is(suffix, got.file)):
        fault = "file"
    if not fault and got.state != "valid":
        raise refuse(_STATES.get(got.state, "rx_revoked"))
    if fault:
        raise refuse(f"rx_sheet_{fault}")


def _live_here(doors: Doors, sheet: RxSheet, patient: Patient) -> RxCase | None:
    with doors.uow() as uow:
        return _live(uow, sheet.number, patient.person_id)


def _live(uow: UnitOfWork, number: str, person_id: str) -> RxCase | None:
    return next(
        (
            case
            for case in uow.prescriptions.by_number(number)
            if case.electronic and case.state in LIVE and case.person_id in ("", person_id)
        ),
        None,
    )


def _verify(
    doors: Doors, got: Downloaded, tokens: RxTokens, case_id: str, operator: Operator
) -> str:
    """7205: does the hospital's signature hold? Skipped where the release has no such step."""
    if not doors.profile.offers("verify"):
        return ""
    call = VerifyRx(got.sheet.number, got.sheet.trace_code, got.file, tokens)
    answer = _twice(doors, Leg(call, case_id), operator)
    said = cast(Verified, demand(answer, doors.profile.eprescription_of("verify")))
    if not said.holds:
        raise refuse("rx_sheet_signature")
    return said.serial


def _with_tokens(
    doors: Doors, case: RxCase, tokens: RxTokens, operator: Operator, opening_id: str
) -> RxCase:
    with doors.uow() as uow:
        current = uow.prescriptions.get(case.id)
        current.tokens = tokens
        uow.prescriptions.save(current)
        uow.prescriptions.close_opening(opening_id)
        log(doors, uow, current, "tokens", operator.staff.id)
        uow.commit()
    return current


def _keep(doors: Doors, case: RxCase, file: bytes, operator: Operator) -> RxCase:
    with doors.uow() as uow:
        uow.prescriptions.hold_number(case.sheet.number)
        here = _live(uow, case.sheet.number, case.person_id)
        if here is None:
            uow.prescriptions.add(case)
            uow.prescriptions.keep_file(case.id, file)
            log(doors, uow, case, "arrived", operator.staff.id, drugs=case.sheet.drugs)
        uow.prescriptions.close_opening(case.id)
        uow.commit()
    return here or case


def _give_back(doors: Doors, sheet: RxSheet, case_id: str, operator: Operator, why: str) -> None:
    """What cannot be taken is not kept locked either; without an answer the recovery repeats it."""
    with doors.uow() as uow:
        entry = {"case": case_id, "why": why}
        uow.log.append("rx.turned_away", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    try:
        give_opening_back(doors, case_id, sheet.number, operator)
    except YaotaiError as error:
        with doors.uow() as uow:
            entry = {"case": case_id, "error": error.message_id}
            uow.log.append("rx.give_back_failed", operator.staff.id, doors.clock.now(), entry)
            uow.commit()


def ask_again(doors: Doors, case: RxCase, operator: Operator) -> RxSheet | None:
    """7204 once more just before payment: the state may have changed meanwhile (SJZ-A.4).

    Answers the sheet as the centre holds it now; None where no centre holds it.
    :raises RuleBroken: RX_REVOKED, RX_ALREADY_DISPENSED, RX_EXPIRED, RX_TOKEN_DEAD (the code is
        shown again) or RX_OTHER_SHEET; :raises NotSent, NoAnswer, Maintenance: nobody knows now.
    """
    if case.tokens is None or not doors.profile.offers("download"):
        return None
    now = doors.clock.now()
    if case.sheet.expires_at is not None and now > case.sheet.expires_at:
        _expire(doors, case, operator)
        raise refuse("rx_expired")
    if case.tokens.dead(now):
        raise refuse("rx_token_dead", severity="warn")
    operator = signed_in(doors, operator)
    answer = _twice(doors, rx_leg(case, DownloadRx(case.tokens)), operator)
    if answer.outcome is Outcome.REFUSED:
        raise _not_valid_now(doors, case, answer)
    got = cast(Downloaded, demand(answer, doors.profile.eprescription_of("download")))
    if not same_sheet(case.sheet, got.sheet):
        raise refuse("rx_other_sheet")
    if got.state != "valid":
        raise refuse(_STATES.get(got.state, "rx_revoked"))
    handed = {one.line_no for one in case.given}
    if any(line.taken for line in got.sheet.lines if line.no in handed):
        raise refuse("rx_already_dispensed")
    if got.sheet.expires_at is not None and now > got.sheet.expires_at:
        raise refuse("rx_expired")
    return got.sheet


def _not_valid_now(doors: Doors, case: RxCase, answer: Answer) -> RuleBroken:
    """The centre refuses whom it let read before: its words are shown, and it is a block.

    We hold the lock, the token lives and the day is not over, so what is left is that it was used
    up by this shop, which our own books show, or revoked.
    """
    with doors.uow() as uow:
        cases = uow.prescriptions.by_number(case.sheet.number)
        used = any(one.state is RxState.USED and one.id != case.id for one in cases)
        current = uow.prescriptions.get(case.id)
        current.last_text = answer.text
        uow.prescriptions.save(current)
        uow.commit()
    return refuse("rx_already_dispensed" if used else "rx_revoked", first_sentence(answer.text))


def _expire(doors: Doors, case: RxCase, operator: Operator) -> None:
    if RX.allows(case.state, RxEvent.DIED):
        change_case(doors, case.id, "died", operator.staff.id, lambda one: one.move(RxEvent.DIED))
